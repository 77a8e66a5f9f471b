// The VerifyAuthChallengeResponse function.
import type { VerifyAuthChallengeResponseTriggerEvent } from 'aws-lambda'
import { besideOthers } from './borrowed/front.ts'
import { start } from './own/verify-auth-challenge.ts'

export const handler = await besideOthers<VerifyAuthChallengeResponseTriggerEvent>({
  trigger: 'verifyAuthChallenge',
  env: process.env,
  own: start,
  unheard(event) {
    event.response.answerCorrect = false
    return event
  },
})
