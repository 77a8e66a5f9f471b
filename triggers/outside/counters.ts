// Caps on what the whole pool, and one block of numbers, may send in an hour and a day (UTC).

import { hashId } from '../../src/core/keys.ts'
import { blockCaps, type PoolCaps, unverifiedShare } from '../../src/core/limits.ts'
import {
  blockCounter,
  type Counter,
  counterKey,
  countInput,
  countsOf,
  poolCounter,
} from '../../src/core/table-counters.ts'
import type { ReadItem } from '../../src/core/table-items.ts'
import { type Aws, AwsError } from './aws-call.ts'
import type { Clock, Deadline } from './clock.ts'
import { failStore } from './store.ts'

export interface Counters {
  /** Counts one message of the pool; false when its cap is reached. Throws StoreError. */
  takeFromPool(pool: string, verified: boolean, deadline: Deadline): Promise<boolean>
  /** Whether `takeFromPool` would say yes, without counting. Throws StoreError. */
  poolHasRoom(pool: string, verified: boolean, deadline: Deadline): Promise<boolean>
  /** Counts one message to a block of numbers; false when its cap is reached. Throws StoreError. */
  takeFromBlock(pool: string, phone: string, idKey: Buffer, deadline: Deadline): Promise<boolean>
}

export interface CountersOptions {
  aws: Aws
  clock: Clock
  table: string
  caps: PoolCaps
}

export function createCounters({ aws, clock, table, caps }: CountersOptions): Counters {
  function poolCaps(verified: boolean): PoolCaps {
    const share = verified ? 1 : unverifiedShare
    return { perHour: Math.floor(caps.perHour * share), perDay: Math.floor(caps.perDay * share) }
  }

  async function take(counter: Counter, cap: PoolCaps, deadline: Deadline) {
    // Room for nobody must not be read as room for the first: the condition lets a missing counter pass.
    if (cap.perHour < 1 || cap.perDay < 1) return false
    try {
      await aws.json('dynamodb', 'UpdateItem', countInput(table, counter, clock.now(), cap), deadline)
      return true
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException') return false
      return failStore(error)
    }
  }

  return {
    takeFromPool: (pool, verified, deadline) => take(poolCounter(pool), poolCaps(verified), deadline),
    poolHasRoom: async (pool, verified, deadline) => {
      const now = clock.now()
      const cap = poolCaps(verified)
      const input = { TableName: table, Key: counterKey(poolCounter(pool), now), ConsistentRead: true }
      const answer = await aws.json('dynamodb', 'GetItem', input, deadline).catch(failStore)
      const counts = countsOf(answer.Item as ReadItem, now)
      return counts.day < cap.perDay && counts.hour < cap.perHour
    },
    takeFromBlock: (pool, phone, idKey, deadline) => {
      const block = hashId(idKey, 'block', pool, phone.slice(0, -4))
      return take(blockCounter(block), blockCaps, deadline)
    },
  }
}
