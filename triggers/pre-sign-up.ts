// The PreSignUp function.
import type { PreSignUpTriggerEvent } from 'aws-lambda'
import { besideOthers } from './borrowed/front.ts'

export const handler = await besideOthers<PreSignUpTriggerEvent>({
  trigger: 'preSignUp',
  env: process.env,
  own: () => import('./own/pre-sign-up.ts'),
  unheard: (event) => event,
})
