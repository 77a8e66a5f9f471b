// Each operation of the sandbox once, through the real SDK: it answers, and the SDK's model knows every member
// that stands on the wire. A misspelled or invented one would be dropped without a word.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenSandbox, startOpenSandbox } from '../../src/sandbox/server.ts'
import { namesIn, type SdkClient, sdkClientOf, wireNames } from './sdk-clients.ts'
import type { Seen } from './sdk-scene.ts'
import { scenes } from './sdk-scenes.ts'
import { answerTriggers } from './sdk-scenes-cognito.ts'

let sandbox: OpenSandbox
const clients = new Map<string, SdkClient>()
const all = await scenes()

beforeAll(async () => {
  sandbox = await startOpenSandbox()
  for (const service of Object.keys(sandbox.operations())) {
    clients.set(service, sdkClientOf(service, sandbox))
  }
  answerTriggers(sandbox)
})
afterAll(async () => {
  for (const client of clients.values()) client.close()
  await sandbox.close()
})

/** DynamoDB itself answers these, outside its own model, and dynalite follows it. */
const outsideTheModel = new Set(['TableThroughputModeSummary', 'TableThroughputMode'])

/** Not played: each wants a code that was sent, or that the sandbox never sends. */
const notPlayed = [
  'sns:ConfirmSubscription',
  'sns:VerifySMSSandboxPhoneNumber',
  'cognito-idp:ConfirmSignUp',
  'cognito-idp:ConfirmForgotPassword',
]

it('covers every operation that is offered', () => {
  const offered = Object.entries(sandbox.operations()).flatMap(([service, operations]) =>
    operations.map((operation) => `${service}:${operation}`),
  )
  const played = new Set(all.map(([service, operation]) => `${service}:${operation}`))
  expect(offered.filter((name) => !played.has(name))).toEqual(notPlayed)
})

it('is understood whole by the SDK', async () => {
  const seen: Seen = {}
  for (const [service, operation, input = {}, peculiar = {}] of all) {
    const name = `${service}:${operation}`
    const given = typeof input === 'function' ? input(seen) : input
    const { output, wire } = await clients
      .get(service)!
      .call(operation, given)
      .catch((error: Error) => {
        throw new Error(`${name}: ${error.name}: ${error.message}`)
      })
    seen[operation] = output
    if (peculiar.rawBody) continue
    const understood = namesIn(output)
    const lost = [...wireNames(wire)].filter(
      (member) => !understood.has(member) && !outsideTheModel.has(member),
    )
    expect(lost, `${name} answers members that the SDK does not know`).toEqual([])
  }
  expect(sandbox.inventory()).toEqual([])
})
