// How likely a guesser is to hit a code under a stage's limits, worked out from its settings. Pure.
import { failuresCap } from '../core/ledger.ts'
import type { Settings } from '../settings/schema.ts'

export type GuessSettings = Pick<
  Settings,
  | 'otpLength'
  | 'otpExpiryMinutes'
  | 'maxLoginAttempts'
  | 'resendCooldownSeconds'
  | 'maxSendsPerHour'
  | 'maxSendsPerDay'
  | 'maxChecksPerHour'
  | 'maxChecksPerDay'
>

interface Odds {
  /** Answers that are compared with a code, at most. */
  guesses: number
  /** That at least one of them is right, from 0 to 1. */
  probability: number
  /** The same as one chance in so many, rounded to a whole number. */
  oneIn: number
}

export interface GuessOdds {
  /** One number in any 24 hours, whatever is tried in parallel and through whichever client. */
  perDay: Odds
  /** One number until it gets no more codes, without a right answer in between. */
  untilLocked: Odds
  /** One number in a day if a code's own tries were the only limit beside Cognito's request quota. */
  withoutLimits: Odds
}

/** Sign-ins a second that Cognito lets an account begin (category UserAuthentication, default quota). */
const sessionsPerSecond = 120
const secondsPerDay = 86_400

/** What a guesser can reach at best. Assumes that he never repeats a guess at the same code. */
export function guessOdds(settings: GuessSettings): GuessOdds {
  const { otpLength, maxLoginAttempts } = settings
  const odds = (guesses: number): Odds => {
    const probability = chance(10 ** otpLength, maxLoginAttempts, guesses)
    return { guesses, probability, oneIn: Math.round(1 / probability) }
  }
  return {
    perDay: odds(guessesPerDay(settings)),
    untilLocked: odds(failuresCap),
    withoutLimits: odds(sessionsPerSecond * secondsPerDay * maxLoginAttempts),
  }
}

/** The least of what the limits on answers allow and what the codes sent in that time can take. */
function guessesPerDay(settings: GuessSettings): number {
  const { maxLoginAttempts, maxSendsPerDay, maxSendsPerHour, maxChecksPerHour, maxChecksPerDay } = settings
  // Codes that were sent before the day begins and have not expired can still be guessed at in it.
  const spacing = Math.ceil((settings.otpExpiryMinutes * 60) / settings.resendCooldownSeconds)
  const alive = Math.min(spacing, maxSendsPerHour, maxSendsPerDay)
  const codes = Math.min(maxSendsPerDay, 24 * maxSendsPerHour) + alive
  return Math.min(maxChecksPerDay, 24 * maxChecksPerHour, codes * maxLoginAttempts)
}

/**
 * Guesses at one code are all different, so its share is tries / codes; different codes are independent.
 * Sums logarithms: 1 - (1 - p)^n loses its digits when p is small.
 */
function chance(codes: number, triesPerCode: number, guesses: number): number {
  const missed = (tries: number) => Math.log1p(-tries / codes)
  const whole = Math.floor(guesses / triesPerCode)
  return -Math.expm1(whole * missed(triesPerCode) + missed(guesses % triesPerCode))
}
