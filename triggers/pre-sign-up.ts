// The PreSignUp function.
import type { PreSignUpTriggerEvent } from 'aws-lambda'
import { besideOthers } from './borrowed/front.ts'
import { start } from './own/pre-sign-up.ts'

export const handler = await besideOthers<PreSignUpTriggerEvent>({
  trigger: 'preSignUp',
  env: process.env,
  own: start,
  unheard: (event) => event,
})
