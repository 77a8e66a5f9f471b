// Whose challenge it is: a resend, a shared code and a refund reach the owner's, and that one alone.
import { describe, expect, it } from 'vitest'
import { emptyLedger } from '../../src/core/ledger.ts'
import { charge, consume, refund } from '../../src/core/ledger-checks.ts'
import { limits } from '../limits.ts'
import { draft, first, resend, start } from './drafts.ts'

const minute = 60_000

const strangers = [
  ['another user', { user: 'other' }],
  ['another client', { client: 'other' }],
] as const

describe.each(strangers)('a resend by %s', (_name, stranger) => {
  it('gets a code of its own, not the one that the session names', () => {
    const code = draft()
    const ledger = first(emptyLedger, start, code).next!
    const asked = draft(stranger)
    const { outcome, next } = resend(ledger, start + minute, code.cid, 1, asked)
    expect(outcome).toMatchObject({ kind: 'granted', challenge: { cid: asked.cid, sends: 1, ...stranger } })
    expect(next?.challenges).toHaveLength(2)
    expect(next?.challenges[0]).toEqual(ledger.challenges[0])
  })

  it('is no repetition of a send that the owner was permitted', () => {
    const code = draft()
    const ledger = first(emptyLedger, start, code).next!
    const asked = draft(stranger)
    const { outcome } = resend(ledger, start + minute, code.cid, 0, asked)
    expect(outcome).toMatchObject({ kind: 'granted', challenge: { cid: asked.cid } })
  })

  it('does not adopt the new code that the owner was given in the same session', () => {
    const code = draft()
    const owner = draft()
    const ledger = resend(first(emptyLedger, start, code).next!, start + 241_000, code.cid, 1, owner).next!
    const now = start + 241_000 + minute
    expect(resend(ledger, now, code.cid, 1).outcome).toMatchObject({
      kind: 'adopted',
      challenge: { cid: owner.cid },
    })
    const asked = draft(stranger)
    expect(resend(ledger, now, code.cid, 1, asked).outcome).toMatchObject({
      kind: 'granted',
      challenge: { cid: asked.cid },
    })
  })
})

describe('a resend of another session of the owner', () => {
  it('does not adopt the new code that the first session was given', () => {
    const code = draft()
    const other = first(emptyLedger, start, code).next!
    const ledger = resend(other, start + 241_000, code.cid, 1).next!
    const asked = draft()
    const { outcome } = resend(ledger, start + 241_000 + minute, 'AAAAAAAAAAAAAAAAAAAAAA', 1, asked)
    expect(outcome).toMatchObject({ kind: 'granted', challenge: { cid: asked.cid } })
  })
})

describe('a resend whose write was reported as failed', () => {
  it('is still granted to the invocation that holds the permit, for the same code and for a new one', () => {
    const code = draft()
    const ledger = first(emptyLedger, start, code).next!
    for (const after of [minute, 241_000]) {
      const asked = draft()
      const { outcome, next } = resend(ledger, start + after, code.cid, 1, asked)
      expect(resend(next!, start + after + 200, code.cid, 1, asked)).toEqual({ outcome })
    }
  })
})

describe('a refund', () => {
  it('gives back one check, one failure and one try, and leaves the rest', () => {
    const code = draft()
    let ledger = first(emptyLedger, start, code).next!
    for (let n = 1; n <= 3; n++) ledger = charge(ledger, start + n, limits, code).next!
    const back = refund(ledger, start + 10, code.cid).next!
    expect(back).toEqual({
      ...ledger,
      checks: [start + 1, start + 2],
      failures: 2,
      challenges: [{ ...ledger.challenges[0], attempts: 2, stalled: true }],
    })
  })

  it('never makes the count of failures negative', () => {
    const code = draft()
    const paid = charge(first(emptyLedger, start, code).next!, start, limits, code).next!
    expect(refund({ ...paid, failures: 0 }, start, code.cid).next?.failures).toBe(0)
  })

  it('of a code that is gone changes nothing', () => {
    const code = draft()
    const paid = charge(first(emptyLedger, start, code).next!, start, limits, code).next!
    expect(refund(paid, start, 'other')).toEqual({ outcome: undefined })
    expect(refund(paid, start + 300_000, code.cid)).toEqual({ outcome: undefined })
  })
})

describe('one code of several', () => {
  it('is charged, refunded and used up alone', () => {
    const one = draft()
    const two = draft()
    const before = first(emptyLedger, start, one).next!
    const ledger = first(before, start + minute, two).next!
    const now = start + minute + 1
    const [untouched] = ledger.challenges
    const charged = charge(ledger, now, limits, two).next!
    const refunded = refund(charged, now, two.cid).next!
    const used = consume(refunded, now, two.cid, 'me').next!
    for (const { challenges } of [charged, refunded, used]) expect(challenges[0]).toEqual(untouched)
    expect(used.challenges[1]).toMatchObject({ cid: two.cid, usedAt: now, usedBy: 'me' })
  })
})
