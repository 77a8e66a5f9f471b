// The table's item of one number: read whole, and written only over what was read.
import { emptyLedger, expiryOf, type Ledger } from './ledger/ledger.ts'
import { keyOf, type ReadItem } from './table-items.ts'

export interface LedgerItem {
  ledger: Ledger
  /** Counts the writes; 0 when there is no item. */
  version: number
  /** The random id of the last write. */
  write: string
}

/** The input of GetItem. */
export function getLedgerInput(table: string, pk: string) {
  return { TableName: table, Key: keyOf(pk), ConsistentRead: true }
}

/**
 * The input of PutItem, with which DynamoDB refuses (ConditionalCheckFailedException) what somebody else has
 * written meanwhile. `version` is the one that was read, `write` the new id, `now` epoch milliseconds.
 */
export function putLedgerInput(
  table: string,
  pk: string,
  { ledger, version, write }: LedgerItem,
  now: number,
) {
  return {
    TableName: table,
    Item: {
      ...keyOf(pk),
      v: { N: String(version + 1) },
      w: { S: write },
      d: { S: JSON.stringify(ledger) },
      ttl: { N: String(expiryOf(ledger, now)) },
    },
    ...(version === 0
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : { ConditionExpression: 'v = :v', ExpressionAttributeValues: { ':v': { N: String(version) } } }),
  }
}

/** About what a number's ledger with a code in it is long, so that it takes as long to write and to read. */
const filler = '-'.repeat(600)

/**
 * The input of PutItem that writes where a ledger would be written, and keeps nothing. It has a condition as that
 * has, but one that always holds.
 */
export function putNothingInput(table: string, pk: string, write: string, now: number) {
  const { Item } = putLedgerInput(table, pk, { ledger: emptyLedger, version: 0, write }, now)
  return {
    TableName: table,
    Item: { ...Item, filler: { S: filler } },
    ConditionExpression: 'attribute_not_exists(nothing)',
  }
}

/** Reads what `putLedgerInput` wrote. Members that an older version did not write, or wrote otherwise, are empty. */
export function ledgerItemOf(item: ReadItem): LedgerItem {
  if (!item) return { ledger: emptyLedger, version: 0, write: '' }
  const { failures, challenges, ...rest } = JSON.parse(item.d?.S ?? '') as Partial<Ledger>
  const ledger = {
    ...emptyLedger,
    ...rest,
    // Once a count. What is left of a failure without its session's name says nothing.
    failures: Array.isArray(failures) ? failures : [],
    // Once without tries of each session. Who holds such a code asks for another one.
    challenges: (challenges ?? []).filter(({ tries }) => tries !== undefined),
  }
  return { ledger, version: Number(item.v?.N), write: item.w?.S ?? '' }
}
