// Faults that a test or a person injects into single calls.

import { remember } from './recent.ts'

/** What befalls some calls: those of a service, of an operation, or all, from the nth on. */
export interface Fault {
  /** IAM's prefix, as in `cognito-idp`; any service when left out. */
  service?: string
  /** As in `AdminGetUser`; any operation when left out. */
  operation?: string
  /**
   * `throttle` answers the service's throttling error; `fail-before` answers a 500 and changes nothing;
   * `fail-after` performs the call and cuts the connection, so the caller never learns of it; `slow` waits,
   * and performs it then.
   */
  kind: 'throttle' | 'fail-before' | 'fail-after' | 'slow'
  /** The first matching call that is hit, counted from 1 when the fault is added; 1 unless said. */
  nth?: number
  /** How many calls are hit from there; 1 unless said. */
  times?: number
  /** How long `slow` waits, in real milliseconds; 1,000 unless said. */
  ms?: number
}

interface Armed extends Fault {
  seen: number
}

export class Faults {
  #armed: Armed[] = []

  /**
   * Arms faults, the newest 1,000. Of several that match a call the one that was added first hits it. Gives what takes
   * these away again.
   */
  add(...faults: Fault[]): () => void {
    const added = faults.map((fault) => ({ ...fault, seen: 0 }))
    for (const fault of added) remember(this.#armed, fault, 1_000)
    return () => {
      this.#armed = this.#armed.filter((fault) => !added.includes(fault))
    }
  }

  /** Takes all of them away, spent or not. */
  clear(): void {
    this.#armed = []
  }

  /** Counts a call, and gives the first fault that hits it: the server asks before each. */
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
