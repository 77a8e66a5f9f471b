// The PostConfirmation function: notes that the user came in by signing up. Nothing depends on it.
import type { Context, PostConfirmationTriggerEvent } from 'aws-lambda'
import { AwsError, createAws } from './outside/aws-call.ts'
import { systemClock as clock } from './outside/clock.ts'
import { request as http } from './outside/http.ts'
import { createInvocations } from './outside/invocation.ts'

const open = createInvocations('postConfirmation', process.env)
const aws = createAws({ http, clock, env: process.env })

/** Never throws: the user has been made by now, and an error would tell the app that he was not. */
export async function handler(event: PostConfirmationTriggerEvent, context: Context) {
  const { deadline, log } = open(event, context)
  if (event.triggerSource !== 'PostConfirmation_ConfirmSignUp') return event
  const input = {
    UserPoolId: event.userPoolId,
    Username: event.userName,
    UserAttributes: [{ Name: 'custom:auth_purpose', Value: 'signup' }],
  }
  try {
    await aws.json('cognito-idp', 'AdminUpdateUserAttributes', input, deadline)
  } catch (error) {
    log('signup_not_marked', { reason: error instanceof AwsError ? error.code : 'unknown' })
  }
  return event
}
