// Caps on what the whole pool, and one block of numbers, may send in an hour and a day (UTC).

import { hashId } from '../../src/core/keys.ts'
import { type Caps, type StageCaps, type Standing, shareOf } from '../../src/core/limits.ts'
import {
  blockCounter,
  type Counter,
  counterKey,
  countInput,
  countsOf,
  noteRecentInput,
  opensAt,
  poolCounter,
  recentIn,
  smsCounter,
  uncountInput,
} from '../../src/core/table-counters.ts'
import type { ReadItem } from '../../src/core/table-items.ts'
import { type Aws, AwsError } from './aws-call.ts'
import type { Clock, Deadline } from './clock.ts'
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
  /** Makes a call as `take` does, and counts nothing. Throws StoreError. */
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
  const call = (operation: 'UpdateItem' | 'GetItem', input: object, deadline: Deadline) =>
    aws.json('dynamodb', operation, input as Record<string, unknown>, deadline)

  /** Undefined when it was counted, else when the cap opens again. */
  async function count(counter: Counter, cap: Caps, deadline: Deadline, recent?: RecentNotes) {
    const now = clock.now()
    // Room for nobody must not be read as room for the first: the condition lets a missing counter pass.
    if (cap.perHour < 1 || cap.perDay < 1) return opensAt({ hour: 0, day: cap.perDay }, cap, now)
    try {
      const answer = await call('UpdateItem', countInput(table, counter, now, cap, recent?.give()), deadline)
      const before = recentIn(answer.Attributes as ReadItem)
      if (before !== undefined) recent?.take(before)
      return undefined
    } catch (error) {
      const isFull = error instanceof AwsError && error.code === 'ConditionalCheckFailedException'
      if (!isFull) return failStore(error)
    }
    const item = await read(counter, now, deadline)
    const before = recentIn(item)
    if (before !== undefined) recent?.take(before)
    return opensAt(countsOf(item, now, counter), cap, now)
  }

  async function read(counter: Counter, now: number, deadline: Deadline): Promise<ReadItem> {
    const input = { TableName: table, Key: counterKey(counter, now), ConsistentRead: true }
    const answer = await call('GetItem', input, deadline).catch(failStore)
    return answer.Item as ReadItem
  }

  const blockOf = ({ pool, phone, idKey }: Counted) =>
    blockCounter(hashId(idKey, 'block', pool, phone.slice(0, -4)))

  const uncount = (counter: Counter, then: number, deadline: Deadline) =>
    call('UpdateItem', uncountInput(table, counter, then), deadline).then(
      () => undefined,
      () => undefined,
    )

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
        if (ofPool === undefined) await uncount(pool, then, deadline)
        return { cap: 'block', until: ofBlock }
      }
      if (ofPool === undefined) return undefined
      if (block) await uncount(block, then, deadline)
      return { cap: 'pool', until: ofPool }
    },

    async giveBack(message, then, deadline) {
      const block = message.standing === 'unproven' ? [blockOf(message)] : []
      const counters = [poolCounter(message.pool), ...block]
      await Promise.all(counters.map((counter) => uncount(counter, then, deadline)))
    },

    async look(pool, recent, deadline) {
      const before = recentIn(await read(poolCounter(pool), clock.now(), deadline))
      if (before !== undefined) recent.take(before)
    },

    async takeSms(pool, deadline) {
      const until = await count(smsCounter(pool), caps.sms, deadline)
      return until === undefined ? undefined : { cap: 'sms', until }
    },

    async note(pool, text, deadline) {
      const now = clock.now()
      await call('UpdateItem', noteRecentInput(table, poolCounter(pool), now, text), deadline).catch(
        failStore,
      )
    },
  }
}
