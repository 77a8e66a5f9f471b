// A clock that stands still until a test moves it. Sleeping only gives others a turn.
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../../triggers/outside/clock.ts'

export interface TestClock extends Clock {
  /** Moves the wall clock and the steady one. */
  advance(ms: number): void
  slept: number[]
}

export function createTestClock(start = Date.UTC(2026, 10, 23, 12)): TestClock {
  let elapsed = 0
  const slept: number[] = []
  return {
    now: () => start + elapsed,
    ticks: () => elapsed,
    sleep: async (ms) => {
      slept.push(ms)
      await turn()
    },
    advance: (ms) => {
      elapsed += ms
    },
    slept,
  }
}
