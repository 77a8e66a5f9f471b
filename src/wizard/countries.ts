// Countries as people type them, by ISO code or English name.
import { type CountryCode, getCountries, parsePhoneNumberFromString } from 'libphonenumber-js/min'

const english = new Intl.DisplayNames(['en'], { type: 'region' })

/** `DE` -> `Germany`. */
export function countryName(code: string): string {
  return english.of(code) ?? code
}

/** The country of a number in digits, where the number says so. */
export function countryOf(digits: string): CountryCode | undefined {
  return parsePhoneNumberFromString(`+${digits}`)?.country
}

/**
 * `de, Austria` -> `['DE', 'AT']`. Names may be begun only (`switz`), as long as one country fits.
 * Gives a sentence about the first entry that fits none or several.
 */
export function parseCountries(text: string): string[] | string {
  const all = getCountries().map((code) => ({ code, name: countryName(code).toLowerCase() }))
  const codes: string[] = []
  const isName = (word: string) => all.some(({ name }) => name === word.trim().toLowerCase())
  // With commas, names may have spaces in them; without, spaces separate, unless all of it is one name.
  const words = text.includes(',') || isName(text) ? text.split(',') : text.trim().split(/\s+/)
  for (const word of words.map((one) => one.trim()).filter(Boolean)) {
    const asked = word.toLowerCase()
    const exact = all.find(({ code, name }) => code.toLowerCase() === asked || name === asked)
    const begun = all.filter(({ name }) => asked.length > 2 && name.startsWith(asked))
    const found = exact ?? (begun.length === 1 ? begun[0] : undefined)
    if (found) codes.push(found.code)
    else if (begun.length > 1) {
      return `«${word}» fits ${begun
        .slice(0, 5)
        .map(({ code }) => `${code} (${countryName(code)})`)
        .join(', ')}`
    } else return `«${word}» is no country: use codes such as DE or names such as Germany, with commas`
  }
  return codes.length > 0 ? [...new Set(codes)] : 'name at least one country'
}
