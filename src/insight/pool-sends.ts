// How many messages the whole stage has sent in this hour and on this day (UTC), as the triggers count them.
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Aws } from '../aws/clients.ts'
import { type Counts, counterKey, countsOf, poolCounter } from '../core/table-counters.ts'
import { names } from '../names.ts'

/** Nothing counted yet is zero. */
export async function readPoolSends(
  { dynamodb, clock, place }: Pick<Aws, 'dynamodb' | 'clock' | 'place'>,
  poolId: string,
): Promise<Counts> {
  const now = clock.now()
  const counter = poolCounter(poolId)
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: names.table(place.stage), Key: counterKey(counter, now) }),
  )
  return countsOf(Item, now, counter)
}
