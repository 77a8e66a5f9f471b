// How likely a guess is, from the settings: the figures that status and the documentation show.
import { describe, expect, it } from 'vitest'
import { numbers } from '../../src/core/environment.ts'
import { guessOdds } from '../../src/insight/guess-probability.ts'
import type { Settings } from '../../src/settings/schema.ts'

/** Everything else at its default. */
const odds = (change: Partial<Settings> = {}, quiet = false) => guessOdds(change, quiet)

describe('the chance of guessing a code', () => {
  it('is at most 1 in 5,000 a number and year at the defaults, whoever guesses and whatever the owner does', () => {
    for (const lockAfterFailures of [0, 1, 8, 100]) {
      for (const quiet of [false, true]) {
        const { stranger, deviceHolder } = odds({ lockAfterFailures }, quiet)
        expect(stranger.perYear.probability).toBeLessThanOrEqual(1 / 5_000)
        expect(deviceHolder.perYear.probability).toBeLessThanOrEqual(1 / 5_000)
      }
    }
  })

  it('counts what each window of failures judges at each length, and the rest by the checks', () => {
    const { stranger, deviceHolder } = odds()
    // Five windows begin within a year. The owner unlocks twice a day.
    const strangers = (5 * 16) / 1e6 + (5 * 48) / 1e8 + (365 * 60 - 5 * 64) / 1e10
    const devices = (5 * 16) / 1e6 + (5 * 48) / 1e8 + (365 * 100 - 5 * 64) / 1e10
    expect(stranger.perYear.guesses).toBe(365 * 60)
    expect(stranger.perYear.probability).toBeCloseTo(strangers, 12)
    expect(deviceHolder.perYear.guesses).toBe(365 * 160)
    expect(deviceHolder.perYear.probability).toBeCloseTo(strangers + devices, 12)
    expect(stranger.perDay.probability).toBeCloseTo(16 / 1e6 + 44 / 1e8, 12)
    expect(deviceHolder.perDay.probability).toBeCloseTo(32 / 1e6 + 92 / 1e8 + 36 / 1e10, 12)
  })

  it('rests on the checks alone where codes of strangers do not grow, which no device lifts there', () => {
    const { stranger, deviceHolder } = odds({}, true)
    // Those of devices begin with as many digits, and grow from there.
    const devices = (5 * 64) / 1e8 + (365 * 100 - 5 * 64) / 1e10
    expect(stranger.perYear.guesses).toBe(365 * 20)
    expect(stranger.perYear.probability).toBeCloseTo((365 * 20) / 1e8, 12)
    expect(deviceHolder.perYear.guesses).toBe(365 * 120)
    expect(deviceHolder.perYear.probability).toBeCloseTo((365 * 20) / 1e8 + devices, 12)
  })

  it('is no greater with a lock, which an owner may lift', () => {
    const { stranger, deviceHolder } = odds({ lockAfterFailures: 10 })
    expect(stranger.perDay.guesses).toBe(30)
    expect(deviceHolder.perDay.guesses).toBe(40)
    expect(deviceHolder.perYear.probability).toBeLessThan(odds().deviceHolder.perYear.probability)
  })

  it('is the greatest for a number with a fixed code, which neither grows nor changes', () => {
    const { testNumber } = odds()
    expect(testNumber).toMatchObject({ guesses: 90 * 20, oneIn: 555 })
    expect(odds({}, true).testNumber).toMatchObject({ guesses: 90 * 20, oneIn: 55_555 })
    expect(odds({ lockAfterFailures: 10 }).testNumber.guesses).toBe(10)
    expect(odds({ otpLength: 8 }).testNumber.oneIn).toBe(55_555)
  })

  it('would be a certainty with three tries for each of as many sessions as Cognito lets begin', () => {
    const { withoutLimits } = odds()
    expect(withoutLimits.guesses).toBe(31_104_000)
    expect(1 - withoutLimits.probability).toBeGreaterThan(0)
    expect(1 - withoutLimits.probability).toBeLessThan(1e-13)
    expect(withoutLimits.oneIn).toBe(1)
  })

  it('falls a hundredfold with two more digits, and depends on no number of tries a code', () => {
    const [short, long] = [odds(), odds({ otpLength: 8 })]
    expect(long.stranger.perYear.probability).toBeCloseTo(short.stranger.perYear.probability / 100, 12)
    expect(odds({ maxLoginAttempts: 10 }).deviceHolder).toEqual(short.deviceHolder)
  })

  it('follows the narrower of the limits on answers, and is never more than certain', () => {
    const guesses = (change: Partial<Settings>) => odds(change).stranger.perDay.guesses
    expect(guesses({ maxChecksPerDay: 12 })).toBe(36)
    expect(guesses({ maxChecksPerDay: 200, maxChecksPerHour: 1 })).toBe(72)
    const { max } = numbers.MAX_CHECKS_PER_DAY
    const wide = odds({ otpLength: 1, maxChecksPerDay: max, maxChecksPerHour: 100 })
    expect(wide.deviceHolder.perYear).toMatchObject({ probability: 1, oneIn: 1 })
  })
})
