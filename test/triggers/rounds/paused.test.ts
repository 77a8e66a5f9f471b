// A paused stage: nothing is sent, whoever asks is told the same after the same calls, and what was sent still counts.
import { expect, it } from 'vitest'
import { createPool, type Pool, phone, wrongFor } from './pool.ts'

const pull = (pool: Pool, paused = true) => {
  pool.aws.brake = JSON.stringify({ stage: 'test', paused })
  pool.clock.advance(60_000)
}
const named = ({ parameters: { destination: _, ...others } }: { parameters: Record<string, string> }) =>
  others

it('sends nothing within the minute, and goes on within one when it is resumed', async () => {
  const pool = createPool()
  const user = pool.addUser()
  pull(pool)
  const step = await pool.start(user)
  expect(step.parameters.status).toBe('unavailable')
  expect((await pool.resend(step)).parameters.status).toBe('unavailable')
  expect(pool.messages).toEqual([])
  expect(pool.logged()).toContainEqual(
    expect.objectContaining({ event: 'otp_suppressed', reason: 'paused', status: 'unavailable' }),
  )
  pull(pool, false)
  expect((await pool.resend(step)).parameters.status).toBe('sent')
  expect((await pool.respond(step, pool.lastCode())).outcome).not.toBe('tokens')
  const again = await pool.start(pool.addUser('+12025550124'))
  expect(again.parameters.status).toBe('sent')
  expect((await pool.respond(again, pool.lastCode())).outcome).toBe('tokens')
})

it('tells everybody the same after the same calls: known, with a device, proven, unknown, of a refused country', async () => {
  for (const strangers of ['stable', 'changing'] as const) {
    const pool = createPool({ strangers, smsAllowed: true })
    const device = { device: 'a'.repeat(43) }
    const owner = pool.addVerifiedUser('+12025550125')
    const first = await pool.start(owner)
    expect((await pool.respond(first, pool.lastCode(), device)).outcome).toBe('tokens')
    const sent = pool.messages.length
    pool.clock.advance(3_600_000)
    pull(pool)
    const users = [pool.addUser(phone), owner, 'nobody', pool.addUser('+4915112345678')]
    // Reads what is to be read in this minute.
    await pool.start('somebody-else')
    const seen = []
    for (const user of users) {
      pool.aws.calls.length = 0
      const since = pool.clock.now()
      const step = await pool.start(user)
      const other = await pool.resend(step, { channel: 'sms', ...device })
      seen.push({
        told: [named(step), named(other)],
        tookMs: pool.clock.now() - since,
      })
      expect(step.parameters.status).toBe('unavailable')
      expect(other.parameters.status).toBe('unavailable')
    }
    expect(new Set(seen.map((one) => JSON.stringify(one.told))).size).toBe(1)
    expect(pool.messages).toHaveLength(sent)
    expect(pool.aws.sms).toEqual([])
  }
})

it('makes no call at all for a message that is asked for', async () => {
  const pool = createPool()
  pull(pool)
  await pool.start('nobody')
  pool.aws.calls.length = 0
  await pool.start(pool.addUser())
  await pool.start('nobody')
  expect(pool.aws.calls).toEqual([])
})

it('takes codes that were sent before', async () => {
  const pool = createPool()
  const step = await pool.start(pool.addUser())
  pull(pool)
  const wrong = await pool.respond(step, wrongFor(pool.lastCode()))
  expect(wrong.parameters.status).toBe('wrong')
  const resent = await pool.resend(wrong)
  expect(resent.parameters.status).toBe('unavailable')
  expect((await pool.respond(resent, pool.lastCode())).outcome).toBe('tokens')
})
