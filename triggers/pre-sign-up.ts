// The PreSignUp function.
import type { Context, PreSignUpTriggerEvent } from 'aws-lambda'
import { readCountries, readSignupClient } from './config.ts'
import { createInvocations } from './invocation.ts'
import { allowedIn } from './phone-number.ts'
import { admitSignUp, SignUpRefused } from './sign-up.ts'

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
