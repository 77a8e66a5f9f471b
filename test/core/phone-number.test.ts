// Which numbers may get a code: well-formed ones of countries that are allowed, told apart within a calling code.
import {
  getCountries,
  getExampleNumber,
  parsePhoneNumberFromString as parsePhoneNumber,
} from 'libphonenumber-js/min'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, it } from 'vitest'
import { allowedIn, countryOf } from '../../src/core/phone/number.ts'

describe('the country of a number', () => {
  it.each([
    ['+12025550123', 'US'],
    ['+18765550123', 'JM'],
    ['+14165550123', 'CA'],
    ['+4915112345678', 'DE'],
    ['+447400123456', 'GB'],
    ['+5511961234567', 'BR'],
    // Of the right length, in no known range: the calling code's main country.
    ['+15550100001', 'US'],
  ])('of %s is %s', (number, country) => {
    expect(countryOf(number)).toBe(country)
  })

  it.each([
    ['no plus', '12025550123'],
    ['a zero after the plus', '+02025550123'],
    ['a trunk zero after the calling code', '+4407400123456'],
    ['spaces', '+1 202 555 0123'],
    ['something before it', 'x+12025550123'],
    ['something after it', '+12025550123 '],
    ['too few digits for any country', '+1202555'],
    ['too few digits for its own', '+1202555012'],
    ['too many digits', '+1202555012345678'],
    ['a calling code of none', '+99912345678'],
    ['a satellite', '+870773111632'],
    ['a freephone of no country', '+80012345678'],
    ['nothing', ''],
  ])('is unknown with %s', (_name, number) => {
    expect(countryOf(number)).toBeUndefined()
  })
})

/** A number, and those with one other digit behind it. */
function around(phone: string): string[] {
  const others = (at: number) =>
    ['0', '3', '7', '9'].map((digit) => `${phone.slice(0, at)}${digit}${phone.slice(at + 1)}`)
  return [phone, ...[...phone].flatMap((_, at) => (at < 2 ? [] : others(at)))]
}

it.each(getCountries())(
  'knows as much of the numbers of %s as libphonenumber with all its data',
  (country) => {
    const phones = around(getExampleNumber(country, examples)?.number ?? '')
    const expected = phones.map((phone) => {
      const parsed = /^.{9,16}$/.test(phone) ? parsePhoneNumber(phone) : undefined
      if (!parsed?.isPossible() || parsed.number !== phone) return [phone, undefined]
      return [phone, parsed.country ?? parsed.getPossibleCountries()[0]]
    })
    expect(phones.map((phone) => [phone, countryOf(phone)])).toEqual(expected)
  },
)

it('allows the countries that are listed, and no number without one', () => {
  const isAllowed = allowedIn(new Set(['US', 'DE']))
  expect(isAllowed('+12025550123')).toBe(true)
  expect(isAllowed('+4915112345678')).toBe(true)
  expect(isAllowed('+18765550123')).toBe(false)
  expect(isAllowed('not a number')).toBe(false)
})
