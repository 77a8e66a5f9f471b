// The table's item of one message that a provider has accepted: whose it is, and what was reported of it until now.
import { createHash } from 'node:crypto'
import { keyOf, messagePk, type ReadItem } from '../table-items.ts'

/** What became of a message, as Meta calls it. */
export const reportStatuses = ['sent', 'delivered', 'read', 'failed'] as const
export type ReportStatus = (typeof reportStatuses)[number]

export interface SentMessage {
  /** The key of the ledger of the number that it went to. */
  ledger: string
  cid: string
  /** The message's place among those with its code. */
  n: number
  /** When it was accepted, in epoch milliseconds. */
  at: number
}

/** Nobody asks for a report that is older. */
const keepSeconds = 86_400

/**
 * Only the hash of the id is a key: whatever else the provider's id says stays out of the table. It needs no key of
 * ours, since ids are too random to be tried, and so the public function needs none either.
 */
const keyFor = (messageId: string) =>
  keyOf(messagePk(createHash('sha256').update(messageId).digest('hex').slice(0, 32)))

/** The input of PutItem. Written a second time it is refused: what was reported meanwhile stays. */
export function putMessageInput(table: string, messageId: string, { ledger, cid, n, at }: SentMessage) {
  return {
    TableName: table,
    Item: {
      ...keyFor(messageId),
      ledger: { S: ledger },
      cid: { S: cid },
      n: { N: String(n) },
      at: { N: String(Math.round(at)) },
      ttl: { N: String(Math.ceil(at / 1000) + keepSeconds) },
    },
    ConditionExpression: 'attribute_not_exists(pk)',
  }
}

/**
 * The input of UpdateItem that adds to what was reported; the answer has what stood there before. DynamoDB refuses it
 * (ConditionalCheckFailedException) for a message that is not ours. A set: in whichever order and however often
 * reports come, it ends up the same.
 */
export function reportInput(table: string, messageId: string, statuses: readonly ReportStatus[]) {
  return {
    TableName: table,
    Key: keyFor(messageId),
    UpdateExpression: 'ADD #seen :seen',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: { '#seen': 'seen' },
    ExpressionAttributeValues: { ':seen': { SS: [...statuses] } },
    ReturnValues: 'ALL_OLD',
  }
}

export interface KnownMessage extends SentMessage {
  /** What had been reported before. */
  seen: ReadonlySet<string>
}

/** Reads what `putMessageInput` wrote and `reportInput` added to. */
export function messageOf(item: NonNullable<ReadItem>): KnownMessage {
  const { SS: seen = [] } = (item.seen ?? {}) as { SS?: string[] }
  return {
    ledger: item.ledger?.S ?? '',
    cid: item.cid?.S ?? '',
    n: Number(item.n?.N ?? 0),
    at: Number(item.at?.N ?? 0),
    seen: new Set(seen),
  }
}
