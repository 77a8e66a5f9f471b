// The limits of one number and of the whole stage, and how they follow from the numbers that are set.
import type { NumberName } from './environment.ts'
import type { Limits } from './ledger/limits.ts'

/** How many of something within the hour and the day in UTC. */
export interface Caps {
  perHour: number
  perDay: number
}

/** What the whole stage may send, and what of it by SMS. */
export interface StageCaps {
  sends: Caps
  sms: Caps
  /**
   * Ten thousand numbers that differ in their last four digits only. Whoever earns on messages to numbers of his
   * own has them in such blocks; real first sign-ins do not come so close together.
   */
  block: Caps
}

/**
 * Who a message is for, by what is known of him. Those who come later in this list still have messages when the
 * ones before them have used up their share of the stage's caps.
 */
export const shares = { unproven: 0.7, proven: 0.9, device: 1 } as const
export type Standing = keyof typeof shares

/** What of the stage's caps somebody of this standing may still use up: never nothing, unless nobody has anything. */
export function shareOf(caps: Caps, standing: Standing): Caps {
  const of = (cap: number) => Math.min(cap, Math.max(1, Math.floor(cap * shares[standing])))
  return { perHour: of(caps.perHour), perDay: of(caps.perDay) }
}

/** `numberOf` gives the number that is set under a variable's name, in the unit that the name says. */
export function limitsOf(numberOf: (name: NumberName) => number): Limits {
  return {
    codeLength: numberOf('OTP_LENGTH'),
    quiet: false,
    codeLifeMs: numberOf('OTP_EXPIRY_MINUTES') * 60_000,
    attemptsPerCode: numberOf('MAX_LOGIN_ATTEMPTS'),
    cooldownMs: numberOf('RESEND_COOLDOWN_SECONDS') * 1_000,
    sendsPerHour: numberOf('MAX_SENDS_PER_HOUR'),
    sendsPerDay: numberOf('MAX_SENDS_PER_DAY'),
    checksPerHour: numberOf('MAX_CHECKS_PER_HOUR'),
    checksPerDay: numberOf('MAX_CHECKS_PER_DAY'),
    smsPerDay: numberOf('MAX_SMS_PER_DAY'),
    lockAfter: numberOf('LOCK_AFTER_FAILURES'),
  }
}

export function stageCapsOf(numberOf: (name: NumberName) => number): StageCaps {
  return {
    sends: { perHour: numberOf('POOL_SENDS_PER_HOUR'), perDay: numberOf('POOL_SENDS_PER_DAY') },
    sms: smsCapsOf(numberOf),
    block: { perHour: numberOf('BLOCK_SENDS_PER_HOUR'), perDay: numberOf('BLOCK_SENDS_PER_DAY') },
  }
}

export function smsCapsOf(numberOf: (name: NumberName) => number): Caps {
  return { perHour: numberOf('POOL_SMS_PER_HOUR'), perDay: numberOf('POOL_SMS_PER_DAY') }
}

export function signUpCapsOf(numberOf: (name: NumberName) => number): Caps {
  return { perHour: numberOf('POOL_SIGNUPS_PER_HOUR'), perDay: numberOf('POOL_SIGNUPS_PER_DAY') }
}
