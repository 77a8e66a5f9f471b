// What somebody who guesses codes gets: a handful of tries, however many sessions and calls he uses.
import { describe, expect, it } from 'vitest'
import { createPool, type Pool, type Step, wrongFor } from './pool.ts'

const minute = 60_000

/** How many answers were compared, by the ledger's own count of failures. */
const judged = (pool: Pool) => pool.logged().filter((line) => line.reason === 'wrong').length

it('counts the tries of a code down and then refuses even the right one', async () => {
  const pool = createPool()
  let step = await pool.start(pool.addUser())
  const wrong = wrongFor(pool.lastCode())
  for (const left of ['2', '1', '0']) {
    step = await pool.respond(step, wrong)
    expect(step.parameters.attemptsLeft).toBe(left)
  }
  expect(step.parameters.status).toBe('exhausted')
  const late = await pool.respond(step, pool.lastCode())
  expect(late).toMatchObject({ outcome: 'challenge', parameters: { status: 'exhausted', attemptsLeft: '0' } })
})

it('judges three of a hundred answers that come at once', async () => {
  const pool = createPool()
  const step = await pool.start(pool.addUser())
  const wrong = wrongFor(pool.lastCode())
  const verdicts = await Promise.all(Array.from({ length: 100 }, () => pool.judge(step, wrong)))
  expect(verdicts).not.toContain(true)
  expect(judged(pool)).toBe(3)
})

it('lets at most one of a hundred right answers in', async () => {
  const pool = createPool({ limits: { attemptsPerCode: 10 } })
  const step = await pool.start(pool.addUser())
  const verdicts = await Promise.all(Array.from({ length: 100 }, () => pool.judge(step, pool.lastCode())))
  expect(verdicts.filter(Boolean)).toHaveLength(1)
})

it('lets only one in when two right answers were both paid for', async () => {
  const pool = createPool()
  const step = await pool.start(pool.addUser())
  expect(await pool.judgeOvertaken(step)).toEqual({ verdict: false, overtaking: true })
})

it('accepts a right answer among wrong ones only when it was paid for in time', async () => {
  for (let round = 0; round < 10; round++) {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    const code = pool.lastCode()
    const answers = Array.from({ length: 6 }, (_, n) => (n === round % 6 ? code : wrongFor(code)))
    const verdicts = await Promise.all(answers.map((answer) => pool.judge(step, answer)))
    const right = verdicts.filter(Boolean).length
    expect(right + judged(pool)).toBeLessThanOrEqual(3)
    expect(verdicts.indexOf(true)).toBeOneOf([-1, round % 6])
  }
})

it('stops at ten answers in an hour although the codes would allow more', async () => {
  const pool = createPool()
  const user = pool.addUser()
  let step: Step | undefined
  for (let code = 0; code < 4; code++) {
    step = await pool.start(user)
    for (let n = 0; n < 3; n++) step = await pool.respond(step, wrongFor(pool.lastCode()))
    pool.clock.advance(minute)
  }
  expect(judged(pool)).toBe(10)
  expect(step?.parameters).toMatchObject({ status: 'rate_limited', attemptsLeft: '0', resendIn: '3420' })
})

it('stops at twenty answers in a day, counted over both clients', async () => {
  const pool = createPool()
  const user = pool.addUser()
  for (let hour = 0; hour < 12; hour++) {
    for (const client of [pool.clients.signup, pool.clients.login]) {
      const step = await pool.start(user, client)
      for (let n = 0; n < 3; n++) await pool.judge(step, wrongFor(pool.lastCode()))
      pool.clock.advance(30 * minute)
    }
  }
  expect(judged(pool)).toBe(20)
})

it('does not give the day back for a success in between', async () => {
  const pool = createPool({ limits: { checksPerHour: 4, checksPerDay: 4 } })
  const user = pool.addUser()
  const step = await pool.start(user)
  await pool.judge(step, wrongFor(pool.lastCode()))
  expect(await pool.judge(step, pool.lastCode())).toBe(true)
  pool.clock.advance(minute)
  const next = await pool.start(user)
  for (let n = 0; n < 2; n++) await pool.judge(next, wrongFor(pool.lastCode()))
  expect(await pool.judge(next, pool.lastCode())).toBe(false)
  expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_rejected', reason: 'rate_limited' })
})

it('gives a thousand fresh sessions of a day twenty answers, however many messages there were', async () => {
  const pool = createPool({ limits: { sendsPerHour: 1000, sendsPerDay: 1000, checksPerHour: 1000 } })
  await startAllDay(pool)
  expect(judged(pool)).toBe(20)
})

it('gives a thousand fresh sessions of a day ten messages, however many answers they would allow', async () => {
  const pool = createPool({ limits: { checksPerHour: 1000, checksPerDay: 1000 } })
  await startAllDay(pool)
  expect(pool.messages).toHaveLength(10)
})

/** A thousand sign-ins within a day, each with three wrong answers. */
async function startAllDay(pool: Pool): Promise<void> {
  const user = pool.addUser()
  for (let session = 0; session < 1000; session++) {
    const step = await pool.start(user)
    for (let n = 0; n < 3; n++) await pool.judge(step, wrongFor(pool.lastCode()))
    pool.clock.advance(86_000)
  }
}

/** Wrong answers as many as the limits let through, for so many sign-ins, each within its day's share. */
async function guess(pool: Pool, user: string, signIns: number): Promise<Step> {
  let step = await pool.start(user)
  for (let n = 0; n < signIns; n++) {
    if (n > 0) step = await pool.start(user)
    const code = pool.lastCode() || '1'.repeat(Number(step.parameters.codeLength))
    for (let answer = 0; answer < 3; answer++) await pool.judge(step, wrongFor(code))
    pool.clock.advance(145 * minute)
  }
  return pool.start(user)
}

it.each([
  [2, '6'],
  [3, '8'],
  [10, '8'],
  [20, '10'],
  [200, '10'],
])(
  'after the wrong answers of %i sign-ins asks for a code of %s digits, and locks nobody out',
  async (signIns, codeLength) => {
    const pool = createPool()
    const user = pool.addUser()
    const owner = await guess(pool, user, signIns)
    expect(owner.parameters).toMatchObject({ status: 'sent', codeLength, attemptsLeft: '3' })
    expect(pool.lastCode()).toHaveLength(Number(codeLength))
    expect((await pool.respond(owner, pool.lastCode())).outcome).toBe('tokens')
  },
)

it('shows the length that a number has come to for one that does not exist as well', async () => {
  const pool = createPool()
  const known = await guess(pool, pool.addUser(), 20)
  const unknown = await guess(createPool(), 'nobody', 20)
  expect(unknown.parameters.codeLength).toBe('10')
  expect(known.parameters.codeLength).toBe('10')
})

it('does not let the owner’s sign-ins give a guesser his guesses back', async () => {
  const pool = createPool()
  const user = pool.addVerifiedUser()
  for (let day = 0; day < 20; day++) {
    const stranger = await pool.start(user)
    for (let n = 0; n < 3; n++) await pool.judge(stranger, wrongFor(pool.lastCode()))
    pool.clock.advance(minute)
    const owner = await pool.start(user)
    expect((await pool.respond(owner, pool.lastCode())).outcome).toBe('tokens')
    pool.clock.advance(24 * 60 * minute)
  }
  expect((await pool.start(user)).parameters.codeLength).toBe('10')
})

describe('LOCK_AFTER_FAILURES', () => {
  const strict = { limits: { lockAfter: 20 } }

  it('stops answers and messages once so many were wrong, and tells so', async () => {
    const pool = createPool(strict)
    const user = pool.addUser()
    const last = await guess(pool, user, 40)
    expect(judged(pool)).toBe(20)
    expect(last.parameters).toMatchObject({ status: 'rate_limited', attemptsLeft: '0' })
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_locked', decoy: false, phone: '+*********23' })
  })

  it('ends ninety days after the failures, one after the other', async () => {
    const pool = createPool(strict)
    const user = pool.addUser()
    await guess(pool, user, 7)
    expect((await pool.start(user)).parameters.status).toBe('rate_limited')
    pool.clock.advance(90 * 24 * 60 * minute)
    const owner = await pool.start(user)
    expect((await pool.respond(owner, pool.lastCode())).outcome).toBe('tokens')
  })

  it('does not hold on a known device, which can lift it for the others', async () => {
    const device = 'a-secret-of-at-least-128-bits'
    const pool = createPool(strict)
    const user = pool.addUser()
    await pool.respond(await pool.start(user), pool.lastCode(), { device })
    const locked = await guess(pool, user, 8)
    expect(locked.parameters.status).toBe('rate_limited')
    const own = await pool.resend(locked, { device })
    expect(own.parameters).toMatchObject({ status: 'sent', codeLength: '6' })
    const lifted = await pool.respond(own, '', { device, action: 'unlock' })
    expect(lifted.outcome).toBe('challenge')
    expect((await pool.start(user, pool.clients.login)).parameters.status).toBe('sent')
    expect(pool.logged().some(({ event }) => event === 'otp_unlocked')).toBe(true)
  })
})

it('ends a session that goes on too long', async () => {
  const pool = createPool()
  let step = await pool.start(pool.addUser())
  let rounds = 0
  while (step.outcome === 'challenge') {
    step = await pool.respond(step, wrongFor(pool.lastCode()))
    rounds++
  }
  expect({ outcome: step.outcome, rounds }).toEqual({ outcome: 'refused', rounds: 9 })
})

it('reads answers as people type them', async () => {
  const pool = createPool()
  const user = pool.addUser()
  const forms = [
    (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)}\n`,
    (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`,
    (code: string) => code.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    (code: string) => code.replace(/\d/g, (digit) => String.fromCodePoint(0x0660 + Number(digit))),
    (code: string) => `\u200e${code}\u200f`,
  ]
  for (const form of forms) {
    const step = await pool.start(user)
    expect(await pool.judge(step, form(pool.lastCode()))).toBe(true)
    pool.clock.advance(20 * minute)
  }
})

it('takes what cannot be a code as wrong, at no cost', async () => {
  const pool = createPool()
  const step = await pool.start(pool.addUser())
  const code = pool.lastCode()
  const never = [
    code.slice(1),
    `${code}0`,
    'abcdef',
    '',
    '1'.repeat(10_000),
    `${code}\u0000`,
    '-12345',
    '1e5000',
  ]
  for (const answer of never) expect(await pool.judge(step, answer)).toBe(false)
  expect(await pool.judge(step, undefined as unknown as string)).toBe(false)
  const asked = await pool.respond(step, 'abc')
  expect(asked.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '3' })
})

it('accepts a code once, in its own session, for its own user, client and number', async () => {
  const pool = createPool()
  const user = pool.addUser()
  const step = await pool.start(user)
  const code = pool.lastCode()
  const other = pool.addUser('+12025550199')
  const otherStep = await pool.start(other)
  const refused = async (changed: Partial<Step>) =>
    expect(await pool.judge({ ...step, ...changed }, code)).toBe(false)
  await refused({ client: pool.clients.login })
  await refused({ client: 'somebody-elses' })
  await refused({ userName: other })
  // Of the same number, so that nothing but the user differs.
  await refused({ userName: pool.addUser() })
  await refused({ privateParameters: otherStep.privateParameters })
  await refused({ privateParameters: {} })
  await refused({ privateParameters: { cid: '__proto__', decoy: 'false' } })
  expect(pool.logged().some((line) => line.reason === 'wrong')).toBe(false)
  expect(await pool.judge(step, code)).toBe(true)
  // A used code is not even compared.
  for (const answer of [code, wrongFor(code)]) {
    expect(await pool.judge(step, answer)).toBe(false)
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_rejected', reason: 'replayed' })
  }
})

it('does not accept the code of one session in another of the same user', async () => {
  const pool = createPool()
  const user = pool.addUser()
  await pool.start(user)
  const first = pool.lastCode()
  pool.clock.advance(minute)
  const second = await pool.start(user)
  expect(pool.lastCode()).not.toBe(first)
  expect(await pool.judge(second, first)).toBe(false)
})

it('ends a code at its expiry, whether or not DynamoDB has deleted anything', async () => {
  const pool = createPool()
  const step = await pool.start(pool.addUser())
  pool.clock.advance(299_000)
  expect(await pool.judge(step, wrongFor(pool.lastCode()))).toBe(false)
  pool.clock.advance(1_000)
  const late = await pool.respond(step, pool.lastCode())
  expect(late.parameters).toMatchObject({ status: 'expired', expiresIn: '0', attemptsLeft: '0' })
  const fresh = await pool.resend(late)
  expect(fresh.parameters).toMatchObject({ status: 'sent', expiresIn: '300', attemptsLeft: '3' })
  expect((await pool.respond(fresh, pool.lastCode())).outcome).toBe('tokens')
})
