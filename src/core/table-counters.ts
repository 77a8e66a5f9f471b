// The table's items that count what a stage and one block of numbers use up, by hour and day in UTC.
import type { Caps } from './limits.ts'
import { blockPk, keyOf, poolPk, type ReadItem } from './table-items.ts'

/** A row of items, one a day, and the letter that its attributes begin with. */
export interface Counter {
  pkOn: (day: string) => string
  letter: 's' | 'm' | 'u'
  keepDays: number
}

/** Messages of the whole pool. */
export function poolCounter(pool: string): Counter {
  return { pkOn: (day) => poolPk(pool, day), letter: 's', keepDays: 40 }
}

/** Those by SMS, in the same items. */
export function smsCounter(pool: string): Counter {
  return { ...poolCounter(pool), letter: 'm' }
}

/** Sign-ups of the whole pool, in the same items. */
export function signUpCounter(pool: string): Counter {
  return { ...poolCounter(pool), letter: 'u' }
}

/** `block` is a keyed hash. */
export function blockCounter(block: string): Counter {
  return { pkOn: (day) => blockPk(block, day), letter: 's', keepDays: 2 }
}

/** Those of this hour and of this day. */
export interface Counts {
  hour: number
  day: number
}

/** The sum of the day; each hour has an attribute of its own beside it. */
const sumOf = (letter: Counter['letter']) => `${letter}d`

function hourOf(letter: Counter['letter'], now: number): string {
  return `${letter}${new Date(now).toISOString().slice(11, 13)}`
}

/** The key of the item of the day that `now` (epoch milliseconds) is in. */
export function counterKey({ pkOn }: Counter, now: number) {
  return keyOf(pkOn(new Date(now).toISOString().slice(0, 10).replaceAll('-', '')))
}

/** Where the recent deliveries stand in the item of the pool. */
const recentName = 'recent'

/**
 * The input of UpdateItem that counts one. DynamoDB refuses it (ConditionalCheckFailedException) where a cap is
 * reached; everybody writes these items at once, so the cap is checked by the write itself. A missing counter
 * passes: caps below 1 must be refused before. `recent` is noted along with it, and the answer has what stood there.
 * With 0 for `count` it is the same to write, and counts nothing.
 */
export function countInput(
  table: string,
  counter: Counter,
  now: number,
  caps: Caps,
  recent?: string,
  count: 0 | 1 = 1,
) {
  const { letter } = counter
  const sum = sumOf(letter)
  return {
    TableName: table,
    Key: counterKey(counter, now),
    UpdateExpression: `SET #ttl = :ttl${recent === undefined ? '' : ', #recent = :recent'} ADD #sum :count, #hour :count`,
    ConditionExpression:
      '(attribute_not_exists(#sum) OR #sum < :day) AND (attribute_not_exists(#hour) OR #hour < :hour)',
    ExpressionAttributeNames: {
      '#ttl': 'ttl',
      '#sum': sum,
      '#hour': hourOf(letter, now),
      ...(recent === undefined ? {} : { '#recent': recentName }),
    },
    ExpressionAttributeValues: {
      ':ttl': ttlOf(counter, now),
      ':count': { N: String(count) },
      ':day': { N: String(caps.perDay) },
      ':hour': { N: String(caps.perHour) },
      ...(recent === undefined ? {} : { ':recent': { S: recent } }),
    },
    ReturnValues: 'ALL_OLD',
  } as const
}

/** The input of UpdateItem that takes back one that was counted at `then`. */
export function uncountInput(table: string, counter: Counter, then: number) {
  return {
    TableName: table,
    Key: counterKey(counter, then),
    UpdateExpression: 'ADD #sum :less, #hour :less',
    ConditionExpression: '#hour > :none',
    ExpressionAttributeNames: { '#sum': sumOf(counter.letter), '#hour': hourOf(counter.letter, then) },
    ExpressionAttributeValues: { ':less': { N: '-1' }, ':none': { N: '0' } },
  }
}

/** The input of UpdateItem that notes the recent deliveries, and counts nothing. */
export function noteRecentInput(table: string, counter: Counter, now: number, recent: string) {
  return {
    TableName: table,
    Key: counterKey(counter, now),
    UpdateExpression: 'SET #ttl = :ttl, #recent = :recent',
    ExpressionAttributeNames: { '#ttl': 'ttl', '#recent': recentName },
    ExpressionAttributeValues: { ':ttl': ttlOf(counter, now), ':recent': { S: recent } },
  }
}

const ttlOf = ({ keepDays }: Counter, now: number) => ({
  N: String(Math.ceil(now / 1000) + keepDays * 86_400),
})

/** Reads what `countInput` counted. What was never counted is 0. */
export function countsOf(item: ReadItem, now: number, { letter }: Counter): Counts {
  const of = (name: string) => Number(item?.[name]?.N ?? 0)
  return { hour: of(hourOf(letter, now)), day: of(sumOf(letter)) }
}

/** The recent deliveries, as they were noted. */
export function recentIn(item: ReadItem): string | undefined {
  return item?.[recentName]?.S
}

/** When a cap that is reached opens again (epoch milliseconds): with the next hour, or the next day. */
export function opensAt({ day }: Counts, caps: Caps, now: number): number {
  const span = day >= caps.perDay ? 86_400_000 : 3_600_000
  return (Math.floor(now / span) + 1) * span
}
