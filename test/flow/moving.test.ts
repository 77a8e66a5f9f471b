// That a code which is on its way outlives the move of a stage that an older version has made.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { lifelike } from '../../src/sandbox/account/world.ts'
import { makeFormer } from '../resources/former.ts'
import { wrongFor } from './app.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

/** Waits for nothing, as a run may that makes up for one that was cut off. */
const hurried = { ...systemClock, sleep: async () => {} }

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())

it('a code that is on its way, its limits and its tries outlive the move', async () => {
  const { app } = stage
  const asked = await app.begin()
  const wrong = await app.fail(asked, wrongFor(asked.code))
  expect(wrong.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
  await makeFormer(stage.aws)
  await stage.deploy({}, hurried)
  const again = await app.fail(wrong, wrongFor(asked.code))
  expect(again.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '1' })
  expect((await app.start(asked.phone)).parameters.status).toBe('cooldown')
  expect((await app.answer(again, asked.code)).kind).toBe('tokens')
})

it('an answer that comes before a new policy is in force costs no try', async () => {
  const { app } = stage
  const asked = await app.begin()
  await makeFormer(stage.aws)
  const { world } = stage.sandbox.inside
  const { delays } = world
  world.delays = { ...lifelike, call: 0, functionPending: 0 }
  await stage.deploy({}, hurried)
  const early = await app.fail(asked, asked.code)
  expect(early.parameters).toMatchObject({ status: 'unavailable' })
  stage.clock.advance(lifelike.roleUsable)
  world.delays = delays
  const wrong = await app.fail(early, wrongFor(asked.code))
  expect(wrong.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
  expect((await app.answer(wrong, asked.code)).kind).toBe('tokens')
})

keepsItsSecrets(() => stage)
