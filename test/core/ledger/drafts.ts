// What a sign-in asks of a ledger: messages that are new each time, answers to them, and ledgers with a past.

import { type Claim, charge, consume, type Proof } from '../../../src/core/ledger/checks.ts'
import type { Permit } from '../../../src/core/ledger/deliveries.ts'
import {
  type Challenge,
  dayMs,
  emptyLedger,
  type Failure,
  type Ledger,
  prune,
} from '../../../src/core/ledger/ledger.ts'
import { type Draft, reserveFirst, reserveResend } from '../../../src/core/ledger/sends.ts'
import { limits } from '../../limits.ts'

export const start = Date.UTC(2026, 10, 23, 12)
export const second = 1_000
export const minute = 60_000

let drafts = 0
export function draft(changes: Partial<Draft> = {}): Draft {
  const n = ++drafts
  return {
    by: `by-${n}`,
    key: `key-${n}`,
    cid: `cid-${n}`,
    user: 'user',
    client: 'client',
    codeOf: (length) => ({ kid: 'k1', tag: `tag-${n}-${length}`, sealed: `sealed-${n}-${length}` }),
    ...changes,
  }
}

export function first(ledger: Ledger, now: number, asked = draft(), rules = limits) {
  return reserveFirst(ledger, now, rules, asked)
}

interface Asked {
  asked?: Draft
  wanted?: 'whatsapp' | 'sms'
  rules?: typeof limits
  sid?: string
}

/** By the session `sid`, which holds the challenge `cid`. */
export function resend(ledger: Ledger, now: number, cid: string, how: Asked = {}) {
  const { asked = draft(), wanted = 'whatsapp', rules = limits, sid = 'session' } = how
  return reserveResend(ledger, now, rules, asked, { sid, cid, n: 1 }, wanted, ['k1'])
}

/** An answer to the ledger's latest code, by the session `session` of who asked for it. */
export function claim(ledger: Ledger, changes: Partial<Claim> = {}): Claim {
  const { cid, user, client, length } = latest(ledger)
  return { cid, user, client, sid: 'session', digits: length, ...changes }
}

export function latest(ledger: Ledger): Challenge {
  return ledger.challenges.at(-1)!
}

export function permitOf({ cid, by }: Challenge, device?: string): Permit {
  return { cid, by, device }
}

/** After an answer to the latest code; unless it was judged, as before. */
export function answered(ledger: Ledger, now: number, changes: Partial<Claim> = {}, rules = limits): Ledger {
  return charge(ledger, now, rules, claim(ledger, changes)).next ?? ledger
}

/** After a right answer to the latest code. */
export function proven(ledger: Ledger, now: number, changes: Partial<Proof> = {}): Ledger {
  return consume(ledger, now, { ...claim(ledger), by: 'winner', ...changes }).next!
}

/** A ledger with one code, sent at `now`. */
export function withCode(before: Ledger = emptyLedger, now = start, changes: Partial<Draft> = {}): Ledger {
  return first(before, now, draft(changes)).next!
}

/** A ledger whose number knows these devices, the first of them longest ago, all of them before `now`. */
export function knowing(devices: string[], now = start): Ledger {
  const known = devices.reduce((ledger, device, n) => {
    const at = now - 60 * dayMs + n * dayMs
    return proven(withCode(ledger, at), at + 1, { device })
  }, emptyLedger)
  return prune(known, now)
}

/** As many failures, one a millisecond, the last of them before `now`. */
export function failures(count: number, now = start, sid = 'stranger'): Failure[] {
  return Array.from({ length: count }, (_, n) => ({ at: now - count + n, sid: sid.slice(0, 8) }))
}

export const times = (count: number, at: number) => Array.from({ length: count }, (_, n) => at + n)
