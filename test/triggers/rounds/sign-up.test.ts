// Who may sign up, with what and how often: on a real table, by a clock that tests move.
import type { PreSignUpTriggerEvent } from 'aws-lambda'
import { beforeAll, describe, expect, it } from 'vitest'
import { numbers } from '../../../src/core/environment.ts'
import { type Caps, signUpCapsOf } from '../../../src/core/limits.ts'
import { counterKey, countsOf, poolCounter, signUpCounter } from '../../../src/core/table-counters.ts'
import type { ReadItem } from '../../../src/core/table-items.ts'
import { noDelays, type World } from '../../../src/sandbox/account/world.ts'
import { type Engine, startEngine } from '../../../src/sandbox/dynamodb/engine.ts'
import { type Aws, AwsError } from '../../../triggers/outside/aws-call.ts'
import { deadlineIn } from '../../../triggers/outside/clock.ts'
import { createLog } from '../../../triggers/outside/log.ts'
import { createSignUps, lookUpByMarks } from '../../../triggers/outside/sign-ups.ts'
import { admitSignUps } from '../../../triggers/rounds/sign-up.ts'
import { createTestClock } from '../outside/clock.ts'

const table = 'guard'
const phone = '+12025550123'
const refusal = 'This sign-up was not accepted'
const day = 86_400_000

let engine: Engine
beforeAll(async () => {
  engine = await startEngine({ account: '123456789012', region: 'us-east-1', delays: noDelays } as World)
  await engine('CreateTable', {
    TableName: table,
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  })
  const isActive = async () => {
    const { Table } = await engine('DescribeTable', { TableName: table })
    return (Table as { TableStatus: string }).TableStatus === 'ACTIVE'
  }
  while (!(await isActive()));
})

let pools = 0

interface Changes {
  triggerSource?: string
  clientId?: string
  userName?: string
  attributes?: Record<string, string> | null
}

/** A pool of its own, at the beginning of an hour in the middle of a day. */
function open({ caps = { perHour: 2, perDay: 3 } as Caps, attributes = [] as string[] } = {}) {
  const pool = `pool-${++pools}`
  const clock = createTestClock()
  const calls: string[] = []
  const lines: string[] = []
  /** Set to refuse an operation, or to lose its answer. */
  const broken = new Map<string, 'before' | 'after'>()
  let users = 0
  /** The attributes of those who have a number. */
  const holders = new Map<string, Record<string, string>>()
  const lookUp = async (operation: string, input: object) => {
    expect(operation).toBe('AdminGetUser')
    if (broken.has(operation)) throw new AwsError('TooManyRequestsException', 400, false)
    const { UserPoolId, Username } = input as Record<string, string>
    const holder = UserPoolId === pool ? holders.get(Username!) : undefined
    if (!holder) throw new AwsError('UserNotFoundException', 400, false)
    const UserAttributes = Object.entries(holder).map(([Name, Value]) => ({ Name, Value }))
    return { Username: 'somebody', UserAttributes }
  }
  const aws: Aws = {
    async json(service, operation, input) {
      calls.push(operation)
      if (service === 'cognito-idp') return lookUp(operation, input)
      if (broken.get(operation) === 'before') throw new AwsError('AccessDeniedException', 400, false)
      const answer = await engine(operation, input).catch((error) => {
        throw new AwsError(error.code, 400, false)
      })
      if (broken.get(operation) === 'after') throw new AwsError('timeout', 0, true)
      return answer
    },
    post: () => Promise.reject(new Error('Nothing is posted')),
  }
  const brake = { isPaused: false }
  const admit = admitSignUps({
    signupClient: 'client-signup',
    attributes: new Set(attributes),
    isAllowed: (number) => number.startsWith('+1202'),
    clock,
    brake: { isPaused: async () => brake.isPaused },
    needsNumber: false,
    signUps: createSignUps({ aws, table, caps, lookUp: lookUpByMarks }),
  })
  const log = createLog({
    stage: 'test',
    logLevel: 'info',
    now: clock.now,
    write: (line) => void lines.push(line),
  })
  const signUp = async (changes: Changes = {}) => {
    const event = {
      triggerSource: changes.triggerSource ?? 'PreSignUp_SignUp',
      userPoolId: pool,
      userName: changes.userName ?? `${pool}-user-${++users}`,
      callerContext: { clientId: changes.clientId ?? 'client-signup' },
      request: {
        userAttributes: changes.attributes === undefined ? { phone_number: phone } : changes.attributes,
      },
      response: {},
    } as unknown as PreSignUpTriggerEvent
    return (await admit(event, deadlineIn(clock, 3900), log)).response
  }
  const read = async (Key: object) => (await engine('GetItem', { TableName: table, Key })).Item as ReadItem
  return {
    clock,
    calls,
    broken,
    brake,
    holders,
    signUp,
    /** What the app is told, where it is refused. */
    told: (changes?: Changes) =>
      signUp(changes).then(
        () => 'accepted',
        ({ message }: Error) => message,
      ),
    counted: async () =>
      countsOf(await read(counterKey(poolCounter(pool), clock.now())), clock.now(), signUpCounter(pool)),
    sent: async () =>
      countsOf(await read(counterKey(poolCounter(pool), clock.now())), clock.now(), poolCounter(pool)),
    noted: (userName: string) => read({ pk: { S: `F#${userName}` } }),
    lastName: () => `${pool}-user-${users}`,
    logged: () => lines.map((line) => JSON.parse(line) as { event: string; reason?: string }),
  }
}

const byAdmin = { triggerSource: 'PreSignUp_AdminCreateUser', clientId: 'CLIENT_ID_NOT_APPLICABLE' }
const confirmed = { autoConfirmUser: true, autoVerifyPhone: false, autoVerifyEmail: false }

describe('while the stage is paused', () => {
  it('a sign-up is refused in the same words, before anybody is looked up or counted', async () => {
    const { brake, calls, holders, told, counted, logged } = open()
    brake.isPaused = true
    holders.set(phone, { phone_number: phone, 'custom:whatsapp_verified': 'true' })
    expect([await told(), await told({ attributes: { phone_number: '+12025550199' } })]).toEqual([
      refusal,
      refusal,
    ])
    expect(await counted()).toMatchObject({ hour: 0, day: 0 })
    expect(calls.filter((call) => call !== 'GetItem')).toEqual([])
    expect(logged()).toContainEqual(expect.objectContaining({ event: 'signup_refused', reason: 'paused' }))
  })

  it('whoever has the rights in AWS still makes users', async () => {
    const { brake, signUp } = open()
    brake.isPaused = true
    expect(await signUp(byAdmin)).toEqual(confirmed)
  })
})

describe('a sign-up', () => {
  it('is confirmed, and none of its attributes is', async () => {
    const { signUp, logged } = open()
    expect(await signUp({ attributes: { phone_number: phone, locale: 'pt-BR' } })).toEqual(confirmed)
    expect(logged()).toMatchObject([{ event: 'signup_accepted' }])
  })

  it('may give number and locale, and nothing else unless a setting says so', async () => {
    const plain = open({ caps: { perHour: 100, perDay: 100 } })
    for (const extra of [
      { email: 'a@example.com' },
      { name: '' },
      { website: 'javascript:alert(1)' },
      { phone_number_verified: 'true' },
      { 'custom:whatsapp_verified': 'true' },
      { 'custom:whatsapp_verified': 'false' },
      { 'custom:role': 'admin' },
      { locale2: 'x' },
    ]) {
      expect(await plain.told({ attributes: { phone_number: phone, ...extra } })).toBe(refusal)
      expect(plain.logged().at(-1)).toMatchObject({ event: 'signup_refused', reason: 'attributes' })
    }
    const listed = open({ attributes: ['email', 'name'] })
    expect(
      await listed.told({ attributes: { phone_number: phone, email: 'a@example.com', name: 'A' } }),
    ).toBe('accepted')
    expect(await listed.told({ attributes: { phone_number: phone, picture: 'x' } })).toBe(refusal)
  })

  it('is not refused for what Cognito may show of its own', async () => {
    const { told } = open()
    const attributes = {
      sub: 'x',
      'cognito:phone_number_alias': '',
      phone_number_verified: 'false',
      email_verified: 'false',
    }
    expect(await told({ attributes: { phone_number: phone, ...attributes } })).toBe('accepted')
  })

  it.each([{ attributes: {} }, { attributes: null }, { attributes: {}, userName: phone }])(
    'need not show its number (%o)',
    async (changes) => {
      expect(await open().told(changes)).toBe('accepted')
    },
  )

  it.each<[string, Changes]>([
    ['client', { clientId: 'client-login' }],
    ['source', { triggerSource: 'PreSignUp_ExternalProvider' }],
    ['country', { attributes: { phone_number: '+18765550123' } }],
    ['country', { attributes: {}, userName: '+18765550123' }],
    ['attributes', { attributes: { phone_number: phone, name: 'A' } }],
  ])('refused for its %s calls nobody, counts nothing and leaves nothing behind', async (reason, changes) => {
    const { told, calls, counted, logged, noted, lastName } = open()
    expect(await told(changes)).toBe(refusal)
    expect(logged()).toMatchObject([{ event: 'signup_refused', reason }])
    expect([calls, await counted()]).toEqual([[], { hour: 0, day: 0 }])
    expect(await noted(changes.userName ?? lastName())).toBeUndefined()
  })
})

describe('the caps of sign-ups', () => {
  it('are those that are set', () => {
    expect(signUpCapsOf((name) => numbers[name].default)).toEqual({ perHour: 100, perDay: 500 })
  })

  it('hold for an hour and a day in UTC, to the millisecond, and messages are counted apart', async () => {
    const { clock, told, counted, sent, logged } = open()
    expect([await told(), await told(), await told()]).toEqual(['accepted', 'accepted', refusal])
    expect(logged().at(-1)).toMatchObject({ event: 'signup_refused', reason: 'cap' })
    expect(await counted()).toEqual({ hour: 2, day: 2 })
    clock.advance(3_600_000 - 1)
    expect(await told()).toBe(refusal)
    clock.advance(1)
    // One more fills the day.
    expect([await told(), await told()]).toEqual(['accepted', refusal])
    expect(await counted()).toEqual({ hour: 1, day: 3 })
    clock.advance(11 * 3_600_000 - 1)
    expect(await told()).toBe(refusal)
    clock.advance(1)
    expect(clock.now() % day).toBe(0)
    expect(await told()).toBe('accepted')
    expect([await counted(), await sent()]).toEqual([
      { hour: 1, day: 1 },
      { hour: 0, day: 0 },
    ])
  })

  it('hold when all come at once', async () => {
    const { told, counted } = open({ caps: { perHour: 7, perDay: 100 } })
    const answers = await Promise.all(Array.from({ length: 30 }, () => told()))
    expect(answers.filter((one) => one === 'accepted')).toHaveLength(7)
    expect(await counted()).toEqual({ hour: 7, day: 7 })
  })

  it('count before they note, and note nobody whom they refuse', async () => {
    const { told, calls, noted, lastName } = open({ caps: { perHour: 1, perDay: 1 } })
    await told()
    expect(calls.splice(0)).toEqual(['AdminGetUser', 'UpdateItem', 'PutItem'])
    expect(await told()).toBe(refusal)
    expect(calls).toEqual(['AdminGetUser', 'UpdateItem'])
    expect(await noted(lastName())).toBeUndefined()
  })

  it('say the same words as every other refusal', async () => {
    const { told, broken } = open({ caps: { perHour: 1, perDay: 1 } })
    await told()
    const texts = [
      await told(),
      await told({ clientId: 'client-login' }),
      await told({ triggerSource: 'PreSignUp_Else' }),
      await told({ attributes: { phone_number: phone, name: 'A' } }),
      await told({ attributes: { phone_number: '+18765550123' } }),
    ]
    broken.set('UpdateItem', 'before')
    texts.push(await told())
    expect([...new Set(texts)]).toEqual([refusal])
  })
})

describe('a table that fails', () => {
  it.each(['before', 'after'] as const)('when counting (%s) lets nobody in', async (when) => {
    const { told, broken, logged, noted, lastName } = open()
    broken.set('UpdateItem', when)
    expect(await told()).toBe(refusal)
    const reason = when === 'before' ? 'AccessDeniedException' : 'timeout'
    expect(logged()).toMatchObject([{ event: 'otp_store_error', reason }])
    expect(await noted(lastName())).toBeUndefined()
  })

  it.each(['before', 'after'] as const)(
    'when noting (%s) lets nobody in, and counts nobody',
    async (when) => {
      const { told, broken, logged, counted } = open()
      broken.set('PutItem', when)
      expect(await told()).toBe(refusal)
      expect(logged().map(({ event }) => event)).toEqual(['otp_store_error'])
      expect(await counted()).toEqual({ hour: 0, day: 0 })
    },
  )

  it('lets administrators go on', async () => {
    const { told, broken } = open()
    broken.set('UpdateItem', 'before')
    broken.set('PutItem', 'before')
    expect(await told(byAdmin)).toBe('accepted')
  })
})

it('of what does not belong here the app is told nothing either', async () => {
  const { told, logged } = open()
  expect(await told({ attributes: { phone_number: 5 as unknown as string } })).toBe(refusal)
  expect(logged()).toMatchObject([{ event: 'otp_internal_error', reason: 'TypeError' }])
})

describe('an account that made itself', () => {
  it('is noted under the name of Cognito, for 400 days', async () => {
    const { signUp, noted, lastName, clock } = open()
    await signUp()
    const ttl = { N: String(Math.ceil((clock.now() + 400 * day) / 1000)) }
    expect(await noted(lastName())).toEqual({ pk: { S: `F#${lastName()}` }, ttl })
  })

  it('is noted once, however often Cognito asks', async () => {
    const { signUp, noted } = open()
    await Promise.all([signUp({ userName: 'again' }), signUp({ userName: 'again' })])
    expect(await noted('again')).toBeDefined()
  })

  it('is not noted by its number', async () => {
    const { told, calls } = open()
    expect(await told({ userName: phone, attributes: {} })).toBe('accepted')
    expect(calls).toEqual(['AdminGetUser', 'UpdateItem'])
  })
})

describe('a number that somebody has proven, about which Cognito may ask before it refuses', () => {
  const proven = { phone_number_verified: 'true', 'custom:whatsapp_verified': 'true' }

  it('counts nothing, notes nobody, and is left to Cognito when the caps are reached', async () => {
    const { told, holders, counted, noted, lastName, logged } = open({ caps: { perHour: 1, perDay: 1 } })
    holders.set(phone, proven)
    for (let n = 0; n < 5; n++) expect(await told()).toBe('accepted')
    expect([await counted(), await noted(lastName()), logged()]).toEqual([{ hour: 0, day: 0 }, undefined, []])
    const another = { attributes: { phone_number: '+12025550124' } }
    expect([await told(another), await told(another)]).toEqual(['accepted', refusal])
    expect(await told()).toBe('accepted')
    expect(await told({ userName: phone, attributes: {} })).toBe('accepted')
  })

  it.each([
    ['not proven', { phone_number_verified: 'false' }],
    ['only called verified', { phone_number_verified: 'true' }],
    ['taken in place of a proven one', { ...proven, phone_number_verified: 'false' }],
  ])('counts as new where it is %s, since its user may let go of it meanwhile', async (_name, attributes) => {
    const { told, holders, counted } = open({ caps: { perHour: 1, perDay: 1 } })
    holders.set(phone, attributes)
    expect([await told(), await told()]).toEqual(['accepted', refusal])
    expect(await counted()).toEqual({ hour: 1, day: 1 })
  })

  it('counts as new where it cannot be looked up', async () => {
    const { told, holders, broken, counted } = open({ caps: { perHour: 1, perDay: 1 } })
    holders.set(phone, proven)
    broken.set('AdminGetUser', 'before')
    expect([await told(), await told()]).toEqual(['accepted', refusal])
    expect(await counted()).toEqual({ hour: 1, day: 1 })
  })

  it('is judged by the other rules all the same', async () => {
    const { told, holders, calls } = open()
    holders.set(phone, proven)
    expect(await told({ clientId: 'client-login' })).toBe(refusal)
    expect(await told({ attributes: { phone_number: phone, name: 'A' } })).toBe(refusal)
    expect(calls).toEqual([])
  })
})

describe('a user whom an administrator makes', () => {
  it('has what the administrator gives, counts nothing and is not noted', async () => {
    const { signUp, told, calls, logged } = open({ caps: { perHour: 1, perDay: 1 } })
    const attributes = { phone_number: phone, email: 'a@example.com', 'custom:role': 'admin' }
    await told()
    calls.length = 0
    for (let n = 0; n < 3; n++) expect(await signUp({ ...byAdmin, attributes })).toEqual(confirmed)
    expect(calls).toEqual([])
    expect(logged().every(({ event }) => event === 'signup_accepted')).toBe(true)
  })

  it('has a number that may get codes', async () => {
    const { told } = open()
    expect(await told({ ...byAdmin, attributes: { phone_number: '+999' } })).toBe(refusal)
  })
})
