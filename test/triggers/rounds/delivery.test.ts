// What becomes of one permitted message when a provider fails it, and that none leads to two messages.
import { describe, expect, it } from 'vitest'
import type { SendResult } from '../../../src/core/messaging/provider.ts'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { createPool, type Pool, type PoolOptions, phone } from './pool.ts'

const device = 'a-secret-of-at-least-128-bits'

/** The reasons of the lines with this event. */
const told = (pool: Pool, event: string) =>
  pool.logged().flatMap((line) => (line.event === event ? [line.reason] : []))

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
    expect(step.parameters).toMatchObject({ status: 'sent', resendIn: '45' })
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
    pool.provider = async () => ({ outcome: 'failed', blame: 'operator' })
    let asked = step
    for (let n = 1; n < 5; n++) {
      pool.clock.advance(5_000)
      asked = await pool.resend(asked)
      expect(asked.parameters.status).toBe('delivery_failed')
    }
    pool.clock.advance(5_000)
    expect((await pool.resend(asked)).parameters.status).toBe('rate_limited')
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

/** What a stranger is shown of one number alone: nothing but what he has asked for himself. */
const asAsked = { status: 'sent', channel: 'whatsapp', resendIn: '45', attemptsLeft: '3' }

describe('a number that WhatsApp refuses at once', () => {
  const unreachable: SendResult = { outcome: 'failed', blame: 'recipient', code: '131026' }

  it('looks to strangers like any other, now and in later rounds', async () => {
    const { pool, step } = await signIn([unreachable])
    expect(step.parameters).toMatchObject(asAsked)
    const nobody = await pool.start('nobody')
    expect(nobody.parameters).toEqual(step.parameters)
    const asked = await pool.respond(step, 'x')
    expect(asked.parameters).toEqual((await pool.respond(nobody, 'x')).parameters)
    expect(told(pool, 'otp_failed')).toEqual(['recipient'])
  })

  it('is told the truth on a device that it knows', async () => {
    const pool = createPool()
    const user = pool.addVerifiedUser()
    await pool.respond(await pool.start(user), pool.lastCode(), { device })
    pool.clock.advance(60_000)
    pool.provider = async () => unreachable
    const asked = await pool.respond(await pool.start(user), 'resend', { action: 'resend', device })
    expect(asked.parameters).toMatchObject({ status: 'delivery_failed', channel: 'whatsapp' })
  })
})

describe('SMS', () => {
  const failed: SendResult = { outcome: 'failed', blame: 'recipient', code: '131026' }

  it('brings the same code to a number that WhatsApp certainly cannot reach, when it is on', async () => {
    const { pool, step } = await signIn([failed], { smsAllowed: true })
    expect(step.parameters).toMatchObject(asAsked)
    expect(pool.aws.sms).toHaveLength(1)
    const form = pool.aws.sms[0]
    expect(form?.get('PhoneNumber')).toBe(phone)
    expect(form?.get('Message')).toContain(pool.lastCode())
    expect(form?.get('MessageAttributes.entry.2.Name')).toBe('AWS.SNS.SMS.MaxPrice')
    expect((await pool.respond(step, pool.lastCode())).outcome).toBe('tokens')
  })

  it('is not used when it is off', async () => {
    const { pool } = await signIn([failed])
    expect(pool.aws.sms).toHaveLength(0)
  })

  it('goes to a number three times a day', async () => {
    const { pool } = await signIn([], { smsAllowed: true, limits: { sendsPerHour: 10 } })
    pool.provider = async () => failed
    const user = pool.addUser('+12025550188')
    for (let n = 0; n < 4; n++) {
      expect((await pool.start(user)).parameters.status).toBe('sent')
      pool.clock.advance(60_000)
    }
    expect(pool.aws.sms).toHaveLength(3)
    expect(told(pool, 'otp_failed')).toEqual(['recipient'])
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
    expect((await pool.start(pool.addUser())).parameters.status).toBe('delivery_failed')
  })

  it('is not sent for the asking while WhatsApp has accepted and may still deliver', async () => {
    const { pool, step } = await signIn([], { smsAllowed: true, limits: { cooldownMs: 15_000 } })
    pool.clock.advance(29_000)
    const early = await pool.resend(step, { channel: 'sms' })
    expect(early.parameters).toMatchObject({ status: 'cooldown', channel: 'whatsapp' })
    pool.clock.advance(1_000)
    expect((await pool.resend(early, { channel: 'sms' })).parameters).toMatchObject({
      status: 'sent',
      channel: 'sms',
    })
  })

  it('has caps of its own for the stage, behind which strangers see nothing and the number pays nothing', async () => {
    const sms = { perHour: 1, perDay: 1 }
    const pool = createPool({ smsAllowed: true, caps: { sms } })
    const [one, other] = [await pool.start(pool.addUser()), await pool.start(pool.addUser('+13105550188'))]
    pool.clock.advance(60_000)
    const asked = [await pool.resend(one, { channel: 'sms' }), await pool.resend(other, { channel: 'sms' })]
    expect(asked[1]?.parameters).toEqual(asked[0]?.parameters)
    expect(pool.aws.sms).toHaveLength(1)
    expect(told(pool, 'otp_suppressed')).toEqual(['sms'])
    // What was counted of the stage's messages for it is given back.
    const counted = [...pool.aws.items].filter(([pk]) => pk.startsWith('G#')).map(([, item]) => item.sd?.N)
    expect(counted).toEqual(['3'])
  })
})

it('an SMS has the language of its user, whatever the languages of the template, and the sender of the stage', async () => {
  const smsSender = { originationNumber: '+12065550100', senderId: 'ACME' }
  const pool = createPool({ smsAllowed: true, smsSender })
  pool.provider = async () => ({ outcome: 'failed', blame: 'recipient', code: '131026' })
  await pool.start(pool.addUser(phone, { locale: 'tr-TR' }))
  const [form] = pool.aws.sms
  expect(form?.get('Message')).toMatch(/^Doğrulama kodunuz: \d{6}\. Kimseyle paylaşmayın\.$/)
  expect(form?.get('MessageAttributes.entry.3.Name')).toBe('AWS.MM.SMS.OriginationNumber')
  expect(form?.get('MessageAttributes.entry.3.Value.StringValue')).toBe('+12065550100')
  expect(pool.logged()).toContainEqual(
    expect.objectContaining({ event: 'otp_sent', channel: 'sms', language: 'tr' }),
  )
})
