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
  /** What an SMS in its place would need; undefined where there is to be none. */
  successor?: Successor | undefined
}

/** What an SMS in place of a message needs to know. */
export interface Successor {
  /** To whom and in which language, sealed. */
  recipient: string
  /** The permit of the message in its ledger: another message since then has another one. */
  by: string
  /** The device that it was for, by its keyed hash. */
  device?: string | undefined
}

/** Nobody asks for a report that is older. */
const keepSeconds = 86_400

/**
 * What a message is filed under: whatever else the provider's id says stays out of the table. It needs no key of
 * ours, since ids are too random to be tried, and so the public function needs none either.
 */
export const messageHashOf = (messageId: string) =>
  createHash('sha256').update(messageId).digest('hex').slice(0, 32)

const keyFor = (hash: string) => keyOf(messagePk(hash))

/** The input of PutItem. Written a second time it is refused: what was reported meanwhile stays. */
export function putMessageInput(table: string, hash: string, message: SentMessage) {
  const { ledger, cid, n, at, successor } = message
  const { recipient, by, device } = successor ?? {}
  return {
    TableName: table,
    Item: {
      ...keyFor(hash),
      ledger: { S: ledger },
      cid: { S: cid },
      n: { N: String(n) },
      at: { N: String(Math.round(at)) },
      ttl: { N: String(Math.ceil(at / 1000) + keepSeconds) },
      ...(recipient && by ? { recipient: { S: recipient }, by: { S: by } } : {}),
      ...(device ? { device: { S: device } } : {}),
    },
    ConditionExpression: 'attribute_not_exists(pk)',
  }
}

/**
 * The input of UpdateItem that adds to what was reported; the answer has what stood there before. DynamoDB refuses it
 * (ConditionalCheckFailedException) for a message that is not ours. A set: in whichever order and however often
 * reports come, it ends up the same.
 */
export function reportInput(table: string, hash: string, statuses: readonly ReportStatus[]) {
  return {
    TableName: table,
    Key: keyFor(hash),
    UpdateExpression: 'ADD #seen :seen',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: { '#seen': 'seen' },
    ExpressionAttributeValues: { ':seen': { SS: [...statuses] } },
    ReturnValues: 'ALL_OLD',
  }
}

/** The input of GetItem. */
export function getMessageInput(table: string, hash: string) {
  return { TableName: table, Key: keyFor(hash), ConsistentRead: true }
}

/**
 * The input of UpdateItem that lets `claim` send the SMS, and nobody else ever after. DynamoDB refuses it
 * (ConditionalCheckFailedException) where another one has it, or the message has arrived meanwhile; asked again by
 * the same claim, as after an answer that was lost, it is granted again.
 */
export function claimInput(table: string, hash: string, claim: string) {
  return {
    TableName: table,
    Key: keyFor(hash),
    UpdateExpression: 'SET #claim = :claim',
    ConditionExpression:
      'attribute_exists(pk) AND (attribute_not_exists(#claim) OR #claim = :claim) AND NOT contains(#seen, :delivered)',
    ExpressionAttributeNames: { '#claim': 'claim', '#seen': 'seen' },
    ExpressionAttributeValues: { ':claim': { S: claim }, ':delivered': { S: 'delivered' } },
  }
}

export interface KnownMessage extends SentMessage {
  /** What had been reported before. */
  seen: ReadonlySet<string>
  /** Whether an SMS has taken its place. */
  isClaimed: boolean
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
    isClaimed: item.claim !== undefined,
    successor: successorOf(item),
  }
}

function successorOf({ recipient, by, device }: NonNullable<ReadItem>): Successor | undefined {
  if (!recipient?.S || !by?.S) return undefined
  return { recipient: recipient.S, by: by.S, ...(device?.S ? { device: device.S } : {}) }
}
