// A deploy of one function alone: what it asks of AWS, and what keeps it from shipping.
import { GetFunctionCommand, RemovePermissionCommand } from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FunctionName, names } from '../../src/names.ts'
import { type PlayProgress, rollOut } from '../../src/stage/rollout.ts'
import { artifactOf, handler } from '../resources/stage-fixture.ts'
import { type Called, Runs } from './runs.ts'

let runs: Runs
beforeEach(async () => {
  runs = await Runs.start()
})
afterEach(() => runs.close())

const talk: PlayProgress = { run: (_title, work) => work(), warn() {}, emit() {} }
const newer = artifactOf(`${handler} // newer`)

/** What the plan is told of the provider, so that nothing but the code differs. */
const sandboxed = () => ({ SENDZEN_API_URL: runs.sandbox.env().SENDZEN_API_URL ?? '' })

async function ship(name: FunctionName, env: Record<string, string> = {}) {
  const artifacts = { ...runs.artifacts, [name]: await newer }
  const only = new Set([`function:${name}`])
  let played: Awaited<ReturnType<typeof rollOut>> | undefined
  const calls = await runs.callsOf(async () => {
    played = await rollOut(
      await runs.plan({ artifacts, only, env: { ...sandboxed(), ...env } }),
      { started: 0 },
      talk,
    )
  })
  return { calls, steps: played?.plan.map(({ id, fields }) => [id, fields.map(({ field }) => field)]) }
}

const list = (calls: Called[]) => calls.map(({ operation }) => operation)

const deployed = async (name: FunctionName) => {
  const { lambda } = (await runs.open()).aws
  const found = await lambda.send(new GetFunctionCommand({ FunctionName: names.function('dev', name) }))
  return found.Configuration?.CodeSha256
}

it('takes twelve calls, the proof that sign-in works among them', async () => {
  await rollOut(await runs.plan({ env: sandboxed() }), { started: 0 }, talk)
  const { calls, steps } = await ship('createAuthChallenge')
  expect(steps).toEqual([['function:createAuthChallenge', ['code']]])
  expect(list(calls).sort()).toEqual(
    [
      ...['GetCallerIdentity', 'GetParameter', 'GetFunction', 'GetRole', 'GetParameters'],
      ...['PutItem', 'GetParameter', 'UpdateFunctionCode', 'DeleteItem'],
      ...['GetFunctionConfiguration', 'GetPolicy', 'InitiateAuth'],
    ].sort(),
  )
  expect(await deployed('createAuthChallenge')).toBe((await newer).sha256)
})

it.each([
  ['preSignUp', {}],
  ['createAuthChallenge', { CLIENT_SECRET: 'true' }],
  ['smsFallback', { DELIVERY_WEBHOOK: 'true', SMS_FALLBACK: 'true' }],
] as const)('changes nothing of %s but its code, whatever else it would have to know', async (name, env) => {
  await runs.deploy({ env: { ...sandboxed(), ...env } })
  const { steps } = await ship(name, env)
  expect(steps).toEqual([[`function:${name}`, ['code']]])
  expect(await deployed(name)).toBe((await newer).sha256)
})

it('says where sign-in does not work afterwards', async () => {
  await runs.deploy({ env: sandboxed() })
  const { aws } = await runs.byHand()
  const FunctionName = names.function('dev', 'createAuthChallenge')
  await aws.lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: names.permission }))
  await expect(ship('createAuthChallenge')).rejects.toMatchObject({ code: 'VERIFY_FAILED' })
})
