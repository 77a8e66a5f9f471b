// Time as the deployer sees it: an interface, so that tests need no real time.

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /**
   * Milliseconds since some moment: they only grow, and go on while the process is stopped or the machine
   * sleeps. For what must not be older than it looks, as a lease.
   */
  steady(): number
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/**
 * Of two clocks the one that went further since the last look: the monotonic one stands still while the machine
 * sleeps, the wall clock may be set back. Set forward, it makes a lease look older than it is, which is safe.
 */
function steadyClock(wall: () => number, monotonic: () => number): () => number {
  let total = 0
  let last = { wall: wall(), monotonic: monotonic() }
  return () => {
    const now = { wall: wall(), monotonic: monotonic() }
    total += Math.max(0, now.wall - last.wall, now.monotonic - last.monotonic)
    last = now
    return total
  }
}

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: steadyClock(Date.now, () => performance.now()),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done)
    }),
}
