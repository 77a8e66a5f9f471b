// The PreSignUp function.
import type { Context, PreSignUpTriggerEvent } from 'aws-lambda'
import { allowedIn } from '../src/core/phone-number.ts'
import { createAws } from './outside/aws-call.ts'
import { systemClock as clock } from './outside/clock.ts'
import {
  readCountries,
  readSignUpAttributes,
  readSignUpCaps,
  readSignupClient,
  readTable,
} from './outside/config.ts'
import { request as http } from './outside/http.ts'
import { createInvocations } from './outside/invocation.ts'
import { createSignUps } from './outside/sign-ups.ts'
import { admitSignUps } from './rounds/sign-up.ts'

const { env } = process
const open = createInvocations('preSignUp', env)
const aws = createAws({ http, clock, env })
const admit = admitSignUps({
  signupClient: readSignupClient(env),
  attributes: readSignUpAttributes(env),
  isAllowed: allowedIn(readCountries(env)),
  clock,
  signUps: createSignUps({ aws, table: readTable(env), caps: readSignUpCaps(env) }),
})

export async function handler(event: PreSignUpTriggerEvent, context: Context) {
  const { deadline, log } = open(event, context)
  return admit(event, deadline, log)
}
