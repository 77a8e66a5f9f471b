// What a challenge shows to the app, and what the session carries from one round to the next.

import {
  type Challenge,
  type Channel,
  checksLeft,
  findChallenge,
  type Ledger,
  prune,
  type Refusal,
  sendWait,
} from './ledger.ts'
import type { SessionChallenge } from './ledger-sends.ts'
import type { Limits } from './limits.ts'

export const statuses = [
  'sent',
  'wrong',
  'cooldown',
  'rate_limited',
  'delivery_failed',
  'expired',
  'exhausted',
  'unavailable',
] as const

export type Status = (typeof statuses)[number]

/** Every public parameter: each is in every challenge. */
export const publicNames = [
  'status',
  'destination',
  'channel',
  'codeLength',
  'expiresIn',
  'resendIn',
  'attemptsLeft',
] as const

/**
 * Cognito gives no number for an unknown user, so any digit shown here would tell known from unknown users,
 * and so would a length. The app knows the number anyway: its user has just typed it.
 */
const destination = '+•••••••••••'
/** Shown when the real pause is not known. */
const pauseSeconds = 5

/** All public parameters; the same names and the same forms whoever asks. */
export function publicParameters(
  status: Status,
  limits: Limits,
  now: number,
  before: Ledger | undefined,
  challenge: Challenge | undefined,
  channel: Channel = challenge?.channel ?? 'whatsapp',
): Record<(typeof publicNames)[number], string> {
  const ledger = before && prune(before, now)
  const live =
    challenge && challenge.expiresAt > now && challenge.usedAt === undefined ? challenge : undefined
  const attempts = live ? Math.max(0, limits.attemptsPerCode - live.attempts) : 0
  const waitMs = ledger ? sendWait(ledger, now, limits).waitMs : pauseSeconds * 1000
  return {
    status,
    destination,
    channel,
    codeLength: String(limits.codeLength),
    expiresIn: String(live ? Math.ceil((live.expiresAt - now) / 1000) : 0),
    resendIn: String(Math.ceil(waitMs / 1000)),
    attemptsLeft: String(ledger ? Math.min(attempts, checksLeft(ledger, now, limits)) : 0),
  }
}

/** What a refusal is called to the app. */
export function statusOfRefusal(reason: Refusal): Status {
  return reason === 'cooldown' ? 'cooldown' : 'rate_limited'
}

/** Why the session is asked again: the state of its code after an answer. */
export function statusAfterAnswer(
  ledger: Ledger,
  now: number,
  limits: Limits,
  session: SessionChallenge,
): Status {
  const challenge = findChallenge(prune(ledger, now), session.cid)
  if (!challenge) {
    const { reason } = sendWait(ledger, now, limits)
    // A session that never had a code has nothing that could be wrong: it still waits, or may ask for one.
    if (session.n > 0 || !reason) return 'expired'
    return statusOfRefusal(reason)
  }
  if (challenge.usedAt !== undefined) return 'expired'
  if (challenge.stalled) return 'unavailable'
  if (challenge.attempts >= limits.attemptsPerCode) return 'exhausted'
  if (checksLeft(ledger, now, limits) === 0) return 'rate_limited'
  return challenge.failed && challenge.attempts === 0 ? challenge.failed : 'wrong'
}

const marker = 'otp1'

/** One round of a session: when it began (epoch milliseconds), and what it asked for. */
export interface SessionRound {
  at: number
  /** A message by this channel, the judgement of an answer, or nothing that could be carried out. */
  asked: Channel | 'answer' | 'nothing'
}

/** In the metadata, which every round adds to what Cognito keeps, in one letter. */
const letters = { whatsapp: 'W', sms: 'S', answer: 'A', nothing: 'N' } as const

/** The metadata that Cognito hands back in the session. No part of it is a secret. */
export function metadataOf({ cid, n }: SessionChallenge, { at, asked }: SessionRound): string {
  return `${marker}|${cid}|${n}|${at.toString(36)}${letters[asked]}`
}

/** What a session's entry says. A session that an older version began does not say its rounds. */
export interface SessionEntry extends SessionChallenge {
  round?: SessionRound
}

/** Reads what `metadataOf` wrote; undefined for anything else. */
export function readMetadata(metadata: unknown): SessionEntry | undefined {
  if (typeof metadata !== 'string') return undefined
  const match = /^otp1\|([\w-]{16,32})\|(\d{1,3})(?:\|([\da-z]{1,9})([WSAN]))?$/.exec(metadata)
  if (!match?.[1]) return undefined
  const [, cid, n, at, letter] = match
  const asked = (Object.keys(letters) as (keyof typeof letters)[]).find((one) => letters[one] === letter)
  return { cid, n: Number(n), ...(at && asked ? { round: { at: Number.parseInt(at, 36), asked } } : {}) }
}

/** What an app may wish for along with an answer: `{ action: "resend", channel: "sms", locale: "pt-BR" }`. */
export interface Wish {
  resend: boolean
  sms: boolean
  locale: string | undefined
}

/** Reads a wish out of metadata that anybody may have written. */
export function readWish(metadata: unknown): Wish {
  const own = (name: string) =>
    typeof metadata === 'object' && metadata !== null && Object.hasOwn(metadata, name)
      ? (metadata as Record<string, unknown>)[name]
      : undefined
  const locale = own('locale')
  return {
    resend: own('action') === 'resend',
    sms: own('channel') === 'sms',
    locale:
      typeof locale === 'string' && /^[a-z]{2,3}([-_][a-z\d]{2,8})*$/i.test(locale) ? locale : undefined,
  }
}
