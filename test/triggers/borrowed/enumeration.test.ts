// In a pool of somebody else's nobody learns who has an account, a number, or a verified one: same answers, same calls.
import { describe, expect, it } from 'vitest'
import { createPool, type Pool, phone, type Step } from '../rounds/pool.ts'

const other = '+12025550199'

const modes = Object.entries({
  plain: { trustsUnverified: false, takesSignUps: false },
  trusting: { trustsUnverified: true, takesSignUps: false },
  open: { trustsUnverified: false, takesSignUps: true },
})

/** Whoever gets no code, by how he comes to be in the pool. */
const decoys: Record<string, (pool: Pool) => Promise<string>> = {
  'no number': async (pool) => pool.addUser('', {}),
  'an unverified number in the place of a proven one': async (pool) => {
    const user = pool.addUser(phone, { phone_number_verified: 'true' })
    await pool.respond(await pool.start(user, pool.clients.login), pool.lastCode())
    pool.write(user, { phone_number: other })
    return user
  },
  'a number of a country without codes': async (pool) =>
    pool.addUser('+447700900123', { phone_number_verified: 'true' }),
}

/** What somebody without a code in his hand may do, and what he is shown. */
async function story(pool: Pool, user: string) {
  pool.clock.advance(60_000)
  pool.aws.calls.length = 0
  const first = await pool.start(user, pool.clients.login)
  const wrong = await pool.respond(first, '123456')
  pool.clock.advance(60_000)
  const steps: Step[] = [first, wrong, await pool.resend(wrong)]
  const shown = steps.map(({ outcome, parameters, metadata }) => ({
    ...{ outcome, parameters },
    metadata: metadata
      .replace(/\|[\w-]+\|[\w-]+\|/, '|sid|cid|')
      .replace(/\|\w+\|[\da-f]{12}\|$/, '|number|'),
  }))
  return { shown, calls: [...pool.aws.calls] }
}

describe.each(modes)('%s', (_name, borrowed) => {
  it.each(Object.entries(decoys))('shows for an account with %s what it shows for none', async (_n, make) => {
    const pool = createPool({ borrowed })
    // A container's first round reads the parameters as well.
    await story(pool, 'somebody')
    const account = await story(pool, await make(pool))
    expect(pool.logged().findLast(({ event }) => event === 'otp_decoy')).toBeDefined()
    const nobody = await story(pool, 'nobody')
    expect(account).toEqual(nobody)
    expect(account.shown[0]?.parameters.status).toBe('sent')
  })

  it('shows for a number that gets codes what it shows for none', async () => {
    const pool = createPool({ borrowed })
    const account = await story(pool, pool.addUser(phone, { phone_number_verified: 'true' }))
    expect(pool.messages).toHaveLength(2)
    expect(account.shown).toEqual((await story(pool, 'nobody')).shown)
  })

  it('shows the same outage of the table', async () => {
    const pool = createPool({ borrowed })
    const users = [pool.addUser(phone, { phone_number_verified: 'true' }), pool.addUser(other), 'nobody']
    const shown = []
    for (const user of users) {
      pool.aws.fail('GetItem', 'before', 9)
      shown.push((await pool.start(user, pool.clients.login)).parameters)
    }
    expect(shown[0]?.status).toBe('unavailable')
    expect(shown[1]).toEqual(shown[0])
    expect(shown[2]).toEqual(shown[0])
    expect(pool.messages).toEqual([])
  })
})
