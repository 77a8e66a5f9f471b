// Whether a stage is paused is nobody's to change but who pauses and resumes it: a deploy keeps it.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pauseIn, setBrake } from '../../src/resources/brake.ts'
import { StageFixture } from './stage-fixture.ts'

let stage: StageFixture
beforeAll(async () => {
  stage = await StageFixture.start()
})
afterAll(() => stage.close())

const pause = { since: '2026-11-28T03:10:00.000Z', by: 'user/developer', reason: 'the bill grows' }

it('a deploy makes a stage that is not paused, keeps one that is, and what a newer version wrote', async () => {
  await stage.deploy()
  expect(await pauseIn(stage.aws)).toBeUndefined()
  await setBrake(stage.aws, { stage: 'dev', ofTomorrow: 'kept' }, { ...pause, paused: true })
  await stage.deploy()
  expect(await pauseIn(stage.aws)).toEqual(pause)
  const { reason: _, ...over } = pause
  await setBrake(stage.aws, { stage: 'dev', ...pause, paused: true }, { ...over, paused: false })
  expect(await pauseIn(stage.aws)).toBeUndefined()
})
