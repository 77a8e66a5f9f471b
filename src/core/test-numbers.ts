// Numbers with a fixed code that is never sent: for the reviewers of app stores and for end-to-end tests.
import { timingSafeEqual } from 'node:crypto'
import { hashId } from './keys.ts'
import { membersOf } from './secrets-document.ts'

/** As it stands in the secrets: neither number nor code can be read from it. */
export interface TestNumber {
  /** The number's keyed hash, the same that its ledger is kept under. */
  number: string
  /** The code's keyed hash, bound to pool and number. */
  tag: string
  /** Digits of the code. */
  length: number
  /** Epoch milliseconds. From then on it is a number like any other. */
  until: number
  /** The number as it may be shown: masked. */
  phone?: string
}

export const mostTestNumbers = 10
export const mostTestDays = 90

/** What is usable of it; somebody may have edited the document. */
export function testNumbersIn(value: unknown): TestNumber[] {
  const list = Array.isArray(value) ? value.map(membersOf) : []
  return list.flatMap(({ number, tag, length, until, phone }) =>
    typeof number === 'string' &&
    typeof tag === 'string' &&
    typeof length === 'number' &&
    typeof until === 'number'
      ? [{ number, tag, length, until, ...(typeof phone === 'string' ? { phone } : {}) }]
      : [],
  )
}

/** Why a fixed code would be guessed first; undefined for one that is as good as any. */
export function weaknessOf(code: string, phone: string): string | undefined {
  if (phone.includes(code)) return 'it is a part of the number'
  if (new Set(code).size < 4) return 'it has fewer than four different digits'
  const steps = [...code].slice(1).map((digit, n) => (Number(digit) - Number(code[n]) + 10) % 10)
  if (new Set(steps).size === 1) return 'its digits follow one another'
  const repeats = Array.from({ length: code.length / 2 }, (_, n) => code.slice(0, n + 1))
  const isRepeated = repeats.some((part) => part.repeat(code.length).startsWith(code))
  return isRepeated ? 'it says the same twice' : undefined
}

/** `number` is the number's keyed hash. */
export function testTagOf(idKey: Buffer, pool: string, number: string, code: string): string {
  return hashId(idKey, 'test', pool, `${number}|${code}`)
}

/** The entry of a number, as long as it holds. */
export function testNumberOf(list: TestNumber[], number: string, now: number): TestNumber | undefined {
  return list.find((one) => one.number === number && one.until > now)
}

/** The list with this entry in the place of the number's former one, and without those that have expired. */
export function withTestNumber(list: TestNumber[], added: TestNumber, now: number): TestNumber[] {
  return [...withoutTestNumber(list, added.number, now), added]
}

/** The list without this number, and without those that have expired. */
export function withoutTestNumber(list: TestNumber[], number: string, now: number): TestNumber[] {
  return list.filter((one) => one.number !== number && one.until > now)
}

/** Compares in constant time. */
export function isTestCode(idKey: Buffer, pool: string, { number, tag }: TestNumber, code: string): boolean {
  const [one, other] = [Buffer.from(testTagOf(idKey, pool, number, code)), Buffer.from(tag)]
  return one.length === other.length && timingSafeEqual(one, other)
}
