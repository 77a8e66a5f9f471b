// What an app is shown of a challenge, and what it may say: exact forms, and nothing for what is out of form.
import { describe, expect, it } from 'vitest'
import {
  metadataOf,
  publicParameters,
  readMetadata,
  readWish,
  statusAfterAnswer,
} from '../../src/core/challenge.ts'
import { type Challenge, dayMs, emptyLedger, type Ledger } from '../../src/core/ledger/ledger.ts'
import { limits } from '../limits.ts'

const now = Date.UTC(2026, 10, 23, 12)
const cid = 'AAAAAAAAAAAAAAAAAAAAAA'

function challengeOf(changes: Partial<Challenge> = {}): Challenge {
  return {
    cid,
    key: 'first:client',
    by: 'by',
    user: 'user',
    client: 'client',
    kid: 'k1',
    tag: 'tag',
    sealed: 'sealed',
    expiresAt: now + 300_000,
    attempts: 0,
    sends: 1,
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
    publicParameters('sent', limits, now, ledgerOf([], changes), challenge)

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
    expect(publicParameters('unavailable', limits, now, undefined, undefined)).toEqual({
      status: 'unavailable',
      destination: '+•••••••••••',
      channel: 'whatsapp',
      codeLength: '6',
      expiresIn: '0',
      resendIn: '5',
      attemptsLeft: '0',
    })
    expect(publicParameters('sent', limits, now, undefined, challengeOf()).attemptsLeft).toBe('0')
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
    expect(shown(challengeOf({ attempts: 2 })).attemptsLeft).toBe('1')
    expect(shown(challengeOf({ attempts: 4 })).attemptsLeft).toBe('0')
    const checks = Array.from({ length: 9 }, (_, n) => now - n)
    expect(shown(challengeOf(), { checks }).attemptsLeft).toBe('1')
  })

  it('name the channel of the code, unless another one carried it', () => {
    expect(shown(challengeOf({ channel: 'sms' })).channel).toBe('sms')
    expect(publicParameters('sent', limits, now, ledgerOf([]), challengeOf(), 'sms').channel).toBe('sms')
  })

  it('forget what is older than a day', () => {
    const sends = Array.from({ length: 10 }, () => now - dayMs)
    expect(shown(challengeOf(), { sends, nextSend: 0 }).resendIn).toBe('0')
  })
})

describe('the status after an answer', () => {
  const statusOf = (ledger: Ledger, n = 1, session = cid) =>
    statusAfterAnswer(ledger, now, limits, { cid: session, n })
  const spent = Array.from({ length: 10 }, (_, n) => now - n)

  it.each([
    ['wrong while the code lives', ledgerOf([challengeOf({ attempts: 1 })]), 'wrong'],
    ['wrong for what could not be a code', ledgerOf([challengeOf()]), 'wrong'],
    ['expired once the code was used', ledgerOf([challengeOf({ usedAt: now, attempts: 3 })]), 'expired'],
    ['expired at the very end', ledgerOf([challengeOf({ expiresAt: now })]), 'expired'],
    [
      'unavailable when it was right in vain',
      ledgerOf([challengeOf({ stalled: true, attempts: 3 })]),
      'unavailable',
    ],
    [
      'exhausted after the last try',
      ledgerOf([challengeOf({ attempts: 3 })], { checks: spent }),
      'exhausted',
    ],
    ['exhausted beyond it', ledgerOf([challengeOf({ attempts: 4 })]), 'exhausted'],
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
    ['wrong once somebody did', ledgerOf([challengeOf({ failed: 'delivery_failed', attempts: 1 })]), 'wrong'],
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
})

describe('the metadata of a session', () => {
  it('comes back as it was written', () => {
    for (const session of [
      { cid, n: 0 },
      { cid: 'a-b_c'.padEnd(16, '9'), n: 999 },
    ]) {
      for (const asked of ['whatsapp', 'sms', 'answer', 'nothing'] as const) {
        const round = { at: now, asked }
        expect(readMetadata(metadataOf(session, round))).toEqual({ ...session, round })
      }
    }
    expect(metadataOf({ cid, n: 2 }, { at: 36, asked: 'answer' })).toBe(`otp1|${cid}|2|10A`)
  })

  it('is read from a session that an older version began', () => {
    expect(readMetadata(`otp1|${cid}|2`)).toEqual({ cid, n: 2 })
  })

  it.each([
    ['nothing', undefined],
    ['a list that reads like one', [`otp1|${cid}|1`]],
    ['another marker', `otp2|${cid}|1`],
    ['something before it', `x otp1|${cid}|1`],
    ['something after it', `otp1|${cid}|1 x`],
    ['an id that is too short', `otp1|${'a'.repeat(15)}|1`],
    ['an id that is too long', `otp1|${'a'.repeat(33)}|1`],
    ['an id of other signs', `otp1|${'a'.repeat(20)}.|1`],
    ['no count', `otp1|${cid}|`],
    ['a count of four digits', `otp1|${cid}|1000`],
    ['a count that is no number', `otp1|${cid}|x`],
    ['a round without its letter', `otp1|${cid}|1|10`],
    ['a round without its time', `otp1|${cid}|1|A`],
    ['a round of another kind', `otp1|${cid}|1|10B`],
  ])('is not read from %s', (_name, metadata) => {
    expect(readMetadata(metadata)).toBeUndefined()
  })
})

describe('a wish', () => {
  const none = { resend: false, sms: false, locale: undefined }

  it('is read from what an app sends along', () => {
    expect(readWish({ action: 'resend', channel: 'sms', locale: 'pt-BR' })).toEqual({
      resend: true,
      sms: true,
      locale: 'pt-BR',
    })
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
