// Which number of an account gets codes in a pool of somebody else's, and what becomes of whoever writes another one.
import { describe, expect, it } from 'vitest'
import { createPool, type Pool, phone } from '../rounds/pool.ts'

const other = '+12025550199'
const minute = 60_000
const verified = { phone_number_verified: 'true' }

const plain = { trustsUnverified: false, takesSignUps: false }
const trusting = { trustsUnverified: true, takesSignUps: false }
const open = { trustsUnverified: false, takesSignUps: true }
const all = { trustsUnverified: true, takesSignUps: true }
const modes = Object.entries({ plain, trusting, open, all })

/** Whether a sign-in of this user brings a message, and where to. */
async function sentTo(pool: Pool, user: string): Promise<string | undefined> {
  pool.clock.advance(minute)
  const before = pool.messages.length
  await pool.start(user, pool.clients.login)
  return pool.messages[before]?.to
}

async function signIn(pool: Pool, user: string) {
  pool.clock.advance(minute)
  return pool.respond(await pool.start(user, pool.clients.login), pool.lastCode())
}

const lastReason = (pool: Pool) => pool.logged().findLast(({ event }) => event === 'otp_decoy')?.reason

/** Notes what PreSignUp notes of a sign-up. */
function made(pool: Pool, user: string): string {
  const pk = { S: `F#${user}` }
  pool.aws.items.set(pk.S, { pk })
  return user
}

describe.each(modes)('a number that Cognito calls verified (%s)', (_name, borrowed) => {
  it('gets codes, and its user tokens, and nothing is written to the pool', async () => {
    const pool = createPool({ borrowed })
    const user = pool.addUser(phone, { ...verified, email: 'ana@example.com' })
    const before = structuredClone(pool.aws.users.get(user))
    expect((await signIn(pool, user)).outcome).toBe('tokens')
    expect((await signIn(pool, user)).outcome).toBe('tokens')
    expect(pool.messages.map(({ to }) => to)).toEqual([phone, phone])
    expect(pool.aws.users.get(user)).toEqual(before)
    expect(pool.aws.calls.filter((call) => call.startsWith('Admin'))).toEqual([])
    expect([...pool.aws.items.keys()].filter((pk) => pk.startsWith('U#'))).toHaveLength(1)
  })

  it('gets none any more once another one stands in its place', async () => {
    const pool = createPool({ borrowed })
    const user = pool.addUser(phone, verified)
    await signIn(pool, user)
    pool.write(user, { phone_number: other })
    expect(await sentTo(pool, user)).toBeUndefined()
    expect(lastReason(pool)).toBe('unverified')
    // Cognito's own proof of the new one counts.
    pool.write(user, { phone_number_verified: 'true' })
    expect(await sentTo(pool, user)).toBe(other)
  })

  it('gets none in a session that began before it was replaced, and its code lets nobody in', async () => {
    const pool = createPool({ borrowed })
    const user = pool.addUser(phone, verified)
    const step = await pool.start(user, pool.clients.login)
    const code = pool.lastCode()
    pool.write(user, { phone_number: other })
    expect(await pool.judge(step, code)).toBe(false)
    pool.clock.advance(minute)
    const after = await pool.resend(step)
    expect(after).toMatchObject({ outcome: 'challenge', parameters: { status: 'expired' } })
    expect(pool.messages.map(({ to }) => to)).toEqual([phone])
  })
})

describe.each([
  ['plain', plain],
  ['open', open],
])('a number that Cognito does not call verified (%s)', (_name, borrowed) => {
  it('gets no codes, whoever wrote it', async () => {
    const pool = createPool({ borrowed })
    for (const attributes of [{}, { phone_number_verified: '' }, { 'custom:whatsapp_verified': 'true' }]) {
      expect(await sentTo(pool, pool.addUser(phone, attributes))).toBeUndefined()
      expect(lastReason(pool)).toBe('unverified')
    }
  })

  it('is not let in with a code that was sent while it was', async () => {
    const pool = createPool({ borrowed })
    const user = pool.addUser(phone, verified)
    const step = await pool.start(user, pool.clients.login)
    pool.write(user, { phone_number: phone })
    expect(await pool.judge(step, pool.lastCode())).toBe(false)
  })

  it('counts no more for having been proven once', async () => {
    const pool = createPool({ borrowed })
    const user = pool.addUser(phone, verified)
    await signIn(pool, user)
    pool.write(user, { phone_number: phone })
    expect(await sentTo(pool, user)).toBeUndefined()
  })
})

it('asks the table nothing more where Cognito’s word is all that counts', async () => {
  const [one, another] = [createPool({ borrowed: plain }), createPool()]
  for (const pool of [one, another]) await pool.start('nobody', pool.clients.login)
  expect(one.aws.calls).toEqual(another.aws.calls)
})

describe('where unverified numbers are trusted', () => {
  it('the first one gets codes, and from its proof on no other', async () => {
    const pool = createPool({ borrowed: trusting })
    const user = pool.addUser(phone)
    expect((await signIn(pool, user)).outcome).toBe('tokens')
    pool.write(user, { phone_number: other })
    expect(await sentTo(pool, user)).toBeUndefined()
    pool.write(user, { phone_number: phone })
    expect(await sentTo(pool, user)).toBe(phone)
  })

  it('another one is not proven by a code that was sent before', async () => {
    const pool = createPool({ borrowed: trusting })
    const user = pool.addUser(phone)
    pool.write(user, { phone_number: other })
    const step = await pool.start(user, pool.clients.login)
    const code = pool.lastCode()
    pool.write(user, { phone_number: phone })
    await signIn(pool, user)
    pool.write(user, { phone_number: other })
    expect(await pool.judge(step, code)).toBe(false)
  })

  it('what was proven last counts, though its ledger remembers the account', async () => {
    const pool = createPool({ borrowed: trusting })
    const user = pool.addUser(phone, verified)
    await signIn(pool, user)
    pool.write(user, { phone_number: other })
    pool.write(user, verified)
    await signIn(pool, user)
    pool.write(user, { phone_number: phone })
    pool.write(user, verified)
    await signIn(pool, user)
    pool.write(user, { phone_number: other })
    expect(await sentTo(pool, user)).toBeUndefined()
  })
})

describe('where sign-ups are taken', () => {
  it('who came in by one gets codes to his first number, and then to what Cognito calls verified', async () => {
    const pool = createPool({ borrowed: open })
    const user = made(pool, pool.addUser(phone))
    expect((await signIn(pool, user)).outcome).toBe('tokens')
    pool.write(user, { phone_number: other })
    expect(await sentTo(pool, user)).toBeUndefined()
  })

  it('what is noted of one account is nothing for another', async () => {
    const pool = createPool({ borrowed: open })
    made(pool, pool.addUser(other))
    expect(await sentTo(pool, pool.addUser(phone))).toBeUndefined()
  })

  it('a note counts nothing where they are not taken any more', async () => {
    const pool = createPool({ borrowed: plain })
    expect(await sentTo(pool, made(pool, pool.addUser(phone)))).toBeUndefined()
  })
})

describe('what is asked for besides', () => {
  it('is the same as ever: a wish for another number is none', async () => {
    const pool = createPool({ borrowed: all })
    const user = pool.addUser(phone, verified)
    const step = await pool.start(user, pool.clients.login)
    const wish = { action: 'change_number', phoneNumber: other }
    const done = await pool.respond(step, pool.lastCode(), wish)
    expect(done.outcome).toBe('tokens')
    expect(pool.attributesOf(user)).toMatchObject({ phone_number: phone })
    expect(pool.messages.map(({ to }) => to)).toEqual([phone])
  })

  it('has the locale of the account', async () => {
    const pool = createPool({ borrowed: plain, languages: ['en_US', 'pt_BR'] })
    await pool.start(pool.addUser(phone, { ...verified, locale: 'pt-BR' }), pool.clients.login)
    expect(pool.messages).toMatchObject([{ language: 'pt_BR' }])
  })

  it('knows a device by which its number was proven', async () => {
    const pool = createPool({ borrowed: plain })
    const user = pool.addUser(phone, verified)
    const device = 'x'.repeat(32)
    for (const known of ['new', 'known']) {
      pool.clock.advance(minute)
      await pool.respond(await pool.start(user, pool.clients.login), pool.lastCode(), { device })
      expect(pool.logged().findLast(({ event }) => event === 'otp_verified')?.device).toBe(known)
    }
  })
})
