// Time for runs at once: it goes on to the next thing that somebody waits for when nobody does anything else.
import { setImmediate } from 'node:timers/promises'
import { vi } from 'vitest'
import { callsUnderWay } from '../sandbox/direct.ts'
import type { Runs } from './runs.ts'

/** Between two calls a run comes back to the loop a few times, no more. */
const turns = 5

/** Lets every timer of this process, the sandbox's and the lock's among them, keep one time; `stop` ends it. */
export function keepOneTime({ sandbox }: Runs): { stop(): Promise<void> } {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  const { world } = sandbox.inside
  const { sleep } = world
  /** Calls that the sandbox holds back. */
  let held = 0
  world.sleep = async (ms) => {
    held++
    await sleep(ms)
    held--
  }
  let isOver = false
  const passing = (async () => {
    for (let quiet = 0; !isOver; ) {
      await setImmediate()
      quiet = callsUnderWay() > held ? 0 : quiet + 1
      if (quiet < turns) continue
      await vi.advanceTimersToNextTimerAsync()
      quiet = 0
    }
  })()
  return {
    async stop() {
      isOver = true
      await passing
      vi.useRealTimers()
    },
  }
}
