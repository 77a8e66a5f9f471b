// The built functions in the sandbox's Lambda: other clients' events go through a real signature, role and invocation.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { environment } from '../../../src/core/environment.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { FunctionFixture } from '../../sandbox/lambda/function-fixture.ts'
import { functionValues } from '../values.ts'
import { clients, poolId, type Trigger, triggers } from './pool.ts'

let sandbox: Sandbox
let functions: FunctionFixture
let role: string
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:${sandbox.account}:function:${name}`

beforeAll(async () => {
  sandbox = await startSandbox()
  functions = new FunctionFixture(sandbox)
  const Resource = ['theirs', 'gone'].map(arnOf)
  role = await functions.role('ours', [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource }])
  await functions.create('theirs', theirs)
  await functions.create('forbidden', theirs)
})
afterAll(() => sandbox.close())

/** Answers with what it saw, throws or takes its time, as its event says. */
const theirs = `
export async function handler(event) {
  const { clientMetadata = {} } = event.request
  if (clientMetadata.refuse) throw Object.assign(new Error(clientMetadata.refuse), { name: 'TheirRefusal' })
  return { ...event, response: { seen: Object.keys(event).length } }
}
`

/** One of ours, as a deploy makes it, but for what is said. */
async function deploy(trigger: Trigger, former: string, missing: string[] = []) {
  const values: Record<string, string | undefined> = {
    ...{ ...functionValues, SENDZEN_API_URL: sandbox.endpoint, USER_POOL_ID: poolId },
    ...{ FORMER_FUNCTION: former === 'none' ? former : arnOf(former), TRUST_UNVERIFIED_NUMBERS: 'false' },
    ...{ SIGNUP_CLIENT_ID: clients.signup, LOGIN_CLIENT_ID: clients.login },
  }
  const told = new Set([...environment[trigger], 'USER_POOL_ID', 'FORMER_FUNCTION', 'LOGIN_CLIENT_ID'])
  const Variables = Object.fromEntries(
    [...told].filter((name) => !missing.includes(name)).map((name) => [name, values[name] ?? '']),
  )
  const name = `${trigger}-${former}-${missing.length}`
  const ZipFile = await readFile(new URL(`../../../dist/triggers/${trigger}.zip`, import.meta.url))
  await functions.create(name, '', { Role: role, Code: { ZipFile }, Environment: { Variables }, Timeout: 5 })
  return name
}

const event = (clientMetadata: object = {}, clientId = clients.theirs) => ({
  ...{ userPoolId: poolId, userName: 'ana', callerContext: { clientId }, triggerSource: 'PreSignUp_SignUp' },
  request: { userAttributes: { phone_number: '+12025550123' }, clientMetadata },
  response: {},
})

it.each(triggers)('%s passes on, with its own settings gone as well', async (trigger) => {
  const names = [await deploy(trigger, 'theirs'), await deploy(trigger, 'theirs', ['LOG_LEVEL'])]
  for (const name of names) {
    const { result, FunctionError } = await functions.invoke(name, event())
    expect(FunctionError).toBeUndefined()
    expect(result).toEqual({ ...event(), response: { seen: 6 } })
    const refused = await functions.invoke(name, event({ refuse: 'Not today' }))
    expect(refused).toMatchObject({ FunctionError: 'Unhandled' })
    expect(refused.result).toMatchObject({ errorType: 'TheirRefusal', errorMessage: 'Not today' })
  }
  const own = await functions.invoke(names[1]!, event({}, clients.login))
  expect(own.result).toMatchObject({ errorType: 'ConfigError', errorMessage: 'LOG_LEVEL is not set.' })
})

it.each([
  ['forbidden', 'AccessDeniedException'],
  ['gone', 'ResourceNotFoundException'],
])('says so where the function is %s', async (former, reason) => {
  const name = await deploy('postConfirmation', former)
  const { result, FunctionError, LogResult } = await functions.invoke(name, event())
  expect(FunctionError).toBe('Unhandled')
  expect(result).toMatchObject({
    errorType: 'FormerFunctionError',
    errorMessage: expect.stringContaining(reason),
  })
  const log = Buffer.from(LogResult ?? '', 'base64').toString()
  expect(log).toContain('"event":"former_failed"')
  expect(log).not.toContain('2025550123')
})

it('takes events and answers as large as Lambda does', async () => {
  const name = await deploy('postConfirmation', 'theirs', ['STAGE', 'LOG_LEVEL'])
  const large = event({ filler: 'ö'.repeat(2_500_000) })
  const { result } = await functions.invoke(name, large)
  expect(result).toEqual({ ...large, response: { seen: 6 } })
})
