// Text on a terminal is only text: what comes from outside (log lines, tags, templates, answers, errors) may hold
// sequences that move the cursor, set a title or write to the clipboard. None of them reaches a terminal as it is.
import { randomInt } from 'node:crypto'

/** Our own colours bear a number that nobody outside can know, until they are written. */
const secret = randomInt(1e9, 1e10)
const begin = '(\u001b\\[)'
const painting = new RegExp(`${begin}(\\d+m)`, 'g')
const ours = new RegExp(`${begin}${secret};(\\d+m)`, 'g')

/** C0 without tab and line feed, DEL and C1; what turns the direction of writing; what ends a line elsewhere. */
const control = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu

/** Marks the sequences of a text that is painted by us: they are written as they are. */
export function asOurs(painted: string): string {
  return painted.replace(painting, (_, start, end) => `${start}${secret};${end}`)
}

/** The text as it may be written: control characters as `\x1b` and the like, our own colours kept or left out. */
export function written(text: string, color: boolean): string {
  const [first = '', ...rest] = text.split(ours)
  // Split gives what begins and what ends each of our sequences between the parts of the text.
  let result = visible(first)
  for (let at = 0; at < rest.length; at += 3) {
    result += (color ? `${rest[at]}${rest[at + 1]}` : '') + visible(rest[at + 2] ?? '')
  }
  return result
}

/** The same for JSON, which escapes all of C0 by itself, and no others. */
export function writtenJson(json: string): string {
  return json.replace(control, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim()
}

function visible(text: string): string {
  return text.replace(control, (letter) => {
    const code = letter.charCodeAt(0).toString(16)
    return letter === '\r'
      ? '\\r'
      : code.length > 2
        ? `\\u${code.padStart(4, '0')}`
        : `\\x${code.padStart(2, '0')}`
  })
}
