// Caps on what the whole pool, and one block of numbers, may send in an hour and a day (UTC).

import { hashId } from '../../src/core/keys.ts'
import { blockCaps, type PoolCaps, unverifiedShare } from '../../src/core/limits.ts'
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
  /** The day that is part of the key, and the attribute of the hour. */
  function bucket(): { day: string; hour: string } {
    const iso = new Date(clock.now()).toISOString()
    return { day: iso.slice(0, 10).replaceAll('-', ''), hour: `s${iso.slice(11, 13)}` }
  }

  function poolCaps(verified: boolean): PoolCaps {
    const share = verified ? 1 : unverifiedShare
    return { perHour: Math.floor(caps.perHour * share), perDay: Math.floor(caps.perDay * share) }
  }

  // These items are written by everybody at once, so the cap is checked by the write itself and not before it.
  async function take(pk: string, hour: string, cap: PoolCaps, keepDays: number, deadline: Deadline) {
    const ttl = Math.ceil(clock.now() / 1000) + keepDays * 86_400
    const input = {
      TableName: table,
      Key: { pk: { S: pk } },
      UpdateExpression: 'SET #ttl = :ttl ADD sd :one, #hour :one',
      ConditionExpression:
        '(attribute_not_exists(sd) OR sd < :day) AND (attribute_not_exists(#hour) OR #hour < :hour)',
      ExpressionAttributeNames: { '#ttl': 'ttl', '#hour': hour },
      ExpressionAttributeValues: {
        ':ttl': { N: String(ttl) },
        ':one': { N: '1' },
        ':day': { N: String(cap.perDay) },
        ':hour': { N: String(cap.perHour) },
      },
    }
    // Room for nobody must not be read as room for the first: the condition lets a missing counter pass.
    if (cap.perHour < 1 || cap.perDay < 1) return false
    try {
      await aws.json('dynamodb', 'UpdateItem', input, deadline)
      return true
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException') return false
      return failStore(error)
    }
  }

  return {
    takeFromPool: (pool, verified, deadline) => {
      const { day, hour } = bucket()
      return take(`G#${pool}#${day}`, hour, poolCaps(verified), 40, deadline)
    },
    poolHasRoom: async (pool, verified, deadline) => {
      const { day, hour } = bucket()
      const cap = poolCaps(verified)
      const input = { TableName: table, Key: { pk: { S: `G#${pool}#${day}` } }, ConsistentRead: true }
      const answer = await aws.json('dynamodb', 'GetItem', input, deadline).catch(failStore)
      const item = (answer.Item ?? {}) as Record<string, { N?: string } | undefined>
      return Number(item.sd?.N ?? 0) < cap.perDay && Number(item[hour]?.N ?? 0) < cap.perHour
    },
    takeFromBlock: (pool, phone, idKey, deadline) => {
      const { day, hour } = bucket()
      const block = hashId(idKey, 'block', pool, phone.slice(0, -4))
      return take(`X#${block}#${day}`, hour, blockCaps, 2, deadline)
    },
  }
}
