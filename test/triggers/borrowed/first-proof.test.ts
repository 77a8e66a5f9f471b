// The first proof of a number that Cognito did not call verified, in a pool of somebody else's: what ends with it, and
// what it writes.
import { describe, expect, it } from 'vitest'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { createPool, type Pool, type PoolOptions, phone } from '../rounds/pool.ts'

const other = '+12025550199'
const trusting = { trustsUnverified: true, takesSignUps: false }
const open = { trustsUnverified: false, takesSignUps: true }
/** What somebody else may have put into an account. */
const planted = { email: 'mallory@example.com', email_verified: 'true', name: 'Mallory' }

/** An account whose number nobody has proven, with the password of whoever made it. */
function account(borrowed: PoolOptions['borrowed'], options: PoolOptions = {}) {
  const pool = createPool({ ...options, ...(borrowed ? { borrowed } : {}) })
  const user = pool.addUser(phone, planted)
  pool.aws.users.get(user)!.password = 'Mallory-knows-1'
  if (borrowed?.takesSignUps) {
    const pk = { S: `F#${user}` }
    pool.aws.items.set(pk.S, { pk })
  }
  return { pool, user }
}

async function signIn(pool: Pool, user: string, code = pool.lastCode) {
  pool.clock.advance(60_000)
  const step = await pool.start(user, pool.clients.login)
  return pool.respond(step, code())
}

describe.each([
  ['a trusted number', trusting],
  ['a sign-up of ours', open],
])('of %s', (_name, borrowed) => {
  it('ends the password and the sessions that the account had, before there are tokens', async () => {
    const { pool, user } = account(borrowed)
    const step = await pool.start(user, pool.clients.login)
    pool.aws.calls.length = 0
    expect((await pool.respond(step, pool.lastCode())).outcome).toBe('tokens')
    const { password, signOuts } = pool.aws.users.get(user)!
    expect(password).not.toBe('Mallory-knows-1')
    expect(password).toMatch(/.{40}/)
    expect(signOuts).toBe(1)
    // The code is used up last: what fails before can be tried again.
    const done = pool.aws.calls.lastIndexOf('AdminUserGlobalSignOut')
    expect(pool.aws.calls.indexOf('PutItem', done)).toBeGreaterThan(done)
  })

  it('is done once', async () => {
    const { pool, user } = account(borrowed)
    await signIn(pool, user)
    const before = structuredClone(pool.aws.users.get(user))
    expect((await signIn(pool, user)).outcome).toBe('tokens')
    expect(pool.aws.users.get(user)).toEqual(before)
  })

  it.each(['AdminSetUserPassword', 'AdminUserGlobalSignOut'])(
    'that fails at %s lets nobody in and marks nothing; the same code does it all again',
    async (operation) => {
      const { pool, user } = account(borrowed)
      const step = await pool.start(user, pool.clients.login)
      pool.aws.fail(operation, 'before', 1, new AwsError('TooManyRequestsException', 400, false))
      const stalled = await pool.respond(step, pool.lastCode())
      expect(stalled.parameters).toMatchObject({ status: 'unavailable', attemptsLeft: '3' })
      expect(pool.attributesOf(user).phone_number_verified).toBe('false')
      expect([...pool.aws.items.keys()].some((pk) => pk.startsWith('U#'))).toBe(false)
      expect((await pool.respond(stalled, pool.lastCode())).outcome).toBe('tokens')
      expect(pool.aws.users.get(user)?.password).not.toBe('Mallory-knows-1')
    },
  )

  it('is none by a wrong answer', async () => {
    const { pool, user } = account(borrowed)
    await signIn(pool, user, () => 'not a code')
    await signIn(pool, user, () => '000000')
    expect(pool.aws.users.get(user)).toMatchObject({ password: 'Mallory-knows-1', signOuts: 0 })
  })
})

describe('of a trusted number', () => {
  it('writes no attribute', async () => {
    const { pool, user } = account(trusting)
    const before = { ...pool.attributesOf(user) }
    await signIn(pool, user)
    expect(pool.attributesOf(user)).toEqual(before)
  })
})

describe('of a sign-up of ours', () => {
  it('verifies the number and nothing else: by the planted address there is no way back', async () => {
    const { pool, user } = account(open)
    await signIn(pool, user)
    expect(pool.attributesOf(user)).toEqual({
      ...{ phone_number: phone, phone_number_verified: 'true' },
      ...{ email: 'mallory@example.com', email_verified: 'false', name: 'Mallory' },
    })
    expect(pool.logged()).toContainEqual(expect.objectContaining({ event: 'number_verified' }))
  })

  it('verifies no number that is written while the code is judged', async () => {
    const { pool, user } = account(open)
    const step = await pool.start(user, pool.clients.login)
    const { json } = pool.aws
    pool.aws.json = async (...call) => {
      if (call[1] === 'AdminUpdateUserAttributes') pool.write(user, { phone_number: other })
      return json(...call)
    }
    await pool.respond(step, pool.lastCode())
    expect(pool.attributesOf(user)).toMatchObject({ phone_number: phone, phone_number_verified: 'true' })
  })

  it('is refused where another account has verified the number', async () => {
    const { pool, user } = account(open)
    const step = await pool.start(user, pool.clients.login)
    pool.aws.fail('AdminUpdateUserAttributes', 'before', 9, new AwsError('AliasExistsException', 400, false))
    const after = await pool.respond(step, pool.lastCode())
    expect(after).toMatchObject({ outcome: 'challenge', parameters: { status: 'expired' } })
    expect(pool.logged()).toContainEqual(
      expect.objectContaining({ event: 'otp_rejected', reason: 'not_theirs' }),
    )
    expect([...pool.aws.items.keys()].some((pk) => pk.startsWith('U#'))).toBe(false)
  })

  it('verifies its number also where unverified ones are trusted', async () => {
    const { pool, user } = account({ trustsUnverified: true, takesSignUps: true })
    await signIn(pool, user)
    expect(pool.attributesOf(user).phone_number_verified).toBe('true')
  })
})

describe('a number that Cognito calls verified', () => {
  it.each([
    ['nothing more', { trustsUnverified: false, takesSignUps: false }],
    ['trusted numbers', trusting],
    ['sign-ups', open],
  ])('has no such proof, with %s: nobody’s password is touched', async (_name, borrowed) => {
    const { pool, user } = account(borrowed)
    Object.assign(pool.attributesOf(user), { phone_number_verified: 'true' })
    expect((await signIn(pool, user)).outcome).toBe('tokens')
    expect(pool.aws.users.get(user)).toMatchObject({ password: 'Mallory-knows-1', signOuts: 0 })
    expect(pool.attributesOf(user).email_verified).toBe('true')
  })
})

describe('the fixed code of a test number', () => {
  const testNumbers = [{ phone, code: '481516' }]

  it('lets in where Cognito calls the number verified, and is none once a code has proven it', async () => {
    const { pool, user } = account({ trustsUnverified: false, takesSignUps: false }, { testNumbers })
    Object.assign(pool.attributesOf(user), { phone_number_verified: 'true' })
    expect((await signIn(pool, user, () => '481516')).outcome).toBe('tokens')
    expect(pool.messages).toEqual([])
    expect([...pool.aws.items.keys()].some((pk) => pk.startsWith('U#'))).toBe(false)
  })

  it('proves nothing: it verifies no number, and the real proof still ends what was before', async () => {
    const { pool, user } = account(open, { testNumbers })
    expect((await signIn(pool, user, () => '481516')).outcome).toBe('tokens')
    expect(pool.attributesOf(user).phone_number_verified).toBe('false')
    expect(pool.aws.users.get(user)?.password).not.toBe('Mallory-knows-1')
    expect([...pool.aws.items.keys()].some((pk) => pk.startsWith('U#'))).toBe(false)
  })
})
