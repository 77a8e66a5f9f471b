// DynamoDB of the sandbox: dynalite's items, and the states and rules of tables that it lacks.

import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig } from '../lambda/function-fixture.ts'

let sandbox: Sandbox
let db: DynamoDBClient

beforeAll(async () => {
  sandbox = await startSandbox({ pageSize: 2, region: 'eu-central-1' })
  db = new DynamoDBClient(clientConfig(sandbox))
})
afterEach(() => {
  sandbox.delays.table = 0
})
afterAll(() => sandbox.close())

const create = (TableName: string, more: object = {}) =>
  db.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ...more,
    }),
  )
const statusOf = async (TableName: string) =>
  (await db.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus
/** However soon: until it is ACTIVE it holds nothing. */
async function createActive(TableName: string): Promise<void> {
  await create(TableName)
  await vi.waitFor(async () => expect(await statusOf(TableName)).toBe('ACTIVE'), { interval: 1 })
}
const Key = { pk: { S: 'a' } }

describe('items', () => {
  it('count atomically under a condition, and a failure can show the item', async () => {
    await createActive('counters')
    const count = (limit: number) =>
      db.send(
        new UpdateItemCommand({
          TableName: 'counters',
          Key,
          UpdateExpression: 'ADD hits :one',
          ConditionExpression: 'attribute_not_exists(hits) OR hits < :limit',
          ExpressionAttributeValues: { ':one': { N: '1' }, ':limit': { N: String(limit) } },
          ReturnValues: 'UPDATED_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => count(4)))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(4)
    const error: unknown = await count(4).catch((failure: unknown) => failure)
    expect(error).toBeInstanceOf(ConditionalCheckFailedException)
    expect((error as ConditionalCheckFailedException).Item).toEqual({ pk: { S: 'a' }, hits: { N: '4' } })
  })

  it('are answered as they were before, where an update asks for that', async () => {
    await createActive('notes')
    const note = async (text: string) => {
      const { Attributes } = await db.send(
        new UpdateItemCommand({
          TableName: 'notes',
          Key,
          UpdateExpression: 'SET note = :note ADD hits :one',
          ExpressionAttributeValues: { ':note': { S: text }, ':one': { N: '1' } },
          ReturnValues: 'ALL_OLD',
        }),
      )
      return Attributes
    }
    expect(await note('first')).toBeUndefined()
    expect(await note('second')).toEqual({ pk: { S: 'a' }, note: { S: 'first' }, hits: { N: '1' } })
  })
})

describe('a table', () => {
  it('is CREATING first, and holds nothing until it is ACTIVE', async () => {
    sandbox.delays.table = 5_000
    const { TableDescription } = await create('slow')
    expect(TableDescription).toMatchObject({
      TableStatus: 'CREATING',
      TableArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/slow',
    })
    expect(await statusOf('slow')).toBe('CREATING')
    const write = () => db.send(new PutItemCommand({ TableName: 'slow', Item: Key }))
    await expect(write()).rejects.toThrow(ResourceNotFoundException)
    await expect(db.send(new DeleteTableCommand({ TableName: 'slow' }))).rejects.toThrow(
      ResourceInUseException,
    )
    sandbox.clock.advance(5_000)
    expect(await statusOf('slow')).toBe('ACTIVE')
    await write()
    expect((await db.send(new GetItemCommand({ TableName: 'slow', Key }))).Item).toEqual(Key)
  })

  it('is DELETING for a while, and its name is taken until it is gone', async () => {
    await create('leaving')
    await vi.waitFor(async () => expect(await statusOf('leaving')).toBe('ACTIVE'))
    sandbox.delays.table = 5_000
    await db.send(new DeleteTableCommand({ TableName: 'leaving' }))
    expect(await statusOf('leaving')).toBe('DELETING')
    await expect(create('leaving')).rejects.toThrow(ResourceInUseException)
    sandbox.clock.advance(5_000)
    await expect(statusOf('leaving')).rejects.toThrow(ResourceNotFoundException)
    await create('leaving')
  })

  it('has tags from its creation on', async () => {
    const { TableDescription } = await create('tagged', { Tags: [{ Key: 'a', Value: '1' }] })
    const ResourceArn = TableDescription?.TableArn
    await db.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'b', Value: '2' }] }))
    await db.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }))
    const { Tags } = await db.send(new ListTagsOfResourceCommand({ ResourceArn }))
    expect(Tags).toEqual([{ Key: 'b', Value: '2' }])
  })

  it('changes its time to live once an hour', async () => {
    await create('ttl')
    const set = (Enabled: boolean) =>
      db.send(
        new UpdateTimeToLiveCommand({
          TableName: 'ttl',
          TimeToLiveSpecification: { Enabled, AttributeName: 'expires' },
        }),
      )
    const read = async () =>
      (await db.send(new DescribeTimeToLiveCommand({ TableName: 'ttl' }))).TimeToLiveDescription
    expect(await read()).toEqual({ TimeToLiveStatus: 'DISABLED' })
    await set(true)
    expect(await read()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' })
    await expect(set(true)).rejects.toThrow('TimeToLive is already enabled')
    await expect(set(false)).rejects.toThrow('modified multiple times within a fixed interval')
    sandbox.clock.advance(3_600_000)
    await set(false)
    expect(await read()).toEqual({ TimeToLiveStatus: 'DISABLED' })
  })

  it('that is protected must be unprotected before it is deleted', async () => {
    await create('protected', { DeletionProtectionEnabled: true })
    const remove = () => db.send(new DeleteTableCommand({ TableName: 'protected' }))
    await expect(remove()).rejects.toThrow('currently protected against deletion')
    await db.send(new UpdateTableCommand({ TableName: 'protected', DeletionProtectionEnabled: false }))
    await remove()
  })

  it('is listed in short pages', async () => {
    const first = await db.send(new ListTablesCommand({}))
    expect(first.TableNames).toHaveLength(2)
    const rest = await db.send(
      new ListTablesCommand({ ExclusiveStartTableName: first.LastEvaluatedTableName }),
    )
    expect(rest.TableNames?.[0]).not.toBe(first.TableNames?.[0])
  })
})
