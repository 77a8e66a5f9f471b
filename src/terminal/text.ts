// Text on a terminal is only text: what comes from outside (log lines, tags, templates, answers, errors) may hold
// sequences that move the cursor, set a title or write to the clipboard. None of them reaches a terminal as it is.
import { randomInt } from 'node:crypto'

/** Our own colours bear a number that nobody outside can know, until they are written. */
const secret = randomInt(1e9, 1e10)
const begin = '(\u001b\\[)'
const painting = new RegExp(`${begin}(\\d+m)`, 'g')

/** C0 without tab and line feed, DEL and C1; what turns the direction of writing; what ends a line elsewhere. */
const control = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu
const oursOrControl = new RegExp(`${begin}${secret};(\\d+m)|${control.source}`, 'gu')

/** Marks the sequences of a text that is painted by us: they are written as they are. */
export function asOurs(painted: string): string {
  return painted.replace(painting, (_, start, end) => `${start}${secret};${end}`)
}

/** The text as it may be written: control characters as `\x1b` and the like, our own colours kept or left out. */
export function written(text: string, color: boolean): string {
  return text.replace(oursOrControl, (found, start, end) => {
    if (start) return color ? `${start}${end}` : ''
    if (found === '\r') return '\\r'
    return found <= '\u00ff' ? `\\x${hex(found, 2)}` : `\\u${hex(found, 4)}`
  })
}

/** The same for JSON, which escapes all of C0 by itself, and no others. */
export function writtenJson(json: string): string {
  return json.replace(control, (letter) => `\\u${hex(letter, 4)}`)
}

/** Without line feeds, the spaces around them as one. */
export function unbroken(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ')
}

export function oneLine(text: string): string {
  return unbroken(text).trim()
}

const hex = (letter: string, digits: number) => letter.charCodeAt(0).toString(16).padStart(digits, '0')
