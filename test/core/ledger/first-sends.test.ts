// The first message of a session: who gets one, and that one invocation sends it.
import { describe, expect, it } from 'vitest'
import { charge, consume, refund, unlock } from '../../../src/core/ledger/checks.ts'
import { recordFailure, recordHeld, reserveSms } from '../../../src/core/ledger/deliveries.ts'
import { emptyLedger } from '../../../src/core/ledger/ledger.ts'
import { limits } from '../../limits.ts'
import {
  claim,
  draft,
  first,
  knowing,
  latest,
  minute,
  permitOf,
  resend,
  start,
  times,
  withCode,
} from './drafts.ts'

describe('the first code of a session', () => {
  it('is granted whole, with nothing used of it, counted, and followed by the cooldown', () => {
    const asked = draft()
    const { by, key, cid, user, client } = asked
    const challenge = {
      ...{ by, key, cid, user, client },
      ...asked.codeOf(6),
      length: 6,
      expiresAt: start + 5 * minute,
      tries: {},
      sends: 1,
      sentAt: start,
      channel: 'whatsapp',
    }
    expect(first(emptyLedger, start, asked)).toEqual({
      outcome: { kind: 'granted', challenge },
      next: { ...emptyLedger, sends: [start], nextSend: start + 45_000, challenges: [challenge] },
    })
  })

  it('is refused to others until the cooldown is over, to the millisecond', () => {
    const ledger = withCode()
    const other = draft({ client: 'other' })
    expect(first(ledger, start + 44_999, other)).toEqual({ outcome: { kind: 'refused', reason: 'cooldown' } })
    expect(first(ledger, start + 45_000, other).outcome.kind).toBe('granted')
  })

  it('is still ours when the write that granted it was reported as failed, and not counted again', () => {
    const asked = draft()
    const { outcome, next } = first(emptyLedger, start, asked)
    expect(first(next!, start + 200, asked)).toEqual({ outcome })
    expect(first(next!, start + minute, asked)).toEqual({ outcome })
  })

  it('stops at the hour cap, at the day cap, and opens again as the windows slide', () => {
    let ledger = emptyLedger
    const granted: number[] = []
    for (let at = 0; at < 3 * 24 * 60; at++) {
      const { outcome, next } = first(ledger, start + at * minute)
      if (outcome.kind !== 'granted') continue
      granted.push(at)
      ledger = next!
    }
    const within = (span: number) =>
      granted.map((at) => granted.filter((other) => other >= at && other < at + span).length)
    expect(Math.max(...within(60))).toBe(5)
    expect(Math.max(...within(1440))).toBe(10)
    expect(granted.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 60])
    expect(granted).toHaveLength(30)
  })

  it('for a known device is counted with the device, and with nobody else', () => {
    const known = knowing(['d', 'e'])
    const { outcome, next } = first(known, start, draft({ device: 'd' }))
    expect(outcome.kind).toBe('granted')
    expect(next).toMatchObject({ sends: [], nextSend: known.nextSend })
    expect(next?.devices).toMatchObject([
      { id: 'd', sends: [start], nextSend: start + 45_000 },
      { id: 'e', sends: [] },
    ])
  })

  it('for a device that the number does not know is a stranger’s', () => {
    const { next } = first(knowing(['d']), start, draft({ device: 'x' }))
    expect(next).toMatchObject({
      sends: [start],
      nextSend: start + 45_000,
      devices: [{ id: 'd', sends: [] }],
    })
  })

  it('of a test number is as long as that one’s is, whatever has failed', () => {
    const failing = { ...emptyLedger, failures: times(50, start - 60).map((at) => ({ at, sid: 's' })) }
    const asked = draft({ testLength: 6 })
    const { outcome } = first(failing, start, asked)
    expect(outcome).toMatchObject({
      kind: 'granted',
      challenge: { test: true, ...asked.codeOf(6), length: 6 },
    })
    expect(first(failing, start).outcome).toMatchObject({ kind: 'granted', challenge: { length: 10 } })
    expect(first(failing, start).outcome).not.toHaveProperty('challenge.test')
  })

  it.each([
    ['has an owner', { owner: 'user' }, {}, undefined],
    ['is marked as proven', {}, { isMarked: true }, undefined],
    ['is marked by nothing but a fixed code', { provenByTest: true as const }, { isMarked: true }, true],
    ['is nobody’s', {}, {}, true],
  ])('of a test number that %s is fixed or not', (_, past, changes, test) => {
    const asked = draft({ testLength: 6, ...changes })
    const { outcome, next } = first({ ...emptyLedger, ...past }, start, asked)
    expect(outcome).toMatchObject({ kind: 'granted', challenge: { length: 6 } })
    expect(latest(next!).test).toBe(test)
    const again = draft({ testLength: 6, ...changes })
    expect(first(next!, start + 1, again).outcome.kind).toBe('shared')
  })
})

it('no rule changes a ledger in place', () => {
  const freeze = <T>(value: T): T => {
    if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
    return value
  }
  const ledger = freeze(withCode(knowing(['d'])))
  const permit = permitOf(latest(ledger))
  const device = 'd'
  const after = [
    first(ledger, start + minute),
    first(ledger, start + minute, draft({ device })),
    resend(ledger, start + minute, permit.cid),
    charge(ledger, start, limits, claim(ledger)),
    charge(ledger, start, limits, claim(ledger, { device })),
    consume(ledger, start, { ...claim(ledger), by: 'me', device: 'new' }),
    recordFailure(ledger, start, permit, 'delivery_failed'),
    recordHeld(ledger, start, permit, start + minute),
    reserveSms(ledger, start, limits, permit),
    unlock(ledger, start, limits, device),
  ]
  expect(after.map(({ next }) => next === undefined)).toEqual(after.map(() => false))
  const charged = freeze(charge(ledger, start, limits, claim(ledger)).next!)
  expect(refund(charged, start, claim(ledger)).next).toBeDefined()
})
