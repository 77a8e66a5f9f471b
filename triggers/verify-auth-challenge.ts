// The VerifyAuthChallengeResponse function.
import type { VerifyAuthChallengeResponseTriggerEvent } from 'aws-lambda'
import { besideOthers } from './borrowed/front.ts'

export const handler = await besideOthers<VerifyAuthChallengeResponseTriggerEvent>({
  trigger: 'verifyAuthChallenge',
  env: process.env,
  own: () => import('./own/verify-auth-challenge.ts'),
  unheard(event) {
    event.response.answerCorrect = false
    return event
  },
})
