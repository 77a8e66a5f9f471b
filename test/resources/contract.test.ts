// One contract for every kind of resource, run against the sandbox: see the steps of `describe` below.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readStack } from '../../src/engine/have.ts'
import { planDeploy, planDestroy } from '../../src/engine/plan.ts'
import type { AnyResource, Refs } from '../../src/engine/resource.ts'
import { functionCases } from './contract-functions.ts'
import { poolCases } from './contract-pools.ts'
import { roleCases } from './contract-roles.ts'
import { storeCases } from './contract-stores.ts'
import { StageFixture } from './stage-fixture.ts'

let stage: StageFixture
beforeEach(async () => {
  stage = await StageFixture.start({ pageSize: 2 })
})
afterEach(() => stage.close())

const cases = { ...roleCases, ...storeCases, ...poolCases, ...functionCases }

/** Every resource that must exist before this one. */
function ancestorsOf(id: string): Set<string> {
  const byId = new Map(stage.resources().map((resource) => [resource.id, resource]))
  const found = new Set<string>()
  const visit = (one: string) => {
    for (const need of byId.get(one)?.needs ?? []) if (!found.has(need)) found.add(need) && visit(need)
  }
  visit(id)
  return found
}

function resourceOf(id: string): AnyResource {
  return stage.resources().find((resource) => resource.id === id)!
}

async function refsNow(): Promise<Refs> {
  return (await readStack(stage.aws, stage.resources())).refs
}

async function readNow(id: string): Promise<unknown> {
  return (await readStack(stage.aws, stage.resources())).have.get(id)
}

async function diffNow(id: string): Promise<string[]> {
  const { have, refs } = await readStack(stage.aws, stage.resources())
  const resource = resourceOf(id)
  return resource.diff(resource.want(stage.inputs, refs), have.get(id)).map((change) => change.field)
}

/** Plays a plan that shows these fields, or all that differ. */
async function updateNow(id: string, fields?: string[]): Promise<unknown> {
  const { have, refs } = await readStack(stage.aws, stage.resources())
  const resource = resourceOf(id)
  const want = resource.want(stage.inputs, refs)
  return resource.update(stage.aws, want, have.get(id), new Set(fields ?? (await diffNow(id))))
}

describe.each(Object.entries(cases))('%s', (id, { changes, together = {}, byHand, foreign }) => {
  const makeAncestors = () => stage.deploy((other) => ancestorsOf(id).has(other))
  const make = async () => {
    const resource = resourceOf(id)
    return resource.create(stage.aws, resource.want(stage.inputs, await refsNow()))
  }

  it('is not there, is created, and is then read as wanted', async () => {
    await makeAncestors()
    expect(await readNow(id)).toBeUndefined()
    const made = await make()
    expect(await diffNow(id)).toEqual([])
    const resource = resourceOf(id)
    expect(resource.isOurs(made)).toBe(true)
    expect(resource.diff(resource.want(stage.inputs, await refsNow()), made)).toEqual([])
    expect(resource.isOurs(await readNow(id))).toBe(true)
  })

  it('names each field that changes, and has it as wanted after an update', async () => {
    await makeAncestors()
    await make()
    for (const [field, apply] of Object.entries(changes)) {
      await apply(stage, await refsNow())
      expect(await diffNow(id), field).toEqual([field])
      const made = await updateNow(id)
      expect(await diffNow(id), `${field} after its update`).toEqual([])
      const resource = resourceOf(id)
      expect(resource.diff(resource.want(stage.inputs, await refsNow()), made), field).toEqual([])
    }
  })

  it('changes each field that a plan shows, and nothing else that is ours', async () => {
    await makeAncestors()
    await make()
    for (const apply of Object.values(changes)) await apply(stage, await refsNow())
    let left = await diffNow(id)
    expect([...left].sort()).toEqual(Object.keys(changes).sort())
    for (let field = left[0]; field; field = left[0]) {
      const goes = [field, ...(together[field] ?? [])]
      left = left.filter((other) => !goes.includes(other))
      const made = await updateNow(id, [field])
      expect(await diffNow(id), field).toEqual(left)
      const resource = resourceOf(id)
      const named = resource.diff(resource.want(stage.inputs, await refsNow()), made).map((one) => one.field)
      expect(named, `${field}, as update says`).toEqual(left)
    }
  })

  it('may be told to change what is as wanted already: an answer was lost, or an id turned out the same', async () => {
    await makeAncestors()
    await make()
    const fields = Object.keys(changes)
    for (const round of ['once', 'twice']) {
      await updateNow(id, fields)
      expect(await diffNow(id), round).toEqual([])
    }
  })

  it('leaves alone what somebody set by hand', async () => {
    await makeAncestors()
    await make()
    await byHand.set(stage, await refsNow())
    expect(await diffNow(id), 'by hand').toEqual([])
    const before = await byHand.get(stage, await refsNow())
    const [first] = Object.values(changes)
    await first!(stage, await refsNow())
    await updateNow(id)
    expect(await byHand.get(stage, await refsNow())).toEqual(before)
    expect(before).toBeDefined()
  })

  it('is removed, is read as gone, and may be removed again', async () => {
    await makeAncestors()
    const have = await make()
    await resourceOf(id).remove(stage.aws, have)
    expect(await readNow(id)).toBeUndefined()
    await resourceOf(id).remove(stage.aws, have)
  })

  it('refuses to touch one of that name that somebody else made', async () => {
    if (!resourceOf(id).partOf) await makeAncestors()
    await foreign(stage)
    const resources = stage.resources()
    const observed = await readStack(stage.aws, resources)
    const stepOf = (plan: ReturnType<typeof planDeploy>) => plan.find((step) => step.id === id)
    expect(stepOf(planDeploy(resources, stage.inputs, observed))).toMatchObject({
      action: 'replace-refused',
      why: expect.stringContaining('did not make'),
    })
    expect(stepOf(planDestroy(resources, observed))?.action ?? 'keep').toBe('keep')
    // What has no tags of its own is guarded by the plan alone.
    if (!resourceOf(id).partOf) await expect(make()).rejects.toMatchObject({ code: 'FOREIGN_RESOURCE' })
  })
})
