// The code in what a user typed or pasted.
import { plainDigits } from './phone.ts'

/** Also out of a whole message, as «123 456 is your code. It expires in 5 minutes»; undefined where there is none. */
export function codeIn(text: string, length: number): string | undefined {
  const groups = plainDigits(text).match(/\d(?:[\s\u00a0-]?\d)*/g) ?? []
  const codes = groups.map((group) => group.replace(/\D/g, ''))
  return [...codes, codes.join('')].find((code) => code.length === length)
}
