// The rules for answers: every one is paid for before it is looked at, and a right one counts once. Pure.

import { checksLeft, lockedUntil, windowWait } from './allowance.ts'
import {
  type Challenge,
  type Decision,
  type Device,
  dayMs,
  deviceOf,
  type Failure,
  failuresOf,
  findChallenge,
  type Ledger,
  mostDevices,
  prune,
  withAllowance,
  withChallenge,
} from './ledger.ts'
import type { Limits } from './limits.ts'
import { isLongEnough } from './sends.ts'

/** Who answers, and to which code. */
export interface Claim {
  cid: string
  user: string
  client: string
  /** The session: what others do with the same code is not on its account. */
  sid: string
  /** Digits of the answer. */
  digits: number
  /** The device that answers, by its keyed hash. */
  device?: string | undefined
}

export type Charge =
  | { kind: 'charged'; challenge: Challenge }
  | {
      kind: 'refused'
      reason: 'expired' | 'replayed' | 'malformed' | 'exhausted' | 'outgrown' | 'rate_limited' | 'locked'
    }

/** A session's id as it stands beside a failure: enough to tell it from the others of 90 days. */
const shortSid = (sid: string) => sid.slice(0, 8)

/**
 * Pays for one answer: a try of the session, a check of the hour and day, a failure until proven otherwise. Answers
 * to a code that is gone, used up or somebody else's cost nothing, as they cannot succeed.
 */
export function charge(before: Ledger, now: number, limits: Limits, claim: Claim): Decision<Charge> {
  const ledger = prune(before, now)
  const refused = (reason: (Charge & { kind: 'refused' })['reason']): Decision<Charge> => ({
    outcome: { kind: 'refused', reason },
  })
  const device = deviceOf(ledger, claim.device)
  const challenge = findChallenge(ledger, claim.cid)
  if (challenge?.user !== claim.user || challenge.client !== claim.client) return refused('expired')
  if (challenge.usedAt !== undefined) return refused('replayed')
  if (challenge.length !== claim.digits) return refused('malformed')
  const tries = challenge.tries[claim.sid] ?? 0
  if (tries >= limits.attemptsPerCode) return refused('exhausted')
  if (!isLongEnough(challenge, ledger, limits, device)) return refused('outgrown')
  if (lockedUntil(ledger, limits, device) > now) return refused('locked')
  if (checksLeft(ledger, now, limits, device) === 0) return refused('rate_limited')
  const { stalled, ...rest } = challenge
  const own = stalled === claim.sid ? rest : challenge
  const charged: Challenge = { ...own, tries: { ...own.tries, [claim.sid]: tries + 1 } }
  const { checks } = device ?? ledger
  const paid = withAllowance(withChallenge(ledger, charged), device, { checks: [...checks, now] })
  const failures = [...failuresOf(ledger, device), { at: now, sid: shortSid(claim.sid) }]
  return { outcome: { kind: 'charged', challenge: charged }, next: withFailures(paid, device, failures) }
}

function withFailures(ledger: Ledger, device: Device | undefined, failures: Failure[]): Ledger {
  return device ? { ...ledger, deviceFailures: failures } : { ...ledger, failures }
}

/**
 * Gives back one payment for an answer that was right but could not be acted upon. It helps no guesser: who
 * gets it back knew the code.
 */
export function refund(
  before: Ledger,
  now: number,
  { cid, sid, device: id }: Pick<Claim, 'cid' | 'sid' | 'device'>,
): Decision<void> {
  const ledger = prune(before, now)
  const device = deviceOf(ledger, id)
  const challenge = findChallenge(ledger, cid)
  const tries = challenge?.tries[sid] ?? 0
  // Once: the write that gave it back may have been reported as failed.
  if (!challenge || tries === 0 || challenge.stalled === sid) return { outcome: undefined }
  const returned: Challenge = { ...challenge, tries: { ...challenge.tries, [sid]: tries - 1 }, stalled: sid }
  const failures = failuresOf(ledger, device)
  // What others have paid meanwhile stays, and so does its time.
  const last = failures.findLastIndex((failure) => failure.sid === shortSid(sid))
  const { checks } = device ?? ledger
  const paid = checks.lastIndexOf(failures[last]?.at ?? 0)
  const next = withAllowance(withChallenge(ledger, returned), device, { checks: without(checks, paid) })
  return { outcome: undefined, next: withFailures(next, device, without(failures, last)) }
}

function without<T>(list: T[], index: number): T[] {
  return list.filter((_, n) => n !== index)
}

/** A right answer, and what its session wants to come of it. */
export interface Proof extends Omit<Claim, 'digits'> {
  /** The invocation. */
  by: string
  /** Known devices are to be forgotten, but for the one that answers. */
  forgets?: boolean
}

export interface Consumption {
  /** True for exactly one invocation per code. */
  won: boolean
  /** When this number last signed in before; 0 when never. */
  previousSuccess: number
}

/**
 * Uses up a code whose answer was right, for all sessions that hold it. The failures of this session are forgiven,
 * and nobody else's: they were not his. The device that came along is known from now on.
 */
export function consume(before: Ledger, now: number, proof: Proof): Decision<Consumption> {
  const ledger = prune(before, now)
  const { outcome: won, next: used } = useUp(ledger, now, proof)
  const outcome = { won, previousSuccess: ledger.lastSuccess }
  if (!used) return { outcome }
  const next = { ...used, lastSuccess: now }
  // Many may know a fixed code: it makes nobody the owner, and no device known or forgotten.
  if (findChallenge(ledger, proof.cid)?.test) return { outcome, next: { ...next, provenByTest: true } }
  const { provenByTest: _, ...rest } = next
  return { outcome, next: { ...rest, owner: proof.user, devices: devicesAfter(ledger, now, proof) } }
}

/**
 * Uses up a code whose answer was right without a sign-in: the number is another account's, whose user the session
 * learns of only now, or it is not this account's to have. Answers whether this invocation did it.
 */
export function retire(before: Ledger, now: number, proof: Use, isTaken: boolean): Decision<boolean> {
  return useUp(prune(before, now), now, proof, isTaken ? { taken: proof.sid } : {})
}

type Use = Pick<Proof, 'cid' | 'sid' | 'by'>

/** Whether this invocation uses the code up; if so, the failures of its session go. */
function useUp(
  ledger: Ledger,
  now: number,
  { cid, sid, by }: Use,
  more: Partial<Challenge> = {},
): Decision<boolean> {
  const challenge = findChallenge(ledger, cid)
  if (!challenge) return { outcome: false }
  if (challenge.usedAt !== undefined) return { outcome: challenge.usedBy === by }
  const used = withChallenge(ledger, { ...challenge, usedAt: now, usedBy: by, sealed: '', ...more })
  const others = (failure: Failure) => failure.sid !== shortSid(sid)
  const { failures, deviceFailures } = used
  const forgiven = { failures: failures.filter(others), deviceFailures: deviceFailures.filter(others) }
  return { outcome: true, next: { ...used, ...forgiven } }
}

/** The latest used last, as many as are kept. The one that answers is among them, whatever its clock says. */
function devicesAfter(ledger: Ledger, now: number, { device: id, forgets }: Proof): Device[] {
  const kept = forgets ? [] : ledger.devices.filter((device) => device.id !== id)
  if (id === undefined) return kept
  const fresh = { id, sends: [], checks: [], nextSend: 0 }
  const own = { ...(deviceOf(ledger, id) ?? fresh), usedAt: now }
  return [...kept, own].slice(-mostDevices)
}

/** A device that is known may lift what strangers have used up so often in 24 hours. */
export const unlocksPerDay = 2

/**
 * A known device lifts what strangers have used up: messages, answers, a lock. Not the failures: codes stay as long
 * as they are, else whoever once had such a device could guess at short ones for ever. And no answers where codes
 * do not grow: there nothing but their number a day bounds the guesses. The outcome tells whether it did.
 */
export function unlock(
  before: Ledger,
  now: number,
  { quiet }: Limits,
  id: string | undefined,
): Decision<boolean> {
  const ledger = prune(before, now)
  const device = deviceOf(ledger, id)
  if (!device || windowWait(ledger.unlocks, now, dayMs, unlocksPerDay) > 0) return { outcome: false }
  const checks = quiet ? ledger.checks : []
  const lifted = { sends: [], held: [], checks, nextSend: 0, unlockedAt: now }
  return { outcome: true, next: { ...ledger, ...lifted, unlocks: [...ledger.unlocks, now] } }
}

/** Forgets what was counted for a number; codes on their way, its owner and devices stay. */
export function clearCounts(before: Ledger): Ledger {
  const fresh = { sends: [], checks: [], nextSend: 0 }
  return {
    ...before,
    ...fresh,
    sms: [],
    deviceSms: [],
    held: [],
    failures: [],
    deviceFailures: [],
    unlockedAt: 0,
    unlocks: [],
    devices: before.devices.map((device) => ({ ...device, ...fresh })),
  }
}
