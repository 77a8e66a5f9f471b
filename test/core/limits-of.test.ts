// From the numbers that are set to the rules: each variable reaches its own rule, in milliseconds.
import { expect, it } from 'vitest'
import { type NumberName, numbers } from '../../src/core/environment.ts'
import { limitsOf, poolCapsOf } from '../../src/core/limits.ts'

/** A different number for each variable. */
const names = Object.keys(numbers) as NumberName[]
const numberOf = (name: NumberName) => names.indexOf(name) + 1

it('gives each rule the variable of its name', () => {
  expect(limitsOf(numberOf)).toEqual({
    codeLength: numberOf('OTP_LENGTH'),
    codeLifeMs: numberOf('OTP_EXPIRY_MINUTES') * 60_000,
    attemptsPerCode: numberOf('MAX_LOGIN_ATTEMPTS'),
    cooldownMs: numberOf('RESEND_COOLDOWN_SECONDS') * 1000,
    sendsPerHour: numberOf('MAX_SENDS_PER_HOUR'),
    sendsPerDay: numberOf('MAX_SENDS_PER_DAY'),
    checksPerHour: numberOf('MAX_CHECKS_PER_HOUR'),
    checksPerDay: numberOf('MAX_CHECKS_PER_DAY'),
  })
  expect(poolCapsOf(numberOf)).toEqual({
    perHour: numberOf('POOL_SENDS_PER_HOUR'),
    perDay: numberOf('POOL_SENDS_PER_DAY'),
  })
})

it('has defaults within their bounds, and no setting that guessing could use', () => {
  for (const { min, max, default: value } of Object.values(numbers)) {
    expect(value).toBeGreaterThanOrEqual(min)
    expect(value).toBeLessThanOrEqual(max)
    expect(min).toBeGreaterThanOrEqual(1)
  }
  expect(numbers.OTP_LENGTH.min).toBeGreaterThanOrEqual(6)
  expect(numbers.OTP_EXPIRY_MINUTES.max).toBeLessThanOrEqual(10)
  expect(numbers.MAX_LOGIN_ATTEMPTS.max).toBeLessThanOrEqual(10)
})
