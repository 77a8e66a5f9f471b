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
}

export const mostTestNumbers = 10
export const mostTestDays = 90

/** What is usable of it; somebody may have edited the document. */
export function testNumbersIn(value: unknown): TestNumber[] {
  const list = Array.isArray(value) ? value.map(membersOf) : []
  return list.flatMap(({ number, tag, length, until }) =>
    typeof number === 'string' &&
    typeof tag === 'string' &&
    typeof length === 'number' &&
    typeof until === 'number'
      ? [{ number, tag, length, until }]
      : [],
  )
}

/** `number` is the number's keyed hash. */
export function testTagOf(idKey: Buffer, pool: string, number: string, code: string): string {
  return hashId(idKey, 'test', pool, `${number}|${code}`)
}

/** The entry of a number, as long as it holds. */
export function testNumberOf(list: TestNumber[], number: string, now: number): TestNumber | undefined {
  return list.find((one) => one.number === number && one.until > now)
}

/** Compares in constant time. */
export function isTestCode(idKey: Buffer, pool: string, { number, tag }: TestNumber, code: string): boolean {
  const [one, other] = [Buffer.from(testTagOf(idKey, pool, number, code)), Buffer.from(tag)]
  return one.length === other.length && timingSafeEqual(one, other)
}
