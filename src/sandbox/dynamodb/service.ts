// DynamoDB: dynalite in memory, with what it lacks: tags at creation, TTL, deletion protection, lasting
// states, and the old item with a failed condition.

import { randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { requestTags, tagContext } from '../account/condition.ts'
import type { Keep } from '../account/keep.ts'
import type { World } from '../account/world.ts'
import {
  flag,
  list,
  objects,
  optionalObject,
  optionalText,
  tagList,
  tagMap,
  text,
} from '../protocol/fields.ts'
import type { JsonService } from '../protocol/json.ts'
import type { Call, Operation } from '../protocol/service.ts'
import { type Engine, startEngine } from './engine.ts'
import { deleteExpired, sweepEvery } from './expiry.ts'
import { keepOf, type Table } from './keep.ts'

const notFound = (name: string) =>
  new AwsFault('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`)
const inUse = (message: string) => new AwsFault('ResourceInUseException', message)
const invalid = (message: string) => new AwsFault('ValidationException', message)
const hour = 3_600_000

export function createDynamoDb(world: World): JsonService & { keep: Keep } {
  const tables = new Map<string, Table>()
  let engine: ReturnType<typeof startEngine> | undefined
  const run: Engine = async (operation, input) => {
    engine ??= startEngine(world)
    return (await engine)(operation, input)
  }

  const arnOf = (name: string) =>
    `arn:${world.partition}:dynamodb:${world.region}:${world.account}:table/${name}`
  const nameOf = (nameOrArn: string) => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1)

  /** The table as it stands now; one whose deletion is over is forgotten here. */
  function find(name: string): Table | undefined {
    const table = tables.get(name)
    if (!table?.deleting || table.deleting.until > world.now()) return table
    tables.delete(name)
    return undefined
  }

  function tableFor(input: Record<string, unknown>, call: Call, member = 'TableName') {
    const name = nameOf(text(input, member))
    const table = find(name)
    const context = tagContext(table?.tags, tagMap(objects(input, 'Tags')), list(input, 'TagKeys'))
    call.authorize(`dynamodb:${call.operation}`, arnOf(name), context)
    if (!table) throw notFound(name)
    return { name, table }
  }

  const isCreating = (table: Table) => world.now() < table.activeAt

  function overlay(description: object, table: Table): object {
    // The engine still tells what AWS told while on-demand tables were new.
    const { TableThroughputModeSummary: _, ...known } = description as Record<string, unknown>
    const shown = { ...known, TableId: table.id, DeletionProtectionEnabled: table.protected }
    return isCreating(table) ? { ...shown, TableStatus: 'CREATING' } : shown
  }

  async function sweep(name: string, { ttl }: Table): Promise<void> {
    const now = world.now()
    if (!ttl?.enabled || now - ttl.sweptAt < sweepEvery) return
    ttl.sweptAt = now
    await deleteExpired(run, name, ttl.AttributeName, now)
  }

  /** A data operation: refused unless every table named is there and ACTIVE. */
  const onItems: Operation = async (input, call) => {
    const requested = input.RequestItems as object | undefined
    for (const given of requested ? Object.keys(requested) : [text(input, 'TableName')]) {
      const name = nameOf(given)
      call.authorize(`dynamodb:${call.operation}`, arnOf(name))
      const table = find(name)
      if (!table || table.deleting || isCreating(table)) {
        throw new AwsFault('ResourceNotFoundException', 'Requested resource not found')
      }
      await sweep(name, table)
    }
    const named = requested ? input : { ...input, TableName: nameOf(text(input, 'TableName')) }
    return run(call.operation, named)
  }

  /** Writes with a condition; the failure carries the old item when asked for. */
  const onOneItem: Operation = async (input, call) => {
    const { ReturnValuesOnConditionCheckFailure: wanted, ...rest } = input
    try {
      return await onItems(rest, call)
    } catch (error) {
      if (!(error instanceof AwsFault) || error.code !== 'ConditionalCheckFailedException') throw error
      if (wanted !== 'ALL_OLD') throw error
      const TableName = nameOf(text(input, 'TableName'))
      const Key = input.Key ?? (await keyOf(TableName, input.Item as Record<string, unknown>))
      const { Item } = await run('GetItem', { TableName, Key, ConsistentRead: true })
      throw new AwsFault(error.code, error.message, error.status, Item ? { Item } : undefined)
    }
  }

  async function keyOf(TableName: string, item: Record<string, unknown>): Promise<object> {
    const { Table } = await run('DescribeTable', { TableName })
    const schema = (Table as { KeySchema: { AttributeName: string }[] }).KeySchema
    return Object.fromEntries(schema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]))
  }

  const operations: Record<string, Operation> = {
    async CreateTable(input, call) {
      const name = nameOf(text(input, 'TableName'))
      const tags = tagMap(objects(input, 'Tags'))
      call.authorize('dynamodb:CreateTable', arnOf(name), requestTags(tags))
      if (Object.keys(tags).length > 0) {
        call.authorize('dynamodb:TagResource', arnOf(name), requestTags(tags))
      }
      const old = find(name)
      if (old) throw inUse(old.deleting ? `Table is being deleted: ${name}` : `Table already exists: ${name}`)
      const { Tags, DeletionProtectionEnabled, ...known } = input
      const created = await run('CreateTable', { ...known, TableName: name })
      const table: Table = {
        id: randomUUID(),
        activeAt: world.now() + world.delays.table,
        tags,
        protected: DeletionProtectionEnabled === true,
      }
      tables.set(name, table)
      return {
        TableDescription: { ...overlay(created.TableDescription as object, table), TableStatus: 'CREATING' },
      }
    },
    async DescribeTable(input, call) {
      const { name, table } = tableFor(input, call)
      if (table.deleting) return { Table: table.deleting.description }
      const { Table } = await run('DescribeTable', { TableName: name })
      return { Table: overlay(Table as object, table) }
    },
    async UpdateTable(input, call) {
      const { name, table } = tableFor(input, call)
      if (isCreating(table)) throw inUse(`Attempt to change a resource which is still in use: Table: ${name}`)
      const { DeletionProtectionEnabled, TableName, ...rest } = input
      if (typeof DeletionProtectionEnabled === 'boolean') table.protected = DeletionProtectionEnabled
      if (Object.keys(rest).length > 0) await run('UpdateTable', { ...rest, TableName: name })
      const { Table } = await run('DescribeTable', { TableName: name })
      return { TableDescription: overlay(Table as object, table) }
    },
    async DeleteTable(input, call) {
      const { name, table } = tableFor(input, call)
      if (isCreating(table)) {
        throw inUse(`Attempt to change a resource which is still in use: Table is being created: ${name}`)
      }
      if (table.deleting) {
        throw inUse(`Attempt to change a resource which is still in use: Table is being deleted: ${name}`)
      }
      if (table.protected) {
        throw invalid(
          'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
        )
      }
      const { TableDescription } = await run('DeleteTable', { TableName: name })
      const description = { ...overlay(TableDescription as object, table), TableStatus: 'DELETING' }
      table.deleting = { until: world.now() + world.delays.table, description }
      return { TableDescription: description }
    },
    ListTables(input, call) {
      call.authorize('dynamodb:ListTables', '*')
      const names = [...tables.keys()].filter(find).sort()
      const after = optionalText(input, 'ExclusiveStartTableName')
      const rest = after === undefined ? names : names.filter((name) => name > after)
      const TableNames = rest.slice(0, world.pageSize)
      return {
        TableNames,
        ...(rest.length > TableNames.length && { LastEvaluatedTableName: TableNames.at(-1) }),
      }
    },
    TagResource(input, call) {
      Object.assign(tableFor(input, call, 'ResourceArn').table.tags, tagMap(objects(input, 'Tags')))
      return {}
    },
    UntagResource(input, call) {
      const { tags } = tableFor(input, call, 'ResourceArn').table
      for (const key of list(input, 'TagKeys')) delete tags[key]
      return {}
    },
    ListTagsOfResource: (input, call) => ({ Tags: tagList(tableFor(input, call, 'ResourceArn').table.tags) }),
    DescribeTimeToLive(input, call) {
      const { ttl } = tableFor(input, call).table
      if (!ttl) return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } }
      return {
        TimeToLiveDescription: ttl.enabled
          ? { TimeToLiveStatus: 'ENABLED', AttributeName: ttl.AttributeName }
          : { TimeToLiveStatus: 'DISABLED' },
      }
    },
    UpdateTimeToLive(input, call) {
      const { name, table } = tableFor(input, call)
      if (isCreating(table) || table.deleting) {
        throw inUse(`Attempt to change a resource which is still in use: Table: ${name}`)
      }
      const wanted = optionalObject(input, 'TimeToLiveSpecification') ?? {}
      const enabled = flag(wanted, 'Enabled')
      const AttributeName = text(wanted, 'AttributeName')
      const same = (table.ttl?.enabled ?? false) === enabled
      if (same) throw invalid(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`)
      if (table.ttl && world.now() - table.ttl.changedAt < hour) {
        throw invalid('Time to live has been modified multiple times within a fixed interval')
      }
      table.ttl = { AttributeName, enabled, changedAt: world.now(), sweptAt: world.now() }
      return { TimeToLiveSpecification: { Enabled: enabled, AttributeName } }
    },
  }
  for (const name of ['GetItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem'])
    operations[name] = onItems
  for (const name of ['PutItem', 'UpdateItem', 'DeleteItem']) operations[name] = onOneItem

  return {
    name: 'dynamodb',
    protocol: 'json',
    targetPrefix: 'DynamoDB_20120810',
    jsonVersion: '1.0',
    mostBytes: 16 * 1024 * 1024,
    operations,
    keep: keepOf(tables, run),
    inventory: () => [...tables.keys()].filter(find).map((name) => ({ kind: 'table', name })),
  }
}
