// Everything that is remembered about one phone number, and what can be read from it. Pure: time comes in.
import type { Limits } from './limits.ts'

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

/** A number that failed this often in a row gets no more codes (NIST SP 800-63B: at most 100). */
export const failuresCap = 100
/** New codes stop a little earlier, so that a code that is sent can also be answered. */
export const failuresBeforeLock = 95
/** Without a failure for so long, the count of failures starts again. */
const forgetFailuresMs = 90 * dayMs
export const smsPerDay = 3

/** One code and all that may be known about it. Times are epoch milliseconds. */
export interface Challenge {
  cid: string
  /** The request that asked for it; Cognito's repetition of that request has the same key. */
  key: string
  /** The invocation that holds the permit for the last send, and it alone. */
  by: string
  user: string
  client: string
  kid: string
  tag: string
  /** The encrypted code; empty once the code was used. */
  sealed: string
  expiresAt: number
  attempts: number
  sends: number
  channel: Channel
  /** Why the last send brought nothing. The code stays valid all the same. */
  failed?: SendFailure
  /** The last answer was right, but could not be acted upon. */
  stalled?: true
  usedAt?: number
  usedBy?: string
}

export type Channel = 'whatsapp' | 'sms'
export type SendFailure = 'delivery_failed' | 'rate_limited' | 'unavailable'

export interface Ledger {
  /** Sends, SMS sends and judged answers of the last 24 hours, oldest first. */
  sends: number[]
  sms: number[]
  checks: number[]
  nextSend: number
  /** Wrong answers since the last right one. */
  failures: number
  lastFailure: number
  lastSuccess: number
  /** Those that have not expired. */
  challenges: Challenge[]
}

/** What a rule decided: the outcome, and the ledger to write if anything changed. */
export interface Decision<Outcome> {
  outcome: Outcome
  next?: Ledger
}

export const emptyLedger: Ledger = {
  sends: [],
  sms: [],
  checks: [],
  nextSend: 0,
  failures: 0,
  lastFailure: 0,
  lastSuccess: 0,
  challenges: [],
}

/** The ledger without what no rule looks at any more. Expired codes go; DynamoDB's own TTL may be days late. */
export function prune(ledger: Ledger, now: number): Ledger {
  const today = (times: number[]) => times.filter((at) => at > now - dayMs)
  const forgiven = ledger.failures > 0 && now - ledger.lastFailure >= forgetFailuresMs
  return {
    ...ledger,
    sends: today(ledger.sends),
    sms: today(ledger.sms),
    checks: today(ledger.checks),
    failures: forgiven ? 0 : ledger.failures,
    challenges: ledger.challenges.filter((challenge) => challenge.expiresAt > now),
  }
}

/** When DynamoDB may forget the ledger (epoch seconds): what still limits or warns somebody is kept longer. */
export function expiryOf(ledger: Ledger, now: number): number {
  const keep = ledger.lastSuccess ? 400 * dayMs : ledger.failures > 0 ? forgetFailuresMs : 2 * dayMs
  return Math.ceil((now + keep) / 1000)
}

/** Milliseconds until one more event fits into a sliding window; 0 when it fits now. */
export function windowWait(times: number[], now: number, spanMs: number, max: number): number {
  const inWindow = times.filter((at) => at > now - spanMs)
  const oldestInTheWay = inWindow[inWindow.length - max]
  return oldestInTheWay === undefined ? 0 : oldestInTheWay + spanMs - now
}

export type Refusal = 'cooldown' | 'hour' | 'day' | 'checks' | 'sms' | 'locked'

/**
 * Why and for how long this number gets no message; `reason` is undefined when it may have one now. A number
 * without answers left gets none either: it could not use the code.
 */
export function sendWait(ledger: Ledger, now: number, limits: Limits): { waitMs: number; reason?: Refusal } {
  if (ledger.failures > failuresBeforeLock) {
    return { waitMs: ledger.lastFailure + forgetFailuresMs - now, reason: 'locked' }
  }
  const waits: [Refusal, number][] = [
    ['day', windowWait(ledger.sends, now, dayMs, limits.sendsPerDay)],
    ['hour', windowWait(ledger.sends, now, hourMs, limits.sendsPerHour)],
    ['checks', windowWait(ledger.checks, now, dayMs, limits.checksPerDay)],
    ['checks', windowWait(ledger.checks, now, hourMs, limits.checksPerHour)],
    ['cooldown', Math.max(0, ledger.nextSend - now)],
  ]
  const [reason, waitMs] = waits.reduce((longest, wait) => (wait[1] > longest[1] ? wait : longest))
  return waitMs > 0 ? { waitMs, reason } : { waitMs: 0 }
}

/** Answers that this number may still give now, over all its codes. */
export function checksLeft(ledger: Ledger, now: number, limits: Limits): number {
  const inWindow = (span: number) => ledger.checks.filter((at) => at > now - span).length
  return Math.max(
    0,
    Math.min(
      limits.checksPerHour - inWindow(hourMs),
      limits.checksPerDay - inWindow(dayMs),
      failuresCap - ledger.failures,
    ),
  )
}

export function findChallenge(ledger: Ledger, cid: string): Challenge | undefined {
  return ledger.challenges.find((challenge) => challenge.cid === cid)
}

/** The ledger with one challenge put in the place of the one with its cid. */
export function withChallenge(ledger: Ledger, challenge: Challenge): Ledger {
  const challenges = ledger.challenges.map((other) => (other.cid === challenge.cid ? challenge : other))
  return { ...ledger, challenges }
}
