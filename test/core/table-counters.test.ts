// The counters of messages, counted by the functions and read by the deployer.
import { expect, it } from 'vitest'
import { dayMs, hourMs } from '../../src/core/ledger/ledger.ts'
import { readPoolSends } from '../../src/insight/pool-sends.ts'
import { deadlineIn } from '../../triggers/outside/clock.ts'
import { createCounters } from '../../triggers/outside/counters.ts'
import { createPool, poolId } from '../triggers/rounds/pool.ts'
import { deployerOf } from './deployer.ts'

function counting() {
  const pool = createPool()
  const { aws, clock } = pool
  const counters = createCounters({ aws, clock, table: 'table', caps: { perHour: 3, perDay: 5 } })
  const deadline = deadlineIn(clock, 60 * dayMs)
  const { connection } = deployerOf(pool)
  return {
    pool,
    take: () => counters.takeFromPool(poolId, true, deadline),
    hasRoom: () => counters.poolHasRoom(poolId, true, deadline),
    takeFromBlock: () => counters.takeFromBlock(poolId, '+12025550123', Buffer.alloc(32), deadline),
    read: () => readPoolSends(connection, poolId),
  }
}

it('show the deployer each message of this hour and of this day', async () => {
  const { pool, take, read } = counting()
  expect(await read()).toEqual({ hour: 0, day: 0 })
  for (let n = 0; n < 3; n++) await take()
  expect(await read()).toEqual({ hour: 3, day: 3 })
  pool.clock.advance(hourMs)
  expect(await read()).toEqual({ hour: 0, day: 3 })
  await take()
  expect(await read()).toEqual({ hour: 1, day: 4 })
  pool.clock.advance(dayMs)
  expect(await read()).toEqual({ hour: 0, day: 0 })
})

it('show the deployer the cap at the very message at which the functions stop', async () => {
  const { pool, take, hasRoom, read } = counting()
  const taken: boolean[] = []
  for (let n = 0; n < 4; n++) taken.push(await take())
  expect(taken).toEqual([true, true, true, false])
  expect([await hasRoom(), (await read()).hour]).toEqual([false, 3])
  pool.clock.advance(hourMs)
  for (let n = 0; n < 3; n++) await take()
  expect([await hasRoom(), (await read()).day]).toEqual([false, 5])
})

it('count all messages of one hour together', async () => {
  const { pool, take, read } = counting()
  await take()
  pool.clock.advance(hourMs - 1)
  await take()
  expect(await read()).toEqual({ hour: 2, day: 2 })
})

it('of blocks are kept apart from those of the pool, and forgotten sooner', async () => {
  const { pool, take, takeFromBlock, read } = counting()
  await takeFromBlock()
  expect(await read()).toEqual({ hour: 0, day: 0 })
  await take()
  const lives = [...pool.aws.items.values()].map(({ ttl }) => Number(ttl?.N) - pool.clock.now() / 1000)
  expect(lives.map((seconds) => seconds / 86_400)).toEqual([2, 40])
})

it('count what a sign-in has sent', async () => {
  const pool = createPool()
  await pool.start(pool.addUser())
  expect(await readPoolSends(deployerOf(pool).connection, poolId)).toEqual({ hour: 1, day: 1 })
})
