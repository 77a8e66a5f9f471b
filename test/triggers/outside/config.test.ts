// What the functions refuse to start with, and which numbers a list of countries lets through.
import { describe, expect, it } from 'vitest'
import { environment, numbers } from '../../../src/core/environment.ts'
import { maskPhone } from '../../../src/core/mask.ts'
import { countryOf } from '../../../src/core/phone/number.ts'
import {
  type Environment,
  readCommon,
  readCountries,
  readLimits,
  readPlaces,
  readSignUpAttributes,
  readSignUpCaps,
  readSmsFallback,
  readStageCaps,
  readWhatsApp,
} from '../../../triggers/outside/config.ts'
import { caps, limits } from '../../limits.ts'

const good: Environment = {
  STAGE: 'dev',
  LOG_LEVEL: 'INFO',
  TABLE_NAME: 'table',
  MASTER_KEY_PARAMETER: '/master-key',
  PROVIDER_KEY_PARAMETER: '/provider-key',
  FINDINGS_PARAMETER: '/findings',
  BRAKE_PARAMETER: '/brake',
  SENDZEN_API_URL: 'https://api.sendzen.io/v1/messages',
  WHATSAPP_FROM: '+1 (555) 000-9999',
  WHATSAPP_TEMPLATE_NAME: 'otp',
  WHATSAPP_LANG_CODE: 'en_US, pt_BR',
  ALLOWED_COUNTRIES: 'us,GB',
  SMS_FALLBACK: 'false',
  SMS_SENDER_ID: 'none',
  SMS_ORIGINATION_NUMBER: 'none',
  SMS_INDIA_ENTITY_ID: 'none',
  SMS_INDIA_TEMPLATE_ID: 'none',
  SMS_INDIA_TEXT: 'none',
  SIGNUP_ATTRIBUTES: 'none',
  ...Object.fromEntries(Object.entries(numbers).map(([name, { default: value }]) => [name, String(value)])),
}

describe('the environment', () => {
  it('is read into rules', () => {
    expect(readLimits(good)).toEqual(limits)
    expect(readStageCaps(good)).toEqual(caps)
    expect(readSignUpCaps(good)).toEqual({ perHour: 100, perDay: 500 })
    expect(readWhatsApp(good)).toMatchObject({ from: '15550009999', languages: ['en_US', 'pt_BR'] })
    expect(readCountries(good)).toEqual(new Set(['US', 'GB']))
    expect(readCommon(good)).toEqual({ stage: 'dev', logLevel: 'info' })
    expect(readSignUpAttributes(good)).toEqual(new Set())
    expect(readSignUpAttributes({ SIGNUP_ATTRIBUTES: 'email, name' })).toEqual(new Set(['email', 'name']))
    expect([readSmsFallback(good), readSmsFallback({ SMS_FALLBACK: 'on' })]).toEqual([false, true])
  })

  it.each(Object.keys(numbers) as (keyof typeof numbers)[])('refuses %s outside its bounds', (name) => {
    const read = (value: string) => ({
      ...readLimits({ ...good, [name]: value }),
      ...readStageCaps({ ...good, [name]: value }),
      ...readSignUpCaps({ ...good, [name]: value }),
    })
    const { min, max } = numbers[name]
    expect(() => read(String(min))).not.toThrow()
    expect(() => read(String(max))).not.toThrow()
    for (const wrong of [
      ...(min > 0 ? [String(min - 1)] : []),
      String(max + 1),
      '',
      '5.5',
      'five',
      '1e3',
      '-1',
    ]) {
      expect(() => read(wrong), wrong).toThrow(name)
    }
  })

  it.each<[string, string, (env: Environment) => unknown]>([
    ['ALLOWED_COUNTRIES', '', readCountries],
    ['ALLOWED_COUNTRIES', ' , ', readCountries],
    ['ALLOWED_COUNTRIES', 'USA', readCountries],
    ['ALLOWED_COUNTRIES', '*', readCountries],
    ['SENDZEN_API_URL', 'api.sendzen.io', readWhatsApp],
    ['SENDZEN_API_URL', 'file:///etc/passwd', readWhatsApp],
    ['WHATSAPP_FROM', '123', readWhatsApp],
    ['WHATSAPP_LANG_CODE', 'english', readWhatsApp],
    ['SMS_FALLBACK', 'maybe', readSmsFallback],
    ['SIGNUP_ATTRIBUTES', '', readSignUpAttributes],
    ['SIGNUP_ATTRIBUTES', 'custom:role', readSignUpAttributes],
    ['LOG_LEVEL', 'loud', readCommon],
    ['TABLE_NAME', '', readPlaces],
  ])('refuses %s="%s"', (name, value, read) => {
    expect(() => read({ ...good, [name]: value })).toThrow(name)
  })

  it('gives Define and PostConfirmation nothing they do not use', () => {
    expect(environment.defineAuthChallenge).toEqual(['STAGE', 'LOG_LEVEL', 'MAX_LOGIN_ATTEMPTS'])
    expect(environment.postConfirmation).toEqual(['STAGE', 'LOG_LEVEL'])
  })
})

describe('the country of a number', () => {
  it.each([
    ['+12025550123', 'US'],
    ['+18765550123', 'JM'],
    ['+12425550123', 'BS'],
    ['+16045550123', 'CA'],
    ['+79991234567', 'RU'],
    ['+77011234567', 'KZ'],
    ['+4915112345678', 'DE'],
    ['+919876543210', 'IN'],
  ])('of %s is %s', (number, country) => {
    expect(countryOf(number)).toBe(country)
  })

  it("of one in nobody's range is the main one of its calling code", () => {
    expect(countryOf('+15550100001')).toBe('US')
    expect(countryOf('+447700900123')).toBe('GB')
  })

  it.each([
    '+881612345678',
    '+80012345678',
    '+0123456789',
    '12025550123',
    '+1202555',
    '+12025550',
    '+120255501234',
    '+1202555012345678',
    '+1 202 555 0123',
    '+12025550123;ext=1',
    'tel:+12025550123',
    '+١٢٠٢٥٥٥٠١٢٣',
    '',
  ])('is none for %s', (number) => {
    expect(countryOf(number)).toBeUndefined()
  })

  it('shows in the log with its last two digits', () => {
    expect(maskPhone('+12025550123')).toBe('+*********23')
  })
})
