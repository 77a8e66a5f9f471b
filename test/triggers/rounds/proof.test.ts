// What the first proof of a number is worth, and what it takes away from whoever had the account before.
import { describe, expect, it } from 'vitest'
import { selfMadePk } from '../../../src/core/table-items.ts'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { createPool, type Pool, type PoolOptions } from './pool.ts'

const inBlock = (n: number) => `+1202555${String(n).padStart(4, '0')}`
/** Far apart, so that no block of numbers is full. */
const apart = (n: number) => `+1202${String(200 + n)}0100`
const half = { phone_number_verified: 'true' }

/** Whether this user's sign-in brings a message. */
async function isSent(pool: Pool, user: string): Promise<boolean> {
  const before = pool.messages.length
  await pool.start(user)
  return pool.messages.length > before
}

describe('a number that only Cognito calls verified', () => {
  it('is counted with the unproven ones of its block', async () => {
    const pool = createPool()
    for (let n = 0; n < 10; n++) await pool.start(pool.addUser(inBlock(n)))
    expect(await isSent(pool, pool.addUser(inBlock(50), half))).toBe(false)
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_suppressed', reason: 'block' })
    expect(await isSent(pool, pool.addVerifiedUser(inBlock(51)))).toBe(true)
  })

  it('has the share of the pool that unproven ones have', async () => {
    const pool = createPool({ caps: { sends: { perHour: 10, perDay: 1000 } } })
    for (let n = 0; n < 7; n++) await pool.start(pool.addUser(apart(n)))
    expect(await isSent(pool, pool.addUser(apart(50), half))).toBe(false)
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_suppressed', reason: 'pool' })
    expect(await isSent(pool, pool.addVerifiedUser(apart(51)))).toBe(true)
  })

  it('is marked as proven by its first code', async () => {
    const pool = createPool()
    const user = pool.addUser(inBlock(1), half)
    await pool.respond(await pool.start(user), pool.lastCode())
    expect(pool.attributesOf(user)['custom:whatsapp_verified']).toBe('true')
  })
})

/** What somebody wrote who signed another one's number up. */
const planted = {
  email: 'mallory@example.com',
  name: 'Mallory',
  picture: 'https://example.com/x.png',
  website: 'javascript:alert(1)',
  locale: 'pt-BR',
}

/** A user with all that, before and after the owner's first code. */
async function firstProof(options: PoolOptions = {}, selfMade = true) {
  const pool = createPool(options)
  const user = pool.addUser(undefined, planted)
  if (selfMade) {
    const pk = { S: selfMadePk(user) }
    pool.aws.items.set(pk.S, { pk })
  }
  const done = await pool.respond(await pool.start(user), pool.lastCode())
  return { pool, user, done }
}

describe('the first proof', () => {
  it('leaves nothing of what was written before it but the number and the locale', async () => {
    const { pool, user, done } = await firstProof()
    expect(done.outcome).toBe('tokens')
    expect(Object.keys(pool.attributesOf(user)).sort()).toEqual([
      'custom:auth_purpose',
      'custom:whatsapp_verified',
      'locale',
      'phone_number',
      'phone_number_verified',
    ])
  })

  it('leaves what the setting lets an app write at sign-up', async () => {
    const { pool, user } = await firstProof({ signUpAttributes: ['name'] })
    expect(pool.attributesOf(user)).toMatchObject({ name: 'Mallory' })
    expect(pool.attributesOf(user)).not.toHaveProperty('email')
  })

  it('leaves what an administrator or an import has written', async () => {
    const { pool, user } = await firstProof({}, false)
    expect(pool.attributesOf(user)).toMatchObject(planted)
  })

  it('gives the account a password that nobody knows, and ends the sessions it had', async () => {
    const [one, other] = [await firstProof(), await firstProof()]
    const [a, b] = [one, other].map(({ pool, user }) => pool.aws.users.get(user)!)
    expect(a).toMatchObject({ signOuts: 1 })
    expect(a?.password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\w]).{40,256}$/)
    expect(a?.password).not.toBe(b?.password)
    expect(one.pool.lines.join('')).not.toContain(a?.password)
  })

  it('is done once: later sign-ins change nothing', async () => {
    const { pool, user } = await firstProof()
    pool.clock.advance(60_000)
    const { password, signOuts } = pool.aws.users.get(user)!
    pool.write(user, { name: 'Ana' })
    await pool.respond(await pool.start(user), pool.lastCode())
    expect(pool.aws.users.get(user)).toMatchObject({ password, signOuts, attributes: { name: 'Ana' } })
  })

  it('is none of a test number: whoever proves the number later is the first again', async () => {
    const testNumbers = [{ phone: '+12025550123', code: '481516' }]
    const { pool, user } = await firstProof()
    expect(pool.aws.users.get(user)?.signOuts).toBe(1)
    const tested = createPool({ testNumbers })
    const tester = tested.addUser(undefined, planted)
    const step = await tested.start(tester)
    expect((await tested.respond(step, '481516')).outcome).toBe('tokens')
    tested.clock.advance(60_000)
    tested.aws.secrets = pool.aws.secrets
    tested.restart()
    tested.clock.advance(11 * 60_000)
    expect((await tested.respond(await tested.start(tester), tested.lastCode())).outcome).toBe('tokens')
    expect(tested.aws.users.get(tester)?.signOuts).toBe(2)
  })

  it.each([
    'AdminSetUserPassword',
    'AdminUserGlobalSignOut',
    'AdminDeleteUserAttributes',
    'AdminUpdateUserAttributes',
  ])('that fails at %s lets nobody in, and the same code does it all again', async (operation) => {
    const pool = createPool()
    const user = pool.addUser(undefined, planted)
    const pk = { S: selfMadePk(user) }
    pool.aws.items.set(pk.S, { pk })
    const step = await pool.start(user)
    pool.aws.fail(operation, 'before', 1, new AwsError('TooManyRequestsException', 400, false))
    const stalled = await pool.respond(step, pool.lastCode())
    expect(stalled.parameters).toMatchObject({ status: 'unavailable', attemptsLeft: '3' })
    expect((await pool.respond(stalled, pool.lastCode())).outcome).toBe('tokens')
    expect(pool.attributesOf(user)).not.toHaveProperty('website')
    expect(pool.aws.users.get(user)).toMatchObject({ password: expect.any(String) })
  })
})
