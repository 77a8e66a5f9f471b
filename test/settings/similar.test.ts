// What was meant by a word that is almost right.
import { expect, it } from 'vitest'
import { parseConfigFile } from '../../src/settings/config-file.ts'
import { similarTo } from '../../src/settings/similar.ts'

it('finds the nearest word, whatever case and hyphens', () => {
  const known = ['otpLength', 'otpExpiryMinutes', 'region']
  expect(similarTo('otp_lenght', known)).toBe('otpLength')
  expect(similarTo('OTP-EXPIRY-MINUTE', known)).toBe('otpExpiryMinutes')
  expect(similarTo('regoin', known)).toBe(undefined)
  expect(similarTo('regio', known)).toBe('region')
  expect(similarTo('colour', known)).toBe(undefined)
})

it.each([
  ['otpLenght', 'did you mean otpLength?'],
  ['WHATSAPP_LANG_CODE', 'did you mean whatsappLanguages?'],
  ['pool_sends_per_day', 'did you mean poolSendsPerDay?'],
  ['profil', 'did you mean profile?'],
])('whatsapp-otp.json with %s: %s', (key, why) => {
  expect(() => parseConfigFile(JSON.stringify({ stages: { dev: { [key]: 1 } } }))).toThrow(
    expect.objectContaining({ code: 'CONFIG_FILE_INVALID', why }),
  )
})

it('whatsapp-otp.json with a key that is like none lists them all', () => {
  expect(() => parseConfigFile('{ "colour": 1 }')).toThrow(
    expect.objectContaining({ why: expect.stringContaining('known are ') }),
  )
})
