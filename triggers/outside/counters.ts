// Caps on what the whole pool, and one block of numbers, may send in an hour and a day (UTC).

import { hashId } from '../../src/core/keys.ts'
import { type Caps, type StageCaps, type Standing, shares } from '../../src/core/limits.ts'
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
  takeFromPool(pool: string, standing: Standing, deadline: Deadline): Promise<boolean>
  /** Whether `takeFromPool` would say yes, without counting. Throws StoreError. */
  poolHasRoom(pool: string, standing: Standing, deadline: Deadline): Promise<boolean>
  /** Counts one message to a block of numbers; false when its cap is reached. Throws StoreError. */
  takeFromBlock(pool: string, phone: string, idKey: Buffer, deadline: Deadline): Promise<boolean>
}

export interface CountersOptions {
  aws: Aws
  clock: Clock
  table: string
  caps: StageCaps
}

export function createCounters({ aws, clock, table, caps }: CountersOptions): Counters {
  function poolCaps(standing: Standing): Caps {
    const { perHour, perDay } = caps.sends
    return { perHour: Math.floor(perHour * shares[standing]), perDay: Math.floor(perDay * shares[standing]) }
  }

  async function take(counter: Counter, cap: Caps, deadline: Deadline) {
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
    takeFromPool: (pool, standing, deadline) => take(poolCounter(pool), poolCaps(standing), deadline),
    poolHasRoom: async (pool, standing, deadline) => {
      const now = clock.now()
      const cap = poolCaps(standing)
      const input = { TableName: table, Key: counterKey(poolCounter(pool), now), ConsistentRead: true }
      const answer = await aws.json('dynamodb', 'GetItem', input, deadline).catch(failStore)
      const counts = countsOf(answer.Item as ReadItem, now)
      return counts.day < cap.perDay && counts.hour < cap.perHour
    },
    takeFromBlock: (pool, phone, idKey, deadline) => {
      const block = hashId(idKey, 'block', pool, phone.slice(0, -4))
      return take(blockCounter(block), caps.block, deadline)
    },
  }
}
