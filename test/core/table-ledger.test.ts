// The item of one number, written by the functions and by the deployer, each reading what the other wrote.
import { expect, it } from 'vitest'
import { findUser, resetCounters } from '../../src/users/one-user.ts'
import { createPool, phone, wrongFor } from '../triggers/rounds/pool.ts'
import { deployerOf } from './deployer.ts'

/** A user who has got one message and given one wrong answer. */
async function begun() {
  const pool = createPool()
  const { connection, record } = deployerOf(pool)
  const step = await pool.start(pool.addUser())
  await pool.judge(step, wrongFor(pool.lastCode()))
  return { pool, step, connection, find: () => findUser(connection, record, phone) }
}

it('tells the deployer what the functions have counted, under the number that they log', async () => {
  const { pool, find } = await begun()
  const { user, version } = await find()
  expect(user).toMatchObject({
    counters: { sendsLastHour: 1, sendsLastDay: 1, checksLastHour: 1, checksLastDay: 1, failures: 1 },
    blocked: { reason: 'cooldown', waitMs: 45_000 },
    decoy: undefined,
    number: pool.logged().find(({ event }) => event === 'otp_sent')?.number,
  })
  expect(version).toBe(2)
})

it('that the deployer has reset lets the functions send at once, and judge the code on its way', async () => {
  const { pool, step, connection, find } = await begun()
  await resetCounters(connection, await find())
  expect((await find()).user.counters).toMatchObject({ sendsLastDay: 0, checksLastDay: 0, failures: 0 })
  const again = await pool.start(step.userName, pool.clients.login)
  expect([again.parameters.status, pool.messages.length]).toEqual(['sent', 2])
  expect(await pool.judge(step, pool.messages[0]?.code ?? '')).toBe(true)
})

it('goes on in one count of versions, whoever writes', async () => {
  const { pool, step, connection, find } = await begun()
  await resetCounters(connection, await find())
  expect((await find()).version).toBe(3)
  await pool.judge(step, wrongFor(pool.lastCode()))
  expect((await find()).version).toBe(4)
})

it('that a function has written meanwhile is not overwritten by the deployer', async () => {
  const { pool, step, connection, find } = await begun()
  const found = await find()
  await pool.judge(step, wrongFor(pool.lastCode()))
  await expect(resetCounters(connection, found)).rejects.toMatchObject({ code: 'COUNTERS_CHANGED' })
  expect((await find()).user.counters.failures).toBe(2)
})

it('that the deployer has reset meanwhile is read again by the function before it writes', async () => {
  const { pool, step, connection, find } = await begun()
  const found = await find()
  pool.aws.interrupt = () => resetCounters(connection, found)
  expect(await pool.judge(step, wrongFor(pool.lastCode()))).toBe(false)
  expect((await find()).user.counters).toMatchObject({ sendsLastDay: 0, checksLastDay: 1, failures: 1 })
})
