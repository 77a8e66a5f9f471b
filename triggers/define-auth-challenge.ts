// The DefineAuthChallenge function.
import type { DefineAuthChallengeTriggerEvent } from 'aws-lambda'
import { besideOthers } from './borrowed/front.ts'
import { start } from './own/define-auth-challenge.ts'

export const handler = await besideOthers<DefineAuthChallengeTriggerEvent>({
  trigger: 'defineAuthChallenge',
  env: process.env,
  own: start,
  // There was no challenge of this kind before.
  unheard(event) {
    Object.assign(event.response, { issueTokens: false, failAuthentication: true })
    return event
  },
})
