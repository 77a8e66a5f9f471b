// The rules for an SMS in place of a message that did not arrive: the same code, while it is worth something. Pure.
import { type Permit, reserveSms } from './deliveries.ts'
import { type Challenge, type Decision, findChallenge, type Ledger, prune } from './ledger.ts'
import type { Limits } from './limits.ts'

/** A code with less life left is not sent any more: an SMS takes seconds, and so does typing. */
export const leastLateLifeMs = 30_000

/** Why there is no SMS: the code has expired or was used, another message has followed, or the SMS are used up. */
export type LateRefusal = 'expired' | 'used' | 'superseded' | 'sms'

export type Late = { kind: 'granted'; challenge: Challenge } | { kind: 'refused'; reason: LateRefusal }

/**
 * Moves the permitted message to SMS after all. Granted as often as it is asked for: which of several callers sends is
 * not decided here. Counts among the SMS of a day, and not among the messages, since it takes the place of one.
 */
export function reserveLate(
  before: Ledger,
  now: number,
  limits: Pick<Limits, 'smsPerDay'>,
  permit: Permit,
): Decision<Late> {
  const ledger = prune(before, now)
  const refused = (reason: LateRefusal): Decision<Late> => ({ outcome: { kind: 'refused', reason } })
  const challenge = findChallenge(ledger, permit.cid)
  if (!challenge || challenge.expiresAt - now < leastLateLifeMs) return refused('expired')
  if (challenge.usedAt !== undefined) return refused('used')
  if (challenge.by !== permit.by) return refused('superseded')
  const { outcome, next } = reserveSms(ledger, now, limits, permit)
  if (!outcome) return refused('sms')
  return { outcome: { kind: 'granted', challenge }, ...(next ? { next } : {}) }
}
