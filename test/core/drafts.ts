// Messages that a sign-in asks the ledger for, each of them new, and the two ways in which it asks.
import type { Ledger } from '../../src/core/ledger.ts'
import { type Draft, reserveFirst, reserveResend } from '../../src/core/ledger-sends.ts'
import { limits } from '../limits.ts'

export const start = Date.UTC(2026, 10, 23, 12)

let drafts = 0
export function draft(changes: Partial<Draft> = {}): Draft {
  const n = ++drafts
  const own = { by: `by-${n}`, cid: `cid-${n}`, user: 'user', client: 'client' }
  return { ...own, kid: 'k1', tag: `tag-${n}`, sealed: `sealed-${n}`, ...changes }
}

export function first(ledger: Ledger, now: number, asked = draft()) {
  return reserveFirst(ledger, now, limits, asked)
}

/** By a session that remembers the challenge `cid` and has seen `n` sends of it. */
export function resend(ledger: Ledger, now: number, cid: string, n: number, asked = draft()) {
  return reserveResend(ledger, now, limits, asked, { cid, n }, 'whatsapp', ['k1'])
}
