// The whole stage, played against the sandbox: it converges, it is found again, and it goes completely.
import { afterEach, describe, expect, it } from 'vitest'
import { hasChanges } from '../../src/engine/plan.ts'
import { lifelike } from '../../src/sandbox/account/world.ts'
import { verifyStack } from '../../src/stage/verify.ts'
import { StageFixture } from '../resources/stage-fixture.ts'

let stage: StageFixture
afterEach(() => stage.close())

describe('a stage', () => {
  it('is planned as unchanged right after its deploy', async () => {
    stage = await StageFixture.start()
    const applied = await stage.deploy()
    expect(applied.results.every((result) => result.status === 'done')).toBe(true)
    const plan = await stage.plan()
    expect(plan.filter((step) => step.action !== 'keep')).toEqual([])
    expect(hasChanges(plan)).toBe(false)
  })

  it('converges where roles, functions, tables and deletions take their time, and goes completely', async () => {
    stage = await StageFixture.start({ delays: { ...lifelike, call: 0 } })
    await stage.deploy()
    expect(hasChanges(await stage.plan())).toBe(false)
    await stage.destroy()
    expect(stage.sandbox.inventory()).toEqual([])
    await stage.deploy()
    expect(hasChanges(await stage.plan())).toBe(false)
  })

  it('passes its own checks once deployed', async () => {
    stage = await StageFixture.start({ delays: { ...lifelike, call: 0 } })
    const applied = await stage.deploy()
    expect((await verifyStack(stage.aws, applied)).filter((check) => !check.ok)).toEqual([])
  })
})
