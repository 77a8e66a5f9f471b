// Items past their time to live, by the sandbox's clock: they can be read for two days more, then they are gone.

import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateScan,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig } from '../lambda/function-fixture.ts'

const TableName = 'items'
const day = 86_400_000

let sandbox: Sandbox
let db: DynamoDBClient

beforeEach(async () => {
  sandbox = await startSandbox()
  db = new DynamoDBClient(clientConfig(sandbox))
  await db.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  )
})
afterEach(() => sandbox.close())

const expire = (Enabled = true) =>
  db.send(
    new UpdateTimeToLiveCommand({
      TableName,
      TimeToLiveSpecification: { Enabled, AttributeName: 'expires' },
    }),
  )
/** Seconds, as DynamoDB wants it. */
const inDays = (days: number) => ({ N: String(Math.floor((sandbox.clock.now() + days * day) / 1000)) })
const put = (pk: string, more: PutItemCommand['input']['Item'] = {}) =>
  db.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, ...more } }))
const kept = async () => {
  const keys = []
  for await (const { Items = [] } of paginateScan({ client: db }, { TableName })) {
    keys.push(...Items.map(({ pk }) => pk?.S))
  }
  return keys.sort()
}

it('are there for two days more, and gone after three', async () => {
  await expire()
  await put('soon', { expires: inDays(1) })
  await put('later', { expires: inDays(10) })
  sandbox.clock.advance(2.9 * day)
  expect(await kept()).toEqual(['later', 'soon'])
  sandbox.clock.advance(1.1 * day)
  expect(await kept()).toEqual(['later'])
  sandbox.clock.advance(10 * day)
  expect(await kept()).toEqual([])
})

it('stay where they have been given more time', async () => {
  await expire()
  await put('renewed', { expires: inDays(1) })
  await put('forgotten', { expires: inDays(1) })
  await db.send(
    new UpdateItemCommand({
      TableName,
      Key: { pk: { S: 'renewed' } },
      UpdateExpression: 'SET expires = :later',
      ExpressionAttributeValues: { ':later': inDays(30) },
    }),
  )
  sandbox.clock.advance(5 * day)
  expect(await kept()).toEqual(['renewed'])
})

it('stay where no number says when, or one that is five years old', async () => {
  await expire()
  await put('never')
  await put('text', { expires: { S: '1' } })
  await put('ancient', { expires: inDays(-2000) })
  await put('old', { expires: inDays(-1000) })
  sandbox.clock.advance(2 * day)
  expect(await kept()).toEqual(['ancient', 'never', 'text'])
})

it('stay where the table does not let them go', async () => {
  await put('old', { expires: inDays(-10) })
  sandbox.clock.advance(2 * day)
  expect(await kept()).toEqual(['old'])
  await expire()
  sandbox.clock.advance(day)
  expect(await kept()).toEqual([])
})

it('go from a table of more than one page', async () => {
  await expire()
  const filler = { S: 'x'.repeat(300_000) }
  for (let nth = 0; nth < 8; nth++) await put(`n${nth}`, { filler, expires: inDays(nth % 2 ? 1 : 100) })
  sandbox.clock.advance(4 * day)
  expect(await kept()).toEqual(['n0', 'n2', 'n4', 'n6'])
})
