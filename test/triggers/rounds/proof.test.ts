// What the proof of a number is worth, what it takes, and what is said when somebody runs out of tries.
import { describe, expect, it } from 'vitest'
import { createPool, type Pool, wrongFor } from './pool.ts'

const inBlock = (n: number) => `+1202555${String(n).padStart(4, '0')}`
/** Far apart, so that no block of numbers is full. */
const apart = (n: number) => `+1202${String(200 + n)}0100`
const half = { phone_number_verified: 'true' }
const statusOf = async (pool: Pool, user: string) => (await pool.start(user)).parameters.status

describe('a number that only Cognito calls verified', () => {
  it('is counted with the unproven ones of its block', async () => {
    const pool = createPool()
    for (let n = 0; n < 10; n++) await pool.start(pool.addUser(inBlock(n)))
    expect(await statusOf(pool, pool.addUser(inBlock(50), half))).toBe('rate_limited')
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_suppressed', reason: 'block' })
    expect(await statusOf(pool, pool.addVerifiedUser(inBlock(51)))).toBe('sent')
  })

  it('has the share of the pool that unproven ones have', async () => {
    const pool = createPool({ caps: { perHour: 10, perDay: 1000 } })
    for (let n = 0; n < 7; n++) await pool.start(pool.addUser(apart(n)))
    expect(await statusOf(pool, pool.addUser(apart(50), half))).toBe('rate_limited')
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_suppressed', reason: 'pool' })
    expect(await statusOf(pool, pool.addVerifiedUser(apart(51)))).toBe('sent')
  })

  it('is marked as proven by its first code', async () => {
    const pool = createPool()
    const user = pool.addUser(inBlock(1), half)
    await pool.respond(await pool.start(user), pool.lastCode())
    expect(pool.aws.users.get(user)?.['custom:whatsapp_verified']).toBe('true')
  })
})

it('gets no code by our own mark alone: its number has been replaced', async () => {
  const pool = createPool()
  expect(await statusOf(pool, pool.addUser(inBlock(1), { 'custom:whatsapp_verified': 'true' }))).toBe('sent')
  expect(pool.messages).toHaveLength(0)
  expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_decoy', reason: 'changed_number' })
})

it('says that a number is locked when the hundredth answer in a row was wrong, and not before', async () => {
  const pool = createPool({
    limits: { attemptsPerCode: 10, sendsPerHour: 100, checksPerHour: 200, checksPerDay: 400 },
  })
  const user = pool.addUser()
  const locks = () => pool.logged().filter(({ event }) => event === 'otp_locked')
  let step = await pool.start(user)
  for (let n = 1; n <= 100; n++) {
    expect(locks()).toEqual([])
    if (n % 10 === 1 && n > 1) {
      pool.clock.advance(60_000)
      step = await pool.start(user)
    }
    await pool.judge(step, wrongFor(pool.lastCode()))
  }
  expect(locks()).toMatchObject([
    { cid: step.privateParameters.cid, decoy: false, phone: '+*********23', otp_locked: 1 },
  ])
  expect(locks()[0]).toHaveProperty('number')
})
