// Caps on what the whole pool, and one block of numbers, may send in an hour and a day (UTC).

import { hashId } from '../../src/core/keys.ts'
import { type Caps, type StageCaps, type Standing, shareOf } from '../../src/core/limits.ts'
import {
  blockCounter,
  type Counter,
  countsOf,
  noteRecentInput,
  opensAt,
  poolCounter,
  recentIn,
  smsCounter,
} from '../../src/core/table-counters.ts'
import type { ReadItem } from '../../src/core/table-items.ts'
import type { Aws } from './aws-call.ts'
import type { Clock, Deadline } from './clock.ts'
import { createCounting } from './counting.ts'
import { failStore } from './store.ts'

/** Who a message is for. */
export interface Counted {
  pool: string
  phone: string
  standing: Standing
  idKey: Buffer
}

/** Which cap holds a message back, and when it opens again (epoch milliseconds). */
export interface Closed {
  cap: 'block' | 'pool' | 'sms'
  until: number
}

/** Recent deliveries travel with the counter of the pool: no call of their own. */
export interface RecentNotes {
  /** What there is to note; undefined for nothing. */
  give(): string | undefined
  take(text: string): void
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

  function learn(recent: RecentNotes | undefined, item: ReadItem) {
    const text = recentIn(item)
    if (text !== undefined) recent?.take(text)
  }

  /** Undefined when `n` more were counted, else when the cap opens again. */
  async function count(counter: Counter, cap: Caps, deadline: Deadline, recent?: RecentNotes, n: 0 | 1 = 1) {
    const now = clock.now()
    // Room for nobody must not be read as room for the first: the condition lets a missing counter pass.
    if (cap.perHour < 1 || cap.perDay < 1) return opensAt({ hour: 0, day: cap.perDay }, cap, now)
    const { counted, before } = await counting.add(counter, now, cap, deadline, recent?.give(), n)
    const item = counted ? before : await counting.read(counter, now, deadline)
    learn(recent, item)
    return counted ? undefined : opensAt(countsOf(item, now, counter), cap, now)
  }

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

    async takeSms(pool, deadline) {
      const until = await count(smsCounter(pool), caps.sms, deadline)
      return until === undefined ? undefined : { cap: 'sms', until }
    },

    async note(pool, text, deadline) {
      const input = noteRecentInput(table, poolCounter(pool), clock.now(), text)
      await aws.json('dynamodb', 'UpdateItem', input, deadline).catch(failStore)
    },
  }
}
