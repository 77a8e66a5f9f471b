// Which numbers may get a code: well-formed, and of a country that the operator allows.
import parsePhoneNumber, { type CountryCode, type MetadataJson } from 'libphonenumber-js/core/es6'
import { planTexts, planVersion } from './plans.ts'

/** Judges numbers by a list of allowed countries (ISO codes). */
export function allowedIn(countries: ReadonlySet<string>): (phone: string) => boolean {
  return (phone) => countries.has(countryOf(phone) ?? '')
}

const read = new Map<string, MetadataJson>()

function readPlans(code: string): MetadataJson {
  const countries = JSON.parse(planTexts[code] ?? '{}') as MetadataJson['countries']
  const codes = { [code]: Object.keys(countries) as CountryCode[] }
  const plans = { version: planVersion, country_calling_codes: codes, countries, nonGeographic: {} }
  read.set(code, plans)
  return plans
}

/** The plans of the number's calling code; none begins with another one. Undefined where no country has it. */
function plansOf(phone: string): MetadataJson | undefined {
  const code = [2, 3, 4].map((end) => phone.slice(1, end)).find((begin) => Object.hasOwn(planTexts, begin))
  return code === undefined ? undefined : (read.get(code) ?? readPlans(code))
}

/**
 * The country of a number in E.164 form, or undefined when it is none or belongs to no country (satellite,
 * international freephone). Countries that share a calling code are told apart, so +1 876 is Jamaica, not US.
 * A number of the right length in no country's known ranges (newly assigned, or kept for fiction) counts as
 * the calling code's main country.
 */
export function countryOf(phone: string): string | undefined {
  const plans = /^\+[1-9]\d{7,14}$/.test(phone) ? plansOf(phone) : undefined
  const parsed = plans && parsePhoneNumber(phone, plans)
  if (!parsed?.isPossible() || parsed.number !== phone) return undefined
  return parsed.country ?? parsed.getPossibleCountries()[0]
}
