// Comparing: what is created, updated, kept, refused and deleted, and when a change is blocked.
import { describe, expect, it } from 'vitest'
import { readStack } from '../../src/engine/have.ts'
import { hasChanges, planDeploy, planDestroy } from '../../src/engine/plan.ts'
import { type AnyResource, change } from '../../src/engine/resource.ts'
import { type FakeOptions, fake, fakeAws, inputs } from './fake-resources.ts'

async function observe(all: FakeOptions[]) {
  const resources = all.map((one) => fake([], one))
  return { resources, observed: await readStack(fakeAws(), resources) }
}

async function actions(all: FakeOptions[]) {
  const { resources, observed } = await observe(all)
  return planDeploy(resources, inputs, observed).map(({ id, action, why }) => ({
    id,
    action,
    ...(why ? { why } : {}),
  }))
}

describe('a plan', () => {
  it('creates what is missing, updates what differs, keeps what is as wanted', async () => {
    expect(
      await actions([
        { id: 'a' },
        { id: 'b', there: { value: 'old' } },
        { id: 'c', there: { value: 'new' } },
      ]),
    ).toEqual([
      { id: 'a', action: 'create' },
      { id: 'b', action: 'update' },
      { id: 'c', action: 'keep' },
    ])
  })

  it('refuses what somebody else made, and the parts of it', async () => {
    const [role, policy] = await actions([
      { id: 'role', there: { value: 'new', isOurs: false } },
      { id: 'policy', partOf: 'role', there: { value: 'new' } },
    ])
    expect(role).toMatchObject({ action: 'replace-refused', why: expect.stringContaining('did not make') })
    expect(policy).toMatchObject({ action: 'replace-refused' })
  })

  it('refuses a change that AWS cannot make in place, and says why', async () => {
    const [step] = await actions([
      { id: 'pool', there: { value: 'old' }, blocked: 'its users would be lost' },
    ])
    expect(step).toEqual({ id: 'pool', action: 'replace-refused', why: 'its users would be lost' })
  })

  it('removes what the settings no longer ask for, makes none of it, and leaves that of others alone', async () => {
    expect(
      await actions([
        { id: 'on', isWanted: true },
        { id: 'never-made', isWanted: false },
        { id: 'switched-off', isWanted: false, there: { value: 'old' } },
        { id: 'theirs', isWanted: false, there: { value: 'old', isOurs: false } },
      ]),
    ).toEqual([
      { id: 'on', action: 'create' },
      { id: 'switched-off', action: 'delete' },
    ])
  })

  it('knows whether it would change anything', async () => {
    const unchanged = await observe([{ id: 'a', there: { value: 'new' } }])
    expect(hasChanges(planDeploy(unchanged.resources, inputs, unchanged.observed))).toBe(false)
    const changed = await observe([{ id: 'a' }])
    expect(hasChanges(planDeploy(changed.resources, inputs, changed.observed))).toBe(true)
  })
})

describe('a plan to destroy', () => {
  it('deletes ours, and keeps what was named and what is not ours', async () => {
    const there = { value: 'new' }
    const { resources, observed } = await observe([
      { id: 'ours', there },
      { id: 'named', there },
      { id: 'theirs', there: { value: 'new', isOurs: false } },
      { id: 'part', partOf: 'theirs', there },
      { id: 'missing' },
    ])
    const plan = planDestroy(resources, observed, new Set(['named']))
    expect(plan.map(({ id, action }) => [id, action])).toEqual([
      ['ours', 'delete'],
      ['named', 'keep'],
      ['theirs', 'keep'],
      ['part', 'keep'],
    ])
  })
})

describe('one field', () => {
  it('is a change while its wanted value is not known', () => {
    expect(change('id', 'a', undefined)).toEqual([{ field: 'id', from: 'a', to: '(known after apply)' }])
  })

  it('compares lists without regard to order', () => {
    expect(change('flows', ['b', 'a'], ['a', 'b'])).toEqual([])
    expect(change('flows', ['a'], ['a', 'b'])).toEqual([{ field: 'flows', from: 'a', to: 'a,b' }])
  })
})

describe('reading', () => {
  it('waits for the ids that a read needs, and takes none from what is not ours', async () => {
    const seen: unknown[] = []
    const parent = (isOurs: boolean): AnyResource => ({
      ...fake([], { id: 'parent', there: { value: 'x', isOurs } }),
      refs: () => ({ userPoolId: 'the-pool' }),
    })
    const child: AnyResource = {
      ...fake([], { id: 'child' }),
      readAfter: ['parent'],
      read: async (_aws, refs) => {
        seen.push(refs.userPoolId)
        return undefined
      },
    }
    await readStack(fakeAws(), [child, parent(true)])
    await readStack(fakeAws(), [child, parent(false)])
    expect(seen).toEqual(['the-pool', undefined])
  })

  it('asks at once for what takes no ids, and gives the answer to the read', async () => {
    const log: string[] = []
    const parent: AnyResource = {
      ...fake([], { id: 'parent' }),
      read: async () => {
        await new Promise((resolve) => setImmediate(resolve))
        log.push('parent')
        return undefined
      },
    }
    const child: AnyResource = {
      ...fake([], { id: 'child' }),
      readAfter: ['parent'],
      look: async () => {
        log.push('look')
        return 'answer'
      },
      read: async (_aws, _refs, looked) => {
        log.push(`read with the ${await looked}`)
        return undefined
      },
    }
    await readStack(fakeAws(), [child, parent])
    expect(log).toEqual(['look', 'parent', 'read with the answer'])
  })

  it('asks nothing for what is known', async () => {
    const look = async () => expect.unreachable()
    const resource: AnyResource = { ...fake([], { id: 'a' }), look }
    const { have } = await readStack(fakeAws(), [resource], { known: new Map([['a', 'there']]) })
    expect([...have]).toEqual([['a', 'there']])
  })
})
