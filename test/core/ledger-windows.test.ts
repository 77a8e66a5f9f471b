// The edges of every window and cap, to the millisecond, and which of several reasons is told.
import { describe, expect, it } from 'vitest'
import {
  type Challenge,
  checksLeft,
  dayMs,
  emptyLedger,
  expiryOf,
  findChallenge,
  hourMs,
  type Ledger,
  prune,
  sendWait,
  windowWait,
  withChallenge,
} from '../../src/core/ledger.ts'
import { charge, consume } from '../../src/core/ledger-checks.ts'
import { recordFailure, reserveResend, reserveSms } from '../../src/core/ledger-sends.ts'
import { limits } from '../limits.ts'
import { draft, first, start } from './drafts.ts'

const minute = 60_000
const ledgerOf = (changes: Partial<Ledger>): Ledger => ({ ...emptyLedger, ...changes })
const times = (count: number, at: number) => Array.from({ length: count }, (_, n) => at + n)
const resend = (ledger: Ledger, now: number, session: { cid: string; n: number }, asked = draft()) =>
  reserveResend(ledger, now, limits, asked, session, 'whatsapp', ['k1'])

it('what has left a window is no longer in the way of anything', () => {
  expect(windowWait([start - hourMs - 5], start, hourMs, 1)).toBe(0)
  expect(windowWait([start - hourMs], start, hourMs, 1)).toBe(0)
  expect(windowWait([start - hourMs + 1], start, hourMs, 1)).toBe(1)
})

describe('what is told to wait', () => {
  it.each([
    ['nothing', {}, { waitMs: 0 }],
    ['the cooldown', { nextSend: start + 1 }, { waitMs: 1, reason: 'cooldown' }],
    ['no cooldown that is over', { nextSend: start }, { waitMs: 0 }],
    ['no cooldown of long ago', { nextSend: start - 1 }, { waitMs: 0 }],
    ['the hour', { sends: times(5, start - 10) }, { waitMs: hourMs - 10, reason: 'hour' }],
    ['no hour with one send less', { sends: times(4, start - 10) }, { waitMs: 0 }],
    ['the day', { sends: times(10, start - 2 * hourMs) }, { waitMs: 22 * hourMs, reason: 'day' }],
    ['the day rather than the hour', { sends: times(10, start - 10) }, { waitMs: dayMs - 10, reason: 'day' }],
    ['the checks of an hour', { checks: times(10, start - 10) }, { waitMs: hourMs - 10, reason: 'checks' }],
    ['the checks of a day', { checks: times(20, start - 10) }, { waitMs: dayMs - 10, reason: 'checks' }],
    [
      'the longest of several',
      { checks: times(10, start - minute), nextSend: start + minute, sends: times(5, start - 2 * minute) },
      { waitMs: 59 * minute, reason: 'checks' },
    ],
    ['nothing at the last failure before the lock', { failures: 95, lastFailure: start }, { waitMs: 0 }],
    [
      'the lock, before all others',
      { failures: 96, lastFailure: start - dayMs, sends: times(10, start - 10) },
      { waitMs: 89 * dayMs, reason: 'locked' },
    ],
  ])('is %s', (_name, changes: Partial<Ledger>, expected) => {
    expect(sendWait(ledgerOf(changes), start, limits)).toEqual(expected)
  })
})

describe('the answers left', () => {
  it('are those of the hour, of the day and of the failures in a row, whichever are fewer', () => {
    const left = (changes: Partial<Ledger>) => checksLeft(ledgerOf(changes), start, limits)
    expect(left({})).toBe(10)
    expect(left({ checks: times(3, start - 10) })).toBe(7)
    expect(left({ checks: times(3, start - hourMs - 10) })).toBe(10)
    expect(left({ checks: times(15, start - 2 * hourMs) })).toBe(5)
    expect(left({ failures: 97 })).toBe(3)
    expect(left({ failures: 101 })).toBe(0)
  })

  it('come back as a check leaves its window', () => {
    const checks = times(10, start)
    expect(checksLeft(ledgerOf({ checks }), start + hourMs - 1, limits)).toBe(0)
    expect(checksLeft(ledgerOf({ checks }), start + hourMs, limits)).toBe(1)
    const day = times(20, start)
    expect(checksLeft(ledgerOf({ checks: day }), start + dayMs - 1, limits)).toBe(0)
    expect(checksLeft(ledgerOf({ checks: day }), start + dayMs, limits)).toBe(1)
  })
})

it('begins empty', () => {
  expect(emptyLedger).toEqual({
    ...{ sends: [], sms: [], checks: [], challenges: [] },
    ...{ nextSend: 0, failures: 0, lastFailure: 0, lastSuccess: 0 },
  })
})

describe('pruning', () => {
  it('keeps what is younger than a day, to the millisecond', () => {
    const old = ledgerOf({ sends: [start, start + 1], sms: [start, start + 1], checks: [start, start + 1] })
    expect(prune(old, start + dayMs)).toMatchObject({
      sends: [start + 1],
      sms: [start + 1],
      checks: [start + 1],
    })
  })

  it('forgives failures after ninety days without one, and keeps them until then', () => {
    const failing = ledgerOf({ failures: 40, lastFailure: start })
    expect(prune(failing, start + 90 * dayMs - 1).failures).toBe(40)
    expect(prune(failing, start + 90 * dayMs).failures).toBe(0)
  })

  it('keeps all else as it is', () => {
    const { next } = first(ledgerOf({ lastSuccess: 7, failures: 2, lastFailure: start }), start)
    expect(prune(next!, start + 1)).toEqual(next)
  })
})

describe('the time a ledger is kept', () => {
  it('is in whole seconds, rounded up, and longest for who has signed in', () => {
    const seconds = (ledger: Ledger) => expiryOf(ledger, start + 1) - start / 1000
    expect(seconds(emptyLedger)).toBe((2 * dayMs) / 1000 + 1)
    expect(seconds(ledgerOf({ failures: 1, lastSuccess: start }))).toBe((400 * dayMs) / 1000 + 1)
  })
})

describe('one challenge of several', () => {
  it('is found and replaced by its id', () => {
    const two = [draft(), draft()].reduce(
      (ledger, asked, n) => first(ledger, start + n * minute, asked).next!,
      emptyLedger,
    )
    const [one, other] = two.challenges as [Challenge, Challenge]
    expect(findChallenge(two, other.cid)).toBe(other)
    expect(findChallenge(two, 'none')).toBeUndefined()
    const changed = { ...other, attempts: 2 }
    expect(withChallenge(two, changed)).toEqual({ ...two, challenges: [one, changed] })
  })
})

describe('sharing the code of a first request', () => {
  const granted = () => {
    const code = draft()
    return { code, ledger: first(emptyLedger, start, code).next! }
  }

  it('goes on until a new one may be sent, to the millisecond, and changes nothing', () => {
    const { ledger } = granted()
    const shared = { outcome: { kind: 'adopted', challenge: ledger.challenges[0] } }
    for (const after of [1, 5_000, 16_000, 59_999]) expect(first(ledger, start + after)).toEqual(shared)
    expect(first(ledger, start + minute).outcome.kind).toBe('granted')
  })

  it('goes on while the hour is full, as long as the code lives', () => {
    let ledger = emptyLedger
    for (let n = 0; n < 5; n++) ledger = first(ledger, start + n * minute).next!
    const latest = ledger.challenges.at(-1)
    const outcome = { kind: 'adopted', challenge: latest }
    expect(first(ledger, start + 9 * minute - 1)).toEqual({ outcome })
    expect(first(ledger, start + 9 * minute).outcome).toEqual({ kind: 'refused', reason: 'hour' })
  })

  it('ends as soon as anybody has gone on with the code', () => {
    const { ledger, code } = granted()
    const refused = { kind: 'refused', reason: 'cooldown' }
    const answered = charge(ledger, start + 1_000, limits, code).next!
    expect(first(answered, start + 2_000).outcome).toEqual(refused)
    const used = consume(ledger, start + 1_000, code.cid, 'me').next!
    expect(first(used, start + 2_000).outcome).toEqual(refused)
    const again = resend(ledger, start + minute, { cid: code.cid, n: 1 }).next!
    expect(first(again, start + minute + 1).outcome).toEqual(refused)
  })

  it('is of the code of its own client, though another one has got a newer one', () => {
    const { ledger, code } = granted()
    const other = draft({ client: 'other' })
    const two = first(ledger, start + minute, other).next!
    const shared = (asked: ReturnType<typeof draft>) => first(two, start + minute + 1, asked).outcome
    expect(shared(draft())).toMatchObject({ kind: 'adopted', challenge: { cid: code.cid } })
    expect(shared(draft({ client: 'other' }))).toMatchObject({
      kind: 'adopted',
      challenge: { cid: other.cid },
    })
  })

  it('is of no use to a number that has no answers left', () => {
    const { ledger } = granted()
    const refusalOf = (changes: Partial<Ledger>) => first({ ...ledger, ...changes }, start + 1_000).outcome
    const checks = Array.from({ length: 10 }, () => start)
    expect(refusalOf({ checks })).toEqual({ kind: 'refused', reason: 'checks' })
    expect(refusalOf({ failures: 96, lastFailure: start })).toEqual({ kind: 'refused', reason: 'locked' })
  })

  it('does not reach a code that a resend opened', () => {
    const { ledger, code } = granted()
    const late = resend(ledger, start + 250_000, { cid: code.cid, n: 1 }).next!
    expect(first(late, start + 251_000).outcome).toEqual({ kind: 'refused', reason: 'cooldown' })
  })

  it('holds for a failed message too, until the pause after it is over', () => {
    const { ledger, code } = granted()
    const failed = recordFailure(ledger, start + 1_000, code, 'delivery_failed').next!
    expect(first(failed, start + 5_999).outcome.kind).toBe('adopted')
    expect(first(failed, start + 6_000).outcome.kind).toBe('granted')
    const full = { ...failed, sends: Array.from({ length: 5 }, () => start) }
    expect(first(full, start + 5_999).outcome.kind).toBe('adopted')
    expect(first(full, start + 6_000).outcome).toEqual({ kind: 'refused', reason: 'hour' })
  })

  it('grants a whole challenge, of which nothing has been used', () => {
    const { ledger, code } = granted()
    expect(ledger).toEqual({
      ...emptyLedger,
      sends: [start],
      nextSend: start + minute,
      challenges: [
        {
          ...code,
          key: 'first:client',
          expiresAt: start + 5 * minute,
          attempts: 0,
          sends: 1,
          channel: 'whatsapp',
        },
      ],
    })
  })
})

describe('a resend', () => {
  const granted = () => {
    const code = draft()
    return { code, ledger: first(emptyLedger, start, code).next! }
  }

  it('repeats a code that has a whole minute to live, and none that has less', () => {
    const { ledger, code } = granted()
    const at = (now: number) => resend(ledger, now, { cid: code.cid, n: 1 }).outcome
    expect(at(start + 4 * minute)).toMatchObject({ kind: 'granted', challenge: { cid: code.cid } })
    expect(at(start + 4 * minute + 1)).not.toMatchObject({ challenge: { cid: code.cid } })
  })

  it('repeats a code with one try left, and none without', () => {
    const { ledger, code } = granted()
    let tried = ledger
    for (let n = 0; n < 2; n++) tried = charge(tried, start, limits, code).next!
    const at = (state: Ledger) => resend(state, start + minute, { cid: code.cid, n: 1 }).outcome
    expect(at(tried)).toMatchObject({ kind: 'granted', challenge: { cid: code.cid, attempts: 2 } })
    expect(at(charge(tried, start, limits, code).next!)).not.toMatchObject({ challenge: { cid: code.cid } })
  })

  it('forgets that the message before it failed', () => {
    const { ledger, code } = granted()
    const failed = recordFailure(ledger, start + 1_000, code, 'unavailable').next!
    const again = resend(failed, start + minute, { cid: code.cid, n: 1 }).next!
    expect(again.challenges[0]).not.toHaveProperty('failed')
  })

  it('is held back by the cooldown and the caps like a first message, and changes nothing then', () => {
    const { ledger, code } = granted()
    const session = { cid: code.cid, n: 1 }
    expect(resend(ledger, start + minute - 1, session)).toEqual({
      outcome: { kind: 'refused', reason: 'cooldown' },
    })
    const full = { ...ledger, sends: times(5, start) }
    expect(resend(full, start + minute, session)).toEqual({ outcome: { kind: 'refused', reason: 'hour' } })
    const old = resend(full, start + 4 * minute + 1, session)
    expect(old).toEqual({ outcome: { kind: 'refused', reason: 'hour' } })
  })

  it('by SMS counts as one, and is held back where a number has had three', () => {
    const { ledger, code } = granted()
    const bySms = (state: Ledger, channel: 'sms' | 'whatsapp') =>
      reserveResend(state, start + minute, limits, draft(), { cid: code.cid, n: 1 }, channel, ['k1'])
    expect(bySms(ledger, 'sms').next).toMatchObject({
      sms: [start + minute],
      challenges: [{ channel: 'sms' }],
    })
    expect(bySms(ledger, 'whatsapp').next).toMatchObject({ sms: [], challenges: [{ channel: 'whatsapp' }] })
    const spent = { ...ledger, sms: times(3, start) }
    expect(bySms(spent, 'sms').outcome).toEqual({ kind: 'refused', reason: 'sms' })
    expect(bySms(spent, 'whatsapp').outcome.kind).toBe('granted')
  })
})

describe('the failure of a message', () => {
  const granted = () => {
    const code = draft()
    return { code, ledger: first(emptyLedger, start, code).next! }
  }

  it('of delivery shortens the pause to five seconds; any other leaves it whole', () => {
    const { ledger, code } = granted()
    const noted = (failed: 'delivery_failed' | 'unavailable' | 'rate_limited') =>
      recordFailure(ledger, start + 1_000, code, failed).next!
    expect(noted('delivery_failed')).toEqual({
      ...ledger,
      nextSend: start + 6_000,
      challenges: [{ ...ledger.challenges[0], failed: 'delivery_failed' }],
    })
    expect(noted('unavailable').nextSend).toBe(start + minute)
    expect(noted('rate_limited').nextSend).toBe(start + minute)
  })

  it('is noted once, by whoever held the permit, and not for a code that is gone', () => {
    const { ledger, code } = granted()
    const noted = recordFailure(ledger, start, code, 'unavailable').next!
    expect(recordFailure(noted, start, code, 'unavailable')).toEqual({ outcome: undefined })
    expect(recordFailure(ledger, start, { ...code, by: 'x' }, 'unavailable')).toEqual({ outcome: undefined })
    expect(recordFailure(ledger, start, { cid: 'none', by: code.by }, 'unavailable')).toEqual({
      outcome: undefined,
    })
    expect(recordFailure(ledger, start + 5 * minute, code, 'unavailable')).toEqual({ outcome: undefined })
  })
})

describe('a move to SMS', () => {
  it('counts one SMS, changes the channel, and nothing else', () => {
    const code = draft()
    const ledger = first(emptyLedger, start, code).next!
    expect(reserveSms(ledger, start + 1, code)).toEqual({
      outcome: true,
      next: { ...ledger, sms: [start + 1], challenges: [{ ...ledger.challenges[0], channel: 'sms' }] },
    })
    expect(reserveSms(ledger, start + 1, { cid: 'none', by: code.by })).toEqual({ outcome: false })
  })

  it('is allowed again when the oldest of three is a day old', () => {
    const code = draft()
    const ledger = { ...first(emptyLedger, start, code).next!, sms: times(3, start - dayMs + 10) }
    expect(reserveSms(ledger, start + 9, code).outcome).toBe(false)
    expect(reserveSms(ledger, start + 10, code).outcome).toBe(true)
  })
})

describe('a payment', () => {
  const granted = () => {
    const code = draft()
    return { code, ledger: first(emptyLedger, start, code).next! }
  }

  it('is taken from code, hour, day and failures, and from nothing else', () => {
    const { ledger, code } = granted()
    const stalled = { ...ledger, challenges: [{ ...ledger.challenges[0]!, stalled: true as const }] }
    const { outcome, next } = charge({ ...stalled, failures: 4, lastFailure: start }, start + 1, limits, code)
    const charged = { ...ledger.challenges[0]!, attempts: 1 }
    expect(outcome).toEqual({ kind: 'charged', challenge: charged })
    expect(next).toEqual({
      ...ledger,
      checks: [start + 1],
      failures: 5,
      lastFailure: start + 1,
      challenges: [charged],
    })
    expect(next?.challenges[0]).not.toHaveProperty('stalled')
  })

  it('is refused for a code with more tries than allowed, whichever way that came about', () => {
    const { ledger, code } = granted()
    const over = { ...ledger, challenges: [{ ...ledger.challenges[0]!, attempts: 4 }] }
    expect(charge(over, start, limits, code).outcome).toEqual({ kind: 'refused', reason: 'exhausted' })
  })

  it('is refused as locked beyond the cap of failures, not only at it', () => {
    const { ledger, code } = granted()
    const over = { ...ledger, failures: 120, lastFailure: start }
    expect(charge(over, start, limits, code).outcome).toEqual({ kind: 'refused', reason: 'locked' })
  })
})

describe('using a code up', () => {
  it('notes who and when, erases the code, ends the row of failures, and tells the time before', () => {
    const code = draft()
    const ledger = {
      ...first(emptyLedger, start, code).next!,
      failures: 3,
      lastFailure: start,
      lastSuccess: start - dayMs,
    }
    expect(consume(ledger, start + 1, code.cid, 'me')).toEqual({
      outcome: { won: true, previousSuccess: start - dayMs },
      next: {
        ...ledger,
        failures: 0,
        lastSuccess: start + 1,
        challenges: [{ ...ledger.challenges[0], usedAt: start + 1, usedBy: 'me', sealed: '' }],
      },
    })
  })

  it('that was done already changes nothing, and was won by one', () => {
    const code = draft()
    const used = consume(first(emptyLedger, start, code).next!, start, code.cid, 'me').next!
    expect(consume(used, start + 1, code.cid, 'me')).toEqual({
      outcome: { won: true, previousSuccess: start },
    })
    expect(consume(used, start + 1, code.cid, 'you')).toEqual({
      outcome: { won: false, previousSuccess: start },
    })
    expect(consume(used, start + 1, 'none', 'me')).toEqual({
      outcome: { won: false, previousSuccess: start },
    })
  })
})
