// What DefineAuthChallenge does for this stage’s own app clients.
import type { DefineAuthChallengeTriggerEvent } from 'aws-lambda'
import { readAttempts, readBorrowedPool, readCommon } from '../outside/config.ts'
import { define } from '../rounds/define.ts'

/** Throws where the environment lacks something. */
export function start() {
  const { env } = process
  readCommon(env)
  const attempts = readAttempts(env)
  const changesNumbers = readBorrowedPool(env) === undefined
  return async (event: DefineAuthChallengeTriggerEvent) => define(event, attempts, changesNumbers)
}
