// What countries are called: in English, in large languages, in their own, and for short.
import { type CountryCode, getCountries, getCountryCallingCode } from 'libphonenumber-js/min'

const english = new Intl.DisplayNames(['en'], { type: 'region' })

/** `DE` -> `Germany`. */
export function countryName(code: string): string {
  return english.of(code) ?? code
}

/** What is typed for a country and stands in no list of names. */
const short: Record<string, string[]> = {
  AE: ['UAE', 'Emirates'],
  BA: ['Bosnia'],
  CD: ['DRC'],
  CF: ['CAR'],
  CI: ['Ivory Coast'],
  CV: ['Cape Verde'],
  CZ: ['Czech Republic'],
  GB: ['UK', 'Great Britain', 'Britain', 'England', 'Scotland', 'Wales'],
  KR: ['ROK'],
  MK: ['Macedonia'],
  MM: ['Burma'],
  NL: ['Holland', 'The Netherlands'],
  SZ: ['Swaziland'],
  TL: ['East Timor'],
  TR: ['Turkey'],
  US: ['USA', 'America', 'United States of America'],
  VA: ['Vatican'],
}

const languages = ['en', 'ar', 'de', 'es', 'fr', 'hi', 'id', 'it', 'pt', 'ru']
const inLanguage = new Map<string, Intl.DisplayNames>()
const known = new Map<string, string[]>()

/** All of its names in the form of `plain`; made once each, since that takes a while. */
export function namesIn(code: CountryCode): string[] {
  let names = known.get(code)
  if (!names) {
    const own = new Intl.Locale(`und-${code}`).maximize().language
    const told = [...new Set([...languages, own])].map((language) => displayNames(language).of(code) ?? code)
    names = [...new Set([...told, ...(short[code] ?? [])].map(plain))]
    known.set(code, names)
  }
  return names
}

function displayNames(language: string): Intl.DisplayNames {
  const made = inLanguage.get(language) ?? new Intl.DisplayNames([language], { type: 'region' })
  inLanguage.set(language, made)
  return made
}

/** Without accents, case, and all that is neither letter nor digit: `Côte d’Ivoire` -> `cotedivoire`. */
export function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Diacritic}/gu, '')
    .replace(/&/g, 'and')
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '')
    .toLowerCase()
}

/** The countries of a calling code, its main one first. */
export function callingCountries(digits: string): CountryCode[] {
  const sharing = getCountries().filter((code) => getCountryCallingCode(code) === digits)
  return sharing.sort((a, b) => Number(mains.has(b)) - Number(mains.has(a)))
}

/** Of the calling codes that several countries share. */
const mains = new Set<CountryCode>(['AU', 'CW', 'FI', 'GB', 'GP', 'IT', 'MA', 'NO', 'RE', 'RU', 'SH', 'US'])
