// What PostConfirmation does for this stage’s own app clients: lets a confirmed sign-up pass. What it is worth shows when its number is proven.
import type { PostConfirmationTriggerEvent } from 'aws-lambda'
import { readCommon } from '../outside/config.ts'

readCommon(process.env)

export async function handler(event: PostConfirmationTriggerEvent) {
  return event
}
