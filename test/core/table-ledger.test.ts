// The item of one number, written by the functions and by the deployer, each reading what the other wrote.
import { expect, it } from 'vitest'
import { type Found, findUser } from '../../src/users/one-user.ts'
import { resetOf } from '../../src/users/reset.ts'
import { createPool, phone, wrongFor } from '../triggers/rounds/pool.ts'
import { deployerOf } from './deployer.ts'

/** A user who has got one message and given one wrong answer. */
async function begun() {
  const pool = createPool()
  const { connection, record } = deployerOf(pool)
  const step = await pool.start(pool.addUser())
  await pool.judge(step, wrongFor(pool.lastCode()))
  const find = () => findUser(connection, record, phone)
  const reset = async (found?: Found) => {
    await resetOf(connection, found ?? (await find())).play()
  }
  return { pool, step, connection, find, reset }
}

it('tells the deployer what the functions have counted, under the number that they log', async () => {
  const { pool, find } = await begun()
  const { user, account } = await find()
  expect(user).toMatchObject({
    counters: { sendsLastHour: 1, sendsLastDay: 1, checksLastHour: 1, checksLastDay: 1, failures: 1 },
    blocked: { reason: 'cooldown', waitMs: 45_000 },
    decoy: undefined,
    number: pool.logged().find(({ event }) => event === 'otp_sent')?.number,
  })
  expect(account.item.version).toBe(2)
})

it('that the deployer has reset lets the functions send at once, and judge the code on its way', async () => {
  const { pool, step, find, reset } = await begun()
  await reset()
  expect((await find()).user.counters).toMatchObject({ sendsLastDay: 0, checksLastDay: 0, failures: 0 })
  const again = await pool.start(step.userName, pool.clients.login)
  expect([again.parameters.status, pool.messages.length]).toEqual(['sent', 2])
  expect(await pool.judge(step, pool.messages[0]?.code ?? '')).toBe(true)
})

it('goes on in one count of versions, whoever writes', async () => {
  const { pool, step, find, reset } = await begun()
  const version = async () => (await find()).account.item.version
  await reset()
  expect(await version()).toBe(3)
  await pool.judge(step, wrongFor(pool.lastCode()))
  expect(await version()).toBe(4)
})

it('that a function has written meanwhile is read again by the deployer before it writes', async () => {
  const { pool, step, find, reset } = await begun()
  const found = await find()
  pool.aws.interrupt = async () => {
    await pool.judge(step, wrongFor(pool.lastCode()))
  }
  await reset(found)
  const { counters } = (await find()).user
  expect(counters).toMatchObject({ sendsLastDay: 0, checksLastDay: 0, failures: 0 })
  expect((await pool.respond(step, 'x')).parameters).toMatchObject({ attemptsLeft: '1' })
})

it('that the deployer has reset meanwhile is read again by the function before it writes', async () => {
  const { pool, step, find, reset } = await begun()
  const found = await find()
  pool.aws.interrupt = () => reset(found)
  expect(await pool.judge(step, wrongFor(pool.lastCode()))).toBe(false)
  expect((await find()).user.counters).toMatchObject({ sendsLastDay: 0, checksLastDay: 1, failures: 1 })
})
