// The rules of one number's ledger, one by one, with the clock in hand.
import { describe, expect, it } from 'vitest'
import {
  checksLeft,
  dayMs,
  emptyLedger,
  expiryOf,
  failuresBeforeLock,
  failuresCap,
  hourMs,
  type Ledger,
  prune,
  sendWait,
  windowWait,
} from '../../src/core/ledger.ts'
import { charge, consume, refund } from '../../src/core/ledger-checks.ts'
import {
  type Draft,
  recordFailure,
  reserveFirst,
  reserveResend,
  reserveSms,
} from '../../src/core/ledger-sends.ts'
import { limits } from '../limits.ts'
import { draft, first, resend, start } from './drafts.ts'

/** A ledger with one code, sent at `start`. */
function withCode(changes: Partial<Draft> = {}): { ledger: Ledger; code: Draft } {
  const code = draft(changes)
  const { next } = reserveFirst(emptyLedger, start, limits, code)
  return { ledger: next!, code }
}

describe('a sliding window', () => {
  it('lets the next event in exactly when the oldest one in the way leaves it', () => {
    const times = [0, 10, 20]
    expect(windowWait(times, 50, 100, 3)).toBe(50)
    expect(windowWait(times, 99, 100, 3)).toBe(1)
    expect(windowWait(times, 100, 100, 3)).toBe(0)
    expect(windowWait(times, 50, 100, 4)).toBe(0)
    expect(windowWait(times, 50, 100, 2)).toBe(60)
  })
})

describe('the first code of a session', () => {
  it('is granted, counted, and followed by the cooldown', () => {
    const { ledger, code } = withCode()
    expect(ledger).toMatchObject({ sends: [start], nextSend: start + 60_000 })
    expect(ledger.challenges).toMatchObject([
      { cid: code.cid, attempts: 0, sends: 1, expiresAt: start + 300_000 },
    ])
  })

  it('is refused to others at 59 seconds and granted at 60', () => {
    const { ledger } = withCode()
    const other = draft({ client: 'other' })
    expect(first(ledger, start + 59_000, other).outcome).toEqual({ kind: 'refused', reason: 'cooldown' })
    expect(first(ledger, start + 60_000, other).outcome.kind).toBe('granted')
  })

  it('is shared by every later invocation, however many there are and however late', () => {
    const { ledger, code } = withCode()
    for (let after = 5_000; after < 60_000; after += 5_000) {
      expect(first(ledger, start + after)).toEqual({
        outcome: { kind: 'adopted', challenge: ledger.challenges[0] },
      })
    }
    expect(ledger).toMatchObject({ sends: [start], challenges: [{ cid: code.cid }] })
  })

  it('is not shared with another client, with another user, or once used', () => {
    const { ledger, code } = withCode()
    const refused = { kind: 'refused', reason: 'cooldown' }
    expect(first(ledger, start + 1_000, draft({ client: 'other' })).outcome).toEqual(refused)
    expect(first(ledger, start + 1_000, draft({ user: 'other' })).outcome).toEqual(refused)
    const used = consume(ledger, start + 1_000, code.cid, 'me').next!
    expect(first(used, start + 2_000).outcome).toEqual(refused)
  })

  it('is still ours when the write that granted it was reported as failed', () => {
    const { ledger, code } = withCode()
    const again = reserveFirst(ledger, start + 200, limits, code)
    expect(again).toEqual({ outcome: { kind: 'granted', challenge: ledger.challenges[0] } })
  })

  it('shares a failed message only until a new one is allowed', () => {
    const { ledger, code } = withCode()
    const failed = recordFailure(ledger, start + 1_000, code, 'delivery_failed').next!
    expect(failed.nextSend).toBe(start + 6_000)
    expect(first(failed, start + 5_000).outcome).toMatchObject({
      kind: 'adopted',
      challenge: { failed: 'delivery_failed' },
    })
    expect(first(failed, start + 6_000).outcome.kind).toBe('granted')
  })

  it('stops at the hour cap, at the day cap, and opens again as the windows slide', () => {
    let ledger = emptyLedger
    const granted: number[] = []
    for (let minute = 0; minute < 3 * 24 * 60; minute++) {
      const { outcome, next } = first(ledger, start + minute * 60_000)
      if (outcome.kind !== 'granted') continue
      granted.push(minute)
      ledger = next!
    }
    for (const minute of granted) {
      expect(granted.filter((other) => other >= minute && other < minute + 60).length).toBeLessThanOrEqual(5)
      expect(granted.filter((other) => other >= minute && other < minute + 1440).length).toBeLessThanOrEqual(
        10,
      )
    }
    expect(granted.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 60])
    expect(granted).toHaveLength(30)
  })
})

describe('a resend', () => {
  it('keeps the code, its tries and its expiry', () => {
    const { ledger, code } = withCode()
    const { outcome, next } = resend(ledger, start + 60_000, code.cid, 1)
    expect(outcome).toMatchObject({ kind: 'granted', challenge: { cid: code.cid, tag: code.tag, sends: 2 } })
    expect(next).toMatchObject({ sends: [start, start + 60_000], nextSend: start + 120_000 })
    expect(next?.challenges).toMatchObject([{ expiresAt: start + 300_000 }])
  })

  it('that is repeated sends nothing, whenever the repetition comes', () => {
    const { ledger, code } = withCode()
    const { next } = resend(ledger, start + 60_000, code.cid, 1)
    for (const after of [60_500, 75_000, 130_000]) {
      const repeated = resend(next!, start + after, code.cid, 1)
      expect(repeated).toEqual({ outcome: { kind: 'adopted', challenge: next!.challenges[0] } })
    }
  })

  it('makes a new code when the old one has less than a minute, no tries, a lost key, or was used', () => {
    const { ledger, code } = withCode()
    const other = (state: Ledger, now: number) => {
      const asked = draft()
      const { outcome, next } = resend(state, now, code.cid, 1, asked)
      expect(outcome).toMatchObject({ kind: 'granted', challenge: { cid: asked.cid, sends: 1 } })
      const repeated = resend(next!, now + 1_000, code.cid, 1)
      expect(repeated.outcome).toMatchObject({ kind: 'adopted', challenge: { cid: asked.cid } })
    }
    other(ledger, start + 240_001)
    other(ledger, start + 300_000)
    let exhausted = ledger
    for (let n = 0; n < 3; n++) exhausted = charge(exhausted, start + n, limits, code).next!
    other(exhausted, start + 60_000)
    other(consume(ledger, start, code.cid, 'me').next!, start + 60_000)
    other(
      { ...ledger, challenges: ledger.challenges.map((one) => ({ ...one, kid: 'gone' })) },
      start + 60_000,
    )
  })

  it("never resends somebody else's code", () => {
    const { ledger, code } = withCode()
    const asked = draft({ user: 'other' })
    const { outcome } = resend(ledger, start + 60_000, code.cid, 1, asked)
    expect(outcome).toMatchObject({ kind: 'granted', challenge: { cid: asked.cid } })
  })

  it('by SMS is granted three times a day', () => {
    let { ledger, code } = withCode()
    const bySms = (now: number, n: number) =>
      reserveResend(ledger, now, { ...limits, codeLifeMs: 600_000 }, draft(), { cid: code.cid, n }, 'sms', [
        'k1',
      ])
    for (let n = 1; n <= 3; n++) {
      const { outcome, next } = bySms(start + n * 60_000, n)
      expect(outcome).toMatchObject({ kind: 'granted', challenge: { channel: 'sms' } })
      ledger = next!
    }
    expect(bySms(start + 240_000, 4).outcome).toEqual({ kind: 'refused', reason: 'sms' })
  })
})

describe('a failed delivery', () => {
  it('shortens the cooldown but stays counted', () => {
    const { ledger, code } = withCode()
    const { next } = recordFailure(ledger, start + 1_000, code, 'delivery_failed')
    expect(next).toMatchObject({ sends: [start], nextSend: start + 6_000 })
  })

  it('never makes the cooldown longer', () => {
    const code = draft()
    const { next } = reserveFirst(emptyLedger, start, { ...limits, cooldownMs: 2_000 }, code)
    expect(recordFailure(next!, start + 500, code, 'delivery_failed').next?.nextSend).toBe(start + 2_000)
  })

  it('is noted only by the invocation that held the permit', () => {
    const { ledger, code } = withCode()
    expect(
      recordFailure(ledger, start, { cid: code.cid, by: 'somebody' }, 'delivery_failed').next,
    ).toBeUndefined()
  })

  it('may fall back to SMS three times a day, and the permit counts once', () => {
    const { ledger, code } = withCode()
    const { outcome, next } = reserveSms(ledger, start, code)
    expect(outcome).toBe(true)
    expect(reserveSms(next!, start, code)).toEqual({ outcome: true })
    const spent = { ...ledger, sms: [start - 3, start - 2, start - 1] }
    expect(reserveSms(spent, start, code)).toEqual({ outcome: false })
    expect(reserveSms(spent, start - 3 + dayMs, { ...code, by: 'x' })).toEqual({ outcome: false })
  })
})

describe('an answer', () => {
  it('is paid for by the code, the hour, the day and the failures in a row', () => {
    const { ledger, code } = withCode()
    const { outcome, next } = charge(ledger, start + 1_000, limits, code)
    expect(outcome).toMatchObject({ kind: 'charged', challenge: { attempts: 1 } })
    expect(next).toMatchObject({ checks: [start + 1_000], failures: 1, lastFailure: start + 1_000 })
  })

  it('is judged three times per code and not a fourth', () => {
    let { ledger, code } = withCode()
    for (let n = 0; n < 3; n++) ledger = charge(ledger, start + n, limits, code).next!
    expect(charge(ledger, start + 9, limits, code)).toEqual({
      outcome: { kind: 'refused', reason: 'exhausted' },
    })
  })

  it('costs nothing when the code is gone, foreign, of another client, or used', () => {
    const { ledger, code } = withCode()
    const refusal = (state: Ledger, now: number, claim: Partial<Draft>) =>
      charge(state, now, limits, { ...code, ...claim })
    const expired = { outcome: { kind: 'refused', reason: 'expired' } }
    expect(refusal(ledger, start + 300_000, {})).toEqual(expired)
    expect(refusal(ledger, start, { cid: 'none' })).toEqual(expired)
    expect(refusal(ledger, start, { user: 'other' })).toEqual(expired)
    expect(refusal(ledger, start, { client: 'other' })).toEqual(expired)
    const used = consume(ledger, start, code.cid, 'me').next!
    expect(refusal(used, start, {})).toEqual({ outcome: { kind: 'refused', reason: 'replayed' } })
  })

  it('is good one millisecond before the code expires, and not at its expiry', () => {
    const { ledger, code } = withCode()
    expect(charge(ledger, start + 299_999, limits, code).outcome.kind).toBe('charged')
    expect(charge(ledger, start + 300_000, limits, code).outcome.kind).toBe('refused')
    expect(consume(ledger, start + 300_000, code.cid, 'me').outcome.won).toBe(false)
  })

  it('is refused beyond the checks of the hour and of the day, whatever the code still allows', () => {
    const { ledger, code } = withCode()
    const hour = { ...ledger, checks: Array.from({ length: 10 }, (_, n) => start - 1_000 + n) }
    expect(charge(hour, start, limits, code).outcome).toEqual({ kind: 'refused', reason: 'rate_limited' })
    const day = { ...ledger, checks: Array.from({ length: 20 }, (_, n) => start - 2 * hourMs + n) }
    expect(charge(day, start, limits, code).outcome).toEqual({ kind: 'refused', reason: 'rate_limited' })
    expect(checksLeft(day, start, limits)).toBe(0)
    expect(sendWait(day, start, limits)).toEqual({ waitMs: 22 * hourMs, reason: 'checks' })
  })

  it('is never judged after a hundred failures in a row, and new codes stop before that', () => {
    const { ledger, code } = withCode()
    const failing = (failures: number) => ({ ...ledger, failures, lastFailure: start, nextSend: 0 })
    expect(charge(failing(failuresCap), start, limits, code).outcome).toEqual({
      kind: 'refused',
      reason: 'locked',
    })
    expect(charge(failing(failuresCap - 1), start, limits, code).outcome.kind).toBe('charged')
    expect(checksLeft(failing(failuresCap - 1), start, limits)).toBe(1)
    expect(first(failing(failuresBeforeLock), start + 20_000).outcome.kind).toBe('granted')
    expect(first(failing(failuresBeforeLock + 1), start + 20_000).outcome).toEqual({
      kind: 'refused',
      reason: 'locked',
    })
    expect(first(failing(failuresCap), start + 90 * dayMs).outcome.kind).toBe('granted')
  })

  it('that is right uses the code up once and ends the row of failures, not the checks of the day', () => {
    const { ledger, code } = withCode()
    const paid = charge(ledger, start, limits, code).next!
    const { outcome, next } = consume(paid, start + 10, code.cid, 'me')
    expect(outcome).toEqual({ won: true, previousSuccess: 0 })
    expect(next).toMatchObject({ failures: 0, lastSuccess: start + 10, checks: [start] })
    expect(next?.challenges).toMatchObject([{ sealed: '', usedAt: start + 10 }])
    expect(consume(next!, start + 20, code.cid, 'other').outcome.won).toBe(false)
    expect(consume(next!, start + 20, code.cid, 'me').outcome.won).toBe(true)
  })

  it('that was right but could not be acted upon is given back', () => {
    const { ledger, code } = withCode()
    const paid = charge(ledger, start, limits, code).next!
    const back = refund(paid, start, code.cid).next!
    expect(back).toMatchObject({ checks: [], failures: 0, challenges: [{ attempts: 0, stalled: true }] })
    expect(refund(back, start, code.cid).next).toBeUndefined()
    expect(charge(back, start, limits, code).next?.challenges[0]?.stalled).toBeUndefined()
  })
})

describe('the ledger itself', () => {
  it('forgets what no rule looks at any more', () => {
    const old = { ...withCode().ledger, checks: [start], sms: [start], failures: 7, lastFailure: start }
    expect(prune(old, start + dayMs)).toMatchObject({
      sends: [],
      sms: [],
      checks: [],
      challenges: [],
      failures: 7,
    })
    expect(prune(old, start + 90 * dayMs).failures).toBe(0)
  })

  it('is kept as long as it limits or warns somebody', () => {
    const days = (ledger: Ledger) => (expiryOf(ledger, start) * 1000 - start) / dayMs
    expect(days(emptyLedger)).toBe(2)
    expect(days({ ...emptyLedger, failures: 1 })).toBe(90)
    expect(days({ ...emptyLedger, lastSuccess: start })).toBe(400)
  })

  it('is never changed in place', () => {
    const freeze = <T>(value: T): T => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
      return value
    }
    const { ledger, code } = withCode()
    freeze(ledger)
    first(ledger, start + 1_000)
    resend(ledger, start + 60_000, code.cid, 1)
    charge(ledger, start, limits, code)
    refund(ledger, start, code.cid)
    consume(ledger, start, code.cid, 'me')
    recordFailure(ledger, start, code, 'delivery_failed')
    expect(() => reserveSms(ledger, start, code)).not.toThrow()
  })
})
