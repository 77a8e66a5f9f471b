// Fixed codes: which are too easy, what is dropped, and what of an edited document counts.
import { describe, expect, it } from 'vitest'
import {
  type TestNumber,
  testNumberOf,
  testNumbersIn,
  weaknessOf,
  withoutTestNumber,
  withTestNumber,
} from '../../src/core/test-numbers.ts'

const phone = '+15550123456'

describe('a fixed code', () => {
  it.each([
    '000000',
    '111222',
    '121212',
    '123123',
    '345678',
    '876543',
    '890123',
    '135791',
    '12341234',
    '550123',
  ])('%s is guessed first', (code) => {
    expect(weaknessOf(code, phone)).toBeDefined()
  })

  it('is as good as any other in 9 of 10 cases', () => {
    const codes = Array.from({ length: 1_000_000 }, (_, n) => String(n).padStart(6, '0'))
    const strong = codes.filter((code) => weaknessOf(code, phone) === undefined)
    expect(strong).toContain('927451')
    expect(strong.length).toBeGreaterThan(900_000)
  })
})

describe('the list', () => {
  const entry = (number: string, until: number): TestNumber => ({ number, tag: 't', length: 6, until })
  const list = [entry('a', 10), entry('b', 20), entry('c', 30)]

  it('has a number once, and drops what has expired with each write', () => {
    expect(withTestNumber(list, entry('b', 40), 10)).toEqual([entry('c', 30), entry('b', 40)])
    expect(withoutTestNumber(list, 'c', 10)).toEqual([entry('b', 20)])
  })

  it('knows a number until its end', () => {
    expect(testNumberOf(list, 'a', 9)).toEqual(entry('a', 10))
    expect(testNumberOf(list, 'a', 10)).toBeUndefined()
  })

  it('is what is usable of an edited document', () => {
    expect(testNumbersIn([...list, {}, 'x', { number: 'd', tag: 1 }])).toEqual(list)
    expect(testNumbersIn('none')).toEqual([])
  })
})
