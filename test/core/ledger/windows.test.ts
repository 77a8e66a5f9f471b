// The edges of every window and cap, to the millisecond, and which of several reasons is told.
import { describe, expect, it } from 'vitest'
import { checksLeft, sendWait, windowWait } from '../../../src/core/ledger/allowance.ts'
import { dayMs, emptyLedger, expiryOf, hourMs, type Ledger, prune } from '../../../src/core/ledger/ledger.ts'
import { limits } from '../../limits.ts'
import { failures, first, knowing, minute, start, times, withCode } from './drafts.ts'

const ledgerOf = (changes: Partial<Ledger>): Ledger => ({ ...emptyLedger, ...changes })
const device = { id: 'd', usedAt: start, sends: [], checks: [], nextSend: 0 }

describe('a sliding window', () => {
  it('lets the next event in exactly when the oldest one in the way leaves it', () => {
    const times = [0, 10, 20]
    expect(windowWait(times, 50, 100, 3)).toBe(50)
    expect(windowWait(times, 99, 100, 3)).toBe(1)
    expect(windowWait(times, 100, 100, 3)).toBe(0)
    expect(windowWait(times, 50, 100, 4)).toBe(0)
    expect(windowWait(times, 50, 100, 2)).toBe(60)
  })

  it('is not bothered by what has left it', () => {
    expect(windowWait([start - hourMs - 5], start, hourMs, 1)).toBe(0)
    expect(windowWait([start - hourMs], start, hourMs, 1)).toBe(0)
    expect(windowWait([start - hourMs + 1], start, hourMs, 1)).toBe(1)
  })
})

const strict = { ...limits, lockAfter: 20 }
const waits: [string, Partial<Ledger>, ReturnType<typeof sendWait>][] = [
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
  [
    'the lock, before all others',
    { failures: failures(20, start - dayMs), sends: times(10, start - 10) },
    { waitMs: 89 * dayMs - 20, reason: 'locked' },
  ],
  ['nothing at the last failure before the lock', { failures: failures(19) }, { waitMs: 0 }],
]

describe('what is told to wait', () => {
  it.each(waits)('is %s', (_name, changes, expected) => {
    expect(sendWait(ledgerOf(changes), start, strict)).toEqual(expected)
  })

  it('to a device is its own, and nothing that strangers have used', () => {
    const usedUp = ledgerOf({
      sends: times(10, start - 10),
      checks: times(20, start - 10),
      nextSend: start + minute,
      held: [{ at: start - 1, until: start + hourMs }],
      failures: failures(50),
    })
    expect(sendWait(usedUp, start, strict, device)).toEqual({ waitMs: 0 })
    const own = { ...device, sends: times(5, start - 10) }
    expect(sendWait(emptyLedger, start, limits, own)).toEqual({ waitMs: hourMs - 10, reason: 'hour' })
    const tried = { ...device, checks: times(20, start - 10) }
    expect(sendWait(emptyLedger, start, limits, tried)).toEqual({ waitMs: dayMs - 10, reason: 'checks' })
    const pausing = { ...device, nextSend: start + 7 }
    expect(sendWait(emptyLedger, start, limits, pausing)).toEqual({ waitMs: 7, reason: 'cooldown' })
  })
})

describe('the answers left', () => {
  const left = (changes: Partial<Ledger>) => checksLeft(ledgerOf(changes), start, limits)

  it('are those of the hour or of the day, whichever are fewer', () => {
    expect(left({})).toBe(10)
    expect(left({ checks: times(3, start - 10) })).toBe(7)
    expect(left({ checks: times(3, start - hourMs - 10) })).toBe(10)
    expect(left({ checks: times(15, start - 2 * hourMs) })).toBe(5)
    expect(left({ checks: times(30, start - 2 * hourMs) })).toBe(0)
  })

  it('do not run out with failures, however many, unless a lock is asked for', () => {
    expect(left({ failures: failures(100) })).toBe(10)
    expect(checksLeft(ledgerOf({ failures: failures(20) }), start, strict)).toBe(0)
    expect(checksLeft(ledgerOf({ failures: failures(19) }), start, strict)).toBe(10)
  })

  it('come back as a check leaves its window', () => {
    const checks = times(10, start)
    expect(checksLeft(ledgerOf({ checks }), start + hourMs - 1, limits)).toBe(0)
    expect(checksLeft(ledgerOf({ checks }), start + hourMs, limits)).toBe(1)
    const day = times(20, start)
    expect(checksLeft(ledgerOf({ checks: day }), start + dayMs - 1, limits)).toBe(0)
    expect(checksLeft(ledgerOf({ checks: day }), start + dayMs, limits)).toBe(1)
  })

  it('of a device are its own', () => {
    const usedUp = ledgerOf({ checks: times(20, start - 10) })
    expect(checksLeft(usedUp, start, limits, device)).toBe(10)
    expect(checksLeft(emptyLedger, start, limits, { ...device, checks: times(4, start - 9) })).toBe(6)
  })
})

it('begins empty', () => {
  expect(emptyLedger).toEqual({
    ...{
      sends: [],
      sms: [],
      deviceSms: [],
      held: [],
      checks: [],
      failures: [],
      deviceFailures: [],
      unlocks: [],
    },
    ...{ devices: [], challenges: [], nextSend: 0, unlockedAt: 0, lastSuccess: 0 },
  })
})

describe('pruning', () => {
  const both = [start, start + 1]

  it('keeps what is younger than a day, to the millisecond', () => {
    const old = ledgerOf({ sends: both, sms: both, deviceSms: both, checks: both, unlocks: both })
    const young = [start + 1]
    expect(prune(old, start + dayMs)).toEqual(
      ledgerOf({ sends: young, sms: young, deviceSms: young, checks: young, unlocks: young }),
    )
  })

  it('does so for each device, and forgets one that was not used for 400 days', () => {
    const old = ledgerOf({ devices: [{ ...device, sends: both, checks: both, nextSend: 5 }] })
    expect(prune(old, start + dayMs).devices).toEqual([
      { ...device, sends: [start + 1], checks: [start + 1], nextSend: 5 },
    ])
    expect(prune(old, start + 400 * dayMs - 1).devices).toHaveLength(1)
    expect(prune(old, start + 400 * dayMs).devices).toEqual([])
  })

  it('keeps each failure for ninety days of its own, and the latest hundred', () => {
    const failing = ledgerOf({ failures: failures(2, start + 2), deviceFailures: failures(3, start + 3) })
    expect(prune(failing, start + 90 * dayMs - 1)).toEqual(failing)
    expect(prune(failing, start + 90 * dayMs)).toMatchObject({
      failures: [{ at: start + 1 }],
      deviceFailures: [{ at: start + 1 }, { at: start + 2 }],
    })
    const many = failures(130)
    expect(prune(ledgerOf({ failures: many, deviceFailures: many }), start)).toMatchObject({
      failures: many.slice(-100),
      deviceFailures: many.slice(-100),
    })
  })

  it('keeps what was held back until the cap opens', () => {
    const held = [{ at: start, until: start + minute }]
    expect(prune(ledgerOf({ held }), start + minute - 1).held).toEqual(held)
    expect(prune(ledgerOf({ held }), start + minute).held).toEqual([])
  })

  it('drops a code as it expires', () => {
    const ledger = withCode()
    expect(prune(ledger, start + 5 * minute - 1).challenges).toHaveLength(1)
    expect(prune(ledger, start + 5 * minute).challenges).toEqual([])
  })

  it('keeps all else as it is', () => {
    const known: Ledger = { ...knowing(['d']), provenByTest: true, unlockedAt: 7 }
    const { next } = first({ ...known, failures: failures(2) }, start)
    expect(prune(next!, start + 1)).toEqual(next)
  })
})

describe('the time a ledger is kept', () => {
  const seconds = (ledger: Ledger) => expiryOf(ledger, start + 1) - start / 1000
  const days = (count: number) => (count * dayMs) / 1000 + 1

  it('is in whole seconds, rounded up, and as long as it limits, knows or warns somebody', () => {
    expect(seconds(emptyLedger)).toBe(days(2))
    expect(seconds(ledgerOf({ failures: failures(1) }))).toBe(days(90))
    expect(seconds(ledgerOf({ deviceFailures: failures(1) }))).toBe(days(90))
    expect(seconds(ledgerOf({ failures: failures(1), lastSuccess: start }))).toBe(days(400))
  })
})
