// Holding a stage: what a late answer, a removed table and another run's item mean for the changes of this one.

import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from '../../src/aws/account.ts'
import { ungated } from '../../src/aws/gate.ts'
import { names } from '../../src/names.ts'
import { holdWithoutTable } from '../../src/stage/lock/hold.ts'
import { takeLock } from '../../src/stage/lock/lock.ts'
import { Runs } from './runs.ts'

let runs: Runs
beforeEach(async () => {
  runs = await Runs.start()
  await runs.deploy()
})
afterEach(() => runs.close())

const nobody = () => () => {}
const change = ({ logs }: Connection) => logs.send(new CreateLogGroupCommand({ logGroupName: 'changed' }))
const isChanged = () => runs.sandbox.inventory().some(({ name }) => name === 'changed')

/** A connection of a run of its own, whose clock can be set ahead. */
async function connection() {
  let ahead = 0
  const { clock } = runs
  const own = { ...clock, steady: () => clock.steady() + ahead }
  const { aws } = await runs.open({ clock: own })
  return {
    aws,
    sleep: (ms: number) => {
      ahead += ms
    },
  }
}

/** Does something once that item call has taken effect, before its answer is heard of. */
function beforeTheAnswer(aws: Connection, operation: string, act: () => unknown): void {
  let isDone = false
  aws.dynamodb.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args)
      if (context.commandName === `${operation}Command` && !isDone) {
        isDone = true
        await act()
      }
      return result
    },
    { step: 'initialize' },
  )
}

describe('a lock whose answer came late', () => {
  it('is confirmed before it is believed', async () => {
    const { aws, sleep } = await connection()
    beforeTheAnswer(aws, 'PutItem', () => sleep(25_000))
    const calls = await runs.callsOf(async () => expect(await takeLock(aws, nobody)).toBeDefined())
    expect(calls.map(({ operation }) => operation)).toEqual(['PutItem', 'UpdateItem'])
    await change(aws)
    expect(isChanged()).toBe(true)
  })

  it('and that another run has by then is waited for like any other', async () => {
    const { aws, sleep } = await connection()
    beforeTheAnswer(aws, 'PutItem', async () => {
      sleep(25_000)
      await runs.deploy({ env: { OTP_LENGTH: '8' } })
    })
    const lock = await takeLock(aws, nobody)
    // Taken anew, and what was read before is known to be old.
    expect(lock?.isStale).toBe(true)
    await change(aws)
    expect(isChanged()).toBe(true)
  })
})

describe('a stage that is held', () => {
  it('lets a run change it that slept, where nobody else took it', async () => {
    const { aws, sleep } = await connection()
    await takeLock(aws, nobody)
    sleep(60_000)
    await change(aws)
    expect(isChanged()).toBe(true)
  })

  it('is lost with its table', async () => {
    const { aws, sleep } = await connection()
    const lock = await takeLock(aws, nobody)
    await aws.dynamodb.send(ungated(new DeleteTableCommand({ TableName: names.table('dev') })))
    sleep(25_000)
    await expect(change(aws)).rejects.toMatchObject({ code: 'STAGE_TAKEN_OVER' })
    expect([lock?.lost.aborted, isChanged()]).toEqual([true, false])
  })

  it('is not lost with the table that it has removed itself, but changed no more once that is made anew', async () => {
    const { aws, sleep } = await connection()
    const lock = await takeLock(aws, nobody)
    await aws.dynamodb.send(new DeleteTableCommand({ TableName: names.table('dev') }))
    runs.sandbox.clock.advance(60_000)
    await runs.deploy()
    sleep(25_000)
    await expect(change(aws)).rejects.toMatchObject({ code: 'STAGE_TAKEN_OVER' })
    expect([lock?.lost.aborted, isChanged()]).toEqual([false, false])
    await lock?.release(false)
    expect((await runs.plan()).plan.every(({ action }) => action === 'keep')).toBe(true)
  })

  it('cannot be changed any more once it is let go', async () => {
    const { aws } = await connection()
    await (await takeLock(aws, nobody))?.release(true)
    await expect(change(aws)).rejects.toThrow('while no stage is held')
    expect(isChanged()).toBe(false)
  })
})

describe('a stage without a table', () => {
  it('is changed only until somebody holds it', async () => {
    const { aws, sleep } = await connection()
    const shut = holdWithoutTable(aws, aws.clock.steady())
    const { aws: other } = await connection()
    await takeLock(other, nobody)
    sleep(25_000)
    await expect(change(aws)).rejects.toMatchObject({ code: 'STAGE_BUSY' })
    shut()
    expect(isChanged()).toBe(false)
  })
})
