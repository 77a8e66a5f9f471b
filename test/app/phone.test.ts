// Numbers as people type them, for every country: held to libphonenumber.
import { type CountryCode, getCountries, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, it } from 'vitest'
import { codeIn } from '../../app/code.ts'
import * as countries from '../../app/countries.ts'
import { type Country, toE164 } from '../../app/phone.ts'

const all = countries as Record<string, Country>

/** Mobile numbers there have a 15 within the country and a 9 from abroad, which nobody can tell from the digits. */
const rewritten: readonly CountryCode[] = ['AR']

describe('a number', () => {
  it('is known of every country that there is', () => {
    expect(Object.keys(all).sort()).toEqual([...getCountries()].sort())
  })

  it.each(getCountries().filter((country) => !rewritten.includes(country)))(
    'as it is written in %s',
    (country) => {
      const example = getExampleNumber(country, examples)
      if (!example) return expect(['AC', 'IO', 'TA']).toContain(country)
      const { number } = example
      expect(toE164(example.formatNational(), all[country])).toBe(number)
      expect(toE164(example.formatInternational())).toBe(number)
      expect(toE164(`00${number.slice(1)}`, all[country])).toBe(number)
      expect(toE164(example.getURI())).toBe(number)
      const { abroad = '00' } = all[country]!
      expect(toE164(`${abroad} ${number.slice(1)}`, all[country])).toBe(number)
    },
  )

  it.each([
    ['+49 (0)151 123-45678', '+4915112345678'],
    ['0151/12345678', '+4915112345678'],
    ['0049 151 12345678', '+4915112345678'],
    ['\u200e+49 151 12345678\u200f', '+4915112345678'],
    ['+٤٩ ١٥١ ١٢٣٤٥٦٧٨', '+4915112345678'],
    ['＋４９１５１１２３４５６７８', '+4915112345678'],
    ['15112345678', '+4915112345678'],
  ])('typed as %s', (typed, number) => {
    expect(toE164(typed, countries.DE)).toBe(number)
  })

  it.each(['', '+', '12', 'me@example.org', '+49 151 CALL ME', '+0151 1234567', '+49151123456789012', '--'])(
    'is not %j',
    (typed) => {
      expect(toE164(typed, countries.DE)).toBeUndefined()
    },
  )

  it('without a country needs its plus', () => {
    expect(toE164('015112345678')).toBeUndefined()
    expect(toE164('004915112345678')).toBe('+4915112345678')
  })
})

describe('a code', () => {
  it.each([
    ['123456', '123456'],
    [' 123 456 ', '123456'],
    ['123-456', '123456'],
    ['١٢٣٤٥٦', '123456'],
    ['１２３４５６', '123456'],
    [
      '123456 is your verification code. For your security, do not share this code. Expires in 10 minutes.',
      '123456',
    ],
    ['Your code: 123 456. It expires in 5 minutes.', '123456'],
    ['1 2 3 4 5 6', '123456'],
    ['12345', undefined],
    ['1234567', undefined],
    ['', undefined],
    ['no digits', undefined],
  ])('in %j', (text, code) => {
    expect(codeIn(text, 6)).toBe(code)
  })
})
