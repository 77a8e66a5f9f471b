// The CreateAuthChallenge function.
import type { CreateAuthChallengeTriggerEvent } from 'aws-lambda'
import { besideOthers } from './borrowed/front.ts'

export const handler = await besideOthers<CreateAuthChallengeTriggerEvent>({
  trigger: 'createAuthChallenge',
  env: process.env,
  own: () => import('./own/create-auth-challenge.ts'),
  unheard: (event) => event,
})
