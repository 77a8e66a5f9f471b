// The limits: the functions and the deployer make the same of one set of settings.
import { expect, it } from 'vitest'
import { limitsOf, signUpCapsOf, stageCapsOf } from '../../src/core/limits.ts'
import { variablesOf } from '../../src/resources/function-variables.ts'
import { numbersIn } from '../../src/settings/variables.ts'
import { readLimits, readSignUpCaps, readStageCaps } from '../../triggers/outside/config.ts'
import { caps, limits } from '../limits.ts'
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
    blockSendsPerHour: 17,
    blockSendsPerDay: 18,
    poolSignupsPerHour: 19,
    poolSignupsPerDay: 20,
    maxSmsPerDay: 21,
    poolSmsPerHour: 22,
    poolSmsPerDay: 23,
    lockAfterFailures: 24,
  }
  const place = { stage: 'dev', account: '1', region: 'us-east-1', partition: 'aws' }
  const told = variablesOf(place, 'createAuthChallenge', settings, {})
  expect(limitsOf(numbersIn(settings))).toEqual(readLimits(told))
  expect(stageCapsOf(numbersIn(settings))).toEqual(readStageCaps(told))
  const toldAtSignUp = variablesOf(place, 'preSignUp', settings, {})
  expect(signUpCapsOf(numbersIn(settings))).toEqual(readSignUpCaps(toldAtSignUp))
})

it('are the defaults where the record of a stage is older than a setting', () => {
  const { blockSendsPerHour: _, poolSmsPerDay: __, lockAfterFailures: ___, ...older } = usual
  expect(limitsOf(numbersIn(older))).toEqual(limits)
  expect(stageCapsOf(numbersIn(older))).toEqual(caps)
})
