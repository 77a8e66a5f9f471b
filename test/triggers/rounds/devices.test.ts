// Devices that an app makes known: what they have, whatever strangers do, and that nobody can pretend to be one.
import { describe, expect, it } from 'vitest'
import { createPool, type Pool, type PoolOptions, phone, type Step, wrongFor } from './pool.ts'

const minute = 60_000
const hour = 60 * minute
const device = 'k7PZ0m3u9Qw1xR5tY8vB2n'
const other = 'A'.repeat(22)

/** A user whose number knows a device. */
async function known(options: PoolOptions = {}, secrets = [device]) {
  const pool = createPool(options)
  const user = pool.addUser()
  for (const secret of secrets) {
    await pool.respond(await pool.start(user), pool.lastCode(), { device: secret })
    pool.clock.advance(3 * hour)
  }
  return { pool, user }
}

/** By an app: the start cannot bear metadata in Cognito, so that the device speaks up with a first answer. */
async function asked(pool: Pool, user: string, secret = device): Promise<Step> {
  return pool.resend(await pool.start(user), { device: secret })
}

/** A stranger uses up all the messages that strangers have in an hour, and the answers unless told otherwise. */
async function exhaust(pool: Pool, user: string, answers = 3) {
  for (let n = 0; n < 30; n++) {
    const step = await pool.start(user)
    for (let answer = 0; answer < answers; answer++) await pool.judge(step, wrongFor(pool.lastCode()))
    pool.clock.advance(minute)
  }
}

describe.each([
  ['is one and the same', {}],
  ['changes each time', { strangers: 'changing' as const }],
])('where a stranger’s name %s, a known device', (_name, world) => {
  it('has messages and answers of its own when strangers have used up theirs', async () => {
    const { pool, user } = await known(world)
    await exhaust(pool, user)
    const before = pool.messages.length
    const step = await asked(pool, user)
    expect(step.parameters).toMatchObject({ status: 'sent', attemptsLeft: '3', expiresIn: '300' })
    expect(pool.messages.length).toBeGreaterThan(before)
    expect(await pool.respond(step, pool.lastCode(), { device })).toMatchObject({ outcome: 'tokens' })
  })

  it('is told the truth about its pause, its hour and its answers', async () => {
    const { pool, user } = await known(world)
    let step = await asked(pool, user)
    step = await pool.resend(step, { device })
    expect(step.parameters).toMatchObject({ status: 'cooldown', resendIn: '45' })
    for (let n = 1; n < 5; n++) {
      pool.clock.advance(minute)
      step = await pool.resend(step, { device })
      expect(step.parameters.status).toBe('sent')
    }
    pool.clock.advance(minute)
    step = await pool.resend(step, { device })
    expect(step.parameters).toMatchObject({ status: 'rate_limited' })
    expect(Number(step.parameters.resendIn)).toBeGreaterThan(3000)
  })

  it('lifts what strangers have used up for those who have no device', async () => {
    const { pool, user } = await known(world)
    await exhaust(pool, user, 0)
    const before = pool.messages.length
    await pool.start(user, pool.clients.login)
    expect(pool.messages).toHaveLength(before)
    await pool.respond(await asked(pool, user), '', { action: 'unlock', device })
    const sent = pool.messages.length
    await pool.start(user, pool.clients.login)
    expect(pool.messages).toHaveLength(sent + 1)
  })

  it('that is unknown, foreign or malformed is as good as none, and looks so', async () => {
    const { pool, user } = await known(world)
    const elsewhere = pool.addUser('+12025550199')
    await pool.respond(await pool.start(elsewhere), pool.lastCode(), { device: other })
    await exhaust(pool, user)
    const told = async (secret: string | undefined, name = user) => {
      const metadata = secret === undefined ? {} : { device: secret }
      return (await pool.resend(await pool.start(name, pool.clients.login), metadata)).parameters
    }
    const plain = await told(undefined)
    for (const secret of [other, 'B'.repeat(22), 'short', `${device}x`, '', '\u0000'.repeat(30)]) {
      expect(await told(secret)).toEqual(plain)
      // One that would be known to somebody else's number is nothing to nobody's.
      expect(await told(secret, 'nobody')).not.toHaveProperty('device')
    }
  })

  it('takes the same calls as one that is not known, to send and to answer', async () => {
    const { pool, user } = await known(world)
    const calls = async (secret: string, name: string) => {
      pool.clock.advance(25 * hour)
      const step = await pool.start(name)
      pool.clock.advance(minute)
      const from = pool.aws.calls.length
      const again = await pool.resend(step, { device: secret })
      await pool.judge(again, wrongFor('x'.repeat(Number(again.parameters.codeLength))), { device: secret })
      return pool.aws.calls.slice(from).map((call) => (call === 'UpdateItem' ? 'counter' : call))
    }
    expect(await calls(device, user)).toEqual(await calls(other, user))
  })
})

describe('a device', () => {
  it('is counted apart: its wrong answers make its own codes longer, and strangers’ only theirs', async () => {
    const { pool, user } = await known()
    await exhaust(pool, user)
    const stranger = await pool.start(user, pool.clients.login)
    expect(stranger.parameters).toMatchObject({ status: 'rate_limited', codeLength: '8' })
    const own = await pool.resend(stranger, { device })
    expect(own.parameters.codeLength).toBe('6')
    expect(pool.lastCode()).toHaveLength(6)
    expect((await pool.respond(own, pool.lastCode(), { device })).outcome).toBe('tokens')
  })

  it('is known to five at most; the one least recently used goes first', async () => {
    const secrets = ['1', '2', '3', '4', '5', '6'].map((digit) => digit.repeat(22))
    const { pool, user } = await known({}, secrets)
    const isKnown = async (secret: string) => {
      pool.clock.advance(25 * hour)
      const step = await asked(pool, user, secret)
      await pool.respond(step, pool.lastCode(), { device: secret })
      return pool.logged().findLast(({ event }) => event === 'otp_verified')?.device
    }
    expect(await isKnown(secrets[1]!)).toBe('known')
    expect(await isKnown(secrets[0]!)).toBe('new')
    // To make room for it, the third went.
    expect(await isKnown(secrets[2]!)).toBe('new')
    expect(await isKnown(secrets[1]!)).toBe('known')
  })

  it('is forgotten after four hundred days', async () => {
    const { pool, user } = await known()
    pool.clock.advance(400 * 24 * hour)
    await pool.respond(await pool.start(user), pool.lastCode(), { device })
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_verified', device: 'new' })
  })

  it('is remembered with a right answer only', async () => {
    const pool = createPool()
    const user = pool.addUser()
    const step = await pool.start(user)
    await pool.judge(step, wrongFor(pool.lastCode()), { device })
    await pool.judge(step, pool.lastCode())
    expect(JSON.stringify([...pool.aws.items.values()])).not.toContain('"devices\\":[{')
  })

  it('lies nowhere as it is: in no item, no line, and under a name of its own for each number', async () => {
    const { pool } = await known()
    const elsewhere = pool.addUser('+12025550199')
    await pool.respond(await pool.start(elsewhere), pool.lastCode(), { device })
    const kept = JSON.stringify([...pool.aws.items.values()])
    expect(kept + pool.lines.join('')).not.toContain(device)
    const ids = [...kept.matchAll(/devices\\":\[\{\\"id\\":\\"([\da-f]{32})/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(2)
  })

  it('is of no use in another account, should that come to have the number', async () => {
    const { pool, user } = await known()
    pool.write(user, { phone_number: '+12025550188' })
    const heir = pool.addUser(phone)
    await exhaust(pool, heir)
    const before = pool.messages.length
    await asked(pool, heir)
    expect(pool.messages).toHaveLength(before)
  })
})

describe('forget_devices', () => {
  it('with a right answer forgets all but the one that answers', async () => {
    const { pool, user } = await known({}, [device, other])
    const step = await asked(pool, user)
    await pool.respond(step, pool.lastCode(), { device, action: 'forget_devices' })
    pool.clock.advance(3 * hour)
    await pool.respond(await asked(pool, user, other), pool.lastCode(), { device: other })
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_verified', device: 'new' })
    pool.clock.advance(3 * hour)
    await pool.respond(await asked(pool, user), pool.lastCode(), { device })
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_verified', device: 'known' })
  })

  it('with a wrong answer forgets nothing', async () => {
    const { pool, user } = await known()
    const step = await pool.start(user)
    const wrong = await pool.respond(step, wrongFor(pool.lastCode()), { action: 'forget_devices' })
    await pool.respond(wrong, pool.lastCode(), { device })
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_verified', device: 'known' })
  })
})

it('a stranger’s unlock lifts nothing and looks like an answer', async () => {
  const { pool, user } = await known()
  await exhaust(pool, user)
  const step = await pool.start(user)
  const after = await pool.respond(step, '', { action: 'unlock', device: other })
  expect(after.parameters).toEqual((await pool.respond(step, 'x')).parameters)
  expect(pool.logged().some(({ event }) => event === 'otp_unlocked')).toBe(false)
})
