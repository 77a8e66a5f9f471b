// The five functions as they are deployed: their own modules, environment and wire formats, against a real
// DynamoDB emulator. Nothing but the variables of the environment table is set.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { Context } from 'aws-lambda'
import dynalite from 'dynalite'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { environment } from '../../src/core/environment.ts'
import type { StageCaps, Standing } from '../../src/core/limits.ts'
import { rememberDeliveries } from '../../triggers/rounds/recent-deliveries.ts'
import { masterKey, phone } from './rounds/pool.ts'
import { functionValues } from './values.ts'

interface Received {
  target: string
  authorization: string
  body: Record<string, unknown>
}

const received: Received[] = []
const messages: { to: string; template: { components: { parameters: { text: string }[] }[] } }[] = []
/** What came to the provider's address itself. */
const knocks: { path: string | undefined; headers: string[]; text: string }[] = []
const lines: string[] = []
/** When set, every call to Cognito is answered with this status. */
const table = dynalite({ createTableMs: 0 }) as unknown as Server
let server: Server
let dynamo: DynamoDBClient

const values: Record<string, string> = { ...functionValues }
const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 5000 } as Context

function listen(one: {
  listen(port: number, done: () => void): unknown
  address(): unknown
}): Promise<string> {
  return new Promise((resolve) => {
    one.listen(0, () => resolve(`http://127.0.0.1:${(one.address() as AddressInfo).port}`))
  })
}

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    let text = ''
    incoming.on('data', (chunk) => {
      text += String(chunk)
    })
    incoming.on('end', () => {
      if (incoming.method === 'GET') {
        knocks.push({ path: incoming.url, headers: Object.keys(incoming.headers), text })
        outgoing.writeHead(404).end()
        return
      }
      const target = String(incoming.headers['x-amz-target'] ?? '')
      const body = JSON.parse(text) as Record<string, unknown>
      if (target) received.push({ target, authorization: String(incoming.headers.authorization), body })
      else messages.push(body as unknown as (typeof messages)[number])
      const Value = JSON.stringify({ sendzenApiKey: 'key', otpMasterKey: masterKey, kid: 'k1' })
      const { Names = [] } = body as { Names?: string[] }
      const findings = JSON.stringify({ stage: 'test', standIn: 'stable' })
      const Parameters = Names.map((Name) => ({ Name, Value: Name === '/findings' ? findings : Value }))
      // Nobody has signed up before.
      if (target.endsWith('AdminGetUser')) outgoing.statusCode = 400
      const nobody = target.endsWith('AdminGetUser') ? { __type: 'UserNotFoundException' } : {}
      outgoing.end(JSON.stringify(target.endsWith('GetParameters') ? { Parameters } : nobody))
    })
  })
  const url = await listen(server)
  const tableUrl = await listen(table)
  values.SENDZEN_API_URL = `${url}/v1/messages`
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIATEST')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret')
  vi.stubEnv('AWS_ENDPOINT_URL', url)
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', tableUrl)
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' }
  dynamo = new DynamoDBClient({ region: 'us-east-1', endpoint: tableUrl, credentials })
  await dynamo.send(
    new CreateTableCommand({
      TableName: 'guard',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  )
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  // However slow the machine is, no deadline passes and no request takes too long.
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] })
})

afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  dynamo.destroy()
  server.closeAllConnections()
  server.close()
  table.close()
})

beforeEach(async () => {
  for (const list of [received, messages, knocks, lines]) list.length = 0
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: 'guard' }))
  for (const { pk } of Items) {
    await dynamo.send(new DeleteItemCommand({ TableName: 'guard', Key: { pk: pk! } }))
  }
})

/** Loads one function with its own variables and no others, as a process of its own would. */
async function load(trigger: keyof typeof environment, file: string) {
  vi.resetModules()
  for (const name of Object.keys(values)) vi.stubEnv(name, undefined)
  for (const name of environment[trigger]) vi.stubEnv(name, values[name])
  const { handler } = (await import(`../../triggers/${file}.ts`)) as {
    handler: (event: object, context: Context) => Promise<{ response: Record<string, unknown> }>
  }
  return async (request: object, more: object = {}) => {
    const envelope = {
      version: '1',
      region: 'us-east-1',
      userPoolId: 'us-east-1_Pool',
      userName: 'user-1',
      callerContext: { awsSdkVersion: 'x', clientId: 'client-signup' },
      response: {},
    }
    return (await handler({ ...envelope, request, ...more }, context)).response
  }
}

it('signs up and in through all five functions', async () => {
  const marks = () => received.filter(({ target }) => target.startsWith('AWSCognito'))
  const preSignUp = await load('preSignUp', 'pre-sign-up')
  const define = await load('defineAuthChallenge', 'define-auth-challenge')
  const create = await load('createAuthChallenge', 'create-auth-challenge')
  const verify = await load('verifyAuthChallenge', 'verify-auth-challenge')
  const postConfirmation = await load('postConfirmation', 'post-confirmation')
  const userAttributes = { sub: 'user-1', phone_number: phone, 'cognito:user_status': 'CONFIRMED' }

  expect(await preSignUp({ userAttributes }, { triggerSource: 'PreSignUp_SignUp' })).toMatchObject({
    autoConfirmUser: true,
    autoVerifyPhone: false,
  })
  const confirmed = { triggerSource: 'PostConfirmation_ConfirmSignUp' }
  expect(await postConfirmation({ userAttributes }, confirmed)).toEqual({})
  const lookedUp = { UserPoolId: 'us-east-1_Pool', Username: phone }
  expect(marks()).toMatchObject([{ target: expect.stringMatching(/AdminGetUser$/), body: lookedUp }])
  received.length = 0

  expect(await define({ userAttributes, session: [] })).toMatchObject({ challengeName: 'CUSTOM_CHALLENGE' })
  const asked = await create({ userAttributes, challengeName: 'CUSTOM_CHALLENGE', session: [] })
  expect(asked.publicChallengeParameters).toMatchObject({ status: 'sent', attemptsLeft: '3' })
  expect(messages).toMatchObject([{ to: phone }])
  // The rehearsal names nobody, and carries no key.
  expect(knocks).toMatchObject([{ path: '/', text: '' }])
  expect(knocks[0]?.headers).not.toContain('authorization')
  const code = messages[0]?.template.components[0]?.parameters[0]?.text ?? ''

  const { privateChallengeParameters, challengeMetadata } = asked
  const answered = (challengeAnswer: string) =>
    verify({ userAttributes, privateChallengeParameters, challengeAnswer })
  expect(await answered('not a code')).toEqual({ answerCorrect: false })
  expect(await answered(code)).toEqual({ answerCorrect: true })
  const operations = marks().map(({ target }) => target.split('.')[1])
  expect(operations.sort()).toEqual([
    'AdminSetUserPassword',
    'AdminUpdateUserAttributes',
    'AdminUserGlobalSignOut',
  ])
  for (const { body } of marks()) {
    expect(body).toMatchObject({ UserPoolId: 'us-east-1_Pool', Username: 'user-1' })
  }
  expect(await answered(code)).toEqual({ answerCorrect: false })
  const session = [{ challengeName: 'CUSTOM_CHALLENGE', challengeResult: true, challengeMetadata }]
  expect(await define({ userAttributes, session })).toMatchObject({ issueTokens: true })

  for (const { authorization } of received)
    expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=ASIATEST\//)
  const text = lines.join('')
  expect(text).toContain('"event":"otp_verified"')
  for (const secret of [code, phone, masterKey]) expect(text).not.toContain(secret)
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: 'guard' }))
  expect(Items.map((item) => item.pk?.S?.slice(0, 2)).sort()).toEqual(['F#', 'G#', 'N#', 'U#', 'X#'])
  // All but the proven number, which stays as long as the account may come back to it.
  const passing = Items.filter((item) => !item.pk?.S?.startsWith('U#'))
  expect(passing.every((item) => Number(item.ttl?.N) > Date.now() / 1000)).toBe(true)
})

it('sends one message and judges three answers when fifty of each come at once', async () => {
  const create = await load('createAuthChallenge', 'create-auth-challenge')
  const verify = await load('verifyAuthChallenge', 'verify-auth-challenge')
  const userAttributes = { phone_number: '+12025550177' }
  const starts = await Promise.all(
    Array.from({ length: 50 }, () => create({ userAttributes, session: [] }, { userName: 'user-2' })),
  )
  expect(messages.length).toBe(1)
  const withStatus = (status: string) =>
    starts.filter((one) => (one.publicChallengeParameters as { status: string }).status === status)
  const sent = withStatus('sent')
  expect([sent.length, withStatus('cooldown').length]).toEqual([1, 49])
  const code = messages.at(-1)?.template.components[0]?.parameters[0]?.text ?? ''
  const privateChallengeParameters = sent[0]?.privateChallengeParameters
  lines.length = 0
  const challengeAnswer = code === '000000' ? '111111' : '000000'
  await Promise.all(
    Array.from({ length: 50 }, () =>
      verify({ userAttributes, privateChallengeParameters, challengeAnswer }, { userName: 'user-2' }),
    ),
  )
  expect(lines.filter((line) => line.includes('"reason":"wrong"')).length).toBeLessThanOrEqual(3)
  const late = await verify(
    { userAttributes, privateChallengeParameters, challengeAnswer: code },
    { userName: 'user-2' },
  )
  expect(late).toEqual({ answerCorrect: false })
})

it('holds the caps of pool and block on the emulator as in memory', async () => {
  const { createCounters } = await import('../../triggers/outside/counters.ts')
  const { createAws } = await import('../../triggers/outside/aws-call.ts')
  const { request: http } = await import('../../triggers/outside/http.ts')
  const { deadlineIn, systemClock: clock } = await import('../../triggers/outside/clock.ts')
  const aws = createAws({ http, clock, env: process.env })
  const caps: StageCaps = {
    sends: { perHour: 20, perDay: 1000 },
    sms: { perHour: 5, perDay: 100 },
    block: { perHour: 100, perDay: 100 },
  }
  const counters = createCounters({ aws, clock, table: 'guard', caps })
  const recent = rememberDeliveries()
  const deadline = () => deadlineIn(clock, 20_000)
  const taken = async (standing: Standing, times: number) => {
    const message = { pool: 'pool', phone: '+12025550123', standing, idKey: Buffer.alloc(32) }
    const all = Array.from({ length: times }, () => counters.take(message, recent, deadline()))
    return (await Promise.all(all)).filter((closed) => closed === undefined).length
  }
  expect(await taken('unproven', 30)).toBe(14)
  expect(await taken('proven', 30)).toBe(4)
  expect(await taken('device', 30)).toBe(2)
  const sms = await Promise.all(Array.from({ length: 9 }, () => counters.takeSms('pool', deadline())))
  expect(sms.filter((closed) => closed === undefined)).toHaveLength(5)
  recent.record({ at: Date.now(), tookMs: 777, failed: false })
  await counters.note('pool', recent.give() ?? '', deadline())
  const other = rememberDeliveries()
  await counters.look('pool', other, deadline())
  expect(other.draw().tookMs).toBe(777)
})

it('does not start without a variable that it needs', async () => {
  for (const [trigger, file] of [
    ['preSignUp', 'pre-sign-up'],
    ['defineAuthChallenge', 'define-auth-challenge'],
    ['createAuthChallenge', 'create-auth-challenge'],
    ['verifyAuthChallenge', 'verify-auth-challenge'],
    ['postConfirmation', 'post-confirmation'],
    ['deliveryStatus', 'delivery-status'],
    ['smsFallback', 'sms-fallback'],
  ] as const) {
    for (const missing of environment[trigger]) {
      vi.resetModules()
      for (const name of environment[trigger]) vi.stubEnv(name, name === missing ? undefined : values[name])
      await expect(import(`../../triggers/${file}.ts`), `${trigger} without ${missing}`).rejects.toThrow(
        missing,
      )
    }
  }
})
