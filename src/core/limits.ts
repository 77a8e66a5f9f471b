// The limits of one number and of the whole stage, and how they follow from the numbers that are set.
import type { NumberName } from './environment.ts'

/** The rules that hold for one number, in milliseconds and counts. */
export interface Limits {
  codeLength: number
  codeLifeMs: number
  attemptsPerCode: number
  cooldownMs: number
  sendsPerHour: number
  sendsPerDay: number
  checksPerHour: number
  checksPerDay: number
}

/** Messages of everybody together, by the hour and the day in UTC. */
export interface PoolCaps {
  perHour: number
  perDay: number
}

/** Numbers that were never proven stop here, so that a flood of sign-ups leaves room for those who were. */
export const unverifiedShare = 0.7

/**
 * Ten thousand numbers that differ in their last four digits only. Whoever earns on messages to numbers of his
 * own has them in such blocks; real first sign-ins do not come so close together.
 */
export const blockCaps: PoolCaps = { perHour: 10, perDay: 20 }

/** `numberOf` gives the number that is set under a variable's name, in the unit that the name says. */
export function limitsOf(numberOf: (name: NumberName) => number): Limits {
  return {
    codeLength: numberOf('OTP_LENGTH'),
    codeLifeMs: numberOf('OTP_EXPIRY_MINUTES') * 60_000,
    attemptsPerCode: numberOf('MAX_LOGIN_ATTEMPTS'),
    cooldownMs: numberOf('RESEND_COOLDOWN_SECONDS') * 1_000,
    sendsPerHour: numberOf('MAX_SENDS_PER_HOUR'),
    sendsPerDay: numberOf('MAX_SENDS_PER_DAY'),
    checksPerHour: numberOf('MAX_CHECKS_PER_HOUR'),
    checksPerDay: numberOf('MAX_CHECKS_PER_DAY'),
  }
}

export function poolCapsOf(numberOf: (name: NumberName) => number): PoolCaps {
  return { perHour: numberOf('POOL_SENDS_PER_HOUR'), perDay: numberOf('POOL_SENDS_PER_DAY') }
}
