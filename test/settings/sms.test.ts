// What is refused before a deploy changes anything, since carriers would take no message.
import { describe, expect, it } from 'vitest'
import { resolveSettings } from '../../src/settings/resolve.ts'
import type { Settings } from '../../src/settings/schema.ts'
import { checkSms, smsWarnings } from '../../src/settings/sms.ts'

const settingsOf = (env: Record<string, string>) =>
  resolveSettings(
    { flags: {}, env: {}, processEnv: { SMS_FALLBACK: 'true', ...env }, file: {}, trusted: new Set() },
    'dev',
  ).settings as Settings
const refusal = (env: Record<string, string>) => {
  try {
    checkSms(settingsOf(env))
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
const india = {
  SMS_SENDER_ID: 'ACMEIN',
  SMS_INDIA_ENTITY_ID: '1101456789012345678',
  SMS_INDIA_TEMPLATE_ID: '1107456789012345678',
  SMS_INDIA_TEXT: 'Dear user, {code} is your OTP. ACME',
}

describe('SMS to', () => {
  it('countries that ask for nothing need nothing', () => {
    expect(refusal({ ALLOWED_COUNTRIES: 'DE,FR' })).toBeUndefined()
    expect(refusal({ ALLOWED_COUNTRIES: 'US,IN', SMS_FALLBACK: 'false' })).toBeUndefined()
  })

  it('the United States and Canada need a number', () => {
    expect(refusal({ ALLOWED_COUNTRIES: 'DE,US' })).toBe('SMS to US needs SMS_ORIGINATION_NUMBER')
    expect(refusal({ ALLOWED_COUNTRIES: 'CA,US' })).toBe('SMS to US and CA needs SMS_ORIGINATION_NUMBER')
    expect(refusal({ ALLOWED_COUNTRIES: 'US', SMS_ORIGINATION_NUMBER: '+12065550100' })).toBeUndefined()
    expect(refusal({ ALLOWED_COUNTRIES: 'US', SMS_SENDER_ID: 'ACME' })).toMatch(/SMS_ORIGINATION_NUMBER$/)
  })

  it('India needs all four that its DLT registers', () => {
    expect(refusal({ ALLOWED_COUNTRIES: 'IN', ...india })).toBeUndefined()
    for (const name of Object.keys(india)) {
      expect(refusal({ ALLOWED_COUNTRIES: 'IN', ...india, [name]: 'none' })).toBe(`SMS to IN needs ${name}`)
    }
  })

  it('countries with a registration are named', () => {
    const warned = (env: Record<string, string>) => smsWarnings(settingsOf(env))
    expect(warned({ ALLOWED_COUNTRIES: 'DE,GB,TR' })).toEqual([
      'SMS to GB, TR: there a sender id has to be registered with AWS and set as SMS_SENDER_ID, or messages may not arrive',
    ])
    expect(warned({ ALLOWED_COUNTRIES: 'SG', SMS_SENDER_ID: 'ACME' })[0]).toContain(
      'SMS_SENDER_ID ACME is registered',
    )
    expect(warned({ ALLOWED_COUNTRIES: 'DE' })).toEqual([])
    expect(warned({ ALLOWED_COUNTRIES: 'GB', SMS_FALLBACK: 'false' })).toEqual([])
  })
})

it.each([
  ['SMS_SENDER_ID', 'AB', /3 to 11/],
  ['SMS_SENDER_ID', '12345', /one of them a letter/],
  ['SMS_SENDER_ID', 'MY SHOP', /letters and digits/],
  ['SMS_ORIGINATION_NUMBER', '2065550100', /must be a number as/],
  ['SMS_INDIA_ENTITY_ID', 'abc', /digits/],
  ['SMS_INDIA_TEXT', 'your code', /\{code\}/],
  ['SMS_INDIA_TEXT', '{code} and {code}', /once/],
])('%s cannot be «%s»', (name, value, complaint) => {
  expect(() => settingsOf({ [name]: value })).toThrow(complaint)
})
