// What of DynamoDB outlives the sandbox: tables as they were made, and their items.
import { setImmediate } from 'node:timers/promises'
import * as z from 'zod'
import type { Keep } from '../account/keep.ts'
import type { Engine } from './engine.ts'

/** What is known of a table beside what the engine knows. */
export interface Table {
  id: string
  activeAt: number
  /** Set once deletion began: what DescribeTable still answers, and until when. */
  deleting?: { until: number; description: object }
  tags: Record<string, string>
  protected: boolean
  ttl?: { AttributeName: string; enabled: boolean; changedAt: number; sweptAt: number }
}

const items = z.array(z.record(z.string(), z.unknown()))
const shape = z.array(
  z.object({
    id: z.string(),
    activeAt: z.number(),
    tags: z.record(z.string(), z.string()),
    protected: z.boolean(),
    ttl: z
      .object({ AttributeName: z.string(), enabled: z.boolean(), changedAt: z.number(), sweptAt: z.number() })
      .optional(),
    /** As for CreateTable. */
    made: z.looseObject({ TableName: z.string() }),
    items,
  }),
)

/** A table that is being deleted is gone. */
export function keepOf(tables: Map<string, Table>, run: Engine): Keep {
  return {
    async save() {
      const saved: z.infer<typeof shape> = []
      for (const [name, { deleting, ...table }] of tables) {
        if (!deleting)
          saved.push({ ...table, made: await madeOf(run, name), items: await itemsOf(run, name) })
      }
      return saved
    },
    async restore(saved) {
      for (const { made, items: all, ...table } of shape.parse(saved)) {
        const { TableName } = made
        await run('CreateTable', made)
        while (!(await isActive(run, TableName))) await setImmediate()
        for (const Item of all) await run('PutItem', { TableName, Item })
        tables.set(TableName, table as Table)
      }
    },
  }
}

const described = async (run: Engine, TableName: string) =>
  (await run('DescribeTable', { TableName })).Table as Record<string, unknown>

const isActive = async (run: Engine, name: string) => (await described(run, name)).TableStatus === 'ACTIVE'

interface Index {
  IndexName: string
  KeySchema: unknown
  Projection: unknown
}

async function madeOf(run: Engine, TableName: string) {
  const { AttributeDefinitions, KeySchema, ...rest } = await described(run, TableName)
  const mode = (rest.BillingModeSummary as { BillingMode?: string } | undefined)?.BillingMode
  const { ReadCapacityUnits, WriteCapacityUnits } = rest.ProvisionedThroughput as Record<string, number>
  const capacity =
    mode === 'PAY_PER_REQUEST' ? {} : { ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits } }
  const indexes = ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].map((kind) => {
    const all = ((rest[kind] ?? []) as Index[]).map(({ IndexName, KeySchema, Projection }) => ({
      ...{ IndexName, KeySchema, Projection },
      ...(kind === 'GlobalSecondaryIndexes' ? capacity : {}),
    }))
    return all.length > 0 ? { [kind]: all } : {}
  })
  return {
    ...{ TableName, AttributeDefinitions, KeySchema },
    ...(mode ? { BillingMode: mode } : {}),
    ...capacity,
    ...Object.assign({}, ...indexes),
  }
}

async function itemsOf(run: Engine, TableName: string): Promise<z.infer<typeof items>> {
  const all: z.infer<typeof items> = []
  let from: unknown
  do {
    const start = from ? { ExclusiveStartKey: from } : {}
    const { Items, LastEvaluatedKey } = await run('Scan', { TableName, ...start })
    all.push(...(Items as z.infer<typeof items>))
    from = LastEvaluatedKey
  } while (from)
  return all
}
