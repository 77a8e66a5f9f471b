// What DefineAuthChallenge does for this stage’s own app clients.
import type { DefineAuthChallengeTriggerEvent } from 'aws-lambda'
import { readAttempts, readBorrowedPool, readCommon } from '../outside/config.ts'
import { define } from '../rounds/define.ts'

readCommon(process.env)
const attempts = readAttempts(process.env)
const changesNumbers = readBorrowedPool(process.env) === undefined

export async function handler(event: DefineAuthChallengeTriggerEvent) {
  return define(event, attempts, changesNumbers)
}
