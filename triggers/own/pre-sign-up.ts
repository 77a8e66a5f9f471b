// What PreSignUp does for this stage’s own app clients.
import type { Context, PreSignUpTriggerEvent } from 'aws-lambda'
import { allowedIn } from '../../src/core/phone/number.ts'
import { createAws } from '../outside/aws-call.ts'
import { createBrake } from '../outside/brake.ts'
import { systemClock as clock, deadlineIn } from '../outside/clock.ts'
import {
  readBorrowedPool,
  readBrakePlace,
  readCountries,
  readSignUpAttributes,
  readSignUpCaps,
  readSignupClient,
  readTable,
} from '../outside/config.ts'
import { request as http } from '../outside/http.ts'
import { createInvocations } from '../outside/invocation.ts'
import { createSignUps, lookUpByMarks, lookUpByMemory } from '../outside/sign-ups.ts'
import { admitSignUps } from '../rounds/sign-up.ts'

/** Throws where the environment lacks something. */
export function start() {
  const { env } = process
  const open = createInvocations('preSignUp', env)
  const aws = createAws({ http, clock, env })
  const brake = createBrake(aws, clock, readBrakePlace(env))
  brake.start(deadlineIn(clock, 1000))
  const isBorrowed = readBorrowedPool(env) !== undefined
  const admit = admitSignUps({
    signupClient: readSignupClient(env),
    attributes: readSignUpAttributes(env),
    needsNumber: isBorrowed,
    isAllowed: allowedIn(readCountries(env)),
    clock,
    brake,
    signUps: createSignUps({
      aws,
      table: readTable(env),
      caps: readSignUpCaps(env),
      lookUp: isBorrowed ? lookUpByMemory : lookUpByMarks,
    }),
  })
  return async (event: PreSignUpTriggerEvent, context: Context) => {
    const { deadline, log } = open(event, context)
    return admit(event, deadline, log)
  }
}
