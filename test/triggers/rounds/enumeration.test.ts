// Nobody can learn from a sign-in whether a number has an account, or anything about that account.
import { expect, it } from 'vitest'
import { subjectOf } from '../../../src/core/subject.ts'
import { createPool, type Pool, type Step } from './pool.ts'

/** The same story told to a real user and to a name that belongs to nobody. */
async function bothWays(
  play: (pool: Pool, step: Step) => Promise<Step[]>,
  options = {},
): Promise<[Step[], Step[]]> {
  const tell = async (known: boolean) => {
    const pool = createPool(options)
    const user = known ? pool.addVerifiedUser() : 'nobody'
    return play(pool, await pool.start(user))
  }
  return [await tell(true), await tell(false)]
}

const shown = (steps: Step[]) =>
  steps.map(({ outcome, parameters, metadata }) => ({
    outcome,
    parameters,
    metadata: metadata.replace(/\|[\w-]+\|[\w-]+\|/, '|sid|cid|').replace(/[\da-f]{12}\|$/, 'number|'),
  }))

it.each<[string, (pool: Pool, step: Step) => Promise<Step[]>]>([
  ['a first challenge', async (_pool, step) => [step]],
  [
    'wrong answers until nothing is left, and one more',
    async (pool, step) => {
      const steps = [step]
      for (let n = 0; n < 9; n++) steps.push(await pool.respond(steps.at(-1) ?? step, 'not a code'))
      return steps
    },
  ],
  [
    'a resend too early, one in time, one too late',
    async (pool, step) => {
      const steps = [await pool.resend(step)]
      for (const wait of [60_000, 200_000, 60_000]) {
        pool.clock.advance(wait)
        steps.push(await pool.resend(steps.at(-1) ?? step))
      }
      return steps
    },
  ],
  [
    'sign-ins until the hour is full',
    async (pool, step) => {
      const steps = [step]
      for (let n = 0; n < 6; n++) {
        pool.clock.advance(60_000)
        steps.push(await pool.start(step.userName))
      }
      return steps
    },
  ],
  [
    'two sign-ins at once',
    async (pool, step) => [step, await pool.start(step.userName), await pool.start(step.userName)],
  ],
  [
    'a table that is down',
    async (pool, step) => {
      pool.aws.fail('GetItem', 'before', 99)
      return [await pool.respond(step, 'x'), await pool.resend(step), await pool.start(step.userName)]
    },
  ],
])('shows the same to both for %s', async (_name, play) => {
  const [known, unknown] = await bothWays(play)
  expect(shown(unknown)).toEqual(shown(known))
  expect(unknown.every((step) => step.privateParameters.cid)).toBe(true)
})

it('counts real answers down for both, and a lucky one does not let nobody in', async () => {
  const pool = createPool()
  let unknown = await pool.start('nobody')
  for (const left of ['2', '1', '0']) {
    unknown = await pool.respond(unknown, '123456')
    expect(unknown.parameters.attemptsLeft).toBe(left)
  }
  expect(unknown.parameters.status).toBe('exhausted')
  // Every code there is, for one challenge that has one.
  const lucky = createPool({
    limits: { codeLength: 1, attemptsPerCode: 10, checksPerHour: 100, checksPerDay: 100 },
  })
  const step = await lucky.start('nobody')
  for (let digit = 0; digit < 10; digit++) expect(await lucky.judge(step, String(digit))).toBe(false)
})

it('shows the same full pool to both', async () => {
  const pool = createPool({ caps: { sends: { perHour: 1, perDay: 1 } } })
  await pool.start(pool.addVerifiedUser('+12025550177'))
  const steps = [await pool.start(pool.addVerifiedUser()), await pool.start('nobody')]
  expect(steps[1]?.parameters).toEqual(steps[0]?.parameters)
  expect(steps[0]?.parameters.status).toBe('sent')
  expect(pool.messages).toHaveLength(1)
  // For as long as it is full, and after it has opened again.
  for (const wait of [60_000, 3_600_000]) {
    pool.clock.advance(wait)
    for (const [n, step] of steps.entries()) steps[n] = await pool.resend(step)
    expect(steps[1]?.parameters).toEqual(steps[0]?.parameters)
  }
})

it('shows a pool that is full for sign-ups as open to nobody too, as it is to those who signed in before', async () => {
  const pool = createPool({ caps: { sends: { perHour: 4, perDay: 100 } } })
  for (let n = 0; n < 3; n++) await pool.start(pool.addVerifiedUser(`+1202555017${n}`))
  const unknown = await pool.start('nobody')
  expect(unknown.parameters).toEqual((await pool.start(pool.addVerifiedUser())).parameters)
  expect(unknown.parameters.status).toBe('sent')
})

it('takes a user whom Cognito does not know for nobody, whatever else it says', () => {
  const event = {
    userPoolId: 'pool',
    userName: 'name',
    callerContext: { clientId: 'a' },
    request: { userNotFound: true, userAttributes: { phone_number: '+12025550123' } },
  }
  const subject = subjectOf(event, { signup: 'a', login: 'b' }, Buffer.alloc(32))
  expect(subject).toMatchObject({ decoy: 'unknown', phone: undefined })
})

it('shows the same outage to both, and the same recovery', async () => {
  const pool = createPool()
  pool.provider = async () => ({ outcome: 'failed', blame: 'provider', httpStatus: 401 })
  const known = await pool.start(pool.addVerifiedUser())
  const unknown = await pool.start('nobody')
  expect(known.parameters).toMatchObject({ status: 'delivery_failed', resendIn: '5', attemptsLeft: '3' })
  expect(unknown.parameters).toEqual(known.parameters)
  pool.provider = async () => ({ outcome: 'sent' })
  pool.clock.advance(6_000)
  const knownLater = await pool.resend(known)
  const unknownLater = await pool.resend(unknown)
  expect(unknownLater.parameters).toEqual(knownLater.parameters)
  expect(knownLater.parameters.status).toBe('sent')
})

it('does not let one unreachable number look like an outage', async () => {
  const pool = createPool()
  pool.provider = async () => ({ outcome: 'failed', blame: 'recipient', code: '131026' })
  await pool.start(pool.addVerifiedUser())
  expect((await pool.start('nobody')).parameters.status).toBe('sent')
})

it('waits for nobody as long as deliveries lately took', async () => {
  const pool = createPool()
  pool.provider = async () => {
    pool.clock.advance(777)
    return { outcome: 'sent' }
  }
  await pool.start(pool.addVerifiedUser())
  pool.clock.slept.length = 0
  await pool.start('nobody')
  expect(pool.clock.slept).toContain(777)
})

it.each([
  ['who has no number', { phone_number: '' }],
  ['whose number is malformed', { phone_number: '+0123' }],
])('sends nothing to a user %s and shows the same', async (_name, attributes) => {
  const pool = createPool()
  const user = pool.addUser('+12025550123', attributes)
  for (const client of [pool.clients.signup, pool.clients.login]) {
    const step = await pool.start(user, client)
    expect(step.parameters).toEqual((await createPool().start('nobody')).parameters)
    pool.clock.advance(60_000)
  }
  expect(pool.messages).toHaveLength(0)
})

it('sends nothing for a client that is not its own, and calls nobody about it', async () => {
  const pool = createPool()
  const step = await pool.start(pool.addVerifiedUser(), 'somebody-elses')
  expect(step.parameters.status).toBe('sent')
  expect(pool.messages).toHaveLength(0)
  expect(new Set(pool.aws.calls)).toEqual(new Set(['GetParameters', 'GetItem', 'UpdateItem', 'PutItem']))
})

it('shows no digit of any number', async () => {
  const pool = createPool()
  const { destination } = (await pool.start(pool.addUser('+12025550123'))).parameters
  expect(destination).not.toMatch(/\d/)
  expect(destination).toBe((await createPool({ countries: ['GB'] }).start('x')).parameters.destination)
})
