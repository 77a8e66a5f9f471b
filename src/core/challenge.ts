// What a challenge shows to the app, and what the session carries from one round to the next.

import { checksLeft, lengthNow, type Refusal, sendWait } from './ledger/allowance.ts'
import {
  type Challenge,
  type Channel,
  type Device,
  emptyLedger,
  findChallenge,
  type Ledger,
  prune,
  type SendFailure,
} from './ledger/ledger.ts'
import type { Limits } from './ledger/limits.ts'
import { isLongEnough, type SessionChallenge } from './ledger/sends.ts'

export const statuses = [
  'sent',
  'wrong',
  'cooldown',
  'rate_limited',
  'delivery_failed',
  'expired',
  'exhausted',
  'unavailable',
  /** Only after a proof: the number that was to become this user's is somebody else's. */
  'taken',
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

/** What a session is shown: the state of its number, as far as whoever asks may know it. */
export interface Shown {
  status: Status
  /** Undefined where it could not be read. */
  ledger?: Ledger | undefined
  challenge?: Challenge | undefined
  channel?: Channel | undefined
  /** The known device that asks. */
  device?: Device | undefined
}

/** All public parameters; the same names and the same forms whoever asks. */
export function publicParameters(
  { status, ledger: before, challenge, channel = challenge?.channel ?? 'whatsapp', device }: Shown,
  limits: Limits,
  now: number,
  sid: string,
): Record<(typeof publicNames)[number], string> {
  const ledger = before && prune(before, now)
  const live =
    challenge && challenge.expiresAt > now && challenge.usedAt === undefined ? challenge : undefined
  const attempts = live ? Math.max(0, limits.attemptsPerCode - (live.tries[sid] ?? 0)) : 0
  const waitMs = ledger ? sendWait(ledger, now, limits, device).waitMs : pauseSeconds * 1000
  const length = live?.length ?? lengthNow(ledger ?? emptyLedger, limits, device)
  return {
    status,
    destination,
    channel,
    codeLength: String(length),
    expiresIn: String(live ? Math.ceil((live.expiresAt - now) / 1000) : 0),
    resendIn: String(Math.ceil(waitMs / 1000)),
    attemptsLeft: String(ledger ? Math.min(attempts, checksLeft(ledger, now, limits, device)) : 0),
  }
}

/** What a refusal is called to the app. */
export function statusOfRefusal(reason: Refusal): Status {
  return reason === 'cooldown' ? 'cooldown' : 'rate_limited'
}

/**
 * What is told of a message that brought nothing; undefined where it is told as sent. What concerns this number
 * alone would tell a stranger that it has an account; a known device may know.
 */
export function toldOf(
  failed: SendFailure | 'unreachable' | undefined,
  isKnownDevice: boolean,
): Status | undefined {
  if (failed === 'held') return isKnownDevice ? 'rate_limited' : undefined
  if (failed === 'unreachable') return isKnownDevice ? 'delivery_failed' : undefined
  return failed
}

/** Why the session is asked again: the state of its code after an answer. */
export function statusAfterAnswer(
  before: Ledger,
  now: number,
  limits: Limits,
  session: SessionChallenge,
  device?: Device,
): Status {
  const ledger = prune(before, now)
  const challenge = findChallenge(ledger, session.cid)
  if (!challenge) {
    const { reason } = sendWait(ledger, now, limits, device)
    // A session that never had a code has nothing that could be wrong: it still waits, or may ask for one.
    if (session.n > 0 || !reason) return 'expired'
    return statusOfRefusal(reason)
  }
  const { sid } = session
  if (challenge.taken === sid) return 'taken'
  if (challenge.usedAt !== undefined) return 'expired'
  if (challenge.stalled === sid) return 'unavailable'
  const tries = challenge.tries[sid] ?? 0
  if (tries >= limits.attemptsPerCode) return 'exhausted'
  if (!isLongEnough(challenge, ledger, limits, device)) return 'expired'
  if (checksLeft(ledger, now, limits, device) === 0) return 'rate_limited'
  const told = toldOf(challenge.failed, device !== undefined)
  return told && tries === 0 ? told : 'wrong'
}

const marker = 'otp2'

/** One round of a session: when it began (epoch milliseconds), and what it asked for. */
export interface SessionRound {
  at: number
  /** A message by this channel, the judgement of an answer, or nothing that could be carried out. */
  asked: Channel | 'answer' | 'nothing'
}

/** In the metadata, which every round adds to what Cognito keeps, in one letter. */
const letters = { whatsapp: 'W', sms: 'S', answer: 'A', nothing: 'N' } as const

/** What a session's entry says. */
export interface SessionEntry extends SessionChallenge {
  round: SessionRound
  /** What the logs call the number that the session is about: it never goes on with another one. */
  number: string
  /** The new number of this user that is to be proven, sealed. */
  change?: string | undefined
}

/** The metadata that Cognito hands back in the session. No part of it is a secret. */
export function metadataOf({ sid, cid, n, round, number, change = '' }: SessionEntry): string {
  const { at, asked } = round
  return [marker, sid, cid, n, `${at.toString(36)}${letters[asked]}`, number, change].join('|')
}

/** Reads what `metadataOf` wrote; undefined for anything else. */
export function readMetadata(metadata: unknown): SessionEntry | undefined {
  if (typeof metadata !== 'string') return undefined
  const match =
    /^otp2\|([\w-]{16,32})\|([\w-]{16,32})\|(\d{1,3})\|([\da-z]{1,9})([WSAN])\|([\da-f]{12})\|([\w-]{0,200})$/.exec(
      metadata,
    )
  if (!match) return undefined
  const [, sid = '', cid = '', n, at = '', letter, number = '', change] = match
  const asked = (Object.keys(letters) as (keyof typeof letters)[]).find((one) => letters[one] === letter)
  if (!asked) return undefined
  const round = { at: Number.parseInt(at, 36), asked }
  return { sid, cid, n: Number(n), round, number, ...(change ? { change } : {}) }
}

/** What an app may ask for along with an answer. */
export const actions = ['resend', 'unlock', 'forget_devices', 'change_number'] as const

/** As in `{ action: "resend", channel: "sms", locale: "pt-BR", device: "…" }`. */
export interface Wish {
  action: (typeof actions)[number] | undefined
  sms: boolean
  locale: string | undefined
  /** What a device keeps to be known by. */
  device: string | undefined
  /** The number that is to become the user's, in E.164 form. */
  phoneNumber: string | undefined
}

/** Reads a wish out of metadata that anybody may have written. */
export function readWish(metadata: unknown): Wish {
  const own = (name: string, pattern: RegExp) => {
    const value =
      typeof metadata === 'object' && metadata !== null && Object.hasOwn(metadata, name)
        ? (metadata as Record<string, unknown>)[name]
        : undefined
    return typeof value === 'string' && value.length <= 200 && pattern.test(value) ? value : undefined
  }
  const action = own('action', /^[a-z_]+$/)
  return {
    action: actions.find((one) => one === action),
    sms: own('channel', /^sms$/) !== undefined,
    locale: own('locale', /^[a-z]{2,3}([-_][a-z\d]{2,8})*$/i),
    // 128 bits take 22 characters of base64, 32 of hex.
    device: own('device', /^[\w+/=-]{22,}$/),
    phoneNumber: own('phoneNumber', /^\+[1-9]\d{6,14}$/),
  }
}

/** Whether this round's answer is no code, but stands for a request. */
export function isRequest({ action }: Wish): boolean {
  return action === 'resend' || action === 'unlock'
}
