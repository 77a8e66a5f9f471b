// The rules for sending: who may send a code, who shares one already sent, who has to wait. Pure.

import {
  type Challenge,
  type Channel,
  type Decision,
  dayMs,
  findChallenge,
  type Ledger,
  prune,
  type Refusal,
  type SendFailure,
  sendWait,
  smsPerDay,
  windowWait,
  withChallenge,
} from './ledger.ts'
import type { Limits } from './limits.ts'

/** A code with less life than this is not sent again: it would expire on its way. */
const worthResendingMs = 60_000
/** The pause after a message that certainly did not go out. */
const pauseAfterFailureMs = 5_000

/** The code to use if this request gets one of its own, and the invocation that asks. */
export interface Draft {
  by: string
  cid: string
  user: string
  client: string
  kid: string
  tag: string
  sealed: string
}

/** What the session remembers of its challenge: its id, and how many sends it has seen (0: never had a code). */
export interface SessionChallenge {
  cid: string
  n: number
}

export type Reservation =
  /** This invocation, and no other, sends the challenge's code. */
  | { kind: 'granted'; challenge: Challenge }
  /** Another invocation of the same request holds the permit. */
  | { kind: 'adopted'; challenge: Challenge }
  | { kind: 'refused'; reason: Refusal }

/**
 * The first message of a session. A request carries nothing that tells Cognito's repetition, however late or
 * often it comes, from a second sign-in by the same client. So either gets what a first request has reserved, as
 * long as nothing more may be sent, and nobody has gone on with that code: a repetition comes before that.
 */
export function reserveFirst(
  before: Ledger,
  now: number,
  limits: Limits,
  draft: Draft,
): Decision<Reservation> {
  const ledger = prune(before, now)
  const key = `first:${draft.client}`
  const decision = open(ledger, now, limits, draft, key, 'whatsapp')
  const { outcome } = decision
  if (outcome.kind !== 'refused') return decision
  // Of no use where nothing can be answered.
  if (outcome.reason === 'locked' || outcome.reason === 'checks') return decision
  const latest = ledger.challenges.findLast(
    ({ user, client }) => user === draft.user && client === draft.client,
  )
  const isUntouched = latest?.attempts === 0 && latest.sends === 1 && latest.usedAt === undefined
  // A message that failed is worth sharing only with a repetition, which comes within the pause after it.
  const isLost = latest?.failed !== undefined && now >= ledger.nextSend
  const isShared = latest?.key === key && isUntouched && !isLost
  return isShared ? { outcome: { kind: 'adopted', challenge: latest } } : decision
}

/**
 * One more message for a session: the same code while it has a minute to live and tries left, else a new
 * code in the same session. `knownKids` are the keys that can still open a sealed code.
 */
export function reserveResend(
  before: Ledger,
  now: number,
  limits: Limits,
  draft: Draft,
  session: SessionChallenge,
  channel: Channel,
  knownKids: string[],
): Decision<Reservation> {
  const ledger = prune(before, now)
  const key = `${session.cid}:${session.n + 1}`
  const current = findChallenge(ledger, session.cid)
  const owns = (challenge: Challenge) => challenge.user === draft.user && challenge.client === draft.client
  const isOwn = current !== undefined && owns(current)
  // The session's count makes a repetition exact: the send it asks for has been permitted already.
  const repeated =
    isOwn && current.sends > session.n
      ? current
      : ledger.challenges.find((challenge) => challenge.key === key && owns(challenge))
  if (repeated) {
    return { outcome: { kind: repeated.by === draft.by ? 'granted' : 'adopted', challenge: repeated } }
  }
  const reusable =
    isOwn &&
    current.usedAt === undefined &&
    current.attempts < limits.attemptsPerCode &&
    current.expiresAt - now >= worthResendingMs &&
    knownKids.includes(current.kid)
  if (!reusable) return open(ledger, now, limits, draft, key, channel)
  const refusal = refuse(ledger, now, limits, channel)
  if (refusal) return refusal
  const { failed: _, ...rest } = current
  const challenge: Challenge = { ...rest, by: draft.by, sends: current.sends + 1, channel }
  return {
    outcome: { kind: 'granted', challenge },
    next: count(withChallenge(ledger, challenge), now, limits, channel),
  }
}

function refuse(
  ledger: Ledger,
  now: number,
  limits: Limits,
  channel: Channel,
): Decision<Reservation> | undefined {
  const { reason } = sendWait(ledger, now, limits)
  if (reason) return { outcome: { kind: 'refused', reason } }
  const noSms = channel === 'sms' && windowWait(ledger.sms, now, dayMs, smsPerDay) > 0
  return noSms ? { outcome: { kind: 'refused', reason: 'sms' } } : undefined
}

function count(ledger: Ledger, now: number, limits: Limits, channel: Channel): Ledger {
  return {
    ...ledger,
    sends: [...ledger.sends, now],
    sms: channel === 'sms' ? [...ledger.sms, now] : ledger.sms,
    nextSend: now + limits.cooldownMs,
  }
}

function open(
  ledger: Ledger,
  now: number,
  limits: Limits,
  draft: Draft,
  key: string,
  channel: Channel,
): Decision<Reservation> {
  // A write that was reported as failed may have happened: then the permit is already ours.
  const own = ledger.challenges.find((challenge) => challenge.by === draft.by)
  if (own) return { outcome: { kind: 'granted', challenge: own } }
  const refusal = refuse(ledger, now, limits, channel)
  if (refusal) return refusal
  const challenge: Challenge = {
    ...draft,
    key,
    expiresAt: now + limits.codeLifeMs,
    attempts: 0,
    sends: 1,
    channel,
  }
  const counted = count(ledger, now, limits, channel)
  return {
    outcome: { kind: 'granted', challenge },
    next: { ...counted, challenges: [...ledger.challenges, challenge] },
  }
}

/**
 * Notes that the permitted message certainly did not go out. The send stays counted; after a failed delivery
 * the next one may follow after 5 s instead of the whole cooldown.
 */
export function recordFailure(
  before: Ledger,
  now: number,
  permit: { cid: string; by: string },
  failed: SendFailure,
): Decision<void> {
  const ledger = prune(before, now)
  const challenge = findChallenge(ledger, permit.cid)
  if (challenge?.by !== permit.by || challenge.failed === failed) return { outcome: undefined }
  const nextSend =
    failed === 'delivery_failed' ? Math.min(ledger.nextSend, now + pauseAfterFailureMs) : ledger.nextSend
  return { outcome: undefined, next: withChallenge({ ...ledger, nextSend }, { ...challenge, failed }) }
}

/** Moves the permitted message to SMS, if this number has not had its SMS of the day. */
export function reserveSms(
  before: Ledger,
  now: number,
  permit: { cid: string; by: string },
): Decision<boolean> {
  const ledger = prune(before, now)
  const challenge = findChallenge(ledger, permit.cid)
  if (challenge?.by !== permit.by) return { outcome: false }
  if (challenge.channel === 'sms') return { outcome: true }
  if (windowWait(ledger.sms, now, dayMs, smsPerDay) > 0) return { outcome: false }
  const next = withChallenge({ ...ledger, sms: [...ledger.sms, now] }, { ...challenge, channel: 'sms' })
  return { outcome: true, next }
}
