// How many messages the whole stage has sent in this hour and on this day (UTC), as the triggers count them.
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Aws } from '../aws/clients.ts'
import { names } from '../names.ts'

export interface PoolSends {
  hour: number
  day: number
}

/** Nothing counted yet is zero. */
export async function readPoolSends(
  { dynamodb, clock, place }: Pick<Aws, 'dynamodb' | 'clock' | 'place'>,
  poolId: string,
): Promise<PoolSends> {
  const iso = new Date(clock.now()).toISOString()
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: names.table(place.stage),
      Key: { pk: { S: `G#${poolId}#${iso.slice(0, 10).replaceAll('-', '')}` } },
    }),
  )
  return { hour: Number(Item?.[`s${iso.slice(11, 13)}`]?.N ?? 0), day: Number(Item?.sd?.N ?? 0) }
}
