// The test numbers of a stage as they may be shown, and what to look at about them.
import { dayMs } from '../core/ledger/ledger.ts'
import type { TestNumber } from '../core/test-numbers.ts'
import { count } from '../terminal/layout.ts'

export interface ShownTestNumber {
  /** Masked. */
  phone: string
  /** The first digits of the number's keyed hash, as in the logs. */
  number: string
  codeLength: number
  until: string
  /** Begun ones count; 0 once it has expired. */
  daysLeft: number
  expired: boolean
}

/** In its last week somebody may still need it. */
const lastDays = 7

export function shownTestNumber({ phone, number, length, until }: TestNumber, now: number): ShownTestNumber {
  return {
    phone: phone ?? '',
    number: number.slice(0, 12),
    codeLength: length,
    until: new Date(until).toISOString(),
    daysLeft: Math.max(0, Math.ceil((until - now) / dayMs)),
    expired: until <= now,
  }
}

/** What to look at about the test numbers of a stage; empty where it has none. */
export function testNumberWarnings(shown: ShownTestNumber[], stage: string): string[] {
  const [live, over] = [shown.filter(({ expired }) => !expired), shown.filter(({ expired }) => expired)]
  const ending = live.filter(({ daysLeft }) => daysLeft <= lastDays)
  return [
    ...(live.length > 0
      ? [`${count(live.length, 'number')} with a fixed code that signs in: ${live.map(named).join(', ')}`]
      : []),
    ...(ending.length > 0
      ? [
          `in the last week: ${ending.map(({ phone }) => phone).join(', ')}; to keep it, add it again: whatsapp-otp test-numbers add <phone> --stage ${stage}`,
        ]
      : []),
    ...(over.length > 0
      ? [
          `expired: ${over.map(({ phone }) => phone).join(', ')}; whatsapp-otp test-numbers remove <phone> --stage ${stage}   takes it off the list`,
        ]
      : []),
  ]
}

/** `expired`, or the days that are left. */
export const leftOf = ({ expired, daysLeft }: ShownTestNumber) =>
  expired ? 'expired' : count(daysLeft, 'day')
const named = (one: ShownTestNumber) => `${one.phone} until ${one.until.slice(0, 10)} (${leftOf(one)})`
