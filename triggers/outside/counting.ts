// One counter of the table: counted up to its caps, read, and taken back.
import type { Caps } from '../../src/core/limits.ts'
import { type Counter, counterKey, countInput, uncountInput } from '../../src/core/table-counters.ts'
import type { ReadItem } from '../../src/core/table-items.ts'
import { type Aws, AwsError } from './aws-call.ts'
import type { Deadline } from './clock.ts'
import { failStore } from './store.ts'

export interface Counting {
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
  return {
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
}
