// What an app is shown of a challenge, and what it may say: exact forms, and nothing for what is out of form.
import { describe, expect, it } from 'vitest'
import {
  isRequest,
  metadataOf,
  publicParameters,
  readMetadata,
  readWish,
  statusAfterAnswer,
  toldOf,
} from '../../src/core/challenge.ts'
import { type Challenge, type Device, dayMs, emptyLedger, type Ledger } from '../../src/core/ledger/ledger.ts'
import { limits } from '../limits.ts'

const now = Date.UTC(2026, 10, 23, 12)
const cid = 'AAAAAAAAAAAAAAAAAAAAAA'
const sid = 'SSSSSSSSSSSSSSSSSSSSSS'

const failures = (count: number) => Array.from({ length: count }, (_, n) => ({ at: now - n, sid: 'x' }))

function challengeOf(changes: Partial<Challenge> = {}): Challenge {
  return {
    cid,
    key: 'session:0',
    by: 'by',
    user: 'user',
    client: 'client',
    kid: 'k1',
    tag: 'tag',
    sealed: 'sealed',
    length: 6,
    expiresAt: now + 300_000,
    tries: {},
    sends: 1,
    sentAt: now,
    channel: 'whatsapp',
    ...changes,
  }
}
const ledgerOf = (challenges: Challenge[], changes: Partial<Ledger> = {}): Ledger => ({
  ...emptyLedger,
  sends: [now],
  nextSend: now + 60_000,
  challenges,
  ...changes,
})

describe('the public parameters', () => {
  const shown = (challenge: Challenge | undefined, changes: Partial<Ledger> = {}) =>
    publicParameters({ status: 'sent', ledger: ledgerOf([], changes), challenge }, limits, now, sid)

  it('of a living code say all that an app has to show', () => {
    expect(shown(challengeOf())).toEqual({
      status: 'sent',
      destination: '+•••••••••••',
      channel: 'whatsapp',
      codeLength: '6',
      expiresIn: '300',
      resendIn: '60',
      attemptsLeft: '3',
    })
  })

  it('without a ledger offer nothing, and a short pause', () => {
    expect(publicParameters({ status: 'unavailable' }, limits, now, sid)).toEqual({
      status: 'unavailable',
      destination: '+•••••••••••',
      channel: 'whatsapp',
      codeLength: '6',
      expiresIn: '0',
      resendIn: '5',
      attemptsLeft: '0',
    })
    const unread = { status: 'sent', challenge: challengeOf() } as const
    expect(publicParameters(unread, limits, now, sid).attemptsLeft).toBe('0')
    const quiet = { ...limits, quiet: true }
    expect(publicParameters({ status: 'unavailable' }, quiet, now, sid).codeLength).toBe('8')
  })

  it.each([
    ['is missing', undefined],
    ['was used', challengeOf({ usedAt: now })],
    ['has just expired', challengeOf({ expiresAt: now })],
  ])('give no time and no tries to a code that %s', (_name, challenge) => {
    expect(shown(challenge)).toMatchObject({ expiresIn: '0', attemptsLeft: '0' })
  })

  it('round seconds up, so that nobody asks too early', () => {
    expect(shown(challengeOf({ expiresAt: now + 1 })).expiresIn).toBe('1')
    expect(shown(challengeOf(), { nextSend: now + 59_001 }).resendIn).toBe('60')
    expect(shown(challengeOf(), { nextSend: now }).resendIn).toBe('0')
  })

  it('count the tries of the code and of the number, whichever are fewer', () => {
    expect(shown(challengeOf({ tries: { [sid]: 2, other: 3 } })).attemptsLeft).toBe('1')
    expect(shown(challengeOf({ tries: { [sid]: 4 } })).attemptsLeft).toBe('0')
    expect(shown(challengeOf({ tries: { other: 3 } })).attemptsLeft).toBe('3')
    const checks = Array.from({ length: 9 }, (_, n) => now - n)
    expect(shown(challengeOf(), { checks }).attemptsLeft).toBe('1')
  })

  it('name the channel of the code, unless another one carried it', () => {
    expect(shown(challengeOf({ channel: 'sms' })).channel).toBe('sms')
    const carried = {
      status: 'sent',
      ledger: ledgerOf([]),
      challenge: challengeOf(),
      channel: 'sms',
    } as const
    expect(publicParameters(carried, limits, now, sid).channel).toBe('sms')
  })

  it('forget what is older than a day', () => {
    const sends = Array.from({ length: 10 }, () => now - dayMs)
    expect(shown(challengeOf(), { sends, nextSend: 0 }).resendIn).toBe('0')
  })
})

describe('a known device is shown what it has', () => {
  const device: Device = { id: 'd', usedAt: now, sends: [], checks: [now, now], nextSend: now + 7_000 }
  const ledger = ledgerOf([], {
    devices: [device],
    checks: Array.from({ length: 10 }, () => now),
    failures: failures(40),
  })

  it('and nobody else is', () => {
    const all = { status: 'sent', ledger, challenge: challengeOf() } as const
    const own = publicParameters({ ...all, device }, { ...limits, checksPerHour: 4 }, now, sid)
    expect(own).toMatchObject({ resendIn: '7', attemptsLeft: '2' })
    expect(publicParameters(all, limits, now, sid)).toMatchObject({ resendIn: '3600', attemptsLeft: '0' })
  })

  it('in digits too, where there is no code yet', () => {
    const none = { status: 'cooldown', ledger } as const
    expect(publicParameters({ ...none, device }, limits, now, sid).codeLength).toBe('6')
    expect(publicParameters(none, limits, now, sid).codeLength).toBe('10')
    const grown = { ...none, challenge: challengeOf({ length: 8 }) }
    expect(publicParameters(grown, limits, now, sid).codeLength).toBe('8')
  })
})

describe('a message that brought nothing', () => {
  it.each([
    ['delivery_failed', 'delivery_failed', 'delivery_failed'],
    ['unavailable', 'unavailable', 'unavailable'],
    ['unreachable', undefined, 'delivery_failed'],
    ['held', undefined, 'rate_limited'],
    [undefined, undefined, undefined],
  ] as const)('by %s is told to strangers as %s and to a known device as %s', (failed, stranger, device) => {
    expect([toldOf(failed, false), toldOf(failed, true)]).toEqual([stranger, device])
  })
})

describe('the status after an answer', () => {
  const statusOf = (ledger: Ledger, n = 1, challenge = cid, device?: Device) =>
    statusAfterAnswer(ledger, now, limits, { sid, cid: challenge, n }, device)
  const spent = Array.from({ length: 10 }, (_, n) => now - n)

  it.each([
    ['wrong while the code lives', ledgerOf([challengeOf({ tries: { [sid]: 1 } })]), 'wrong'],
    ['wrong for what could not be a code', ledgerOf([challengeOf()]), 'wrong'],
    [
      'expired once the code was used',
      ledgerOf([challengeOf({ usedAt: now, tries: { [sid]: 3 } })]),
      'expired',
    ],
    ['expired at the very end', ledgerOf([challengeOf({ expiresAt: now })]), 'expired'],
    [
      'unavailable when it was right in vain',
      ledgerOf([challengeOf({ stalled: sid, tries: { [sid]: 3 } })]),
      'unavailable',
    ],
    [
      'exhausted after the last try',
      ledgerOf([challengeOf({ tries: { [sid]: 3 } })], { checks: spent }),
      'exhausted',
    ],
    ['exhausted beyond it', ledgerOf([challengeOf({ tries: { [sid]: 4 } })]), 'exhausted'],
    [
      'rate_limited when the number has no tries',
      ledgerOf([challengeOf()], { checks: spent }),
      'rate_limited',
    ],
    [
      'the failure of a message nobody answered',
      ledgerOf([challengeOf({ failed: 'delivery_failed' })]),
      'delivery_failed',
    ],
    [
      'wrong once it did',
      ledgerOf([challengeOf({ failed: 'delivery_failed', tries: { [sid]: 1 } })]),
      'wrong',
    ],
    ['wrong whatever others did', ledgerOf([challengeOf({ stalled: 'x', tries: { x: 3 } })]), 'wrong'],
    ['wrong where a cap held it back', ledgerOf([challengeOf({ failed: 'held' })]), 'wrong'],
    ['expired once codes have grown', ledgerOf([challengeOf()], { failures: failures(16) }), 'expired'],
    ['taken, once that is known', ledgerOf([challengeOf({ usedAt: now, taken: sid })]), 'taken'],
    ['expired where another one learned it', ledgerOf([challengeOf({ usedAt: now, taken: 'x' })]), 'expired'],
  ])('is %s', (_name, ledger, status) => {
    expect(statusOf(ledger)).toBe(status)
  })

  it('of a session that had a code and lost it is expired, whatever the number waits for', () => {
    expect(statusOf(ledgerOf([]))).toBe('expired')
    expect(statusOf(ledgerOf([challengeOf()]), 1, 'another')).toBe('expired')
  })

  it('of a session that never had one is what it waits for', () => {
    expect(statusOf(ledgerOf([]), 0)).toBe('cooldown')
    expect(statusOf(ledgerOf([], { sends: Array.from({ length: 5 }, () => now) }), 0)).toBe('rate_limited')
    expect(statusOf(ledgerOf([], { sends: [], nextSend: now }), 0)).toBe('expired')
  })

  it('of a known device is what holds for that', () => {
    const device: Device = { id: 'd', usedAt: now, sends: [], checks: [], nextSend: 0 }
    const ledger = ledgerOf([challengeOf({ failed: 'held' })], { checks: spent, devices: [device] })
    expect(statusOf(ledger)).toBe('rate_limited')
    expect(statusOf({ ...ledger, challenges: [challengeOf()] }, 1, cid, device)).toBe('wrong')
    expect(statusOf(ledger, 1, cid, device)).toBe('rate_limited')
  })
})

describe('the metadata of a session', () => {
  const number = '0123456789ab'
  const entry = { sid, cid, n: 2, round: { at: 36, asked: 'answer' as const }, number }
  const written = `otp2|${sid}|${cid}|2|10A|${number}|`

  it('comes back as it was written', () => {
    for (const n of [0, 999]) {
      for (const asked of ['whatsapp', 'sms', 'answer', 'nothing'] as const) {
        for (const change of [{}, { change: 'c'.repeat(80) }]) {
          const all = { ...entry, n, round: { at: now, asked }, ...change }
          expect(readMetadata(metadataOf(all))).toEqual(all)
        }
      }
    }
    expect(metadataOf(entry)).toBe(written)
  })

  it.each([
    ['nothing', undefined],
    ['a list that reads like one', [written]],
    ['another marker', written.replace('otp2', 'otp1')],
    ['a session of an older version', `otp1|${cid}|2|10A`],
    ['something before it', `x ${written}`],
    ['something after it', `${written} x`],
    ['an id that is too short', written.replace(cid, 'a'.repeat(15))],
    ['an id that is too long', written.replace(sid, 'a'.repeat(33))],
    ['an id of other signs', written.replace(cid, `${'a'.repeat(20)}.`)],
    ['a count of four digits', written.replace('|2|', '|1000|')],
    ['a count that is no number', written.replace('|2|', '|x|')],
    ['a round without its letter', written.replace('10A', '10')],
    ['a round without its time', written.replace('10A', 'A')],
    ['a round of another kind', written.replace('10A', '10B')],
    ['no number', written.replace(number, '')],
    ['a number that is none', written.replace(number, '+12025550123')],
    ['a change that is too long', `${written}${'c'.repeat(201)}`],
  ])('is not read from %s', (_name, metadata) => {
    expect(readMetadata(metadata)).toBeUndefined()
  })
})

describe('a wish', () => {
  const none = {
    action: undefined,
    sms: false,
    locale: undefined,
    device: undefined,
    phoneNumber: undefined,
  }

  it('is read from what an app sends along', () => {
    expect(readWish({ action: 'resend', channel: 'sms', locale: 'pt-BR' })).toEqual({
      ...none,
      action: 'resend',
      sms: true,
      locale: 'pt-BR',
    })
    for (const action of ['unlock', 'forget_devices', 'change_number'] as const) {
      expect(readWish({ action })).toEqual({ ...none, action })
    }
    expect(readWish({ action: 'send', channel: 'whatsapp' })).toEqual(none)
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'resend'],
    ['a function that carries one', Object.assign(() => {}, { action: 'resend', channel: 'sms' })],
    ['what it inherited', Object.create({ action: 'resend', channel: 'sms', locale: 'pt' })],
    ['other names', { Action: 'resend', CHANNEL: 'sms', language: 'pt' }],
  ])('is not read from %s', (_name, metadata) => {
    expect(readWish(metadata)).toEqual(none)
  })

  it.each(['pt', 'gsw', 'PT-br', 'zh_Hans_CN', 'es-419', 'sl-rozaj-1994'])('may be for %s', (locale) => {
    expect(readWish({ locale }).locale).toBe(locale)
  })

  it.each([
    '',
    'p',
    'port',
    'pt-',
    'pt-B',
    'pt--BR',
    'pt-BR-',
    'pt-abcdefghi',
    ' pt',
    'pt ',
    '1t',
    'pt-é!',
    ['pt'],
    7,
  ])('is not for «%s»', (locale) => {
    expect(readWish({ locale }).locale).toBeUndefined()
  })
})

describe('the device in a wish', () => {
  it.each([
    ['128 bits in base64url', 'k7PZ0m3u9Qw1xR5tY8vB2-'],
    ['in base64', `${'A'.repeat(20)}+/==`],
    ['in hex', '0123456789abcdef0123456789abcdef'],
    ['as long as one may be', 'z'.repeat(200)],
  ])('is a secret of %s', (_name, device) => {
    expect(readWish({ device }).device).toBe(device)
  })

  it.each([
    ['too short', 'A'.repeat(21)],
    ['too long', 'A'.repeat(201)],
    ['of other signs', `${'A'.repeat(22)}!`],
    ['of two lines', `${'A'.repeat(22)}\n`],
    ['no text', ['A'.repeat(22)]],
  ])('is none where it is %s', (_name, device) => {
    expect(readWish({ device }).device).toBeUndefined()
  })
})

describe('the number in a wish', () => {
  it.each(['+12025550123', '+5511987654321', '+999123456789012'])('is %s', (phoneNumber) => {
    expect(readWish({ phoneNumber }).phoneNumber).toBe(phoneNumber)
  })

  it.each(['12025550123', '+0123456789', '+120255', '+1202555012a', '+1 202 555 0123', '+1202555012312345'])(
    'is not «%s»',
    (phoneNumber) => {
      expect(readWish({ phoneNumber }).phoneNumber).toBeUndefined()
    },
  )
})

it.each([
  ['resend', true],
  ['unlock', true],
  ['forget_devices', false],
  ['change_number', false],
  [undefined, false],
] as const)('an answer with the wish «%s» is no code at all: %s', (action, is) => {
  expect(isRequest(readWish(action === undefined ? {} : { action }))).toBe(is)
})
