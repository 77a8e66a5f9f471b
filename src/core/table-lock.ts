// The table's item of whoever may change the stage: taken, renewed and let go by its holder alone.
import { type Attribute, keyOf, lockPk, type ReadItem } from './table-items.ts'

export interface Holder {
  id: string
  who: string
  since: string
  /** Counts its renewals. */
  beat: string
  /** It ended without having finished. */
  isFree: boolean
}

/** DynamoDB may forget what a killed run has left after so long; no run takes a day. */
const forgetMs = 7 * 86_400_000

function itemOf(table: string, stage: string) {
  return { TableName: table, Key: keyOf(lockPk(stage)) }
}

/** Holds only for the run with this id. */
function mine(id: string, values: Record<string, Attribute> = {}) {
  return { ConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': { S: id }, ...values } }
}

/**
 * The input of PutItem that takes the stage at `now` (epoch milliseconds), where nobody has it or `dead` has it as
 * it was last seen. A refusal (ConditionalCheckFailedException) brings the item of whoever does.
 */
export function takeLockInput(
  table: string,
  stage: string,
  { id, who, since, beat }: Omit<Holder, 'isFree'>,
  dead: Holder | undefined,
  now: number,
) {
  return {
    TableName: table,
    Item: {
      ...keyOf(lockPk(stage)),
      id: { S: id },
      who: { S: who },
      since: { S: since },
      beat: { S: beat },
      ttl: { N: String(Math.ceil((now + forgetMs) / 1000)) },
    },
    ConditionExpression: `attribute_not_exists(pk)${dead ? ' OR (id = :id AND beat = :beat)' : ''}`,
    ...(dead ? { ExpressionAttributeValues: { ':id': { S: dead.id }, ':beat': { S: dead.beat } } } : {}),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  }
}

/** The input of GetItem. */
export function readLockInput(table: string, stage: string) {
  return { ...itemOf(table, stage), ConsistentRead: true }
}

/** The input of UpdateItem. */
export function renewLockInput(table: string, stage: string, id: string, beat: number) {
  return {
    ...itemOf(table, stage),
    UpdateExpression: 'SET beat = :beat',
    ...mine(id, { ':beat': { S: String(beat) } }),
  }
}

/** The input of UpdateItem that leaves word for the next run. */
export function freeLockInput(table: string, stage: string, id: string) {
  return {
    ...itemOf(table, stage),
    UpdateExpression: 'SET isFree = :yes',
    ...mine(id, { ':yes': { S: 'yes' } }),
  }
}

/** The input of DeleteItem. */
export function removeLockInput(table: string, stage: string, id: string) {
  return { ...itemOf(table, stage), ...mine(id) }
}

/** Reads what the others wrote. */
export function holderOf(item: ReadItem): Holder {
  const text = (name: string) => item?.[name]?.S ?? ''
  return {
    id: text('id'),
    who: text('who'),
    since: text('since'),
    beat: text('beat'),
    isFree: text('isFree') === 'yes',
  }
}
