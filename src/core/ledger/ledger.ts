// Everything that is remembered about one phone number, and what can be read from it. Pure: time comes in.

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

/** One code and all that may be known about it. Times are epoch milliseconds. */
export interface Challenge {
  cid: string
  /** The request that got the last permit to send; Cognito's repetition of that request has the same key. */
  key: string
  /** The invocation that holds that permit, and it alone. */
  by: string
  user: string
  client: string
  kid: string
  tag: string
  /** The encrypted code; empty once the code was used. */
  sealed: string
  /** Digits of the code. */
  length: number
  expiresAt: number
  /** Wrong or not yet judged answers of each session that holds this code, by the session's id. */
  tries: Record<string, number>
  sends: number
  sentAt: number
  channel: Channel
  /** Why the last send brought nothing. The code stays valid all the same. */
  failed?: SendFailure
  /** The session whose last answer was right, but could not be acted upon. */
  stalled?: string
  /** The fixed code of a test number: nothing is sent, and the secrets hold what an answer is compared with. */
  test?: true
  usedAt?: number
  usedBy?: string
  /** The session that was right, and learned that the number is somebody else's. */
  taken?: string
}

export type Channel = 'whatsapp' | 'sms'
/** `held`: by a cap of the stage. */
export type SendFailure = 'delivery_failed' | 'held' | 'unavailable'

/** What one party has used of a number's limits: a known device, or all strangers together. */
export interface Allowance {
  /** Messages and judged answers of the last 24 hours, oldest first. */
  sends: number[]
  checks: number[]
  nextSend: number
}

/** A device that has signed in with this number, by the keyed hash of what it keeps. */
export interface Device extends Allowance {
  id: string
  usedAt: number
}

/** A wrong answer that no right one in the same session has followed. */
export interface Failure {
  at: number
  /** The session, shortened. */
  sid: string
}

export interface Ledger extends Allowance {
  /** Text messages of the last 24 hours to strangers together, and to devices together. */
  sms: number[]
  deviceSms: number[]
  /** Messages that a cap of the stage held back: each counts as sent until that cap opens again. */
  held: { at: number; until: number }[]
  /** The latest of strangers, oldest first. */
  failures: Failure[]
  /** Those of known devices together. */
  deviceFailures: Failure[]
  /** Failures before this moment lock nobody any more. */
  unlockedAt: number
  /** When devices have lifted what strangers had used up. */
  unlocks: number[]
  devices: Device[]
  lastSuccess: number
  /** The user, by keyed hash, who has proven this number. */
  owner?: string
  /** The last proof was the fixed code of a test number, which proves nothing. */
  provenByTest?: true
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
  deviceSms: [],
  held: [],
  checks: [],
  nextSend: 0,
  failures: [],
  deviceFailures: [],
  unlockedAt: 0,
  unlocks: [],
  devices: [],
  lastSuccess: 0,
  challenges: [],
}

/** Failures are looked at for so long. */
export const failureWindowMs = 90 * dayMs
/** A device that was not used for so long is forgotten. */
export const deviceLifeMs = 400 * dayMs
export const mostDevices = 5

/** Enough to tell how long codes are, and the latest lock. */
const keptFailures = 100

/** The ledger without what no rule looks at any more. Expired codes go; DynamoDB's own TTL may be days late. */
export function prune(ledger: Ledger, now: number): Ledger {
  const today = (times: number[]) => times.filter((at) => at > now - dayMs)
  const lately = (failures: Failure[]) =>
    failures.filter(({ at }) => at > now - failureWindowMs).slice(-keptFailures)
  return {
    ...ledger,
    sends: today(ledger.sends),
    sms: today(ledger.sms),
    deviceSms: today(ledger.deviceSms),
    held: ledger.held.filter(({ until }) => until > now),
    checks: today(ledger.checks),
    failures: lately(ledger.failures),
    deviceFailures: lately(ledger.deviceFailures),
    unlocks: today(ledger.unlocks),
    devices: ledger.devices
      .filter(({ usedAt }) => usedAt > now - deviceLifeMs)
      .map((device) => ({ ...device, sends: today(device.sends), checks: today(device.checks) })),
    challenges: ledger.challenges.filter((challenge) => challenge.expiresAt > now),
  }
}

/** When DynamoDB may forget the ledger (epoch seconds): what still limits or warns somebody is kept longer. */
export function expiryOf(ledger: Ledger, now: number): number {
  const { failures, deviceFailures } = ledger
  const keep = ledger.lastSuccess
    ? deviceLifeMs
    : failures.length + deviceFailures.length > 0
      ? failureWindowMs
      : 2 * dayMs
  return Math.ceil((now + keep) / 1000)
}

/** The device of this id, if the number knows it. */
export function deviceOf(ledger: Ledger, id: string | undefined): Device | undefined {
  return id === undefined ? undefined : ledger.devices.find((device) => device.id === id)
}

/** Whose failures count for whoever comes with this device, or without one. */
export function failuresOf(ledger: Ledger, device: Device | undefined): Failure[] {
  return device ? ledger.deviceFailures : ledger.failures
}

export function findChallenge(ledger: Ledger, cid: string): Challenge | undefined {
  return ledger.challenges.find((challenge) => challenge.cid === cid)
}

/** The ledger with one challenge put in the place of the one with its cid. */
export function withChallenge(ledger: Ledger, challenge: Challenge): Ledger {
  const challenges = ledger.challenges.map((other) => (other.cid === challenge.cid ? challenge : other))
  return { ...ledger, challenges }
}

/** The ledger with what a device, or the strangers together, have used replaced. */
export function withAllowance(ledger: Ledger, device: Device | undefined, used: Partial<Allowance>): Ledger {
  if (!device) return { ...ledger, ...used }
  const devices = ledger.devices.map((other) => (other.id === device.id ? { ...other, ...used } : other))
  return { ...ledger, devices }
}

/** The text messages that count for whoever comes with this device, or without one. */
export function smsOf(ledger: Ledger, device: Device | undefined): number[] {
  return device ? ledger.deviceSms : ledger.sms
}

export function withSms(ledger: Ledger, device: Device | undefined, sms: number[]): Ledger {
  return device ? { ...ledger, deviceSms: sms } : { ...ledger, sms }
}
