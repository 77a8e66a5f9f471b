// Which numbers may get a code: well-formed, and of a country that the operator allows.
import parsePhoneNumber from 'libphonenumber-js/min/es6'

/** Judges numbers by a list of allowed countries (ISO codes). */
export function allowedIn(countries: ReadonlySet<string>): (phone: string) => boolean {
  return (phone) => countries.has(countryOf(phone) ?? '')
}

/**
 * The country of a number in E.164 form, or undefined when it is none or belongs to no country (satellite,
 * international freephone). Countries that share a calling code are told apart, so +1 876 is Jamaica, not US.
 * A number of the right length in no country's known ranges (newly assigned, or kept for fiction) counts as
 * the calling code's main country.
 */
export function countryOf(phone: string): string | undefined {
  if (!/^\+[1-9]\d{7,14}$/.test(phone)) return undefined
  const parsed = parsePhoneNumber(phone)
  if (!parsed?.isPossible() || parsed.number !== phone) return undefined
  return parsed.country ?? parsed.getPossibleCountries()[0]
}
