// The rules for answers: every one is paid for before it is looked at, and a right one counts once. Pure.

import {
  type Challenge,
  checksLeft,
  type Decision,
  failuresCap,
  findChallenge,
  type Ledger,
  prune,
  withChallenge,
} from './ledger.ts'
import type { Limits } from './limits.ts'

export interface Claim {
  cid: string
  user: string
  client: string
}

export type Charge =
  | { kind: 'charged'; challenge: Challenge }
  | { kind: 'refused'; reason: 'expired' | 'replayed' | 'exhausted' | 'rate_limited' | 'locked' }

/**
 * Pays for one answer: an attempt of the code, a check of the number's hour and day, a failure until proven
 * otherwise. Answers to a code that is gone, used up or somebody else's cost nothing, as they cannot succeed.
 */
export function charge(before: Ledger, now: number, limits: Limits, claim: Claim): Decision<Charge> {
  const ledger = prune(before, now)
  const refused = (reason: (Charge & { kind: 'refused' })['reason']): Decision<Charge> => ({
    outcome: { kind: 'refused', reason },
  })
  const challenge = findChallenge(ledger, claim.cid)
  if (challenge?.user !== claim.user || challenge.client !== claim.client) return refused('expired')
  if (challenge.usedAt !== undefined) return refused('replayed')
  if (challenge.attempts >= limits.attemptsPerCode) return refused('exhausted')
  if (ledger.failures >= failuresCap) return refused('locked')
  if (checksLeft(ledger, now, limits) === 0) return refused('rate_limited')
  const { stalled: _, ...rest } = challenge
  const charged: Challenge = { ...rest, attempts: challenge.attempts + 1 }
  const paid = {
    ...ledger,
    checks: [...ledger.checks, now],
    failures: ledger.failures + 1,
    lastFailure: now,
  }
  return { outcome: { kind: 'charged', challenge: charged }, next: withChallenge(paid, charged) }
}

/**
 * Gives back one payment for an answer that was right but could not be acted upon. It helps no guesser: who
 * gets it back knew the code.
 */
export function refund(before: Ledger, now: number, cid: string): Decision<void> {
  const ledger = prune(before, now)
  const challenge = findChallenge(ledger, cid)
  if (!challenge || challenge.attempts === 0) return { outcome: undefined }
  const returned: Challenge = { ...challenge, attempts: challenge.attempts - 1, stalled: true }
  const next = {
    ...ledger,
    checks: ledger.checks.slice(0, -1),
    failures: Math.max(0, ledger.failures - 1),
  }
  return { outcome: undefined, next: withChallenge(next, returned) }
}

export interface Consumption {
  /** True for exactly one invocation per code. */
  won: boolean
  /** When this number last signed in before; 0 when never. */
  previousSuccess: number
}

/** Uses up a code whose answer was right. `by` names the invocation. */
export function consume(before: Ledger, now: number, cid: string, by: string): Decision<Consumption> {
  const ledger = prune(before, now)
  const challenge = findChallenge(ledger, cid)
  const previousSuccess = ledger.lastSuccess
  if (!challenge) return { outcome: { won: false, previousSuccess } }
  if (challenge.usedAt !== undefined) {
    return { outcome: { won: challenge.usedBy === by, previousSuccess } }
  }
  const used: Challenge = { ...challenge, usedAt: now, usedBy: by, sealed: '' }
  const next = { ...ledger, failures: 0, lastSuccess: now }
  return { outcome: { won: true, previousSuccess }, next: withChallenge(next, used) }
}
