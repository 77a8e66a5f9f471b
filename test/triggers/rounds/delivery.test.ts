// What becomes of one permitted message when a provider fails it, and that none leads to two messages.
import { describe, expect, it } from 'vitest'
import type { SendResult } from '../../../src/core/messaging/provider.ts'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { createPool, type PoolOptions, phone } from './pool.ts'

/** One sign-in with a provider that answers these, one after the other. */
async function signIn(results: SendResult[], options: PoolOptions = {}) {
  const pool = createPool(options)
  pool.provider = async () => results.shift() ?? { outcome: 'sent' }
  const step = await pool.start(pool.addUser())
  return { pool, step }
}

describe('one permitted message', () => {
  it('is tried once more when nothing was written, and not a third time', async () => {
    const once = await signIn([{ outcome: 'retry', blame: 'provider' }, { outcome: 'sent' }])
    expect(once.step.parameters.status).toBe('sent')
    expect(once.pool.messages).toHaveLength(2)
    const twice = await signIn([{ outcome: 'retry' }, { outcome: 'retry' }, { outcome: 'sent' }])
    expect(twice.step.parameters.status).toBe('delivery_failed')
    expect(twice.pool.messages).toHaveLength(2)
  })

  it('is not repeated by any channel when it may have gone out, and its code works', async () => {
    const { pool, step } = await signIn([{ outcome: 'unknown', blame: 'provider' }], { smsAllowed: true })
    expect(step.parameters).toMatchObject({ status: 'sent', resendIn: '60' })
    expect(pool.messages).toHaveLength(1)
    expect(pool.aws.sms).toHaveLength(0)
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_unknown', otp_unknown: 1 })
    expect((await pool.respond(step, pool.lastCode())).outcome).toBe('tokens')
  })

  it('that failed may follow again after five seconds, and stays counted', async () => {
    const { pool, step } = await signIn([{ outcome: 'failed', blame: 'operator', httpStatus: 401 }])
    expect(step.parameters).toMatchObject({
      status: 'delivery_failed',
      resendIn: '5',
      expiresIn: '300',
      attemptsLeft: '3',
    })
    expect((await pool.respond(step, 'not a code')).parameters.status).toBe('delivery_failed')
    for (let n = 1; n < 5; n++) {
      pool.provider = async () => ({ outcome: 'failed', blame: 'operator' })
      pool.clock.advance(5_000)
      await pool.resend(step)
      step.metadata = step.metadata.replace(/\|\d+\|/, `|${n + 1}|`)
    }
    pool.clock.advance(5_000)
    expect((await pool.resend(step)).parameters.status).toBe('rate_limited')
    expect(pool.messages).toHaveLength(5)
  })

  it('is not started when the time left could not see it through', async () => {
    const pool = createPool()
    const user = pool.addUser()
    const { json } = pool.aws
    pool.aws.json = async (...call) => {
      if (call[1] === 'UpdateItem') pool.clock.advance(1_800)
      return json(...call)
    }
    expect((await pool.start(user)).parameters.status).toBe('delivery_failed')
    expect(pool.messages).toHaveLength(0)
  })
})

describe('SMS', () => {
  const failed: SendResult = { outcome: 'failed', blame: 'recipient', code: '131026' }

  it('brings the same code to a number that WhatsApp certainly cannot reach, when it is on', async () => {
    const { pool, step } = await signIn([failed], { smsAllowed: true })
    expect(step.parameters).toMatchObject({ status: 'sent', channel: 'sms' })
    expect(pool.aws.sms).toHaveLength(1)
    const form = pool.aws.sms[0]
    expect(form?.get('PhoneNumber')).toBe(phone)
    expect(form?.get('Message')).toContain(pool.lastCode())
    expect(form?.get('MessageAttributes.entry.2.Name')).toBe('AWS.SNS.SMS.MaxPrice')
    expect((await pool.respond(step, pool.lastCode())).outcome).toBe('tokens')
  })

  it('is not used when it is off', async () => {
    const { pool, step } = await signIn([failed])
    expect(step.parameters).toMatchObject({ status: 'delivery_failed', channel: 'whatsapp' })
    expect(pool.aws.sms).toHaveLength(0)
  })

  it('goes to a number three times a day', async () => {
    const { pool } = await signIn([], { smsAllowed: true, limits: { sendsPerHour: 10 } })
    pool.provider = async () => failed
    const user = pool.addUser('+12025550188')
    const statuses: unknown[] = []
    for (let n = 0; n < 4; n++) {
      statuses.push((await pool.start(user)).parameters.status)
      pool.clock.advance(60_000)
    }
    expect(statuses).toEqual(['sent', 'sent', 'sent', 'delivery_failed'])
    expect(pool.aws.sms).toHaveLength(3)
  })

  it('can be asked for with a resend', async () => {
    const { pool, step } = await signIn([], { smsAllowed: true })
    pool.clock.advance(60_000)
    const again = await pool.resend(step, { channel: 'sms' })
    expect(again.parameters).toMatchObject({ status: 'sent', channel: 'sms' })
    expect(pool.messages).toHaveLength(1)
    expect(pool.aws.sms[0]?.get('Message')).toContain(pool.lastCode())
  })

  it('is published once, and a lost answer counts as sent', async () => {
    const pool = createPool({ smsAllowed: true })
    pool.provider = async () => failed
    pool.aws.fail('Publish', 'after', 1, new AwsError('timeout', 0, true))
    expect((await pool.start(pool.addUser())).parameters.status).toBe('sent')
    expect(pool.aws.sms).toHaveLength(1)
  })

  it('that SNS refuses is a failed delivery', async () => {
    const pool = createPool({ smsAllowed: true })
    pool.provider = async () => failed
    pool.aws.fail('Publish', 'before', 1, new AwsError('InvalidParameter', 400, false))
    expect((await pool.start(pool.addUser())).parameters).toMatchObject({
      status: 'delivery_failed',
      resendIn: '5',
    })
  })
})
