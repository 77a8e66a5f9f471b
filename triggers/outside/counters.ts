// Caps on what the whole pool, and one block of numbers, may send in an hour and a day (UTC).

import { hashId } from '../../src/core/keys.ts'
import { type Caps, type StageCaps, type Standing, shareOf } from '../../src/core/limits.ts'
import { blockCounter, type Counter, noteRecentInput, poolCounter } from '../../src/core/table-counters.ts'
import type { Aws } from './aws-call.ts'
import type { Clock, Deadline } from './clock.ts'
import { createCounting, type RecentNotes } from './counting.ts'
import { type Closed, createSmsCounter } from './sms-counter.ts'
import { failStore } from './store.ts'

/** Who a message is for. */
export interface Counted {
  pool: string
  phone: string
  standing: Standing
  idKey: Buffer
}

export interface Counters {
  /** Counts one message; undefined when every cap lets it pass. Throws StoreError. */
  take(message: Counted, recent: RecentNotes, deadline: Deadline): Promise<Closed | undefined>
  /** Takes back what `take` counted at `then`. Best effort: a message too many is counted, never one too few. */
  giveBack(message: Counted, then: number, deadline: Deadline): Promise<void>
  /** Makes the calls that `take` does, and counts nothing. Throws StoreError. */
  look(pool: string, recent: RecentNotes, deadline: Deadline): Promise<void>
  /** Counts one SMS of the pool. Throws StoreError. */
  takeSms(pool: string, deadline: Deadline): Promise<Closed | undefined>
  /** Notes the recent deliveries at once. Throws StoreError. */
  note(pool: string, text: string, deadline: Deadline): Promise<void>
}

export interface CountersOptions {
  aws: Aws
  clock: Clock
  table: string
  caps: StageCaps
}

export function createCounters({ aws, clock, table, caps }: CountersOptions): Counters {
  const counting = createCounting(aws, table)

  const count = (counter: Counter, cap: Caps, deadline: Deadline, recent?: RecentNotes, n?: 0 | 1) =>
    counting.take(counter, cap, clock.now(), deadline, recent, n)

  const blockOf = ({ pool, phone, idKey }: Counted) =>
    blockCounter(hashId(idKey, 'block', pool, phone.slice(0, -4)))

  return {
    async take(message, recent, deadline) {
      const pool = poolCounter(message.pool)
      const block = message.standing === 'unproven' ? blockOf(message) : undefined
      const then = clock.now()
      const [ofPool, ofBlock] = await Promise.all([
        count(pool, shareOf(caps.sends, message.standing), deadline, recent),
        block && count(block, caps.block, deadline),
      ])
      if (ofBlock !== undefined) {
        if (ofPool === undefined) await counting.takeBack(pool, then, deadline)
        return { cap: 'block', until: ofBlock }
      }
      if (ofPool === undefined) return undefined
      if (block) await counting.takeBack(block, then, deadline)
      return { cap: 'pool', until: ofPool }
    },

    async giveBack(message, then, deadline) {
      const block = message.standing === 'unproven' ? [blockOf(message)] : []
      const counters = [poolCounter(message.pool), ...block]
      await Promise.all(counters.map((counter) => counting.takeBack(counter, then, deadline)))
    },

    async look(pool, recent, deadline) {
      await count(poolCounter(pool), shareOf(caps.sends, 'unproven'), deadline, recent, 0)
    },

    takeSms: createSmsCounter({ aws, clock, table, caps: caps.sms }).take,

    async note(pool, text, deadline) {
      const input = noteRecentInput(table, poolCounter(pool), clock.now(), text)
      await aws.json('dynamodb', 'UpdateItem', input, deadline).catch(failStore)
    },
  }
}
