// What became of a permitted message: it failed, a cap of the stage held it back, or it goes by SMS instead.
import { describe, expect, it } from 'vitest'
import { sendWait } from '../../../src/core/ledger/allowance.ts'
import { recordFailure, recordHeld, reserveSms } from '../../../src/core/ledger/deliveries.ts'
import { dayMs, emptyLedger, hourMs, type SendFailure } from '../../../src/core/ledger/ledger.ts'
import { limits } from '../../limits.ts'
import { draft, first, knowing, latest, minute, permitOf, resend, start, times, withCode } from './drafts.ts'

const ledger = withCode()
const permit = permitOf(latest(ledger))
const known = knowing(['d', 'e'])
const ofDevice = first(known, start, draft({ device: 'd' })).next!
const devicePermit = permitOf(latest(ofDevice), 'd')
const noPermits = [
  ['of another invocation', start, { ...permit, by: 'x' }],
  ['for a code that there is not', start, { ...permit, cid: 'none' }],
  ['for a code that has expired', start + 5 * minute, permit],
] as const

describe('the failure of a message', () => {
  it('of delivery shortens the pause to five seconds and stays counted; any other leaves the pause whole', () => {
    const noted = (failed: SendFailure) => recordFailure(ledger, start + 1_000, permit, failed).next
    const withPause = (failed: SendFailure, nextSend: number) => ({
      ...ledger,
      nextSend,
      challenges: [{ ...latest(ledger), failed }],
    })
    expect(noted('delivery_failed')).toEqual(withPause('delivery_failed', start + 6_000))
    expect(noted('unavailable')).toEqual(withPause('unavailable', start + 45_000))
    expect(noted('held')).toEqual(withPause('held', start + 45_000))
  })

  it('never makes the pause longer', () => {
    const { next } = first(emptyLedger, start, draft(), { ...limits, cooldownMs: 2_000 })
    const failed = recordFailure(next!, start + 500, permitOf(latest(next!)), 'delivery_failed')
    expect(failed.next?.nextSend).toBe(start + 2_000)
  })

  it('shortens the pause of the device that it was for, and no other', () => {
    const { next } = recordFailure(ofDevice, start + 1_000, devicePermit, 'delivery_failed')
    expect(next?.devices).toMatchObject([{ sends: [start], nextSend: start + 6_000 }, { nextSend: 0 }])
    expect(next?.nextSend).toBe(ofDevice.nextSend)
  })

  it('is noted once', () => {
    const noted = recordFailure(ledger, start, permit, 'unavailable').next!
    expect(recordFailure(noted, start, permit, 'unavailable')).toEqual({ outcome: undefined })
  })

  it.each(noPermits)('is not noted %s', (_name, now, none) => {
    expect(recordFailure(ledger, now, none, 'unavailable')).toEqual({ outcome: undefined })
  })
})

describe('a message that a cap of the stage held back', () => {
  const until = start + hourMs
  const held = recordHeld(ledger, start + 1_000, permit, until).next!

  it('is counted until the cap opens, as if it had been sent, and costs nothing afterwards', () => {
    expect(held).toEqual({
      ...ledger,
      sends: [],
      held: [{ at: start, until }],
      challenges: [{ ...latest(ledger), failed: 'held' }],
    })
    const full = { ...held, sends: times(9, start - 2 * hourMs) }
    expect(first(full, until - 1).outcome).toEqual({ kind: 'refused', reason: 'day' })
    expect(first(full, until).outcome.kind).toBe('granted')
    const sent = { ...ledger, sends: [...full.sends, start] }
    expect(first(sent, until).outcome).toEqual({ kind: 'refused', reason: 'day' })
  })

  it('counts in its place between those that were sent', () => {
    const between = { ...held, sends: [start - minute, start + minute, ...times(3, start + 2 * minute)] }
    const now = start + 10 * minute
    expect(first(between, now).outcome).toEqual({ kind: 'refused', reason: 'hour' })
    // One place is free when the first has left the hour, and none before the one that was held has, too.
    const fuller = { ...between, held: [{ at: start, until: start + dayMs }] }
    expect(first(fuller, start + hourMs - minute).outcome).toEqual({ kind: 'refused', reason: 'hour' })
    expect(sendWait(fuller, start + hourMs - minute, limits)).toEqual({ waitMs: minute, reason: 'hour' })
    expect(first(fuller, start + hourMs).outcome.kind).toBe('granted')
  })

  it('leaves the pause, and looks like one that was sent to whoever starts again', () => {
    expect(first(held, start + 44_999).outcome).toMatchObject({
      kind: 'shared',
      challenge: { cid: permit.cid },
    })
    expect(first(held, start + 45_000).outcome.kind).toBe('granted')
  })

  it('of a device is neither counted with it nor with strangers', () => {
    const { next } = recordHeld(ofDevice, start + 1_000, devicePermit, until)
    expect(next).toMatchObject({ sends: [], held: [], nextSend: ofDevice.nextSend })
    expect(next?.devices).toMatchObject([{ sends: [], nextSend: start + 45_000 }, { sends: [] }])
    expect(latest(next!)).toMatchObject({ failed: 'held' })
  })

  it('gives back the SMS that it would have been, and that one alone', () => {
    const before = { ...ledger, sms: [start - 5] }
    const bySms = resend(before, start + minute, permit.cid, { wanted: 'sms' }).next!
    expect(bySms.sms).toEqual([start - 5, start + minute])
    const { next } = recordHeld(bySms, start + minute + 1, permitOf(latest(bySms)), until)
    expect(next).toMatchObject({ sms: [start - 5], sends: [start], held: [{ at: start + minute, until }] })
  })

  it('gives back the SMS that it was moved to, too', () => {
    const moved = reserveSms({ ...ledger, sms: [start - 5] }, start + 2_000, limits, permit).next!
    expect(moved.sms).toHaveLength(2)
    expect(recordHeld(moved, start + 2_500, permit, until).next).toMatchObject({
      sms: [start - 5],
      sends: [],
    })
  })

  it('takes no SMS of the same moment back where it would have gone by WhatsApp', () => {
    expect(recordHeld({ ...ledger, sms: [start] }, start + 1, permit, until).next?.sms).toEqual([start])
  })

  it('is noted once', () => {
    expect(recordHeld(held, start + 2_000, permit, until)).toEqual({ outcome: undefined })
  })

  it.each(noPermits)('is not noted %s', (_name, now, none) => {
    expect(recordHeld(ledger, now, none, until)).toEqual({ outcome: undefined })
  })
})

describe('a move to SMS', () => {
  it('counts one SMS, changes the channel, and nothing else, however often it is asked for', () => {
    const { outcome, next } = reserveSms(ledger, start + 1, limits, permit)
    expect(outcome).toBe(true)
    expect(next).toEqual({
      ...ledger,
      sms: [start],
      challenges: [{ ...latest(ledger), channel: 'sms' }],
    })
    expect(reserveSms(next!, start + 2, limits, permit)).toEqual({ outcome: true })
  })

  it('is refused beyond the SMS of the day, and allowed again when the oldest is a day old', () => {
    const spent = { ...ledger, sms: times(3, start - dayMs + 10) }
    expect(reserveSms(spent, start + 9, limits, permit)).toEqual({ outcome: false })
    expect(reserveSms(spent, start + 10, limits, permit).outcome).toBe(true)
    expect(reserveSms({ ...ledger, sms: [start] }, start, { ...limits, smsPerDay: 1 }, permit).outcome).toBe(
      false,
    )
  })

  it.each(noPermits)('is refused %s', (_name, now, none) => {
    expect(reserveSms(ledger, now, limits, none)).toEqual({ outcome: false })
  })
})
