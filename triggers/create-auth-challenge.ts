// The CreateAuthChallenge function.
import type { CreateAuthChallengeTriggerEvent } from 'aws-lambda'
import { besideOthers } from './borrowed/front.ts'
import { start } from './own/create-auth-challenge.ts'

export const handler = await besideOthers<CreateAuthChallengeTriggerEvent>({
  trigger: 'createAuthChallenge',
  env: process.env,
  own: start,
  unheard: (event) => event,
})
