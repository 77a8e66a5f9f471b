// Waiting for AWS: named retries and polls with an injected clock, so that tests need no real time.
import type { Clock } from '../clock.ts'
import { AppError, cancelled } from '../errors.ts'

export interface WaitOptions {
  clock: Clock
  signal?: AbortSignal | undefined
  /** Total budget in milliseconds. */
  capMs: number
  /** What is waited for, in the user's words: «the role to become usable». */
  what: string
  /** The longest pause between two attempts, 1 s unless each attempt costs a lot. */
  maxPauseMs?: number
}

/** Quick at first, since most waits are short: 0.25, 0.5, 1, 1, … */
function pauseBefore(attempt: number, maxPauseMs = 1_000): number {
  return Math.min(250 * 2 ** attempt, maxPauseMs)
}

/**
 * Looks again and again until `isOver`, or until `capMs` has passed; gives what was seen last.
 * Throws what `look` throws, and CANCELLED when the signal aborts.
 */
export async function lookUntil<T>(
  isOver: (seen: T) => boolean,
  { clock, signal, capMs, what, maxPauseMs }: WaitOptions,
  look: () => Promise<T>,
): Promise<T> {
  const started = clock.now()
  for (let count = 0; ; count++) {
    const seen = await look()
    if (isOver(seen)) return seen
    if (signal?.aborted) throw cancelled(`while waiting for ${what}`)
    const pause = pauseBefore(count, maxPauseMs)
    if (clock.now() + pause - started > capMs) return seen
    await clock.sleep(pause, signal)
  }
}

/**
 * Calls `attempt` until it gives something other than undefined. Throws as `lookUntil`, and AppError WAIT_TIMED_OUT
 * when the time is up.
 */
export async function waitFor<T>(options: WaitOptions, attempt: () => Promise<T | undefined>): Promise<T> {
  const result = await lookUntil((seen) => seen !== undefined, options, attempt)
  if (result !== undefined) return result
  throw new AppError('WAIT_TIMED_OUT', `Waited ${Math.round(options.capMs / 1000)} s for ${options.what}`, {
    why: 'AWS did not get there in that time',
  })
}

/**
 * Calls `action` again while `recognised` says that its error passes by itself. Any other error, and the
 * last one when the budget is spent, is thrown as it came.
 */
export async function retryWhile<T>(
  recognised: (error: unknown) => boolean,
  options: WaitOptions,
  action: () => Promise<T>,
): Promise<T> {
  const attempt = async (): Promise<{ value: T } | { error: unknown }> => {
    try {
      return { value: await action() }
    } catch (error) {
      if (!recognised(error)) throw error
      return { error }
    }
  }
  const last = await lookUntil((seen) => 'value' in seen, options, attempt)
  if ('error' in last) throw last.error
  return last.value
}

/** At most `perSecond` begin in a second, after `burst` at once: below the rate at which AWS throttles an account. */
export function paced(
  { clock, signal }: Pick<WaitOptions, 'clock' | 'signal'>,
  { perSecond, burst }: { perSecond: number; burst: number },
): <T>(begin: () => Promise<T>) => Promise<T> {
  const interval = 1_000 / perSecond
  /** Steady time at which all that has begun would have begun one by one. */
  let spent = Number.NEGATIVE_INFINITY
  return async (begin) => {
    const now = clock.steady()
    spent = Math.max(spent, now) + interval
    const wait = spent - now - burst * interval
    if (wait > 0) await clock.sleep(wait, signal)
    if (signal?.aborted) throw cancelled('while AWS was asked little by little')
    return begin()
  }
}
