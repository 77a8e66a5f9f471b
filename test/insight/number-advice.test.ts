// What became of one number's last message, and what is advised: told by every end that a message can come to.
import { describe, expect, it } from 'vitest'
import { sendzen } from '../../src/core/messaging/sendzen.ts'
import { wordsOf } from '../../src/insight/event-words.ts'
import { latestOf, withReports } from '../../src/insight/judgement/latest.ts'
import { adviceFor } from '../../src/insight/number-advice.ts'
import { type Happening, lastCourse, withKept } from '../../src/insight/number-history.ts'
import type { Looked } from '../../src/users/number.ts'

const start = Date.UTC(2026, 10, 28, 3)

interface Line {
  event: string
  [field: string]: unknown
}

/** One a second, of the same message unless told. */
const happened = (lines: readonly Line[]): Happening[] =>
  lines.map(({ event, ...fields }, nth) => {
    const line = { event, fields: { cid: 'c1', n: 1, ...fields } }
    const says = wordsOf(line, sendzen)?.words ?? ''
    const time = new Date(start + nth * 1_000).toISOString()
    return { time, trigger: 'createAuthChallenge', level: 'INFO', ...line, says }
  })

const dev = { stage: 'dev', region: 'us-east-1', userPoolId: 'us-east-1_1', settings: {} }

const someone = (smsLastDay = 0): Looked =>
  ({
    phone: '+12125550142',
    facts: { allowed: true, heldUntil: null, testNumber: false },
    found: { user: { enabled: true, mark: 'proven', counters: { smsLastDay }, limits: { smsPerDay: 3 } } },
  }) as unknown as Looked

const told = (lines: readonly Line[], looked = someone()) => {
  const course = lastCourse({ events: happened(lines) })
  return { last: course?.latest.says, next: adviceFor(looked, course, sendzen, dev) }
}

const sent = { event: 'otp_sent', channel: 'whatsapp', messageId: 'm1' }
const noWhatsApp = { event: 'report_failed', channel: 'whatsapp', providerCode: '131026' }
const unpaid = { event: 'report_failed', channel: 'whatsapp', providerCode: '131042' }
const delivered = { event: 'report_delivered' }
const sms = (event: string, fields: object) => ({ event, channel: 'sms', ...fields })
const skipped = (reason: string) => sms('fallback_skipped', { reason })

const otherWay = 'let this user sign in another way; sending again will not help'
const forSms = 'let the user look for an SMS: the code went out as one'
const inWhatsApp = 'let the user look into WhatsApp: the message is on the phone with this number'
const follows = 'whatsapp-otp test-send <phone> --stage dev   follows one message to the phone'

describe('the last message of a number', () => {
  it.each<[string, Line[], string, string[]]>([
    [
      'was accepted, and no more is known',
      [sent],
      'a message with a code was accepted by the provider',
      [follows],
    ],
    ['has arrived', [sent, delivered], 'reported: the message is on the phone', [inWhatsApp]],
    [
      'has arrived, whatever else was reported',
      [sent, delivered, noWhatsApp],
      'reported: the message is on the phone',
      [inWhatsApp],
    ],
    [
      'failed later',
      [sent, noWhatsApp],
      'reported: the message did not arrive: the number is not on WhatsApp, runs an old app, or has not accepted the terms (131026)',
      [otherWay],
    ],
    [
      'failed later, and an SMS has taken its place',
      [sent, noWhatsApp, sms('fallback_sent', { reason: 'failed', status: 'sent' })],
      'the same code was sent by SMS: the message was reported as failed',
      [forSms],
    ],
    [
      'failed for a reason that meets others too, and an SMS has taken its place',
      [sent, sms('fallback_sent', { reason: 'failed', status: 'sent' }), unpaid],
      'the same code was sent by SMS: the message was reported as failed',
      [forSms, expect.stringContaining('app.sendzen.io') as unknown as string],
    ],
    [
      'was reported by nobody, and the answer to its SMS was lost',
      [sent, sms('fallback_sent', { reason: 'silence', status: 'unknown' })],
      'the same code may have been sent by SMS, but no answer came: nobody had reported the message as delivered by the end of its life',
      [forSms],
    ],
    [
      'could not be followed by an SMS',
      [sent, noWhatsApp, sms('fallback_failed', { reason: 'failed', providerCode: 'AuthorizationError' })],
      'the same code could not be sent by SMS either: the function may not send SMS (sns:Publish)',
      ['whatsapp-otp deploy --stage dev', otherWay],
    ],
    [
      'was too old for an SMS',
      [sent, skipped('expired')],
      'the message has not arrived, but no SMS was sent in its place: its code lives less than 30 seconds more, or has expired',
      [
        'let the user ask for a new code',
        'whatsapp-otp doctor --stage dev   says how long after a message its SMS follows',
      ],
    ],
    [
      'met a cap of the stage',
      [sent, skipped('sms')],
      'the message has not arrived, but no SMS was sent in its place: the SMS of a day (MAX_SMS_PER_DAY, POOL_SMS_PER_HOUR, POOL_SMS_PER_DAY)',
      ['whatsapp-otp status --stage dev   what the caps are for'],
    ],
    [
      'met the pause of the stage',
      [sent, skipped('paused')],
      'the message has not arrived, but no SMS was sent in its place: the stage is paused (whatsapp-otp resume)',
      ['whatsapp-otp resume --stage dev'],
    ],
    ['has signed the user in', [sent, { event: 'otp_verified', n: undefined }], 'right code: signed in', []],
    [
      'went by SMS at once',
      [{ ...sent, channel: 'sms' }],
      'a message with a code was accepted by the provider',
      [forSms],
    ],
  ])('%s', (_, lines, last, next) => {
    expect(told(lines)).toEqual({ last, next })
  })

  it('is not the one before it, whose report comes later', () => {
    const second = { ...sent, cid: 'c2', messageId: 'm2' }
    expect(told([sent, second, noWhatsApp, skipped('superseded')]).next).toEqual([follows])
    expect(told([sent, { ...sent, n: 2 }, noWhatsApp]).next).toEqual([follows])
  })

  it('has its SMS back once support has reset the number', () => {
    expect(told([sent, skipped('sms')], someone(3)).next).toEqual([
      'whatsapp-otp users reset <phone> --stage dev',
    ])
  })
})

describe('what only the provider has kept', () => {
  const events = happened([sent])
  const seen = latestOf([
    {
      trigger: 'createAuthChallenge',
      events: [{ at: start, message: JSON.stringify(sent) }],
    },
  ])
  const kept = (status: 'failed' | 'delivered' | 'sent', error?: object) =>
    withReports(seen, [{ id: 'm1', status, at: start, recipient: '', ...(error ? { error } : {}) } as never])
  const whenKept = (latest: typeof seen) => {
    const course = withKept(lastCourse({ events }), latest, sendzen)
    return { last: course?.latest.event, next: adviceFor(someone(), course, sendzen, dev) }
  }

  it('is told where the stage has no report of its own', () => {
    expect(whenKept(kept('failed', { code: 131026 }))).toEqual({ last: 'report_failed', next: [otherWay] })
    expect(whenKept(kept('delivered'))).toEqual({ last: 'report_delivered', next: [inWhatsApp] })
    expect(whenKept(kept('sent'))).toEqual({ last: 'otp_sent', next: [follows] })
  })
})
