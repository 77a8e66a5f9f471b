// An answer is paid for before it is judged, comes back where it could not be acted upon, and wins once.
import { describe, expect, it } from 'vitest'
import {
  type Claim,
  charge,
  clearCounts,
  consume,
  refund,
  retire,
  unlock,
} from '../../../src/core/ledger/checks.ts'
import { recordHeld } from '../../../src/core/ledger/deliveries.ts'
import type { Ledger } from '../../../src/core/ledger/ledger.ts'
import { limits } from '../../limits.ts'
import {
  answered,
  claim,
  failures,
  knowing,
  latest,
  minute,
  permitOf,
  proven,
  start,
  times,
  withCode,
} from './drafts.ts'

const refusal = (ledger: Ledger, now: number, changes: Partial<Claim> = {}) =>
  charge(ledger, now, limits, claim(ledger, changes))
const refused = (reason: string) => ({ outcome: { kind: 'refused', reason } })

describe('an answer', () => {
  it('is paid for by its session, the hour, the day and a failure, and by nothing else', () => {
    const stalled = { ...latest(withCode()), stalled: 'session-1' }
    const ledger: Ledger = { ...withCode(), challenges: [stalled], failures: failures(4) }
    const { outcome, next } = charge(ledger, start + 1, limits, claim(ledger, { sid: 'session-1' }))
    const { stalled: _, ...before } = stalled
    const challenge = { ...before, tries: { 'session-1': 1 } }
    expect(outcome).toEqual({ kind: 'charged', challenge })
    expect(next).toEqual({
      ...ledger,
      checks: [start + 1],
      failures: [...failures(4), { at: start + 1, sid: 'session-' }],
      challenges: [challenge],
    })
    expect(next?.challenges[0]).not.toHaveProperty('stalled')
  })

  it('of a known device is paid for by the device, and counts among the failures of devices', () => {
    const ledger = withCode(knowing(['d', 'e']))
    const { next } = charge(ledger, start + 1, limits, claim(ledger, { device: 'd' }))
    expect(next).toEqual({
      ...ledger,
      deviceFailures: [{ at: start + 1, sid: 'session' }],
      devices: [{ ...ledger.devices[0], checks: [start + 1] }, ledger.devices[1]],
      challenges: [{ ...latest(ledger), tries: { session: 1 } }],
    })
  })

  it('is judged three times in a session and not a fourth, whichever way the tries came about', () => {
    let ledger = withCode()
    for (let n = 0; n < 3; n++) ledger = answered(ledger, start + n)
    expect(refusal(ledger, start + 9)).toEqual(refused('exhausted'))
    const over = { ...ledger, challenges: [{ ...latest(ledger), tries: { session: 7 } }] }
    expect(refusal(over, start + 9)).toEqual(refused('exhausted'))
  })

  it('costs nothing when the code is gone, foreign, of another client, used, or of another length', () => {
    const ledger = withCode()
    expect(refusal(ledger, start, { cid: 'none' })).toEqual(refused('expired'))
    expect(refusal(ledger, start, { user: 'other' })).toEqual(refused('expired'))
    expect(refusal(ledger, start, { client: 'other' })).toEqual(refused('expired'))
    expect(refusal(ledger, start, { digits: 5 })).toEqual(refused('malformed'))
    expect(refusal(ledger, start, { digits: 8 })).toEqual(refused('malformed'))
    expect(refusal(proven(ledger, start), start)).toEqual(refused('replayed'))
  })

  it('is good one millisecond before the code expires, and not at its expiry', () => {
    const ledger = withCode()
    expect(refusal(ledger, start + 299_999).outcome.kind).toBe('charged')
    expect(refusal(ledger, start + 300_000)).toEqual(refused('expired'))
    const proof = { ...claim(ledger), by: 'me' }
    expect(consume(ledger, start + 300_000, proof).outcome.won).toBe(false)
  })

  it('is refused beyond the checks of the hour and of the day, whatever the code still allows', () => {
    const ledger = withCode()
    expect(refusal({ ...ledger, checks: times(10, start - 1_000) }, start)).toEqual(refused('rate_limited'))
    const day = { ...ledger, checks: times(20, start - 120 * minute) }
    expect(refusal(day, start)).toEqual(refused('rate_limited'))
    expect(refusal({ ...ledger, checks: times(19, start - 120 * minute) }, start).outcome.kind).toBe(
      'charged',
    )
  })

  it('of a device does not care what strangers have used, nor strangers what it has', () => {
    const known = withCode(knowing(['d']))
    const usedUp = { ...known, checks: times(20, start - 1_000), failures: failures(50) }
    expect(refusal(usedUp, start).outcome.kind).toBe('refused')
    expect(refusal(usedUp, start, { device: 'd' }).outcome.kind).toBe('charged')
    const devices = known.devices.map((one) => ({ ...one, checks: times(10, start - 1_000) }))
    const own = { ...known, devices, deviceFailures: failures(50) }
    expect(refusal({ ...own, deviceFailures: [] }, start, { device: 'd' })).toEqual(refused('rate_limited'))
    expect(refusal({ ...own, devices: known.devices }, start, { device: 'd' })).toEqual(refused('outgrown'))
    expect(refusal(own, start).outcome.kind).toBe('charged')
  })

  it('with a secret that the number does not know is a stranger’s', () => {
    const known = withCode(knowing(['d']))
    const { next } = refusal(known, start, { device: 'x' })
    expect(next).toMatchObject({ checks: [start], failures: [{ at: start }], deviceFailures: [] })
    expect(refusal({ ...known, checks: times(10, start) }, start, { device: 'x' })).toEqual(
      refused('rate_limited'),
    )
  })
})

describe('a refund', () => {
  it('gives back one check, one failure and one try of the session, and leaves the rest', () => {
    let ledger = withCode()
    ledger = answered(ledger, start + 1, { sid: 'other' })
    for (let n = 2; n <= 3; n++) ledger = answered(ledger, start + n)
    ledger = answered(ledger, start + 4, { sid: 'other' })
    expect(refund(ledger, start + 10, claim(ledger)).next).toEqual({
      ...ledger,
      checks: [start + 1, start + 2, start + 4],
      failures: [
        { at: start + 1, sid: 'other' },
        { at: start + 2, sid: 'session' },
        { at: start + 4, sid: 'other' },
      ],
      challenges: [{ ...latest(ledger), tries: { other: 2, session: 1 }, stalled: 'session' }],
    })
  })

  it('to a device is the device’s', () => {
    const before = withCode(knowing(['d']))
    const stranger = answered(before, start + 1, { sid: 'other' })
    const ledger = answered(stranger, start + 2, { device: 'd' })
    expect(refund(ledger, start + 3, claim(ledger, { device: 'd' })).next).toEqual({
      ...stranger,
      challenges: [{ ...latest(stranger), tries: { other: 1, session: 0 }, stalled: 'session' }],
    })
  })

  it('is ended by the next answer, which is judged as before', () => {
    const paid = answered(withCode(), start)
    const back = refund(paid, start, claim(paid)).next!
    expect(refund(back, start, claim(back))).toEqual({ outcome: undefined })
    const again = charge(back, start + 1, limits, claim(back)).next!
    expect(latest(again)).toEqual(latest(paid))
  })

  it('is given once, though the write was reported as failed and the rule is asked again', () => {
    const wrong = answered(withCode(), start + 1)
    const right = answered(wrong, start + 2)
    const back = refund(right, start + 3, claim(right)).next!
    expect(back).toMatchObject({ checks: wrong.checks, failures: wrong.failures })
    expect(refund(back, start + 4, claim(back))).toEqual({ outcome: undefined })
  })

  it('of one session is not ended by the answer of another', () => {
    const paid = answered(answered(withCode(), start), start + 1)
    const back = refund(paid, start + 2, claim(paid)).next!
    const other = answered(back, start + 3, { sid: 'other' })
    expect(latest(other)).toMatchObject({ stalled: 'session', tries: { session: 1, other: 1 } })
    expect(refund(other, start + 4, claim(other))).toEqual({ outcome: undefined })
  })

  it('of a session that has paid nothing, or of a code that is gone, changes nothing', () => {
    const paid = answered(withCode(), start)
    expect(refund(paid, start, claim(paid, { sid: 'other' }))).toEqual({ outcome: undefined })
    expect(refund(paid, start, claim(paid, { cid: 'other' }))).toEqual({ outcome: undefined })
    expect(refund(paid, start + 300_000, claim(paid))).toEqual({ outcome: undefined })
  })

  it('takes neither failure nor check of others where its own are forgotten already', () => {
    const paid = { ...answered(withCode(), start), failures: failures(3) }
    expect(refund(paid, start, claim(paid)).next).toMatchObject({ failures: failures(3), checks: [start] })
    const known = withCode(knowing(['d']))
    const lifted = unlock(answered(known, start + 1), start + 2, limits, 'd').next!
    const other = answered(lifted, start + 3, { sid: 'other' })
    expect(refund(other, start + 4, claim(other)).next).toMatchObject({
      checks: [start + 3],
      failures: [{ at: start + 3, sid: 'other' }],
    })
  })
})

describe('a right answer', () => {
  it('uses the code up, erases it, says when the one before was, and proves whose the number is', () => {
    const ledger = { ...withCode(), lastSuccess: 7, provenByTest: true as const, owner: 'before' }
    const { provenByTest: _, ...rest } = ledger
    expect(consume(ledger, start + 1, { ...claim(ledger), by: 'me' })).toEqual({
      outcome: { won: true, previousSuccess: 7 },
      next: {
        ...rest,
        owner: 'user',
        lastSuccess: start + 1,
        challenges: [{ ...latest(ledger), usedAt: start + 1, usedBy: 'me', sealed: '' }],
      },
    })
  })

  it('is won by one invocation, which may ask again; nobody else wins, and nothing is written', () => {
    const used = proven(withCode(), start, { by: 'me' })
    const again = (by: string, changes: Partial<Claim> = {}) =>
      consume(used, start + 1, { ...claim(used, changes), by })
    expect(again('me')).toEqual({ outcome: { won: true, previousSuccess: start } })
    expect(again('you')).toEqual({ outcome: { won: false, previousSuccess: start } })
    expect(again('me', { cid: 'none' })).toEqual({ outcome: { won: false, previousSuccess: start } })
  })

  it('forgives the failures of its session, of strangers and devices, and nobody else’s; no check comes back', () => {
    let ledger = withCode(knowing(['d']))
    ledger = answered(ledger, start + 1, { sid: 'stranger' })
    ledger = answered(ledger, start + 2, { sid: 'owner' })
    ledger = answered(ledger, start + 3, { sid: 'owner', device: 'd' })
    ledger = answered(ledger, start + 4, { sid: 'another', device: 'd' })
    expect(proven(ledger, start + 5, { sid: 'owner' })).toMatchObject({
      failures: [{ at: start + 1, sid: 'stranger' }],
      deviceFailures: [{ at: start + 4, sid: 'another' }],
      checks: [start + 1, start + 2],
      devices: [{ checks: [start + 3, start + 4] }],
    })
  })

  it('uses up its own code of several, and no other is charged or refunded either', () => {
    const one = withCode()
    const two = withCode(one, start + minute)
    const now = start + minute + 1
    const charged = answered(two, now)
    const refunded = refund(charged, now, claim(charged)).next!
    const used = proven(refunded, now)
    for (const { challenges } of [charged, refunded, used]) expect(challenges[0]).toEqual(latest(one))
    expect(latest(used)).toMatchObject({ cid: latest(two).cid, usedAt: now })
  })

  it.each([[true], [false]])(
    'that must not sign in uses the code up once and proves nothing (taken: %s)',
    (isTaken) => {
      const known = { ...knowing(['d']), owner: 'owner', provenByTest: true as const, lastSuccess: 7 }
      const ledger = answered(withCode(known), start + 1)
      const proof = { ...claim(ledger), by: 'me' }
      const { outcome, next } = retire(ledger, start + 2, proof, isTaken)
      expect(outcome).toBe(true)
      const used = { ...latest(ledger), usedAt: start + 2, usedBy: 'me', sealed: '' }
      const taken = isTaken ? { taken: proof.sid } : {}
      expect(next).toEqual({ ...ledger, failures: [], challenges: [{ ...used, ...taken }] })
      expect(retire(next!, start + 3, proof, isTaken)).toEqual({ outcome: true })
      expect(retire(next!, start + 3, { ...proof, by: 'other' }, isTaken)).toEqual({ outcome: false })
      expect(retire(ledger, start + 3, { ...proof, cid: 'gone' }, isTaken)).toEqual({ outcome: false })
    },
  )

  it('with the fixed code of a test number says so, and leaves the number to whom it belongs', () => {
    const test = { testLength: 6 }
    expect(proven(withCode(undefined, start, test), start + 1)).toMatchObject({ provenByTest: true })
    expect(proven(withCode(undefined, start, test), start + 1)).not.toHaveProperty('owner')
    const owned = withCode(knowing([]), start, test)
    const after = proven({ ...owned, owner: 'before' }, start + 1)
    expect(after).toMatchObject({ provenByTest: true, owner: 'before' })
    const real = proven(withCode(after, start + minute), start + minute + 1)
    expect(real).toMatchObject({ owner: 'user' })
    expect(real).not.toHaveProperty('provenByTest')
  })
})

it('clearing what was counted leaves codes, devices and the owner, and nothing that is in the way', () => {
  let ledger = { ...withCode(knowing(['d'])), provenByTest: true as const, sms: [start], unlockedAt: start }
  ledger = { ...answered(ledger, start + 1), ...ledger, checks: times(20, start), failures: failures(40) }
  ledger = { ...ledger, deviceFailures: failures(3), unlocks: [start], nextSend: start + minute }
  const devices = ledger.devices.map((one) => ({
    ...one,
    checks: times(20, start),
    sends: [start],
    nextSend: 9,
  }))
  const held = recordHeld({ ...ledger, devices }, start, permitOf(latest(ledger)), start + minute).next!
  expect(clearCounts(held)).toEqual({
    ...withCode(knowing(['d'])),
    provenByTest: true,
    sends: [],
    nextSend: 0,
    challenges: held.challenges,
  })
})
