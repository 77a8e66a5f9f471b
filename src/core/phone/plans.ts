// The number plans of the world as far as they tell a number's country, as texts: whoever asks reads those alone that
// the number begins like. Data only, which the build works out once for the functions.
import type { CountryCode } from 'libphonenumber-js/core'
import world from 'libphonenumber-js/min/metadata'

/** Of the plans' form. */
export const planVersion: number = world.version

/** Where a country's plan says how its numbers are written out, which takes more than all the rest. */
const formats = 4

function textOf(countries: readonly CountryCode[]): string {
  const short = (plan: unknown[] = []) => plan.map((member, at) => (at === formats ? 0 : member))
  const plans = countries.map((country) => [country, short(world.countries[country])])
  return JSON.stringify(Object.fromEntries(plans))
}

/** By calling code: the plans of its countries as JSON, by their ISO codes, the main country first. */
export const planTexts: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(world.country_calling_codes).map(([code, countries]) => [code, textOf(countries)]),
)
