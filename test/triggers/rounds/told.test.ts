// What the log tells of each round: enough to follow a sign-in, never a code, a key or a whole number.
import { describe, expect, it } from 'vitest'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { createPool, type Pool, wrongFor } from './pool.ts'

const minute = 60_000
const number = expect.stringMatching(/^[0-9a-f]{12}$/)
const masked = '+*********23'
/** The line of an event without what every line has. */
function told(pool: Pool, event: string) {
  const lines = pool.logged().filter((line) => line.event === event)
  return lines.map(({ timestamp, level, stage, _aws, event: _event, ...rest }) => {
    const { [event]: _count, otp_capped: _capped, ...fields } = rest
    return fields
  })
}

describe('a message', () => {
  it('that went out is told with its challenge, its country, its language and its time', async () => {
    const pool = createPool()
    // A container that has run for a while.
    pool.clock.advance(5 * minute)
    pool.provider = async () => {
      pool.clock.advance(321)
      return { outcome: 'sent', messageId: 'msg_1', httpStatus: 200 }
    }
    const { privateParameters } = await pool.start(pool.addUser())
    expect(told(pool, 'otp_sent')).toEqual([
      {
        number,
        decoy: false,
        phone: masked,
        cid: privateParameters.cid,
        n: 1,
        country: 'US',
        language: 'en_US',
        channel: 'whatsapp',
        latencyMs: 321,
        delivery_latency: 321,
        httpStatus: 200,
        messageId: 'msg_1',
      },
    ])
  })

  it('that failed is told with whose fault it was', async () => {
    const pool = createPool()
    pool.provider = async () => ({ outcome: 'failed', blame: 'operator', code: '132001', httpStatus: 404 })
    await pool.start(pool.addUser())
    expect(told(pool, 'otp_failed')).toMatchObject([
      { reason: 'operator', providerCode: '132001', httpStatus: 404, channel: 'whatsapp', n: 1 },
    ])
    expect(told(pool, 'otp_sent')).toEqual([])
  })

  it('that a cap holds back is told with the cap', async () => {
    const pool = createPool({ caps: { sends: { perHour: 0, perDay: 0 } } })
    const { privateParameters } = await pool.start(pool.addVerifiedUser())
    expect(told(pool, 'otp_suppressed')).toEqual([
      {
        number,
        decoy: false,
        phone: masked,
        cid: privateParameters.cid,
        n: 1,
        country: 'US',
        reason: 'pool',
        status: 'rate_limited',
      },
    ])
  })

  it('to nobody is told with the reason, and without a number', async () => {
    const pool = createPool()
    const { privateParameters } = await pool.start('nobody')
    expect(told(pool, 'otp_decoy')).toEqual([
      { number, decoy: true, cid: privateParameters.cid, n: 1, reason: 'unknown', status: 'sent' },
    ])
  })

  it('that waits is told with what it waits for', async () => {
    const pool = createPool()
    const user = pool.addUser()
    await pool.start(user)
    pool.clock.advance(20_000)
    await pool.start(user, pool.clients.login)
    expect(told(pool, 'otp_suppressed')).toEqual([
      { number, decoy: false, phone: masked, reason: 'cooldown', status: 'cooldown' },
    ])
    pool.clock.advance(minute)
    for (let n = 0; n < 4; n++) {
      await pool.start(user)
      pool.clock.advance(minute)
    }
    await pool.start(user, pool.clients.login)
    expect(told(pool, 'otp_suppressed').at(-1)).toMatchObject({ reason: 'hour', status: 'rate_limited' })
  })

  it('that another invocation sends is told as adopted, with its failure if it has one', async () => {
    const pool = createPool()
    const user = pool.addUser()
    const first = await pool.start(user)
    await pool.start(user)
    const cid = first.privateParameters.cid
    expect(told(pool, 'otp_adopted')).toEqual([
      { number, decoy: false, phone: masked, cid, n: 1, status: 'cooldown' },
    ])
    const failing = createPool()
    failing.provider = async () => ({ outcome: 'failed' })
    const other = failing.addUser()
    await failing.start(other)
    expect((await failing.start(other)).parameters.status).toBe('delivery_failed')
    expect(told(failing, 'otp_adopted')).toMatchObject([{ status: 'delivery_failed' }])
  })

  it('that cannot be counted is told as an outage of the table', async () => {
    const pool = createPool()
    pool.aws.fail('UpdateItem', 'before', 1, new AwsError('InternalServerError', 500, true))
    const { privateParameters } = await pool.start(pool.addUser())
    expect(told(pool, 'otp_store_error')).toMatchObject([
      { cid: privateParameters.cid, reason: 'InternalServerError', number },
    ])
  })

  it('whose failure cannot be noted is told as such too', async () => {
    const pool = createPool()
    pool.provider = async () => {
      pool.aws.fail('PutItem', 'before', 1, new AwsError('ThrottlingException', 400, false))
      return { outcome: 'failed' }
    }
    await pool.start(pool.addUser())
    expect(told(pool, 'otp_store_error')).toMatchObject([{ reason: 'ThrottlingException', number }])
  })
})

describe('an answer', () => {
  it('that was wrong is told with the tries left', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    await pool.judge(step, wrongFor(pool.lastCode()))
    expect(told(pool, 'otp_rejected')).toEqual([
      {
        cid: step.privateParameters.cid,
        number,
        decoy: false,
        phone: masked,
        reason: 'wrong',
        attemptsLeft: 2,
      },
    ])
  })

  it.each([
    ['malformed', 'not a code', 0],
    ['expired', '123456', 300_000],
  ])('that is %s is told as that, without a count', async (reason, answer, wait) => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    pool.clock.advance(wait)
    await pool.judge(step, answer)
    expect(told(pool, 'otp_rejected')).toEqual([
      { cid: step.privateParameters.cid, number, decoy: false, phone: masked, reason },
    ])
  })

  it('that is right the first time is told as a proof and as a sign-in', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    await pool.judge(step, pool.lastCode())
    const about = { cid: step.privateParameters.cid, number, decoy: false, phone: masked }
    expect(told(pool, 'number_verified')).toEqual([about])
    expect(told(pool, 'otp_verified')).toEqual([about])
  })

  it('that is right again is told as a sign-in alone', async () => {
    const pool = createPool()
    await pool.judge(await pool.start(pool.addVerifiedUser()), pool.lastCode())
    expect(told(pool, 'number_verified')).toEqual([])
    expect(told(pool, 'otp_verified')).toHaveLength(1)
    expect(pool.aws.calls).not.toContain('AdminUpdateUserAttributes')
  })

  it('that is right but cannot be written down is told with the reason, and not as a sign-in', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    const throttled = new AwsError('TooManyRequestsException', 400, false)
    pool.aws.fail('AdminUpdateUserAttributes', 'before', 1, throttled)
    expect(await pool.judge(step, pool.lastCode())).toBe(false)
    expect(told(pool, 'number_not_marked')).toMatchObject([{ reason: 'TooManyRequestsException', number }])
    expect(told(pool, 'otp_verified')).toEqual([])
  })

  it('that meets a defect lets nobody in and is told as one', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    const { json } = pool.aws
    pool.aws.json = async (...call) => {
      if (call[1] === 'AdminUpdateUserAttributes') throw new TypeError('a defect')
      return json(...call)
    }
    expect(await pool.judge(step, pool.lastCode())).toBe(false)
    expect(told(pool, 'otp_internal_error')).toMatchObject([{ reason: 'TypeError' }])
  })

  it('that somebody else was let in with meanwhile is told as replayed', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    expect((await pool.judgeOvertaken(step)).verdict).toBe(false)
    expect(told(pool, 'otp_rejected')).toEqual([
      { cid: step.privateParameters.cid, number, decoy: false, phone: masked, reason: 'replayed' },
    ])
  })

  it('without a challenge is told without an id', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    await pool.judge({ ...step, privateParameters: {} }, '123456')
    expect(told(pool, 'otp_rejected')).toMatchObject([{ cid: '', decoy: true, reason: 'expired' }])
  })

  it('sent along with a wish for a new code is neither judged nor told', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    const calls = pool.aws.calls.length
    expect(await pool.judge(step, pool.lastCode(), { action: 'resend' })).toBe(false)
    expect(pool.aws.calls).toHaveLength(calls)
    expect(told(pool, 'otp_rejected')).toEqual([])
  })
})

describe('a number that was not used for long', () => {
  const signIns = async (waitMs: number) => {
    const pool = createPool()
    const user = pool.addVerifiedUser()
    await pool.judge(await pool.start(user), pool.lastCode())
    pool.clock.advance(waitMs)
    await pool.judge(await pool.start(user), pool.lastCode())
    return told(pool, 'otp_dormant_signin')
  }

  it('is told after ninety days, not at them, and never at its first sign-in', async () => {
    expect(await signIns(90 * 24 * 60 * minute)).toEqual([])
    expect(await signIns(90 * 24 * 60 * minute + 1)).toMatchObject([{ number, phone: masked }])
  })
})
