// What DefineAuthChallenge does for this stage’s own app clients.
import type { DefineAuthChallengeTriggerEvent } from 'aws-lambda'
import { readAttempts, readCommon } from '../outside/config.ts'
import { define } from '../rounds/define.ts'

readCommon(process.env)
const attempts = readAttempts(process.env)

export async function handler(event: DefineAuthChallengeTriggerEvent) {
  return define(event, attempts)
}
