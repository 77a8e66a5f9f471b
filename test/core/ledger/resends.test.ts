// One more message for a session: the same code or a new one, its repetitions, and whose code it is.
import { describe, expect, it } from 'vitest'
import { recordFailure } from '../../../src/core/ledger/deliveries.ts'
import { emptyLedger, type Ledger } from '../../../src/core/ledger/ledger.ts'
import { limits } from '../../limits.ts'
import {
  answered,
  draft,
  failures,
  first,
  knowing,
  latest,
  minute,
  permitOf,
  proven,
  resend,
  start,
  times,
  withCode,
} from './drafts.ts'

const granted = (ledger: Ledger, now: number, how = {}) =>
  resend(ledger, now, latest(ledger).cid, how).outcome

describe('a resend', () => {
  it('keeps the code, its tries and its expiry', () => {
    const ledger = answered(withCode(), start + 1)
    const before = latest(ledger)
    const asked = draft()
    const { outcome, next } = resend(ledger, start + minute, before.cid, { asked })
    const challenge = { ...before, key: asked.key, by: asked.by, sends: 2, sentAt: start + minute }
    expect(outcome).toEqual({ kind: 'granted', challenge })
    expect(next).toEqual({
      ...ledger,
      sends: [start, start + minute],
      nextSend: start + minute + 45_000,
      challenges: [challenge],
    })
  })

  it('repeats a code that has a whole minute to live, and none that has less', () => {
    const ledger = withCode()
    const { cid } = latest(ledger)
    expect(granted(ledger, start + 4 * minute)).toMatchObject({ challenge: { cid } })
    expect(granted(ledger, start + 4 * minute + 1)).not.toMatchObject({ challenge: { cid } })
  })

  it('repeats a code with one try of its session left, whatever other sessions have tried', () => {
    let ledger = withCode()
    const { cid } = latest(ledger)
    for (let n = 0; n < 3; n++) ledger = answered(ledger, start + n, { sid: 'other' })
    for (let n = 0; n < 2; n++) ledger = answered(ledger, start + n)
    expect(granted(ledger, start + minute)).toMatchObject({
      challenge: { cid, tries: { session: 2, other: 3 } },
    })
    ledger = answered(ledger, start + 3)
    expect(granted(ledger, start + minute)).not.toMatchObject({ challenge: { cid } })
    expect(granted(ledger, start + minute, { sid: 'third' })).toMatchObject({ challenge: { cid } })
  })

  it('makes a new code where the old one is gone, used, outgrown, or its key is lost', () => {
    const ledger = withCode()
    const { cid } = latest(ledger)
    const isNew = (state: Ledger, now: number) => {
      const asked = draft()
      expect(resend(state, now, cid, { asked })).toMatchObject({
        outcome: { kind: 'granted', challenge: { cid: asked.cid, sends: 1 } },
      })
    }
    isNew(ledger, start + 5 * minute)
    isNew(proven(ledger, start), start + minute)
    isNew({ ...ledger, failures: failures(16) }, start + minute)
    isNew({ ...ledger, challenges: [{ ...latest(ledger), kid: 'gone' }] }, start + minute)
  })

  it('makes a new code in the place of no other, with the length that codes have now', () => {
    const ledger = withCode()
    const asked = draft()
    const now = start + 4 * minute + 1
    const { next } = resend({ ...ledger, failures: failures(8) }, now, latest(ledger).cid, { asked })
    expect(next?.challenges).toMatchObject([
      latest(ledger),
      { cid: asked.cid, ...asked.codeOf(8), length: 8 },
    ])
  })

  it('is held back by cooldown and caps like a first message, for an old and a new code, and changes nothing', () => {
    const ledger = withCode()
    const { cid } = latest(ledger)
    const refused = (reason: string) => ({ outcome: { kind: 'refused', reason } })
    expect(resend(ledger, start + 44_999, cid)).toEqual(refused('cooldown'))
    expect(resend(ledger, start + 44_999, 'none')).toEqual(refused('cooldown'))
    const full = { ...ledger, sends: times(5, start) }
    expect(resend(full, start + minute, cid)).toEqual(refused('hour'))
    expect(resend(full, start + 4 * minute + 1, cid)).toEqual(refused('hour'))
    expect(resend({ ...ledger, checks: times(10, start) }, start + minute, cid)).toEqual(refused('checks'))
  })

  it('for a known device is not held back by strangers, and takes nothing from them', () => {
    const known = knowing(['d'])
    const ledger = { ...withCode(known), sends: times(10, start), checks: times(20, start) }
    const { cid } = latest(ledger)
    expect(granted(ledger, start + 1)).toEqual({ kind: 'refused', reason: 'day' })
    const { outcome, next } = resend(ledger, start + 1, cid, { asked: draft({ device: 'd' }) })
    expect(outcome).toMatchObject({ kind: 'granted', challenge: { cid, sends: 2 } })
    expect(next).toMatchObject({ sends: ledger.sends, nextSend: ledger.nextSend })
    expect(next?.devices).toMatchObject([{ sends: [start + 1], nextSend: start + 1 + 45_000 }])
  })

  it('for a known device goes on with a code that only strangers have outgrown', () => {
    const ledger = { ...withCode(knowing(['d'])), failures: failures(40) }
    const { cid } = latest(ledger)
    const asked = draft({ device: 'd' })
    expect(granted(ledger, start + minute, { asked })).toMatchObject({ challenge: { cid } })
    const own = { ...ledger, deviceFailures: failures(16) }
    expect(granted(own, start + minute, { asked: draft({ device: 'd' }) })).toMatchObject({
      challenge: { length: 8 },
    })
  })

  it('forgets that the message before it failed', () => {
    const ledger = withCode()
    const failed = recordFailure(ledger, start + 1_000, permitOf(latest(ledger)), 'unavailable').next!
    expect(latest(failed)).toHaveProperty('failed', 'unavailable')
    expect(latest(resend(failed, start + minute, latest(failed).cid).next!)).not.toHaveProperty('failed')
  })

  it('of the fixed code of a test number needs no key, and does not outgrow it', () => {
    const asked = { asked: draft({ testLength: 6 }) }
    const ledger = { ...withCode(undefined, start, { testLength: 6 }), failures: failures(80) }
    const keyless = { ...ledger, challenges: [{ ...latest(ledger), kid: 'gone' }] }
    expect(granted(keyless, start + minute, asked)).toMatchObject({ challenge: { cid: latest(ledger).cid } })
  })
})

describe('a resend of a number that has become a test number, or is one no more', () => {
  it.each([
    ['to one', undefined, 6],
    ['from one', 6, undefined],
    ['with a code of another length', 6, 7],
  ])('makes a new code: %s', (_name, before, after) => {
    const ledger = withCode(undefined, start, { testLength: before })
    const asked = draft({ testLength: after })
    expect(granted(ledger, start + minute, { asked })).toMatchObject({
      kind: 'granted',
      challenge: { cid: asked.cid, length: after ?? 6 },
    })
  })
})

describe('a repetition of a resend', () => {
  const asked = draft()
  const again = { asked: { ...draft(), key: asked.key } }

  it.each([
    ['the same code', minute],
    ['a new code', 4 * minute + 1],
  ])('with %s sends nothing, whenever it comes, and costs nothing', (_name, after) => {
    const ledger = withCode()
    const { cid } = latest(ledger)
    const { next } = resend(ledger, start + after, cid, { asked })
    for (const later of [0, 500, 15_000, 50_000]) {
      expect(resend(next!, start + after + later, cid, again)).toEqual({
        outcome: { kind: 'adopted', challenge: latest(next!) },
      })
    }
  })

  it('is still granted to the invocation that holds the permit, where its write was reported as failed', () => {
    const ledger = withCode()
    for (const after of [minute, 4 * minute + 1]) {
      const own = draft()
      const { outcome, next } = resend(ledger, start + after, latest(ledger).cid, { asked: own })
      expect(resend(next!, start + after + 200, latest(ledger).cid, { asked: own })).toEqual({ outcome })
    }
  })

  it('is none where another request of the same session comes', () => {
    const ledger = withCode()
    const { cid } = latest(ledger)
    const { next } = resend(ledger, start + minute, cid, { asked })
    expect(resend(next!, start + minute + 1, cid).outcome).toEqual({ kind: 'refused', reason: 'cooldown' })
    expect(resend(next!, start + 2 * minute, cid).outcome).toMatchObject({
      kind: 'granted',
      challenge: { sends: 3 },
    })
  })
})

const strangers = [
  ['another user', { user: 'other' }],
  ['another client', { client: 'other' }],
] as const

describe.each(strangers)('a resend by %s', (_name, stranger) => {
  it('gets a code of its own, not the one that the session names', () => {
    const ledger = withCode()
    const asked = draft(stranger)
    const { outcome, next } = resend(ledger, start + minute, latest(ledger).cid, { asked })
    expect(outcome).toMatchObject({ kind: 'granted', challenge: { cid: asked.cid, sends: 1, ...stranger } })
    expect(next?.challenges).toHaveLength(2)
    expect(next?.challenges[0]).toEqual(latest(ledger))
  })

  it('is no repetition of a send that the owner was permitted, though it had the same key', () => {
    const own = draft()
    const ledger = resend(withCode(), start + minute, 'none', { asked: own }).next!
    const asked = draft({ ...stranger, key: own.key })
    expect(resend(ledger, start + 2 * minute, own.cid, { asked }).outcome).toMatchObject({
      kind: 'granted',
      challenge: { cid: asked.cid },
    })
  })
})

describe('a resend by SMS', () => {
  const long = { ...limits, codeLifeMs: 10 * minute, cooldownMs: 1_000 }
  const sent = () => first(emptyLedger, start, draft(), long).next!
  const bySms = (ledger: Ledger, now: number, rules = long) =>
    resend(ledger, now, latest(ledger).cid, { wanted: 'sms', rules })

  it('is refused until a message by WhatsApp has had 30 s to arrive, though the cooldown is over', () => {
    const ledger = sent()
    expect(bySms(ledger, start + 29_999)).toEqual({ outcome: { kind: 'refused', reason: 'cooldown' } })
    expect(bySms(ledger, start + 30_000)).toMatchObject({
      outcome: { kind: 'granted', challenge: { channel: 'sms', sends: 2 } },
      next: { sms: [start + 30_000], sends: [start, start + 30_000] },
    })
    expect(resend(ledger, start + 29_999, latest(ledger).cid, { rules: long }).next).toMatchObject({
      sms: [],
    })
  })

  it('may follow a failed message as soon as anything may, and an SMS after the cooldown', () => {
    const ledger = sent()
    const failed = recordFailure(ledger, start + 1_000, permitOf(latest(ledger)), 'delivery_failed').next!
    const next = bySms(failed, start + 6_000).next!
    expect(latest(next)).toMatchObject({ channel: 'sms' })
    expect(bySms(next, start + 7_000).outcome.kind).toBe('granted')
  })

  it.each(['held', 'unavailable'] as const)(
    'does not follow sooner a message that was not tried (%s)',
    (failed) => {
      const ledger = sent()
      const noted = recordFailure(ledger, start + 1_000, permitOf(latest(ledger)), failed).next!
      expect(bySms(noted, start + 29_999)).toEqual({ outcome: { kind: 'refused', reason: 'cooldown' } })
      expect(bySms(noted, start + 30_000).outcome.kind).toBe('granted')
    },
  )

  it('is held back by the cooldown and the caps of messages before all else', () => {
    const ledger = withCode()
    expect(bySms(ledger, start + 44_999, limits).outcome).toEqual({ kind: 'refused', reason: 'cooldown' })
    const full = { ...ledger, sends: times(5, start), sms: times(3, start) }
    expect(bySms(full, start + minute, limits).outcome).toEqual({ kind: 'refused', reason: 'hour' })
  })

  it('is granted three times a day to strangers, and as often to devices, whatever the others have had', () => {
    const code = withCode(knowing(['d']))
    const { cid } = latest(code)
    const outcomes = (ledger: Ledger) => {
      const asked = draft({ device: 'd' })
      const byDevice = resend(ledger, start + minute, cid, { asked, wanted: 'sms' }).outcome
      return [bySms(ledger, start + minute).outcome, byDevice]
    }
    const spent = { kind: 'refused', reason: 'sms' }
    const granted = expect.objectContaining({ kind: 'granted' })
    expect(outcomes({ ...code, sms: times(3, start) })).toEqual([spent, granted])
    expect(outcomes({ ...code, deviceSms: times(3, start) })).toEqual([granted, spent])
    const ledger = { ...code, sms: times(3, start) }
    expect(resend(ledger, start + minute, cid).outcome.kind).toBe('granted')
    const two = { ...ledger, sms: times(2, start) }
    expect(bySms(two, start + minute).outcome.kind).toBe('granted')
  })

  it('that needs a new code begins with WhatsApp', () => {
    const ledger = withCode()
    expect(bySms(ledger, start + 10 * minute)).toMatchObject({
      outcome: { kind: 'granted', challenge: { channel: 'whatsapp', sends: 1 } },
      next: { sms: [] },
    })
  })
})
