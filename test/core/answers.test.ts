// How an answer is read: every digit that a keyboard of the world may type, and nothing else taken for one.
import { describe, expect, it } from 'vitest'
import { generateCode, readAnswer } from '../../src/core/code.ts'

/** All ten digits of a script, from its zero on. */
const digitsFrom = (zero: number) =>
  Array.from({ length: 10 }, (_, n) => String.fromCodePoint(zero + n)).join('')

describe('an answer', () => {
  it.each([
    ['ASCII', 0x30],
    ['full-width', 0xff10],
    ['Arabic', 0x0660],
    ['Persian', 0x06f0],
    ['Devanagari', 0x0966],
    ['Bengali', 0x09e6],
  ])('may be in %s digits, from the first to the last', (_name, zero) => {
    expect(readAnswer(digitsFrom(zero), 10)).toBe('0123456789')
  })

  it('loses the spaces, dashes and invisible marks that come with a paste', () => {
    for (const mark of [
      ' ',
      '\t',
      '\n',
      '\u00a0',
      '-',
      '\u2013',
      '\u2014',
      '\u200b',
      '\u200e',
      '\ufeff',
      '\u00ad',
    ]) {
      expect(readAnswer(`${mark}012${mark}345${mark}`, 6), JSON.stringify(mark)).toBe('012345')
    }
  })

  it.each(['+', '.', ',', '/', '_', 'O', 'l', '\u0000', '²', '½'])('is none with «%s» in it', (sign) => {
    for (const answer of [`01234${sign}`, `${sign}012345`, `012345${sign}`]) {
      expect(readAnswer(answer, 6)).not.toBe('012345')
    }
  })

  it('is none when a letter takes the place of a digit', () => {
    for (const answer of ['a12345', '12345a', '123a45', '𝟘', '๐๑๒๓๔๕'])
      expect(readAnswer(answer, 6), answer).toBeUndefined()
  })

  it('is looked at up to 64 characters', () => {
    expect(readAnswer(`${' '.repeat(58)}012345`, 6)).toBe('012345')
    expect(readAnswer(`${' '.repeat(59)}012345`, 6)).toBeUndefined()
  })
})

it('makes codes of the whole range, padded with zeros', () => {
  const codes = Array.from({ length: 2000 }, () => generateCode(2))
  expect(new Set(codes).size).toBe(100)
  expect(codes.every((code) => /^\d\d$/.test(code))).toBe(true)
})
