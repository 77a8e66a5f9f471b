// The PostConfirmation function.
import type { PostConfirmationTriggerEvent } from 'aws-lambda'
import { besideOthers } from './borrowed/front.ts'

export const handler = await besideOthers<PostConfirmationTriggerEvent>({
  trigger: 'postConfirmation',
  env: process.env,
  own: () => import('./own/post-confirmation.ts'),
  unheard: (event) => event,
})
