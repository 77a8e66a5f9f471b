// The caps on what the whole pool may send by SMS in an hour and a day (UTC).
import type { Caps } from '../../src/core/limits.ts'
import { smsCounter } from '../../src/core/table-counters.ts'
import type { Aws } from './aws-call.ts'
import type { Clock, Deadline } from './clock.ts'
import { createCounting } from './counting.ts'

/** Which cap holds a message back, and when it opens again (epoch milliseconds). */
export interface Closed {
  cap: 'block' | 'pool' | 'sms'
  until: number
}

export interface SmsCounter {
  /** Counts one SMS; undefined when both caps let it pass. Throws StoreError. */
  take(pool: string, deadline: Deadline): Promise<Closed | undefined>
  /** Takes back what `take` counted at `then`. Best effort: one too many is counted, never one too few. */
  giveBack(pool: string, then: number, deadline: Deadline): Promise<void>
}

export interface SmsCounterOptions {
  aws: Aws
  clock: Clock
  table: string
  caps: Caps
}

export function createSmsCounter({ aws, clock, table, caps }: SmsCounterOptions): SmsCounter {
  const counting = createCounting(aws, table)
  return {
    async take(pool, deadline) {
      const until = await counting.take(smsCounter(pool), caps, clock.now(), deadline)
      return until === undefined ? undefined : { cap: 'sms', until }
    },
    giveBack: (pool, then, deadline) => counting.takeBack(smsCounter(pool), then, deadline),
  }
}
