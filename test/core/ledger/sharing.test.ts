// A code that is alive counts: who starts again and gets no message takes it, and nobody else does.
import { describe, expect, it } from 'vitest'
import { charge, consume } from '../../../src/core/ledger/checks.ts'
import { recordFailure, recordHeld } from '../../../src/core/ledger/deliveries.ts'
import type { Ledger } from '../../../src/core/ledger/ledger.ts'
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
  permitOf,
  proven,
  resend,
  start,
  times,
  withCode,
} from './drafts.ts'

const sharedBy = (ledger: Ledger, reason: string, challenge = latest(ledger)) => ({
  outcome: { kind: 'shared', challenge, reason },
})
const refused = (reason: string) => ({ outcome: { kind: 'refused', reason } })

describe('a code that is alive', () => {
  it('is shared while the cooldown lasts, to the millisecond, and nothing changes', () => {
    const ledger = withCode()
    for (const after of [0, 1, 5_000, 16_000, 44_999]) {
      expect(first(ledger, start + after)).toEqual(sharedBy(ledger, 'cooldown'))
    }
    expect(first(ledger, start + 45_000).outcome.kind).toBe('granted')
  })

  it('is shared while the hour or the day is full, as long as it lives', () => {
    const full = { ...withCode(), sends: times(5, start) }
    expect(first(full, start + 5 * minute - 1)).toEqual(sharedBy(full, 'hour'))
    expect(first(full, start + 5 * minute)).toEqual(refused('hour'))
    const day = { ...withCode(), sends: times(10, start) }
    expect(first(day, start + minute)).toEqual(sharedBy(day, 'day'))
  })

  it('is shared after wrong answers, after a resend, and where a resend has made it', () => {
    const ledger = answered(withCode(), start + 1)
    expect(first(ledger, start + 2)).toEqual(sharedBy(ledger, 'cooldown'))
    const again = resend(ledger, start + minute, latest(ledger).cid).next!
    expect(first(again, start + minute + 1)).toEqual(sharedBy(again, 'cooldown'))
    const other = resend(ledger, start + 4 * minute + 1, latest(ledger).cid).next!
    expect(first(other, start + 4 * minute + 2)).toEqual(sharedBy(other, 'cooldown'))
  })

  it('is not shared once it was used', () => {
    expect(first(proven(withCode(), start + 1), start + 2)).toEqual(refused('cooldown'))
  })

  it.each([
    ['user', { user: 'other' }],
    ['client', { client: 'other' }],
  ])('is not shared with another %s, who has his own', (_name, stranger) => {
    const one = withCode()
    expect(first(one, start + 1, draft(stranger))).toEqual(refused('cooldown'))
    const two = withCode(one, start + minute, stranger)
    const now = start + minute + 1
    expect(first(two, now, draft(stranger))).toEqual(sharedBy(two, 'cooldown'))
    expect(first(two, now)).toEqual(sharedBy(two, 'cooldown', latest(one)))
  })

  it('is of no use where no answer is left, whatever else is in the way', () => {
    const ledger = { ...withCode(), checks: times(10, start) }
    expect(first(ledger, start + 1)).toEqual(refused('checks'))
    const strict = { ...limits, lockAfter: 20 }
    const locked = { ...withCode(), failures: failures(20) }
    expect(first(locked, start + 1, draft(), strict)).toEqual(refused('locked'))
    expect(first(locked, start + 1).outcome.kind).not.toBe('shared')
  })

  it('is of no use where no answer is left, though the message has to wait for another reason even longer', () => {
    const checks = times(10, start - 10 * minute)
    const ledger = { ...withCode(), sends: times(10, start - 9 * minute), checks }
    expect(first(ledger, start + 1)).toEqual(refused('day'))
  })

  it('is the one that was sent last, of several', () => {
    const one = withCode()
    const two = withCode(one, start + minute)
    expect(first(two, start + minute + 1)).toEqual(sharedBy(two, 'cooldown'))
    const again = resend(two, start + 2 * minute, latest(one).cid).next!
    expect(first(again, start + 2 * minute + 1)).toEqual(sharedBy(again, 'cooldown', again.challenges[0]))
  })

  it.each(['delivery_failed', 'unavailable'] as const)(
    'is none whose message failed (%s), where there is one in the hand already',
    (failed) => {
      const one = withCode()
      const two = withCode(one, start + minute)
      const lost = recordFailure(two, start + minute + 1, permitOf(latest(two)), failed).next!
      expect(first(lost, start + minute + 2)).toEqual(sharedBy(lost, 'cooldown', latest(one)))
    },
  )

  it('is any that a cap held back: nobody is told that it was', () => {
    const one = withCode()
    const two = withCode(one, start + minute)
    const held = recordHeld(two, start + minute + 1, permitOf(latest(two)), start + 60 * minute).next!
    expect(first(held, start + minute + 2)).toEqual(sharedBy(held, 'cooldown'))
  })

  it('whose message to a device failed is shared within the pause of that device, whatever strangers wait for', () => {
    const device = 'd'
    const sent = first(knowing([device]), start, draft({ device })).next!
    const permit = permitOf(latest(sent), device)
    const failed = recordFailure(sent, start + 1_000, permit, 'delivery_failed').next!
    const devices = failed.devices.map((one) => ({ ...one, sends: times(5, start) }))
    for (const nextSend of [0, start + minute]) {
      const ledger = { ...failed, devices, nextSend }
      expect(first(ledger, start + 5_999, draft({ device }))).toEqual(sharedBy(ledger, 'hour'))
      expect(first(ledger, start + 6_000, draft({ device }))).toEqual(refused('hour'))
    }
  })

  it('is not the fixed code of a test number that is none any more, nor the other way round', () => {
    const test = draft({ testLength: 6 })
    expect(first(withCode(), start + 1, test)).toEqual(refused('cooldown'))
    const fixed = withCode(undefined, start, { testLength: 6 })
    expect(first(fixed, start + 1)).toEqual(refused('cooldown'))
    expect(first(fixed, start + 1, draft({ testLength: 7 }))).toEqual(refused('cooldown'))
    expect(first(fixed, start + 1, test)).toEqual(sharedBy(fixed, 'cooldown'))
  })

  it('is of no use where it has been outgrown', () => {
    const grown = (count: number) => first({ ...withCode(), failures: failures(count) }, start + 1).outcome
    expect(grown(15).kind).toBe('shared')
    expect(grown(16)).toEqual({ kind: 'refused', reason: 'cooldown' })
  })

  it('that failed is shared within the pause after it, and not longer', () => {
    const ledger = withCode()
    const failed = recordFailure(ledger, start + 1_000, permitOf(latest(ledger)), 'delivery_failed').next!
    expect(first(failed, start + 5_999)).toEqual(sharedBy(failed, 'cooldown'))
    expect(first(failed, start + 6_000).outcome.kind).toBe('granted')
    const full = { ...failed, sends: times(5, start) }
    expect(first(full, start + 5_999)).toEqual(sharedBy(full, 'hour'))
    expect(first(full, start + 6_000)).toEqual(refused('hour'))
  })

  it('is shared with a device that strangers have left no message and no answer', () => {
    const ledger = { ...withCode(knowing(['d'])), checks: times(20, start) }
    const pausing = {
      ...ledger,
      devices: ledger.devices.map((one) => ({ ...one, nextSend: start + minute })),
    }
    expect(first(pausing, start + 1, draft({ device: 'd' }))).toEqual(sharedBy(pausing, 'cooldown'))
    expect(first(pausing, start + 1)).toEqual(refused('checks'))
  })
})

describe('the sessions that share a code', () => {
  it('have tries of their own, and one number’s limits', () => {
    let ledger = withCode()
    for (let n = 0; n < 3; n++) ledger = answered(ledger, start + n, { sid: 'stranger' })
    const of = (sid: string) => charge(ledger, start + 9, limits, claim(ledger, { sid })).outcome
    expect(of('stranger')).toEqual({ kind: 'refused', reason: 'exhausted' })
    expect(of('owner')).toMatchObject({ kind: 'charged', challenge: { tries: { stranger: 3, owner: 1 } } })
    for (let n = 0; n < 7; n++) ledger = answered(ledger, start + 10 + n, { sid: `${n}` })
    expect(of('owner')).toEqual({ kind: 'refused', reason: 'rate_limited' })
    expect(ledger.checks).toHaveLength(10)
  })

  it('lose it all together with the first right answer', () => {
    const ledger = withCode()
    const used = consume(ledger, start + 1, { ...claim(ledger), by: 'me' }).next!
    const late = (sid: string) => charge(used, start + 2, limits, claim(used, { sid }))
    for (const sid of ['session', 'other']) expect(late(sid)).toEqual(refused('replayed'))
    expect(consume(used, start + 2, { ...claim(used, { sid: 'other' }), by: 'you' }).outcome.won).toBe(false)
  })
})
