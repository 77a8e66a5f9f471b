// Time as the functions see it: the wall clock that the rules use, and a steady one for deadlines.
import { setTimeout as wait } from 'node:timers/promises'

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Milliseconds that never jump, for durations only. */
  ticks(): number
  sleep(ms: number): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  sleep: async (ms) => {
    await wait(ms)
  },
}

/** A point in time that a piece of work must not pass. */
export interface Deadline {
  /** Milliseconds left, never negative. */
  left(): number
  /** A deadline for a part of the work: at most `ms` from now, and never later than the whole. */
  within(ms: number): Deadline
}

export function deadlineIn(clock: Clock, ms: number): Deadline {
  const end = clock.ticks() + ms
  const left = () => Math.max(0, end - clock.ticks())
  return { left, within: (part) => deadlineIn(clock, Math.min(part, left())) }
}

/**
 * How long one invocation may take. Cognito waits 5 s for a trigger and then calls it again, so an answer
 * has to leave well before that, and before Lambda itself ends the function.
 */
export function invocationDeadline(clock: Clock, remainingMs: number): Deadline {
  return deadlineIn(clock, Math.min(3900, remainingMs - 300))
}
