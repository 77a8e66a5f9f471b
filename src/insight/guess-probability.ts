// How likely a patient guesser is to hit a code under a stage's limits, worked out from its settings. Pure.

import { growth, lengthNow, quietDigits } from '../core/ledger/allowance.ts'
import { unlocksPerDay } from '../core/ledger/checks.ts'
import { dayMs, emptyLedger, failureWindowMs, mostDevices } from '../core/ledger/ledger.ts'
import type { Limits } from '../core/ledger/limits.ts'
import { limitsOf } from '../core/limits.ts'
import { mostTestDays } from '../core/test-numbers.ts'
import type { Settings } from '../settings/schema.ts'
import { numbersIn } from '../settings/variables.ts'

type GuessLimits = Pick<Limits, 'codeLength' | 'quiet' | 'checksPerHour' | 'checksPerDay' | 'lockAfter'>

export interface Odds {
  /** Answers that are compared with a code, at most. */
  guesses: number
  /** That at least one of them is right, at most, from 0 to 1. */
  probability: number
  /** The same as one chance in so many, rounded down to a whole number. */
  oneIn: number
}

interface Spans {
  /** One number in any 24 hours, whatever is tried in parallel and through whichever client. */
  perDay: Odds
  /** One number in any 365 days, whatever its owner does meanwhile. */
  perYear: Odds
}

export interface GuessOdds {
  /** Cognito has another name for an unknown number each time, as far as is known: strangers' codes do not grow. */
  quiet: boolean
  /** Wrong answers in 90 days after which a number gets no more codes; 0 where it gets longer ones instead. */
  lockAfterFailures: number
  /** Somebody who knows the number. */
  stranger: Spans
  /** Somebody who besides holds all devices that are known for it. */
  deviceHolder: Spans
  /** A number with a fixed code, for as long as it may have one. */
  testNumber: Odds
  /** One number in a day if a code's own tries were the only limit beside Cognito's request quota. */
  withoutLimits: Odds
}

/** Sign-ins a second that Cognito lets an account begin (category UserAuthentication, default quota). */
export const sessionsPerSecond = 120
export const secondsPerDay = 86_400

/** Answers that are judged, by the digits of the code. */
export type Guesses = Map<number, number>

/** What a guesser can reach at best: he knows the rules, lets every window slide, and never repeats a guess. */
export function guessOdds(settings: Partial<Settings>, quiet: boolean): GuessOdds {
  const limits = { ...limitsOf(numbersIn(settings)), quiet }
  const { codeLength, attemptsPerCode, lockAfter } = limits
  const spans = (holdsDevices: boolean): Spans => ({
    perDay: oddsOf(mostGuesses(limits, 1, holdsDevices)),
    perYear: oddsOf(mostGuesses(limits, 365, holdsDevices)),
  })
  return {
    quiet,
    lockAfterFailures: lockAfter,
    stranger: spans(false),
    deviceHolder: spans(true),
    testNumber: oddsOf(mostTestGuesses(limits)),
    withoutLimits: manyCodes(codeLength, attemptsPerCode, sessionsPerSecond * secondsPerDay),
  }
}

/**
 * The most answers that are judged for one number in so many days. How many sessions share a code, and the tries of
 * each, bound nothing: what an answer costs its party does. The owner may lift what strangers have used up as often
 * as the rules let him, and whoever holds a device of his does.
 */
export function mostGuesses(limits: GuessLimits, days: number, holdsDevices: boolean): Guesses {
  const { quiet, lockAfter } = limits
  const checks = checksIn(limits, days)
  const windows = Math.ceil((days * dayMs) / failureWindowMs)
  const unlocks = unlocksPerDay * days
  const locked = (times: number) => (lockAfter === 0 ? Number.POSITIVE_INFINITY : lockAfter * times)
  const lifted = quiet ? 0 : unlocksPerDay
  const ofStrangers = Math.min(checks * (1 + lifted), locked(windows + unlocks))
  const guesses = quiet
    ? new Map([[limits.codeLength + quietDigits, ofStrangers]])
    : byLength(limits, ofStrangers, windows)
  if (!holdsDevices) return guesses
  const ofDevices = byLength(limits, Math.min(checks * mostDevices, locked(windows)), windows)
  for (const [digits, count] of ofDevices) guesses.set(digits, (guesses.get(digits) ?? 0) + count)
  return guesses
}

/** Answers that one party has in so many days. */
const checksIn = ({ checksPerHour, checksPerDay }: GuessLimits, days: number) =>
  Math.min(checksPerDay, 24 * checksPerHour) * days

/** At a fixed code, as long as one of a new number: it does not grow, and no device is known that could lift anything. */
function mostTestGuesses(limits: Limits): Guesses {
  const { lockAfter } = limits
  const checks = checksIn(limits, mostTestDays)
  const most = lockAfter === 0 ? checks : Math.min(checks, lockAfter)
  return new Map([[lengthNow(emptyLedger, limits), most]])
}

/** One pool of failures: the shortest codes first, as many as each window still judges answers to. */
function byLength({ codeLength, quiet }: GuessLimits, total: number, windows: number): Guesses {
  const guesses: Guesses = new Map()
  const add = (more: number, count: number) => {
    const digits = codeLength + Math.max(more, quiet ? quietDigits : 0)
    guesses.set(digits, (guesses.get(digits) ?? 0) + count)
  }
  let used = 0
  let more = 0
  for (const step of growth) {
    const until = Math.min(total, windows * 2 * step.after)
    add(more, until - used)
    used = until
    more = step.digits
  }
  add(more, total - used)
  return guesses
}

/** The chances of all guesses added up, which is never less than the chance of any of them. */
function oddsOf(guesses: Guesses): Odds {
  const all = [...guesses]
  const sum = all.reduce((chance, [digits, count]) => chance + count / 10 ** digits, 0)
  const probability = Math.min(1, sum)
  return {
    guesses: all.reduce((total, [, count]) => total + count, 0),
    probability,
    oneIn: Math.floor(1 / probability),
  }
}

/** Guesses at one code are all different, codes are independent. Adding up would exceed 1 here. */
function manyCodes(digits: number, triesPerCode: number, codes: number): Odds {
  const probability = -Math.expm1(codes * Math.log1p(-triesPerCode / 10 ** digits))
  return { guesses: codes * triesPerCode, probability, oneIn: Math.round(1 / probability) }
}
