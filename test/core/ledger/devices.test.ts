// Devices that a number knows: how they become known and are forgotten, and what they may lift.
import { describe, expect, it } from 'vitest'
import { unlock } from '../../../src/core/ledger/checks.ts'
import { dayMs, deviceOf, emptyLedger, hourMs, type Ledger, prune } from '../../../src/core/ledger/ledger.ts'
import { limits } from '../../limits.ts'
import {
  answered,
  draft,
  failures,
  first,
  knowing,
  minute,
  proven,
  start,
  times,
  withCode,
} from './drafts.ts'

const ids = (ledger: Ledger) => ledger.devices.map(({ id }) => id)

describe('a device', () => {
  it('is known from its first right answer on, with an allowance of its own that is whole', () => {
    const ledger = proven(withCode(), start + 1, { device: 'd' })
    expect(ledger.devices).toEqual([{ id: 'd', usedAt: start + 1, sends: [], checks: [], nextSend: 0 }])
    expect(deviceOf(ledger, 'd')).toBe(ledger.devices[0])
    expect([deviceOf(ledger, 'x'), deviceOf(ledger, undefined)]).toEqual([undefined, undefined])
  })

  it('is not known for an answer that was only judged', () => {
    expect(answered(withCode(), start, { device: 'd' }).devices).toEqual([])
  })

  it('that is known already keeps what it has used, once', () => {
    const known = knowing(['d', 'e'])
    const sent = first(known, start, draft({ device: 'd' })).next!
    const paid = answered(sent, start + 1, { device: 'd' })
    const again = proven(paid, start + 2, { device: 'd' })
    expect(again.devices).toMatchObject([
      { id: 'e' },
      { id: 'd', usedAt: start + 2, sends: [start], checks: [start + 1], nextSend: start + 45_000 },
    ])
  })

  it('is neither remembered nor forgotten for the fixed code of a test number, which proves nothing', () => {
    const known = knowing(['a'])
    const fixed = withCode({ ...emptyLedger, devices: known.devices }, start, { testLength: 6 })
    expect(proven(fixed, start + 1, { device: 'x' }).devices).toEqual(known.devices)
    expect(proven(fixed, start + 1, { device: 'x', forgets: true }).devices).toEqual(known.devices)
  })

  it('that has just answered is never the one that makes way, though its clock is behind', () => {
    const five = knowing(['a', 'b', 'c', 'd', 'e'])
    const ahead = { ...five, devices: five.devices.map((one) => ({ ...one, usedAt: start + 2_000 })) }
    const six = proven(withCode(ahead), start, { device: 'f' })
    expect(ids(six)).toEqual(['b', 'c', 'd', 'e', 'f'])
  })

  it('is left alone by a right answer without one', () => {
    const known = knowing(['d'])
    expect(proven(withCode(known), start + 1).devices).toEqual(known.devices)
  })

  it('makes way, least recently used, where a sixth comes', () => {
    const five = knowing(['a', 'b', 'c', 'd', 'e'])
    expect(ids(five)).toEqual(['a', 'b', 'c', 'd', 'e'])
    const used = proven(withCode(five), start + 1, { device: 'a' })
    expect(ids(used)).toEqual(['b', 'c', 'd', 'e', 'a'])
    const six = proven(withCode(used, start + minute), start + minute + 1, { device: 'f' })
    expect(ids(six)).toEqual(['c', 'd', 'e', 'a', 'f'])
  })

  it('is forgotten 400 days after its last right answer, and asking for messages does not count', () => {
    const ledger = proven(withCode(), start, { device: 'd' })
    const end = start + 400 * dayMs
    const asked = first(ledger, end - 1, draft({ device: 'd' })).next!
    expect(ids(asked)).toEqual(['d'])
    expect(ids(prune(asked, end))).toEqual([])
    expect(first(asked, end, draft({ device: 'd' })).next).toMatchObject({ sends: [end], devices: [] })
  })

  it('is forgotten with all others on request, but for the one that asks', () => {
    const three = withCode(knowing(['a', 'b', 'c']))
    expect(ids(proven(three, start + 1, { device: 'b', forgets: true }))).toEqual(['b'])
    expect(ids(proven(three, start + 1, { device: 'x', forgets: true }))).toEqual(['x'])
    expect(ids(proven(three, start + 1, { forgets: true }))).toEqual([])
    const used = first(three, start + 1, draft({ device: 'b' })).next!
    expect(proven(used, start + 2, { device: 'b', forgets: true }).devices[0]?.sends).toEqual([start + 1])
  })
})

describe('unlocking', () => {
  const usedUp: Ledger = {
    ...knowing(['d', 'e']),
    sends: times(10, start - 10),
    held: [{ at: start - 1, until: start + hourMs }],
    checks: times(20, start - 20),
    sms: [start - 5],
    nextSend: start + minute,
    failures: failures(40),
    deviceFailures: failures(3),
  }

  it('by a known device lifts what strangers have used up, and neither failures nor SMS', () => {
    expect(unlock(usedUp, start, limits, 'd')).toEqual({
      outcome: true,
      next: {
        ...usedUp,
        ...{ sends: [], held: [], checks: [], nextSend: 0, unlockedAt: start, unlocks: [start] },
      },
    })
    expect(first(unlock(usedUp, start, limits, 'd').next!, start).outcome).toMatchObject({
      challenge: { length: 10 },
    })
  })

  it('lifts no answers where codes do not grow, as nothing else bounds the guesses there', () => {
    const { next } = unlock(usedUp, start, { ...limits, quiet: true }, 'd')
    expect(next).toMatchObject({ sends: [], nextSend: 0, checks: usedUp.checks })
  })

  it('leaves to devices what they have used', () => {
    const devices = usedUp.devices.map((one) => ({ ...one, sends: [start - 1], nextSend: start + 9 }))
    expect(unlock({ ...usedUp, devices }, start, limits, 'd').next?.devices).toEqual(devices)
  })

  it.each([['x'], [undefined]])('by nobody who is known (%s) does nothing', (id) => {
    expect(unlock(usedUp, start, limits, id)).toEqual({ outcome: false })
  })

  it('is done twice in a day, by all devices together', () => {
    const once = unlock(usedUp, start, limits, 'd').next!
    const twice = unlock(once, start + hourMs, limits, 'e').next!
    expect(twice.unlocks).toEqual([start, start + hourMs])
    for (const id of ['d', 'e'])
      expect(unlock(twice, start + dayMs - 1, limits, id)).toEqual({ outcome: false })
    expect(unlock(twice, start + dayMs, limits, 'd').outcome).toBe(true)
  })

  it('is done by no device that was forgotten', () => {
    const end = start - 59 * dayMs + 400 * dayMs
    expect(unlock(emptyLedger, start, limits, 'd').outcome).toBe(false)
    expect(unlock(usedUp, end - 1, limits, 'e').outcome).toBe(true)
    expect(unlock(usedUp, end + 1, limits, 'e').outcome).toBe(false)
  })

  it('lets strangers use no more than the same once more', () => {
    let ledger = unlock(usedUp, start, limits, 'd').next!
    let sent = 0
    for (let now = start; now < start + hourMs; now += minute) {
      const { outcome, next } = first(ledger, now, draft(), { ...limits, codeLifeMs: minute })
      if (outcome.kind === 'granted') sent++
      ledger = next ?? ledger
    }
    expect(sent).toBe(5)
  })
})
