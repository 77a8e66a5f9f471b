// What VerifyAuthChallengeResponse does for this stage’s own app clients.
import { randomBytes } from 'node:crypto'
import type { Context, VerifyAuthChallengeResponseTriggerEvent } from 'aws-lambda'
import { createAws } from '../outside/aws-call.ts'
import { systemClock as clock, deadlineIn } from '../outside/clock.ts'
import {
  readBorrowedPool,
  readClients,
  readLimits,
  readPlaces,
  readSignUpAttributes,
} from '../outside/config.ts'
import { request as http } from '../outside/http.ts'
import { createInvocations } from '../outside/invocation.ts'
import { createSecretsSource } from '../outside/secrets.ts'
import { createStore } from '../outside/store.ts'
import { proofByMarks } from '../rounds/marks.ts'
import { proofByMemory } from '../rounds/memory.ts'
import { createOwners } from '../rounds/owners.ts'
import { createProof } from '../rounds/proof.ts'
import { createProvenNumbers } from '../rounds/proven-numbers.ts'
import { verifyAnswer } from '../rounds/verify.ts'

/** Throws where the environment lacks something. */
export function start() {
  const { env } = process
  const open = createInvocations('verifyAuthChallenge', env)
  const { table, ...keyPlaces } = readPlaces(env)
  const newId = () => randomBytes(16).toString('base64url')

  const aws = createAws({ http, clock, env })
  const secrets = createSecretsSource(aws, clock, keyPlaces)
  const store = createStore({ aws, clock, table, newId })
  const clients = readClients(env)
  const signUpAttributes = readSignUpAttributes(env)
  const numbers = createProvenNumbers(aws, table)
  const pool = readBorrowedPool(env)

  function rulesOfOwnPool() {
    const owners = createOwners({ aws, store, numbers })
    return proofByMarks({
      clients,
      owners,
      numbers,
      prove: createProof({ aws, owners, table, signUpAttributes }),
    })
  }

  const verify = verifyAnswer({
    limits: readLimits(env),
    clock,
    secrets,
    store,
    rules: pool ? proofByMemory({ clients, aws, table, numbers, pool }) : rulesOfOwnPool(),
    newId,
  })
  secrets.start(deadlineIn(clock, 2000))
  // Opens the connection to the table meanwhile. Nobody waits for it, and nothing is filed under that name.
  store.read('warm-up', deadlineIn(clock, 2000)).catch(() => undefined)

  return async (event: VerifyAuthChallengeResponseTriggerEvent, context: Context) => {
    const { deadline, log } = open(event, context)
    return verify(event, deadline, log)
  }
}
