// Countries as people type them: codes, names in English or their own language, calling codes, or all of them.
import { type CountryCode, getCountries, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { similarTo } from '../settings/similar.ts'
import { callingCountries, countryName, namesIn, plain } from './country-names.ts'

/** The country of a number in digits, where the number says so. */
export function countryOf(digits: string): CountryCode | undefined {
  return parsePhoneNumberFromString(`+${digits}`)?.country
}

/** True where the list leaves no country out. */
export function isEverywhere(codes: readonly string[]): boolean {
  return getCountries().every((code) => codes.includes(code))
}

/** As a person would type it: `DE,AT`, or `all`. */
export function countriesText(codes: readonly string[]): string {
  return isEverywhere(codes) ? 'all' : codes.join(',')
}

/**
 * `de, Austria, +41` -> `['DE', 'AT', 'CH']`; `all` -> every country. Names may be begun only (`switz`), as long as
 * one country fits. Gives a sentence about every entry that fits none or several.
 */
export function parseCountries(text: string): string[] | string {
  if (/^\s*(all|every(where)?|\*)\s*$/i.test(text)) return getCountries()
  const codes: string[] = []
  const complaints: string[] = []
  for (const entry of entriesOf(text)) {
    const found = meaningOf(entry)
    if (Array.isArray(found)) codes.push(...found)
    else complaints.push(found)
  }
  if (complaints.length > 0) return complaints.join('; ')
  return codes.length > 0 ? [...new Set(codes)] : 'name at least one country'
}

/** Commas always separate; spaces do where what they separate is no name of several words. */
function entriesOf(text: string): string[] {
  return text.split(/[,;\n]+/).flatMap((part) => {
    const words = part.trim().split(/\s+/).filter(Boolean)
    const entries: string[] = []
    for (let at = 0; at < words.length; ) {
      let length = words.length - at
      while (length > 1 && exactly(words.slice(at, at + length).join(' ')) === undefined) length--
      const entry = words.slice(at, at + length).join(' ')
      if (!/^(and|und|&)$/i.test(entry)) entries.push(entry)
      at += length
    }
    // Words of which none is known are one name that is written wrong, as «Untied Kingdom».
    return entries.some((entry) => Array.isArray(meaningOf(entry)))
      ? entries
      : [words.join(' ')].filter(Boolean)
  })
}

/** The codes that one entry means, or what is wrong with it. */
function meaningOf(entry: string): string[] | string {
  const exact = exactly(entry)
  if (exact) return [exact]
  const digits = /^(?:\+|00)?(\d{1,4})$/.exec(entry)?.[1]
  if (digits) return byCallingCode(entry, digits)
  const asked = plain(entry)
  const all = getCountries()
  const begun =
    asked.length > 2 ? all.filter((code) => namesIn(code).some((name) => name.startsWith(asked))) : []
  if (begun.length === 1) return begun
  if (begun.length > 1) return `«${entry}» fits ${told(begun)}`
  const inside =
    asked.length > 3 ? all.filter((code) => namesIn(code).some((name) => name.includes(asked))) : []
  const meant = asked.length > 3 ? similarTo(asked, all, (code) => namesIn(code)) : undefined
  const near = inside.length > 0 ? inside : meant ? [meant] : []
  const hint =
    near.length > 0 ? `did you mean ${told(near)}?` : 'use codes such as DE or names such as Germany'
  return `«${entry}» is no country: ${hint}`
}

/** The country that has this code or name, and no other. */
function exactly(entry: string): CountryCode | undefined {
  const asked = plain(entry)
  if (asked === '') return undefined
  const all = getCountries()
  return all.find((code) => code.toLowerCase() === asked) ?? all.find((code) => namesIn(code).includes(asked))
}

/** Of countries that share a calling code the main one is meant, but where two large ones share it. */
function byCallingCode(entry: string, digits: string): string[] | string {
  const [main, ...others] = callingCountries(digits)
  if (!main) return `«${entry}» is the calling code of no country`
  const isShared = ['1', '7'].includes(digits)
  return isShared ? `«${entry}» fits ${told([main, ...others])}: name those you mean` : [main]
}

function told(codes: readonly string[]): string {
  const names = codes.slice(0, 5).map((code) => `${code} (${countryName(code)})`)
  return codes.length > 5 ? `${names.join(', ')} and ${codes.length - 5} more` : names.join(', ')
}
