// The PreSignUp function.
import type { Context, PreSignUpTriggerEvent } from 'aws-lambda'
import { allowedIn } from '../src/core/phone-number.ts'
import { readCountries, readSignupClient } from './outside/config.ts'
import { createInvocations } from './outside/invocation.ts'
import { admitSignUp, SignUpRefused } from './rounds/sign-up.ts'

const open = createInvocations('preSignUp', process.env)
const rules = {
  signupClient: readSignupClient(process.env),
  isAllowed: allowedIn(readCountries(process.env)),
}

export async function handler(event: PreSignUpTriggerEvent, context: Context) {
  const { log } = open(event, context)
  try {
    const admitted = admitSignUp(event, rules)
    log('signup_accepted')
    return admitted
  } catch (error) {
    log('signup_refused', { reason: error instanceof SignUpRefused ? error.reason : 'unknown' })
    throw error
  }
}
