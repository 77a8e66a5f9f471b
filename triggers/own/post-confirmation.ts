// What PostConfirmation does for this stage’s own app clients: lets a confirmed sign-up pass. What it is worth shows when its number is proven.
import type { PostConfirmationTriggerEvent } from 'aws-lambda'
import { readCommon } from '../outside/config.ts'

/** Throws where the environment lacks something. */
export function start() {
  readCommon(process.env)
  return async (event: PostConfirmationTriggerEvent) => event
}
