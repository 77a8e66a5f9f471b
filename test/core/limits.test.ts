// The limits: the functions and the deployer make the same of one set of settings.
import { expect, it } from 'vitest'
import { limitsOf, poolCapsOf } from '../../src/core/limits.ts'
import { variablesOf } from '../../src/resources/function-variables.ts'
import { numbersIn } from '../../src/settings/variables.ts'
import { readLimits, readPoolCaps } from '../../triggers/outside/config.ts'
import { settings as usual } from '../resources/stage-fixture.ts'

it('are the same to the functions, which are told variables, and to the deployer, who knows the settings', () => {
  const settings = {
    ...usual,
    otpLength: 8,
    otpExpiryMinutes: 7,
    maxLoginAttempts: 6,
    resendCooldownSeconds: 90,
    maxSendsPerHour: 11,
    maxSendsPerDay: 12,
    maxChecksPerHour: 13,
    maxChecksPerDay: 14,
    poolSendsPerHour: 15,
    poolSendsPerDay: 16,
  }
  const place = { stage: 'dev', account: '1', region: 'us-east-1', partition: 'aws' }
  const told = variablesOf(place, 'createAuthChallenge', settings, {})
  expect(limitsOf(numbersIn(settings))).toEqual(readLimits(told))
  expect(poolCapsOf(numbersIn(settings))).toEqual(readPoolCaps(told))
})
