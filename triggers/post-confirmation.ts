// The PostConfirmation function.
import type { PostConfirmationTriggerEvent } from 'aws-lambda'
import { besideOthers } from './borrowed/front.ts'
import { start } from './own/post-confirmation.ts'

export const handler = await besideOthers<PostConfirmationTriggerEvent>({
  trigger: 'postConfirmation',
  env: process.env,
  own: start,
  unheard: (event) => event,
})
