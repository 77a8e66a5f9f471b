// The table's items that count messages: of the whole pool and of one block of numbers, by hour and day in UTC.
import type { Caps } from './limits.ts'
import { blockPk, keyOf, poolPk, type ReadItem } from './table-items.ts'

/** A row of items, one a day. */
export interface Counter {
  pkOn(day: string): string
  keepDays: number
}

export function poolCounter(pool: string): Counter {
  return { pkOn: (day) => poolPk(pool, day), keepDays: 40 }
}

/** `block` is a keyed hash. */
export function blockCounter(block: string): Counter {
  return { pkOn: (day) => blockPk(block, day), keepDays: 2 }
}

/** Messages of this hour and of this day. */
export interface Counts {
  hour: number
  day: number
}

/** The sum of the day; each hour has an attribute of its own beside it. */
const sum = 'sd'

function hourOf(now: number): string {
  return `s${new Date(now).toISOString().slice(11, 13)}`
}

/** The key of the item of the day that `now` (epoch milliseconds) is in. */
export function counterKey({ pkOn }: Counter, now: number) {
  return keyOf(pkOn(new Date(now).toISOString().slice(0, 10).replaceAll('-', '')))
}

/**
 * The input of UpdateItem that counts one message. DynamoDB refuses it (ConditionalCheckFailedException) where
 * a cap is reached; everybody writes these items at once, so the cap is checked by the write itself. A missing
 * counter passes: caps below 1 must be refused before.
 */
export function countInput(table: string, counter: Counter, now: number, caps: Caps) {
  return {
    TableName: table,
    Key: counterKey(counter, now),
    UpdateExpression: `SET #ttl = :ttl ADD ${sum} :one, #hour :one`,
    ConditionExpression: `(attribute_not_exists(${sum}) OR ${sum} < :day) AND (attribute_not_exists(#hour) OR #hour < :hour)`,
    ExpressionAttributeNames: { '#ttl': 'ttl', '#hour': hourOf(now) },
    ExpressionAttributeValues: {
      ':ttl': { N: String(Math.ceil(now / 1000) + counter.keepDays * 86_400) },
      ':one': { N: '1' },
      ':day': { N: String(caps.perDay) },
      ':hour': { N: String(caps.perHour) },
    },
  }
}

/** Reads what `countInput` counted. What was never counted is 0. */
export function countsOf(item: ReadItem, now: number): Counts {
  return { hour: Number(item?.[hourOf(now)]?.N ?? 0), day: Number(item?.[sum]?.N ?? 0) }
}
