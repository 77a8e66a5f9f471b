// How likely a guess is, from the settings: the figures that status and the documentation show.
import { describe, expect, it } from 'vitest'
import { type GuessSettings, guessOdds } from '../../src/insight/guess-probability.ts'
import { schema } from '../../src/settings/schema.ts'

const defaults: GuessSettings = {
  otpLength: schema.otpLength.default!,
  otpExpiryMinutes: schema.otpExpiryMinutes.default!,
  maxLoginAttempts: schema.maxLoginAttempts.default!,
  resendCooldownSeconds: schema.resendCooldownSeconds.default!,
  maxSendsPerHour: schema.maxSendsPerHour.default!,
  maxSendsPerDay: schema.maxSendsPerDay.default!,
  maxChecksPerHour: schema.maxChecksPerHour.default!,
  maxChecksPerDay: schema.maxChecksPerDay.default!,
}

describe('the chance of guessing a code', () => {
  it('is one in fifty thousand a day for a number, at the defaults', () => {
    const { perDay } = guessOdds(defaults)
    expect(perDay.guesses).toBe(20)
    expect(perDay.probability).toBeCloseTo(2e-5, 9)
    expect(perDay.oneIn).toBe(50_000)
  })

  it('is one in ten thousand altogether, before the number is locked', () => {
    const { untilLocked } = guessOdds(defaults)
    expect(untilLocked.guesses).toBe(100)
    expect(untilLocked.probability).toBeCloseTo(1e-4, 8)
    expect(untilLocked.oneIn).toBe(10_000)
  })

  it('would be a certainty with three tries for each of as many sessions as Cognito lets begin', () => {
    const { withoutLimits } = guessOdds(defaults)
    expect(withoutLimits.guesses).toBe(31_104_000)
    expect(1 - withoutLimits.probability).toBeGreaterThan(0)
    expect(1 - withoutLimits.probability).toBeLessThan(1e-13)
    expect(withoutLimits.oneIn).toBe(1)
  })

  it('falls a hundredfold with two more digits', () => {
    const long = guessOdds({ ...defaults, otpLength: 8 })
    expect(long.perDay.oneIn).toBe(5_000_000)
    expect(long.untilLocked.oneIn).toBe(1_000_000)
  })

  it('adds up distinct guesses at one code, and multiplies over codes', () => {
    const { perDay } = guessOdds({ ...defaults, maxLoginAttempts: 10 })
    expect(perDay.probability).toBeCloseTo(1 - (1 - 10 / 1e6) ** 2, 12)
  })

  it('follows whichever limit is the narrowest', () => {
    const guesses = (change: Partial<GuessSettings>) => guessOdds({ ...defaults, ...change }).perDay.guesses
    expect(guesses({ maxChecksPerDay: 12 })).toBe(12)
    expect(guesses({ maxChecksPerDay: 200, maxChecksPerHour: 1, maxSendsPerDay: 100 })).toBe(24)
    // Two codes a day, and two from just before that have not expired.
    expect(guesses({ maxSendsPerDay: 2, maxLoginAttempts: 1 })).toBe(4)
    expect(guesses({ maxSendsPerDay: 2, maxLoginAttempts: 1, resendCooldownSeconds: 300 })).toBe(3)
  })
})
