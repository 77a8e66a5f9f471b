// The item of the lock, judged by a real DynamoDB emulator and read as it was written.
import * as dynamodb from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import {
  freeLockInput,
  type Holder,
  holderOf,
  readLockInput,
  removeLockInput,
  renewLockInput,
  takeLockInput,
} from '../../src/core/table-lock.ts'
import { names } from '../../src/names.ts'
import { StageFixture } from '../resources/stage-fixture.ts'

const table = names.table('dev')
const mine = { id: 'a', who: 'user/ana on pc', since: '2026-11-23T12:00:00.000Z', beat: '0' }
const theirs = { ...mine, id: 'b', who: 'user/bo on mac' }
const refused = { name: 'ConditionalCheckFailedException' }

let stage: StageFixture
beforeAll(async () => {
  stage = await StageFixture.start()
  await stage.deploy((id) => id === 'table')
})
afterAll(() => stage.close())

const take = (who: typeof mine, dead?: Holder) =>
  stage.aws.dynamodb.send(new dynamodb.PutItemCommand(takeLockInput(table, 'dev', who, dead, Date.now())))
const update = (input: dynamodb.UpdateItemCommandInput) =>
  stage.aws.dynamodb.send(new dynamodb.UpdateItemCommand(input))
const remove = (id: string) =>
  stage.aws.dynamodb.send(new dynamodb.DeleteItemCommand(removeLockInput(table, 'dev', id)))

async function holder(): Promise<Holder | undefined> {
  const input = readLockInput(table, 'dev')
  // A copy that lags behind would show a holder that is gone.
  expect(input.ConsistentRead).toBe(true)
  const { Item } = await stage.aws.dynamodb.send(new dynamodb.GetItemCommand(input))
  return Item && holderOf(Item)
}

beforeEach(async () => {
  const left = await holder()
  if (left) await remove(left.id)
  await take(mine)
})

it('is read as it was taken, renewed and left', async () => {
  expect(await holder()).toEqual({ ...mine, isFree: false })
  await update(renewLockInput(table, 'dev', 'a', 7))
  expect(await holder()).toEqual({ ...mine, beat: '7', isFree: false })
  await update(freeLockInput(table, 'dev', 'a'))
  expect(await holder()).toEqual({ ...mine, beat: '7', isFree: true })
  await remove('a')
  expect(await holder()).toBe(undefined)
})

it('is refused to another run, and the refusal brings its holder', async () => {
  const refusal = await take(theirs).catch((error) => error)
  expect(refusal).toMatchObject(refused)
  expect(holderOf(refusal.Item)).toEqual({ ...mine, isFree: false })
})

it('is given from a dead run only as that run was last seen', async () => {
  const seen = await holder()
  await update(renewLockInput(table, 'dev', 'a', 1))
  await expect(take(theirs, seen)).rejects.toMatchObject(refused)
  await take(theirs, await holder())
  expect(await holder()).toEqual({ ...theirs, isFree: false })
})

it('obeys nobody but its holder', async () => {
  await expect(update(renewLockInput(table, 'dev', 'b', 1))).rejects.toMatchObject(refused)
  await expect(update(freeLockInput(table, 'dev', 'b'))).rejects.toMatchObject(refused)
  await expect(remove('b')).rejects.toMatchObject(refused)
})
