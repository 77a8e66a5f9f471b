// What every way of failing to deliver means for the person who waits, and that none leads to two messages.
import { describe, expect, it } from 'vitest'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { type HttpAnswer, HttpFailure } from '../../../triggers/outside/http.ts'
import {
  chooseLanguage,
  messageBody,
  readReply,
  type SendResult,
  sendOnce,
} from '../../../triggers/outside/sendzen.ts'
import { apiKey, createPool, type PoolOptions, phone } from './pool.ts'

const config = {
  url: 'https://api.example/v1/messages',
  from: '15550009999',
  template: 'otp',
  languages: ['en_US'],
}
const answer = (status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers,
  text: typeof body === 'string' ? body : JSON.stringify(body),
  truncated: false,
})
const failing = (code: string, details = 'x') => ({ message: 'no', error: { code, details } })

describe('the request', () => {
  it('carries the code twice, the sender as digits and the recipient with its plus', () => {
    const body = JSON.parse(
      messageBody(config, { to: phone, code: '012345', language: 'en_US', apiKey }),
    ) as unknown
    const parameters = [{ type: 'text', text: '012345' }]
    expect(body).toEqual({
      from: '15550009999',
      to: '+12025550123',
      type: 'template',
      template: {
        name: 'otp',
        lang_code: 'en_US',
        components: [
          { type: 'body', parameters },
          { type: 'button', sub_type: 'url', index: 0, parameters },
        ],
      },
    })
  })

  it('has the language of the locale, exactly, by language alone, or the first', () => {
    const languages = ['en_US', 'pt_BR', 'zh_CN']
    expect(chooseLanguage(languages, 'pt-BR')).toBe('pt_BR')
    expect(chooseLanguage(languages, 'pt_PT')).toBe('pt_BR')
    expect(chooseLanguage(languages, 'ZH')).toBe('zh_CN')
    expect(chooseLanguage(languages, 'xx')).toBe('en_US')
    expect(chooseLanguage(languages, undefined)).toBe('en_US')
  })
})

describe('the answer', () => {
  it.each<[string, HttpAnswer, Partial<SendResult>]>([
    [
      'an accepted message',
      answer(200, { data: [{ message_id: 'msg_1', status: 'queued' }] }),
      { outcome: 'sent', messageId: 'msg_1' },
    ],
    ['an id in an object', answer(202, { data: { message_id: 'm' } }), { outcome: 'sent', messageId: 'm' }],
    [
      "Meta's own shape",
      answer(200, { messages: [{ id: 'wamid.x' }] }),
      { outcome: 'sent', messageId: 'wamid.x' },
    ],
    ['acceptance without an id', answer(200, { message: 'ok', data: [] }), { outcome: 'sent' }],
    ['a success that is not JSON', answer(200, '<html>'), { outcome: 'unknown' }],
    [
      'a failure inside a success',
      answer(200, { statuscode: 400, response: 'no' }),
      { outcome: 'failed', blame: 'operator' },
    ],
    [
      'an error inside a success',
      answer(200, failing('BAD')),
      { outcome: 'failed', blame: 'operator', code: 'BAD' },
    ],
    ['a status of failed', answer(200, { data: [{ status: 'failed' }] }), { outcome: 'failed' }],
    [
      'a bad request',
      answer(400, { title: 'x', errors: { to: ['bad'] } }),
      { outcome: 'failed', blame: 'operator' },
    ],
    ['a wrong key', answer(401, failing('UNAUTHORIZED')), { outcome: 'failed', blame: 'operator' }],
    [
      'a missing template',
      answer(404, failing('132001')),
      { outcome: 'failed', blame: 'operator', code: '132001' },
    ],
    [
      'a redirect',
      answer(302, '', { location: 'https://elsewhere' }),
      { outcome: 'failed', blame: 'operator' },
    ],
    ['a number without WhatsApp', answer(400, failing('131026')), { outcome: 'failed', blame: 'recipient' }],
    ['the same as a server error', answer(500, failing('131026')), { outcome: 'failed', blame: 'recipient' }],
    ['the limit of a pair', answer(400, failing('131056')), { outcome: 'failed', blame: 'provider' }],
    ['too many requests', answer(429, ''), { outcome: 'retry' }],
    [
      'too many requests for ten seconds',
      answer(429, '', { 'retry-after': '10' }),
      { outcome: 'failed', blame: 'provider' },
    ],
    ['a service that is back at once', answer(503, '', { 'retry-after': '0' }), { outcome: 'retry' }],
    ['a service that says nothing', answer(503, ''), { outcome: 'unknown' }],
    ['a gateway that gave up', answer(504, '<html>'), { outcome: 'unknown' }],
    ['a server error', answer(500, failing('INTERNAL')), { outcome: 'unknown' }],
    ['no JSON object', answer(200, '[1]'), { outcome: 'sent' }],
    ['null', answer(400, 'null'), { outcome: 'failed' }],
  ])('tells %s', (_name, given, expected) => {
    expect(readReply(given)).toMatchObject(expected)
  })

  it('lets no text of the provider through but plain codes', () => {
    const odd = readReply(
      answer(400, { error: { code: `x\n${apiKey} ${phone}` }, data: [{ message_id: { a: 1 } }] }),
    )
    expect(odd).toEqual({ outcome: 'failed', blame: 'operator', httpStatus: 400 })
  })

  it.each<[string, HttpFailure, SendResult['outcome']]>([
    ['nothing was written', new HttpFailure('refused', false), 'retry'],
    ['the connection broke after the request', new HttpFailure('reset', true), 'unknown'],
    ['no answer came', new HttpFailure('timeout', true), 'unknown'],
    ['only the status of a refusal came', new HttpFailure('timeout', true, 401), 'failed'],
    ['only the status of a success came', new HttpFailure('timeout', true, 200), 'unknown'],
  ])('is %s when %s', async (_name, failure, outcome) => {
    const http = () => Promise.reject(failure)
    const result = await sendOnce(http, config, { to: phone, code: '1', language: 'en', apiKey }, 1000)
    expect(result.outcome).toBe(outcome)
  })
})

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
      step.metadata = step.metadata.replace(/\d+$/, String(n + 1))
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
