// A phone number as people type it, in the form that Cognito takes.

/** How numbers are dialled within a country; see `countries.ts`. */
export interface Country {
  /** As `49`. */
  code: string
  /** What comes before a number within the country, and not from abroad. */
  trunk?: string
  /** What comes before a number to another country, besides `00`. */
  abroad?: string
}

/** The zeros of the scripts that people type digits in, each followed by its other nine. */
const zeros = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10]

/** Digits of any of these scripts as those that a number is sent in; everything else as it is. */
export function plainDigits(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (character) => {
    const code = character.charCodeAt(0)
    const zero = zeros.find((one) => code >= one && code < one + 10)
    return zero ? String(code - zero) : character
  })
}

/**
 * The number in E.164 form, as `+4915112345678`; undefined for what cannot be one. Spaces, brackets, dots, hyphens and
 * digits of many scripts are fine; what begins with neither `+` nor `00` is a number of the country.
 */
export function toE164(typed: string, country?: Country): string | undefined {
  const { code = '', trunk = '', abroad = '00' } = country ?? {}
  const written = plainDigits(typed)
    .replace(/^tel:|[^+\uff0b\w()]/gi, '')
    .replace('\uff0b', '+')
  const [, prefix, rest = ''] = new RegExp(`^(\\+|${abroad}|00)?(.*)`).exec(written) ?? []
  // The zero in brackets is dialled within the country only.
  const digits = rest.replace(prefix ? /\(0\)|[()]/g : /[()]/g, '')
  const own = trunk && digits.startsWith(trunk) ? digits.slice(trunk.length) : digits
  const number = prefix ? digits : code && code + own
  return /^[1-9]\d{6,14}$/.test(number) ? `+${number}` : undefined
}
