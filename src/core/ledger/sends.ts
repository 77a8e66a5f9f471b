// The rules for sending: who may send a code, who shares one already sent, who has to wait. Pure.

import { checksLeft, leastLength, lengthNow, type Refusal, sendWait, windowWait } from './allowance.ts'
import {
  type Challenge,
  type Channel,
  type Decision,
  type Device,
  dayMs,
  deviceOf,
  findChallenge,
  type Ledger,
  prune,
  smsOf,
  withAllowance,
  withChallenge,
  withSms,
} from './ledger.ts'
import type { Limits } from './limits.ts'

/** A code with less life than this is not sent again: it would expire on its way. */
const worthResendingMs = 60_000
/** A message that WhatsApp has accepted gets so long to arrive before an SMS may be asked for. */
const smsAfterMs = 30_000

/** A code, as it is kept. */
export interface SealedCode {
  kid: string
  tag: string
  sealed: string
}

/** Who asks for a message, and the code to use if he gets one of his own. */
export interface Draft {
  /** The invocation. */
  by: string
  /** The request: the same for each of Cognito's repetitions of it, where that can be told. */
  key: string
  cid: string
  user: string
  client: string
  /** The same code each time it is asked for the same length. */
  codeOf(length: number): SealedCode
  /** The device that asks, by its keyed hash. */
  device?: string | undefined
  /** The digits of the fixed code that a test number has. */
  testLength?: number | undefined
  /** Cognito's attributes say that this user has proven the number. */
  isMarked?: boolean
}

/** What the session remembers: its id, its challenge, and how many sends that has seen (0: never had a code). */
export interface SessionChallenge {
  sid: string
  cid: string
  n: number
}

export type Reservation =
  /** This invocation, and no other, sends the challenge's code. */
  | { kind: 'granted'; challenge: Challenge }
  /** Another invocation of the same request holds the permit. */
  | { kind: 'adopted'; challenge: Challenge }
  /** No message, but a code that is alive belongs to this user and client. */
  | { kind: 'shared'; challenge: Challenge; reason: Refusal }
  | { kind: 'refused'; reason: Refusal }

/**
 * The first message of a session. Where none may be sent, the session takes the code of its user and client that is
 * alive: whoever reloads the page still holds it, and Cognito's repetition of a request, however late or often it
 * comes, carries nothing that tells it from a second sign-in.
 */
export function reserveFirst(
  before: Ledger,
  now: number,
  limits: Limits,
  draft: Draft,
): Decision<Reservation> {
  const ledger = prune(before, now)
  const decision = open(ledger, now, limits, draft, 'whatsapp')
  const { outcome } = decision
  if (outcome.kind !== 'refused') return decision
  // Of no use where nothing can be answered.
  if (checksLeft(ledger, now, limits, deviceOf(ledger, draft.device)) === 0) return decision
  const challenge = aliveFor(draft, ledger, now, limits)
  return challenge ? { outcome: { kind: 'shared', challenge, reason: outcome.reason } } : decision
}

/** The code that he who asks has in his hand, if any: the one that was sent last, of those that may have arrived. */
function aliveFor(draft: Draft, ledger: Ledger, now: number, limits: Limits): Challenge | undefined {
  const device = deviceOf(ledger, draft.device)
  const { nextSend } = device ?? ledger
  const own = ledger.challenges
    .filter((one) => belongs(one, draft, ledger) && one.usedAt === undefined)
    .filter((one) => isLongEnough(one, ledger, limits, device))
    .sort((one, other) => one.sentAt - other.sentAt)
  // What a cap held back is like any other: else it would show.
  const arrived = own.findLast(({ failed }) => failed === undefined || failed === 'held')
  // A message that failed is worth sharing only within the pause after it: then there is no other.
  return arrived ?? (now < nextSend ? own.at(-1) : undefined)
}

/** Whether a code was made for who asks, and is of the kind that his number has now. */
function belongs({ user, client, test, length }: Challenge, draft: Draft, ledger: Ledger): boolean {
  const fixed = test ? length : undefined
  return user === draft.user && client === draft.client && fixed === testLengthOf(draft, ledger)
}

/** A number that a real user has proven has no fixed code, whatever the list says. */
function testLengthOf({ testLength, isMarked }: Draft, { owner, provenByTest }: Ledger): number | undefined {
  const isProven = owner !== undefined || (isMarked && !provenByTest)
  return isProven ? undefined : testLength
}

/** Whether answers to this code are still judged. The fixed code of a test number does not grow. */
export function isLongEnough(
  { length, test }: Challenge,
  ledger: Ledger,
  limits: Limits,
  device: Device | undefined,
): boolean {
  return test === true || length >= leastLength(ledger, limits, device)
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
  wanted: Channel,
  knownKids: string[],
): Decision<Reservation> {
  const ledger = prune(before, now)
  const device = deviceOf(ledger, draft.device)
  const repeated = ledger.challenges.find((one) => one.key === draft.key && belongs(one, draft, ledger))
  if (repeated) {
    return { outcome: { kind: repeated.by === draft.by ? 'granted' : 'adopted', challenge: repeated } }
  }
  const current = findChallenge(ledger, session.cid)
  const reusable =
    current !== undefined &&
    belongs(current, draft, ledger) &&
    current.usedAt === undefined &&
    (current.tries[session.sid] ?? 0) < limits.attemptsPerCode &&
    current.expiresAt - now >= worthResendingMs &&
    isLongEnough(current, ledger, limits, device) &&
    (current.test || knownKids.includes(current.kid))
  // An SMS costs more, and so follows a message by WhatsApp that failed, or that has had time to arrive.
  if (!reusable) return open(ledger, now, limits, draft, 'whatsapp')
  const refusal = refuse(ledger, now, limits, wanted, device)
  if (refusal) return refusal
  const isTooSoon =
    current.failed !== 'delivery_failed' &&
    current.channel === 'whatsapp' &&
    now - current.sentAt < smsAfterMs
  if (wanted === 'sms' && isTooSoon) return { outcome: { kind: 'refused', reason: 'cooldown' } }
  const { failed: _, ...rest } = current
  const challenge: Challenge = {
    ...rest,
    key: draft.key,
    by: draft.by,
    sends: current.sends + 1,
    sentAt: now,
    channel: wanted,
  }
  return {
    outcome: { kind: 'granted', challenge },
    next: count(withChallenge(ledger, challenge), now, limits, wanted, device),
  }
}

function refuse(
  ledger: Ledger,
  now: number,
  limits: Limits,
  channel: Channel,
  device: Device | undefined,
): Decision<Reservation> | undefined {
  const { reason } = sendWait(ledger, now, limits, device)
  if (reason) return { outcome: { kind: 'refused', reason } }
  const noSms = channel === 'sms' && windowWait(smsOf(ledger, device), now, dayMs, limits.smsPerDay) > 0
  return noSms ? { outcome: { kind: 'refused', reason: 'sms' } } : undefined
}

function count(
  ledger: Ledger,
  now: number,
  limits: Limits,
  channel: Channel,
  device: Device | undefined,
): Ledger {
  const { sends } = device ?? ledger
  const used = { sends: [...sends, now], nextSend: now + limits.cooldownMs }
  const counted = withAllowance(ledger, device, used)
  return channel === 'sms' ? withSms(counted, device, [...smsOf(ledger, device), now]) : counted
}

function open(
  ledger: Ledger,
  now: number,
  limits: Limits,
  draft: Draft,
  channel: Channel,
): Decision<Reservation> {
  // A write that was reported as failed may have happened: then the permit is already ours.
  const own = ledger.challenges.find((challenge) => challenge.by === draft.by)
  if (own) return { outcome: { kind: 'granted', challenge: own } }
  const device = deviceOf(ledger, draft.device)
  const refusal = refuse(ledger, now, limits, channel, device)
  if (refusal) return refusal
  const { by, key, cid, user, client } = draft
  const testLength = testLengthOf(draft, ledger)
  const length = testLength ?? lengthNow(ledger, limits, device)
  const challenge: Challenge = {
    by,
    key,
    cid,
    user,
    client,
    ...draft.codeOf(length),
    length,
    expiresAt: now + limits.codeLifeMs,
    tries: {},
    sends: 1,
    sentAt: now,
    channel,
    ...(testLength === undefined ? {} : { test: true }),
  }
  const counted = count(ledger, now, limits, channel, device)
  return {
    outcome: { kind: 'granted', challenge },
    next: { ...counted, challenges: [...ledger.challenges, challenge] },
  }
}
