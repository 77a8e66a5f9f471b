// Faults that a test or a person injects into single calls, and the record of every call.

import type { Caller } from './callers.ts'

/**
 * `throttle` answers the service's throttling error; `fail-before` answers a 500 and changes nothing;
 * `fail-after` performs the call and cuts the connection, so the caller never learns of it; `slow` waits.
 */
export interface Fault {
  /** IAM's prefix, as in `cognito-idp`; any service when left out. */
  service?: string
  operation?: string
  kind: 'throttle' | 'fail-before' | 'fail-after' | 'slow'
  /** The first matching call that is hit, counted from 1 when the fault is added. */
  nth?: number
  /** How many calls are hit from there; 1 unless said. */
  times?: number
  /** How long `slow` waits, in milliseconds. */
  ms?: number
}

export interface CallRecord {
  service: string
  operation: string
  caller: Caller
  /** Epoch milliseconds by the sandbox's clock. */
  at: number
  ok: boolean
  /** The error's code when the call failed. */
  code?: string
}

interface Armed extends Fault {
  seen: number
}

export class Faults {
  #armed: Armed[] = []

  add(...faults: Fault[]): void {
    this.#armed.push(...faults.map((fault) => ({ ...fault, seen: 0 })))
  }

  clear(): void {
    this.#armed = []
  }

  /** Counts a call, and gives the first fault that hits it. */
  take(service: string, operation: string): Fault | undefined {
    let hit: Armed | undefined
    for (const fault of this.#armed) {
      if (fault.service && fault.service !== service) continue
      if (fault.operation && fault.operation !== operation) continue
      fault.seen += 1
      const first = fault.nth ?? 1
      if (!hit && fault.seen >= first && fault.seen < first + (fault.times ?? 1)) hit = fault
    }
    return hit
  }
}
