// From the numbers that are set to the rules: each variable reaches its own rule, in milliseconds.
import { expect, it } from 'vitest'
import { type NumberName, numbers } from '../../src/core/environment.ts'
import { growth } from '../../src/core/ledger/allowance.ts'
import { limitsOf, signUpCapsOf, stageCapsOf } from '../../src/core/limits.ts'

/** A different number for each variable. */
const names = Object.keys(numbers) as NumberName[]
const numberOf = (name: NumberName) => names.indexOf(name) + 1

it('gives each rule the variable of its name', () => {
  expect(limitsOf(numberOf)).toEqual({
    codeLength: numberOf('OTP_LENGTH'),
    quiet: false,
    codeLifeMs: numberOf('OTP_EXPIRY_MINUTES') * 60_000,
    attemptsPerCode: numberOf('MAX_LOGIN_ATTEMPTS'),
    cooldownMs: numberOf('RESEND_COOLDOWN_SECONDS') * 1000,
    sendsPerHour: numberOf('MAX_SENDS_PER_HOUR'),
    sendsPerDay: numberOf('MAX_SENDS_PER_DAY'),
    checksPerHour: numberOf('MAX_CHECKS_PER_HOUR'),
    checksPerDay: numberOf('MAX_CHECKS_PER_DAY'),
    smsPerDay: numberOf('MAX_SMS_PER_DAY'),
    lockAfter: numberOf('LOCK_AFTER_FAILURES'),
  })
  expect(stageCapsOf(numberOf)).toEqual({
    sends: { perHour: numberOf('POOL_SENDS_PER_HOUR'), perDay: numberOf('POOL_SENDS_PER_DAY') },
    sms: { perHour: numberOf('POOL_SMS_PER_HOUR'), perDay: numberOf('POOL_SMS_PER_DAY') },
    block: { perHour: numberOf('BLOCK_SENDS_PER_HOUR'), perDay: numberOf('BLOCK_SENDS_PER_DAY') },
  })
  expect(signUpCapsOf(numberOf)).toEqual({
    perHour: numberOf('POOL_SIGNUPS_PER_HOUR'),
    perDay: numberOf('POOL_SIGNUPS_PER_DAY'),
  })
})

it('has defaults within their bounds, and no setting that guessing could use', () => {
  for (const [name, { min, max, default: value }] of Object.entries(numbers)) {
    expect(value).toBeGreaterThanOrEqual(min)
    expect(value).toBeLessThanOrEqual(max)
    // Everything else at 0 would be a stage where nobody can sign in.
    expect(min).toBe(name === 'OTP_LENGTH' ? 6 : name === 'LOCK_AFTER_FAILURES' ? 0 : 1)
  }
  // A template takes codes of 15 digits, and they grow by four.
  expect(numbers.OTP_LENGTH.max + Math.max(...growth.map(({ digits }) => digits))).toBeLessThanOrEqual(15)
  expect(numbers.OTP_EXPIRY_MINUTES.max).toBeLessThanOrEqual(10)
  expect(numbers.MAX_LOGIN_ATTEMPTS.max).toBeLessThanOrEqual(10)
})
