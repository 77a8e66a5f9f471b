// Codes grow with the failures that nobody has made good, and short ones are judged no more. The optional lock.
import { describe, expect, it } from 'vitest'
import { growth, leastLength, lengthNow } from '../../../src/core/ledger/allowance.ts'
import { charge, unlock } from '../../../src/core/ledger/checks.ts'
import { dayMs, emptyLedger, hourMs, type Ledger } from '../../../src/core/ledger/ledger.ts'
import { limits } from '../../limits.ts'
import {
  answered,
  claim,
  draft,
  failures,
  first,
  knowing,
  latest,
  minute,
  proven,
  start,
  times,
  withCode,
} from './drafts.ts'

const failed = (count: number): Ledger => ({ ...emptyLedger, failures: failures(count) })
const device = { id: 'd', usedAt: start, sends: [], checks: [], nextSend: 0 }

describe('a new code', () => {
  it.each([
    [0, 6],
    [7, 6],
    [8, 8],
    [31, 8],
    [32, 10],
    [100, 10],
  ])('after %i failures has %i digits', (count, digits) => {
    expect(lengthNow(failed(count), limits)).toBe(digits)
    const asked = draft()
    expect(first(failed(count), start, asked).outcome).toMatchObject({
      kind: 'granted',
      challenge: { ...asked.codeOf(digits), length: digits },
    })
  })

  it('grows on top of whatever length is set', () => {
    expect(lengthNow(failed(32), { ...limits, codeLength: 11 })).toBe(15)
  })

  it.each([
    [0, 8, 8],
    [8, 8, 8],
    [32, 8, 10],
    [64, 8, 10],
  ])(
    'where nothing may show has, after %i failures, %i digits for strangers and %i for devices',
    (count, strangers, devices) => {
      const quiet = { ...limits, quiet: true }
      const ledger = { ...failed(count), deviceFailures: failures(count) }
      expect([lengthNow(ledger, quiet), lengthNow(ledger, quiet, device)]).toEqual([strangers, devices])
      expect(leastLength(ledger, quiet)).toBe(8)
    },
  )

  it('for a device grows with the failures of devices alone, and for strangers with theirs', () => {
    const ofDevices = { ...emptyLedger, deviceFailures: failures(32) }
    expect([lengthNow(ofDevices, limits), lengthNow(ofDevices, limits, device)]).toEqual([6, 10])
    expect([lengthNow(failed(32), limits), lengthNow(failed(32), limits, device)]).toEqual([10, 6])
    expect([leastLength(failed(64), limits), leastLength(failed(64), limits, device)]).toEqual([10, 6])
    expect([leastLength(ofDevices, limits), leastLength(ofDevices, limits, device)]).toEqual([6, 8])
  })

  it('shrinks again as failures leave the window of ninety days, one by one', () => {
    const ledger = failed(8)
    const at = (now: number) => first(ledger, now).outcome
    expect(at(start - 8 + 90 * dayMs - 1)).toMatchObject({ challenge: { length: 8 } })
    expect(at(start - 8 + 90 * dayMs)).toMatchObject({ challenge: { length: 6 } })
  })
})

describe('an answer to a shorter code', () => {
  const judged = (count: number, length: number, past: Partial<Ledger> = {}) => {
    const ledger = withCode()
    const challenges = [{ ...latest(ledger), length }]
    const state = { ...ledger, challenges, failures: failures(count), ...past }
    return charge(state, start + 1, limits, claim(state)).outcome
  }
  const outgrown = { kind: 'refused', reason: 'outgrown' }

  it.each([
    [15, 6, 'charged'],
    [16, 6, 'refused'],
    [16, 8, 'charged'],
    [63, 8, 'charged'],
    [64, 8, 'refused'],
    [64, 10, 'charged'],
    [100, 10, 'charged'],
  ])('after %i failures, with %i digits, is %s', (count, length, kind) => {
    expect(judged(count, length).kind).toBe(kind)
    if (kind === 'refused') expect(judged(count, length)).toEqual(outgrown)
  })

  it('is judged as ever where the failures are of ninety days ago', () => {
    expect(judged(64, 6, { failures: failures(64, start + 2 - 90 * dayMs) }).kind).toBe('charged')
  })

  it('to the fixed code of a test number is judged, as that does not grow', () => {
    const ledger = { ...withCode(undefined, start, { testLength: 6 }), failures: failures(100) }
    expect(charge(ledger, start + 1, limits, claim(ledger)).outcome.kind).toBe('charged')
  })

  it('is refused to codes that were made before, so that none of many alive is worth more guesses', () => {
    let ledger = { ...withCode(), failures: failures(14) }
    expect(latest(ledger).length).toBe(6)
    ledger = { ...ledger, ...answered(ledger, start + 1, { sid: 'a' }) }
    ledger = { ...ledger, ...answered(ledger, start + 2, { sid: 'b' }) }
    expect(ledger.failures).toHaveLength(16)
    expect(charge(ledger, start + 3, limits, claim(ledger, { sid: 'c' })).outcome).toEqual(outgrown)
  })
})

describe('guessing as the rules let it', () => {
  /** Guesses by length that somebody gets in so many days who answers to all he can, in ever new sessions. */
  function guesses(days: number, owner?: (ledger: Ledger, now: number) => Ledger) {
    const counted: Record<number, number> = {}
    let ledger = emptyLedger
    for (let now = start; now < start + days * dayMs; now += hourMs) {
      if (owner) ledger = owner(ledger, now)
      ledger = first(ledger, now).next ?? ledger
      if (ledger.challenges.length === 0) continue
      for (let n = 0; n < 3; n++) {
        const { outcome, next } = charge(ledger, now + n, limits, claim(ledger, { sid: `${now}` }))
        if (outcome.kind !== 'charged') continue
        counted[outcome.challenge.length] = (counted[outcome.challenge.length] ?? 0) + 1
        ledger = next!
      }
    }
    return counted
  }

  it('is bounded at each length within ninety days, and goes on at the longest', () => {
    const counted = guesses(90)
    expect(counted[6]).toBeLessThanOrEqual(2 * growth[0].after)
    expect(counted[8]).toBeLessThanOrEqual(2 * growth[1].after - 2 * growth[0].after)
    expect(counted[10]).toBeGreaterThan(1_500)
    expect(guesses(180)[6]).toBeLessThanOrEqual(4 * growth[0].after)
  })

  it('gets no more by whatever the owner does', () => {
    const counted = guesses(90, (ledger, now) => {
      if ((now - start) % dayMs !== 0) return ledger
      const own = first(ledger, now).next
      return own ? proven(own, now, { sid: `owner-${now}` }) : ledger
    })
    expect(counted[6]).toBeLessThanOrEqual(2 * growth[0].after)
    expect(counted[8]).toBeLessThanOrEqual(2 * growth[1].after)
  })
})

describe('the lock, where one is asked for', () => {
  const strict = { ...limits, lockAfter: 20 }
  const known = { ...withCode(knowing(['d'])), failures: failures(20) }

  it('refuses messages and answers from so many failures on, until the first of them leaves the window', () => {
    const until = start - 20 + 90 * dayMs
    const locked = { outcome: { kind: 'refused', reason: 'locked' } }
    const length = 10
    const ledger = { ...known, challenges: [{ ...latest(known), length, expiresAt: until + minute }] }
    const answer = (now: number) => charge(ledger, now, strict, claim(ledger))
    expect(first(ledger, until - 1, draft(), strict)).toEqual(locked)
    expect(answer(until - 1)).toEqual(locked)
    expect(answer(until).outcome.kind).toBe('charged')
    expect(first(ledger, until, draft(), strict).outcome.kind).toBe('granted')
    expect(first({ ...ledger, failures: failures(19) }, until - 1, draft(), strict).outcome.kind).toBe(
      'granted',
    )
  })

  it('of strangers does not reach devices, nor that of devices strangers', () => {
    const ask = (ledger: Ledger, id?: string) =>
      first(ledger, start, draft({ device: id }), strict).outcome.kind
    expect(ask(known, 'd')).toBe('granted')
    const ofDevices = { ...knowing(['d']), deviceFailures: failures(20) }
    expect([ask(ofDevices, 'd'), ask(ofDevices)]).toEqual(['refused', 'granted'])
  })

  it('is none at 0, and counts as far back as the highest that can be set', () => {
    expect(first(failed(100), start, draft(), { ...limits, lockAfter: 0 }).outcome.kind).toBe('granted')
    const most = { ...limits, lockAfter: 100 }
    expect(first(failed(99), start, draft(), most).outcome.kind).toBe('granted')
    expect(first(failed(130), start, draft(), most).outcome).toEqual({ kind: 'refused', reason: 'locked' })
  })

  it('is lifted by a device, for the failures until then, and codes stay as long as they are', () => {
    const { next } = unlock(known, start, limits, 'd')
    const { outcome } = first(next!, start, draft({ client: 'other' }), strict)
    expect(outcome).toMatchObject({ kind: 'granted', challenge: { length: 8 } })
    const later = times(20, start + 1).map((at) => ({ at, sid: 's' }))
    const again = { ...next!, failures: [...next!.failures, ...later] }
    expect(first(again, start + minute, draft(), strict).outcome).toEqual({
      kind: 'refused',
      reason: 'locked',
    })
  })

  it('is lifted for a failure of the very moment as well', () => {
    const now = start - 1
    expect(known.failures.at(-1)).toMatchObject({ at: now })
    const { next } = unlock(known, now, limits, 'd')
    expect(first(next!, start, draft({ client: 'other' }), { ...strict, lockAfter: 1 }).outcome.kind).toBe(
      'granted',
    )
  })

  it('of devices is not lifted by a device', () => {
    const ledger = { ...knowing(['d']), deviceFailures: failures(20) }
    const { next } = unlock(ledger, start, limits, 'd')
    const ask = first(next!, start, draft({ device: 'd' }), strict).outcome
    expect(ask).toEqual({ kind: 'refused', reason: 'locked' })
  })
})
