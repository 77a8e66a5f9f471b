// One call with all its retries: how long it may take, who hears when AWS is silent, and how Ctrl-C ends it.
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type FinalizeRequestMiddleware,
  type MetadataBearer,
  type Pluggable,
  SMITHY_CONTEXT_KEY,
} from '@smithy/types'
import { cancelled, runAgain } from '../errors.ts'
import { timedOut } from './connections.ts'
import { isChange, operationOf } from './gate.ts'

/** All in milliseconds. */
export interface CallLimits {
  /** Until a connection stands, TLS included. */
  connectMs: number
  /** One attempt, from its first byte to the last of its answer; an upload takes a few seconds of them. */
  attemptMs: number
  /** One call with all its attempts and the pauses between them. */
  boundMs: number
  /** The silence after which the user hears what is waited for. */
  silenceMs: number
  /** What a call that only looks has left when the user wants to leave: enough for an answer that is coming. */
  lookGraceMs: number
  /** The same for one that changes something. */
  graceMs: number
}

export const callLimits: CallLimits = {
  connectMs: 10_000,
  attemptMs: 20_000,
  boundMs: 90_000,
  silenceMs: 5_000,
  lookGraceMs: 1_000,
  graceMs: 3_000,
}

/** What the user hears of calls that take long, in words: `Lambda: update function configuration`. */
export type WaitEvent =
  | { type: 'waiting'; what: string }
  /** After `waiting`: an answer came, or the call was given up. */
  | { type: 'over'; what: string }
  /** A change was left without its answer. */
  | { type: 'abandoned'; what: string }

/** Calls `act` later and gives the function that calls it off. */
export type Later = (ms: number, act: () => void) => () => void

export interface CallBounds {
  limits: CallLimits
  /** Aborted by Ctrl-C. */
  signal?: AbortSignal | undefined
  onWait?: ((event: WaitEvent) => void) | undefined
  later?: Later | undefined
}

/** Which call failed, and after how long; noted on the error, see `failedCall`. */
export interface FailedCall {
  service: string
  operation: string
  ms: number
}

const noted = Symbol('call')

export const failedCall = (error: unknown): FailedCall | undefined =>
  (error as { [noted]?: FailedCall } | undefined)?.[noted]

/** The end of the call that an attempt belongs to; see transport.ts. */
export const ending = new AsyncLocalStorage<AbortSignal>()

const realLater: Later = (ms, act) => {
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}

/** Puts the bounds around the retries of a client's calls; its credentials are fetched outside of them. */
export function boundCalls(service: string, options: CallBounds): Pluggable<object, MetadataBearer> {
  const bounded: FinalizeRequestMiddleware<object, MetadataBearer> = (next, context) => async (args) => {
    const operation = operationOf(context)
    const inner = context as { [SMITHY_CONTEXT_KEY]?: { abortSignal?: AbortSignal } }
    const started = performance.now()
    const what = { name: `${service}: ${inWords(operation)}`, isChange: isChange(operation) }
    try {
      return await withinBounds(what, options, (end) => {
        // For the pauses between two attempts, which the SDK ends by it.
        inner[SMITHY_CONTEXT_KEY] = { ...inner[SMITHY_CONTEXT_KEY], abortSignal: end }
        return next(args)
      })
    } catch (error) {
      const ms = performance.now() - started
      if (error instanceof Error) Object.assign(error, { [noted]: { service, operation, ms } })
      throw error
    }
  }
  return {
    applyToStack: (stack) => {
      stack.addRelativeTo(bounded, {
        relation: 'before',
        toMiddleware: 'retryMiddleware',
        name: 'boundCalls',
      })
    },
  }
}

/**
 * Runs `work` until it ends, the bound is reached or the user leaves. Work that is left goes on, but its attempts
 * are ended and no new one begins. Throws a TimeoutError, or CANCELLED.
 */
export async function withinBounds<T>(
  { name, isChange, bound = true }: { name: string; isChange: boolean; bound?: boolean },
  { limits, signal, onWait = () => {}, later = realLater }: CallBounds,
  work: (end: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController()
  const callOff: (() => void)[] = []
  let isTold = false
  const left = new Promise<never>((_, reject) => {
    const leave = (error: Error) => {
      reject(error)
      end.abort(error)
    }
    const abandon = () => {
      onWait({ type: 'abandoned', what: name })
      leave(unknownOutcome(name))
    }
    const onCtrlC = () => {
      if (isChange) callOff.push(later(limits.graceMs, abandon))
      else callOff.push(later(limits.lookGraceMs, () => leave(cancelled(`while waiting for ${name}`))))
    }
    if (bound) callOff.push(later(limits.boundMs, () => leave(timedOut('no answer', limits.boundMs))))
    callOff.push(
      later(limits.silenceMs, () => {
        isTold = true
        onWait({ type: 'waiting', what: name })
      }),
    )
    if (signal?.aborted) return onCtrlC()
    signal?.addEventListener('abort', onCtrlC)
    callOff.push(() => signal?.removeEventListener('abort', onCtrlC))
  })
  // Nobody may be listening any more when work that was left fails.
  const done = ending.run(end.signal, () => work(end.signal))
  done.catch(() => {})
  left.catch(() => {})
  try {
    return await Promise.race([done, left])
  } finally {
    for (const off of callOff) off()
    if (isTold) onWait({ type: 'over', what: name })
  }
}

function unknownOutcome(name: string) {
  return cancelled(`${name} was under way; whether AWS carried it out is not known`, [runAgain])
}

/** `UpdateFunctionConfiguration` -> `update function configuration`. */
function inWords(operation: string): string {
  return operation
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(' ')
    .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(' ')
}
