// The code itself: how one is made, and how an answer typed by a person is read.
import { randomInt } from 'node:crypto'

/** A uniformly random code; the full range, leading zeros kept. */
export function generateCode(length: number): string {
  return String(randomInt(0, 10 ** length)).padStart(length, '0')
}

/** The first digit of each decimal script that keyboards type and NFKC leaves alone. */
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6]

function asciiDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0
  const zero = zeros.find((first) => point >= first && point < first + 10)
  return zero === undefined ? digit : String(point - zero)
}

/** As many digits as a template takes. */
const mostDigits = 15

/**
 * The code in an answer, or undefined when it cannot be one, however long codes are now. Full-width, Arabic and Indic digits count as
 * digits, and the spaces, hyphens and invisible marks that come along with a paste are dropped.
 */
export function readAnswer(answer: unknown, least: number): string | undefined {
  if (typeof answer !== 'string' || answer.length > 64) return undefined
  const text = answer
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Cf}]/gu, '')
    .replace(/\p{Nd}/gu, asciiDigit)
  return text.length >= least && text.length <= mostDigits && /^[0-9]+$/.test(text) ? text : undefined
}
