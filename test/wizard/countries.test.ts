// Countries as people type them.
import { describe, expect, it } from 'vitest'
import { countriesText, parseCountries } from '../../src/wizard/countries.ts'

describe('countries', () => {
  it.each([
    ['DE', ['DE']],
    ['de AT de', ['DE', 'AT']],
    ['Germany, United Kingdom, switz', ['DE', 'GB', 'CH']],
    ['UK USA', ['GB', 'US']],
    ['Deutschland, Österreich und Osterreich', ['DE', 'AT']],
    ['日本; Brasil', ['JP', 'BR']],
    ['+49, 49, 0049', ['DE']],
    ['+44 +41', ['GB', 'CH']],
    ['South Africa Trinidad & Tobago', ['ZA', 'TT']],
  ])('«%s» is understood', (typed, codes) => {
    expect(parseCountries(typed)).toEqual(codes)
  })

  it.each(['all', ' ALL ', 'everywhere', '*'])('«%s» are all of them, and told so', (typed) => {
    const all = parseCountries(typed) as string[]
    expect(all.length).toBeGreaterThan(200)
    expect(countriesText(all)).toBe('all')
    expect(countriesText(all.slice(1))).not.toBe('all')
  })

  it.each([
    ['Germny', '«Germny» is no country: did you mean DE (Germany)?'],
    ['Untied Kingdom', '«Untied Kingdom» is no country: did you mean GB (United Kingdom)?'],
    ['virgin', '«virgin» is no country: did you mean VG (British Virgin Islands), VI (U.S. Virgin Islands)?'],
    ['Narnia', '«Narnia» is no country: use codes such as DE or names such as Germany'],
    ['999', '«999» is the calling code of no country'],
    ['+7', '«+7» fits RU (Russia), KZ (Kazakhstan): name those you mean'],
    ['  ', 'name at least one country'],
  ])('«%s» is told as unknown or unclear', (typed, complaint) => {
    expect(parseCountries(typed)).toBe(complaint)
  })

  it('are each named that fit none or several', () => {
    const complaint = parseCountries('Germny, DE, United, Narnia')
    expect(complaint).toContain('«Germny»')
    expect(complaint).toContain('GB (United Kingdom)')
    expect(complaint).toContain('«Narnia»')
  })
})
