// Whose a number is: whoever has proven it, whatever any client has written since.
import { describe, expect, it } from 'vitest'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { createPool, type Pool, phone } from './pool.ts'

const other = '+12025550199'
const minute = 60_000

/** A user who has signed in with this number. */
async function proven(pool: Pool, number: string): Promise<string> {
  const user = pool.addUser(number)
  expect((await signIn(pool, user)).outcome).toBe('tokens')
  return user
}

/** By whoever holds the phone: he has the code that came last. */
async function signIn(pool: Pool, user: string, client?: string) {
  pool.clock.advance(minute)
  return pool.respond(await pool.start(user, client), pool.lastCode())
}

/** Cognito: who comes in with a number is whoever has it. */
function whoHas(pool: Pool, number: string): string {
  const found = [...pool.aws.users].find(([, { attributes }]) => attributes.phone_number === number)
  return found?.[0] ?? 'nobody'
}

/** Mallory has proven a number of his own, and writes somebody else's. */
async function taken() {
  const pool = createPool()
  const mallory = await proven(pool, phone)
  pool.write(mallory, { phone_number: other })
  return { pool, mallory }
}

describe('a number that somebody has written without proof', () => {
  it('brings its owner a code, which puts the taker back and lets nobody into his account', async () => {
    const { pool, mallory } = await taken()
    const first = await signIn(pool, mallory)
    expect(pool.messages.at(-1)?.to).toBe(other)
    expect(first).toMatchObject({ outcome: 'challenge', parameters: { status: 'expired' } })
    expect(pool.attributesOf(mallory)).toMatchObject({
      phone_number: phone,
      phone_number_verified: 'true',
      'custom:whatsapp_verified': 'true',
    })
    expect(pool.logged().map(({ event }) => event)).toContain('number_put_back')
  })

  it('is its owner’s with the second try, in an account of his own', async () => {
    const { pool, mallory } = await taken()
    await signIn(pool, mallory)
    expect(whoHas(pool, other)).toBe('nobody')
    const owner = await proven(pool, other)
    expect(owner).not.toBe(mallory)
    expect(await signIn(pool, mallory)).toMatchObject({ outcome: 'tokens' })
    expect(pool.messages.at(-1)?.to).toBe(phone)
  })

  it('of an account that was proven before takes nothing from that', async () => {
    const { pool, mallory } = await taken()
    await signIn(pool, mallory)
    const owner = await proven(pool, other)
    expect(() => pool.aws.users.get(mallory)).not.toThrow()
    expect(await signIn(pool, owner)).toMatchObject({ outcome: 'tokens' })
  })

  it('stays the user’s own where he writes his old number back', async () => {
    const pool = createPool()
    const user = await proven(pool, phone)
    pool.write(user, { phone_number: other })
    pool.write(user, { phone_number: phone })
    const signOuts = pool.aws.users.get(user)?.signOuts
    expect(await signIn(pool, user)).toMatchObject({ outcome: 'tokens' })
    expect(pool.attributesOf(user).phone_number_verified).toBe('true')
    // He has proven it before: nothing of his is taken away.
    expect(pool.aws.users.get(user)?.signOuts).toBe(signOuts)
  })

  it('is not even read where a session began before it was written', async () => {
    const pool = createPool()
    const user = await proven(pool, phone)
    pool.clock.advance(minute)
    const step = await pool.start(user)
    pool.write(user, { phone_number: other })
    const after = await pool.respond(step, pool.lastCode())
    expect(after).toMatchObject({ outcome: 'challenge', parameters: { status: 'expired' } })
    expect(pool.messages.map(({ to }) => to)).not.toContain(other)
    expect((await pool.resend(after)).parameters.status).toBe('expired')
    expect(pool.messages.map(({ to }) => to)).not.toContain(other)
  })

  it('sends its code within the limits of that number, and within the share of strangers', async () => {
    const pool = createPool({ caps: { sends: { perHour: 10, perDay: 1000 } } })
    const users = []
    for (let n = 0; n < 4; n++) users.push(await proven(pool, `+1202${200 + n}0100`))
    for (const [n, user] of users.entries()) {
      pool.write(user, { phone_number: `+1202${300 + n}0100` })
      pool.clock.advance(minute)
      await pool.start(user)
    }
    expect(pool.messages).toHaveLength(7)
  })
})

describe('a taker whose own number is gone', () => {
  /** Mallory's own number has become somebody else's meanwhile. */
  async function homeless() {
    const { pool, mallory } = await taken()
    const heir = await proven(pool, phone)
    await signIn(pool, mallory)
    return { pool, mallory, heir }
  }

  it('has a number that nobody can have, and is disabled', async () => {
    const { pool, mallory } = await homeless()
    expect(pool.attributesOf(mallory).phone_number).toMatch(/^\+999\d{12}$/)
    expect(pool.attributesOf(mallory).phone_number_verified).toBe('false')
    expect(pool.aws.users.get(mallory)?.isDisabled).toBe(true)
    expect(pool.logged().map(({ event }) => event)).toContain('account_disabled')
    expect(pool.lines.join('')).not.toContain('+999')
  })

  it('leaves both owners in', async () => {
    const { pool, heir } = await homeless()
    expect(await signIn(pool, heir)).toMatchObject({ outcome: 'tokens' })
    expect(await proven(pool, other)).not.toBe(heir)
  })
})

it('two who have swapped numbers without proof both end with their own', async () => {
  const pool = createPool()
  const [ana, ben] = [await proven(pool, phone), await proven(pool, other)]
  pool.write(ana, { phone_number: '+12025550111' })
  pool.write(ben, { phone_number: phone })
  pool.write(ana, { phone_number: other })
  // Whoever holds `other` is Ben, and he tries twice.
  await signIn(pool, whoHas(pool, other))
  await signIn(pool, whoHas(pool, phone))
  expect(pool.attributesOf(ana).phone_number).toBe(phone)
  expect(pool.attributesOf(ben).phone_number).toBe(other)
  expect(await signIn(pool, whoHas(pool, phone))).toMatchObject({ outcome: 'tokens', userName: ana })
  expect(await signIn(pool, whoHas(pool, other))).toMatchObject({ outcome: 'tokens', userName: ben })
})

it.each(['GetItem', 'AdminUpdateUserAttributes'])(
  'putting back that fails at %s lets nobody in, and the same code does it',
  async (operation) => {
    const { pool, mallory } = await taken()
    pool.clock.advance(minute)
    const step = await pool.start(mallory)
    const { json } = pool.aws
    // After the answer is paid for.
    let reads = 0
    pool.aws.json = async (...call) => {
      if (call[1] === operation && (operation !== 'GetItem' || ++reads === 2)) {
        pool.aws.json = json
        throw new AwsError('InternalServerError', 500, true)
      }
      return json(...call)
    }
    const stalled = await pool.respond(step, pool.lastCode())
    expect(stalled.outcome).toBe('challenge')
    expect(pool.attributesOf(mallory).phone_number).toBe(other)
    const done = await pool.respond(stalled, pool.lastCode())
    expect(done.outcome).toBe('challenge')
    expect(pool.attributesOf(mallory).phone_number).toBe(phone)
  },
)
