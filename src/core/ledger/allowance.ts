// What a party has left now: how long it waits, how many answers it has, how long its codes are. Pure.
import { type Device, dayMs, failuresOf, failureWindowMs, hourMs, type Ledger } from './ledger.ts'
import type { Limits } from './limits.ts'

/**
 * How codes grow: from so many failures within the window on, new ones have so many digits more. Twice as many, and
 * no answer to a shorter one is judged any more, so that the guesses at each length are bounded whatever is alive.
 */
export const growth = [
  { after: 8, digits: 2 },
  { after: 32, digits: 4 },
] as const
/** Where strangers' codes cannot grow, all are so many digits longer from the start. */
export const quietDigits = 2

/** Milliseconds until one more event fits into a sliding window; 0 when it fits now. */
export function windowWait(times: number[], now: number, spanMs: number, max: number): number {
  const inWindow = times.filter((at) => at > now - spanMs)
  const oldestInTheWay = inWindow[inWindow.length - max]
  return oldestInTheWay === undefined ? 0 : oldestInTheWay + spanMs - now
}

/** The digits that a new code has now. */
export function lengthNow(ledger: Ledger, limits: Limits, device?: Device): number {
  return limits.codeLength + moreDigits(failuresOf(ledger, device).length, limits, device)
}

/** The fewest digits of a code that answers are still judged for. */
export function leastLength(ledger: Ledger, limits: Limits, device?: Device): number {
  return limits.codeLength + moreDigits(failuresOf(ledger, device).length / 2, limits, device)
}

function moreDigits(failures: number, { quiet }: Limits, device: Device | undefined): number {
  const grown = growth.findLast(({ after }) => failures >= after)?.digits ?? 0
  if (!quiet) return grown
  return device ? Math.max(quietDigits, grown) : quietDigits
}

/** When the lock ends, where LOCK_AFTER_FAILURES asks for one and it is reached; 0 where nothing is locked. */
export function lockedUntil(ledger: Ledger, limits: Limits, device?: Device): number {
  if (limits.lockAfter === 0) return 0
  const since = device ? 0 : ledger.unlockedAt
  const counted = failuresOf(ledger, device).filter(({ at }) => at > since)
  const oldestInTheWay = counted[counted.length - limits.lockAfter]
  return oldestInTheWay ? oldestInTheWay.at + failureWindowMs : 0
}

export type Refusal = 'cooldown' | 'hour' | 'day' | 'checks' | 'sms' | 'locked'

/**
 * Why and for how long this number, or this device of it, gets no message; `reason` is undefined when it may have
 * one now. Who has no answers left gets none either: he could not use the code.
 */
export function sendWait(
  ledger: Ledger,
  now: number,
  limits: Limits,
  device?: Device,
): { waitMs: number; reason?: Refusal } {
  const locked = lockedUntil(ledger, limits, device)
  if (locked > now) return { waitMs: locked - now, reason: 'locked' }
  const { checks, nextSend } = device ?? ledger
  const sends = device ? device.sends : sendsAndHeld(ledger)
  const waits: [Refusal, number][] = [
    ['day', windowWait(sends, now, dayMs, limits.sendsPerDay)],
    ['hour', windowWait(sends, now, hourMs, limits.sendsPerHour)],
    ['checks', windowWait(checks, now, dayMs, limits.checksPerDay)],
    ['checks', windowWait(checks, now, hourMs, limits.checksPerHour)],
    ['cooldown', Math.max(0, nextSend - now)],
  ]
  const [reason, waitMs] = waits.reduce((longest, wait) => (wait[1] > longest[1] ? wait : longest))
  return waitMs > 0 ? { waitMs, reason } : { waitMs: 0 }
}

/** As long as a cap is closed, what it held back looks as if it was sent; afterwards it has cost nothing. */
function sendsAndHeld({ sends, held }: Ledger): number[] {
  return held.length === 0 ? sends : [...sends, ...held.map(({ at }) => at)].sort((one, other) => one - other)
}

/** Answers that this number, or this device of it, may still give now, over all codes. */
export function checksLeft(ledger: Ledger, now: number, limits: Limits, device?: Device): number {
  if (lockedUntil(ledger, limits, device) > now) return 0
  const { checks } = device ?? ledger
  const inWindow = (span: number) => checks.filter((at) => at > now - span).length
  return Math.max(0, Math.min(limits.checksPerHour - inWindow(hourMs), limits.checksPerDay - inWindow(dayMs)))
}
