// One counter of the table: counted up to its caps, read, and taken back.
import type { Caps } from '../../src/core/limits.ts'
import {
  type Counter,
  counterKey,
  countInput,
  countsOf,
  opensAt,
  recentIn,
  uncountInput,
} from '../../src/core/table-counters.ts'
import type { ReadItem } from '../../src/core/table-items.ts'
import { type Aws, AwsError } from './aws-call.ts'
import type { Deadline } from './clock.ts'
import { failStore } from './store.ts'

/** Recent deliveries travel with the counter of the pool: no call of their own. */
export interface RecentNotes {
  /** What there is to note; undefined for nothing. */
  give(): string | undefined
  take(text: string): void
}

export interface Counting {
  /**
   * Counts `n` more at `now` (epoch milliseconds). Undefined when they were counted, else when the cap opens again.
   * Throws StoreError.
   */
  take(
    counter: Counter,
    caps: Caps,
    now: number,
    deadline: Deadline,
    recent?: RecentNotes,
    n?: 0 | 1,
  ): Promise<number | undefined>
  /** Counts one, or makes as if, at `now` (epoch milliseconds). `before` is what stood there. Throws StoreError. */
  add(
    counter: Counter,
    now: number,
    caps: Caps,
    deadline: Deadline,
    recent?: string,
    count?: 0 | 1,
  ): Promise<{ counted: boolean; before: ReadItem }>
  /** Throws StoreError. */
  read(counter: Counter, now: number, deadline: Deadline): Promise<ReadItem>
  /** Takes back what was counted at `then`. Best effort: one too many is counted, never one too few. */
  takeBack(counter: Counter, then: number, deadline: Deadline): Promise<void>
}

export function createCounting(aws: Aws, table: string): Counting {
  const self: Counting = {
    async take(counter, caps, now, deadline, recent, n = 1) {
      // Room for nobody must not be read as room for the first: the condition lets a missing counter pass.
      if (caps.perHour < 1 || caps.perDay < 1) return opensAt({ hour: 0, day: caps.perDay }, caps, now)
      const { counted, before } = await self.add(counter, now, caps, deadline, recent?.give(), n)
      const item = counted ? before : await self.read(counter, now, deadline)
      const text = recentIn(item)
      if (text !== undefined) recent?.take(text)
      return counted ? undefined : opensAt(countsOf(item, now, counter), caps, now)
    },

    async add(counter, now, caps, deadline, recent, count) {
      try {
        const input = countInput(table, counter, now, caps, recent, count)
        const { Attributes } = await aws.json('dynamodb', 'UpdateItem', input, deadline)
        return { counted: true, before: Attributes as ReadItem }
      } catch (error) {
        const isFull = error instanceof AwsError && error.code === 'ConditionalCheckFailedException'
        return isFull ? { counted: false, before: undefined } : failStore(error)
      }
    },

    async read(counter, now, deadline) {
      const input = { TableName: table, Key: counterKey(counter, now), ConsistentRead: true }
      const { Item } = await aws.json('dynamodb', 'GetItem', input, deadline).catch(failStore)
      return Item as ReadItem
    },

    async takeBack(counter, then, deadline) {
      const input = uncountInput(table, counter, then)
      await aws.json('dynamodb', 'UpdateItem', input, deadline).catch(() => undefined)
    },
  }
  return self
}
