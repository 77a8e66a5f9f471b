// What becomes of items past their time to live: they go, though as late as AWS may be with them.

import type { Engine } from './engine.ts'

const day = 86_400_000

/** Whoever reads must tell expired items himself, and would not notice that he does not if they went at once. */
const lateMs = 2 * day

/** What has expired before that is taken for a mistake, and stays. */
const mostMs = 5 * 365 * day

/** How long a table can go without being looked through, in milliseconds. */
export const sweepEvery = day

/** Deletes the items of a table that had expired two days before `now`, in epoch milliseconds. */
export async function deleteExpired(run: Engine, TableName: string, attribute: string, now: number) {
  const { Table } = await run('DescribeTable', { TableName })
  const schema = (Table as { KeySchema: { AttributeName: string }[] }).KeySchema
  const seconds = (ms: number) => ({ N: String(Math.floor(ms / 1000)) })
  const isExpired = {
    ExpressionAttributeNames: { '#ttl': attribute },
    ExpressionAttributeValues: { ':until': seconds(now - lateMs), ':from': seconds(now - mostMs) },
  }
  let from: unknown
  do {
    const { Items, LastEvaluatedKey } = await run('Scan', {
      TableName,
      ...isExpired,
      FilterExpression: '#ttl BETWEEN :from AND :until',
      ...(from ? { ExclusiveStartKey: from } : {}),
    })
    for (const item of Items as Record<string, unknown>[]) {
      const Key = Object.fromEntries(schema.map(({ AttributeName: name }) => [name, item[name]]))
      // It may have been written anew meanwhile.
      const ConditionExpression = '#ttl BETWEEN :from AND :until'
      await run('DeleteItem', { TableName, Key, ...isExpired, ConditionExpression }).catch(() => undefined)
    }
    from = LastEvaluatedKey
  } while (from)
}
