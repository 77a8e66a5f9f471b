// The VerifyAuthChallengeResponse function.
import { randomBytes } from 'node:crypto'
import type { Context, VerifyAuthChallengeResponseTriggerEvent } from 'aws-lambda'
import { createAws } from './outside/aws-call.ts'
import { systemClock as clock, deadlineIn } from './outside/clock.ts'
import { readClients, readLimits, readPlaces } from './outside/config.ts'
import { request as http } from './outside/http.ts'
import { createInvocations } from './outside/invocation.ts'
import { createSecretsSource } from './outside/secrets.ts'
import { createStore } from './outside/store.ts'
import { verifyAnswer } from './rounds/verify.ts'

const { env } = process
const open = createInvocations('verifyAuthChallenge', env)
const { table, ...keyPlaces } = readPlaces(env)
const newId = () => randomBytes(16).toString('base64url')

const aws = createAws({ http, clock, env })
const secrets = createSecretsSource(aws, clock, keyPlaces)
const store = createStore({ aws, clock, table, newId })
const verify = verifyAnswer({
  limits: readLimits(env),
  clients: readClients(env),
  clock,
  secrets,
  store,
  aws,
  newId,
})
secrets.start(deadlineIn(clock, 2000))
// Opens the connection to the table meanwhile. Nobody waits for it, and nothing is filed under that name.
store.read('warm-up', deadlineIn(clock, 2000)).catch(() => undefined)

export async function handler(event: VerifyAuthChallengeResponseTriggerEvent, context: Context) {
  const { deadline, log } = open(event, context)
  return verify(event, deadline, log)
}
