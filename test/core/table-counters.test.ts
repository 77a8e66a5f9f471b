// The counters of messages, counted by the functions and read by the deployer.
import { expect, it } from 'vitest'
import { dayMs, hourMs } from '../../src/core/ledger/ledger.ts'
import type { StageCaps, Standing } from '../../src/core/limits.ts'
import { readPoolSends } from '../../src/insight/pool-sends.ts'
import { deadlineIn } from '../../triggers/outside/clock.ts'
import { createCounters } from '../../triggers/outside/counters.ts'
import { rememberDeliveries } from '../../triggers/rounds/recent-deliveries.ts'
import { createPool, poolId } from '../triggers/rounds/pool.ts'
import { deployerOf } from './deployer.ts'

function counting(changes: Partial<StageCaps> = {}) {
  const pool = createPool()
  const { aws, clock } = pool
  const caps: StageCaps = {
    sends: { perHour: 3, perDay: 5 },
    sms: { perHour: 2, perDay: 3 },
    block: { perHour: 2, perDay: 4 },
    ...changes,
  }
  const counters = createCounters({ aws, clock, table: 'table', caps })
  const recent = rememberDeliveries()
  const deadline = deadlineIn(clock, 60 * dayMs)
  const { connection } = deployerOf(pool)
  const counted = { pool: poolId, phone: '+12025550123', idKey: Buffer.alloc(32) }
  return {
    pool,
    caps,
    recent,
    take: (standing: Standing = 'device') => counters.take({ ...counted, standing }, recent, deadline),
    giveBack: (then: number, standing: Standing = 'device') =>
      counters.giveBack({ ...counted, standing }, then, deadline),
    takeSms: () => counters.takeSms(poolId, deadline),
    look: (notes = recent) => counters.look(poolId, notes, deadline),
    note: (text: string) => counters.note(poolId, text, deadline),
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

it('show the deployer the cap at the very message at which the functions stop, and when it opens', async () => {
  const { pool, take, read } = counting()
  const nextHour = pool.clock.now() + hourMs
  const taken = []
  for (let n = 0; n < 4; n++) taken.push(await take())
  expect(taken).toEqual([undefined, undefined, undefined, { cap: 'pool', until: nextHour }])
  expect((await read()).hour).toBe(3)
  pool.clock.advance(hourMs)
  for (let n = 0; n < 3; n++) taken.push(await take())
  const tomorrow = (Math.floor(pool.clock.now() / dayMs) + 1) * dayMs
  expect(taken.at(-1)).toEqual({ cap: 'pool', until: tomorrow })
  expect((await read()).day).toBe(5)
})

it('count all messages of one hour together', async () => {
  const { pool, take, read } = counting()
  await take()
  pool.clock.advance(hourMs - 1)
  await take()
  expect(await read()).toEqual({ hour: 2, day: 2 })
})

it('of blocks are kept apart from those of the pool, and forgotten sooner', async () => {
  const { pool, take } = counting()
  await take('unproven')
  const lives = [...pool.aws.items].map(([pk, { ttl }]) => [
    pk[0],
    (Number(ttl?.N) * 1000 - pool.clock.now()) / dayMs,
  ])
  expect(Object.fromEntries(lives)).toEqual({ G: 40, X: 2 })
})

it('of a block hold only whoever has proven nothing, and what they hold back costs the pool nothing', async () => {
  const { pool, take, read } = counting()
  for (let n = 0; n < 2; n++) expect(await take('unproven')).toBeUndefined()
  expect(await take('unproven')).toMatchObject({ until: pool.clock.now() + hourMs })
  expect(await read()).toEqual({ hour: 2, day: 2 })
  expect(await take('device')).toBeUndefined()
})

it('of the pool give a block back what they hold back', async () => {
  const { pool, take } = counting()
  for (let n = 0; n < 3; n++) await take('device')
  expect(await take('unproven')).toMatchObject({ cap: 'pool' })
  const block = [...pool.aws.items].find(([pk]) => pk.startsWith('X#'))?.[1]
  expect(block?.sd?.N).toBe('0')
})

it.each([
  ['unproven', 7],
  ['proven', 9],
  ['device', 10],
] as const)('leave to %s so many of ten messages: %i', async (standing, most) => {
  const ten = { perHour: 10, perDay: 10 }
  const { pool, take } = counting({ sends: ten, block: ten })
  const all = []
  for (let n = 0; n < 12; n++) all.push(await take(standing))
  expect(all.filter((one) => one === undefined)).toHaveLength(most)
  expect([...pool.aws.items.keys()].filter((pk) => pk.startsWith('G#'))).toHaveLength(1)
})

it('take back the very message that was counted, and never more than there were', async () => {
  const { pool, take, giveBack, read } = counting()
  const then = pool.clock.now()
  await take()
  pool.clock.advance(hourMs)
  await take()
  await giveBack(then)
  await giveBack(then)
  expect(await read()).toEqual({ hour: 1, day: 1 })
})

it('of SMS stand beside those of messages, with caps of their own', async () => {
  const { pool, take, takeSms, read } = counting()
  for (let n = 0; n < 2; n++) expect(await takeSms()).toBeUndefined()
  expect(await takeSms()).toEqual({ cap: 'sms', until: pool.clock.now() + hourMs })
  expect(await read()).toEqual({ hour: 0, day: 0 })
  expect(await take()).toBeUndefined()
  expect([...pool.aws.items.keys()]).toHaveLength(1)
})

it('carry the recent deliveries from one container to another, and a look counts nothing', async () => {
  const { recent, take, look, note, read } = counting()
  recent.record({ at: 1, tookMs: 777, failed: false })
  await take()
  const other = rememberDeliveries()
  await look(other)
  expect(other.draw()).toEqual({ tookMs: 777, failed: false })
  await note('888f.2')
  await look(other)
  expect(other.draw()).toEqual({ tookMs: 888, failed: true })
  expect(await read()).toEqual({ hour: 1, day: 1 })
})

it('count what a sign-in has sent', async () => {
  const pool = createPool()
  await pool.start(pool.addUser())
  expect(await readPoolSends(deployerOf(pool).connection, poolId)).toEqual({ hour: 1, day: 1 })
})
