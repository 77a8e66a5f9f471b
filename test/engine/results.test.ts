// What playing a plan leaves behind: results in the order of the plan, their times, the ids, what is there now.
import { describe, expect, it } from 'vitest'
import { type ApplyEvent, applyPlan } from '../../src/engine/apply.ts'
import { readStack } from '../../src/engine/have.ts'
import { planDeploy, planDestroy } from '../../src/engine/plan.ts'
import { type AnyResource, change } from '../../src/engine/resource.ts'
import { fake, fakeAws, inputs } from './fake-resources.ts'

const there = { value: 'new' }

/** Plays a deploy; the clock moves by what each resource takes. */
async function deploy(resources: AnyResource[]) {
  const aws = fakeAws()
  const observed = await readStack(aws, resources)
  const events: ApplyEvent[] = []
  const plan = planDeploy(resources, inputs, observed)
  const emit = (event: ApplyEvent) => events.push(event)
  return { events, applied: await applyPlan({ aws, resources, plan, observed, inputs, emit }) }
}

async function destroy(resources: AnyResource[], ...keep: string[]) {
  const aws = fakeAws()
  const observed = await readStack(aws, resources)
  return applyPlan({ aws, resources, plan: planDestroy(resources, observed, new Set(keep)), observed })
}

describe('the results', () => {
  it('stand in the order of the plan, and what was kept is done in no time', async () => {
    const { applied } = await deploy([
      fake([], { id: 'a', needs: ['b'] }),
      fake([], { id: 'kept', there }),
      fake([], { id: 'b' }),
    ])
    expect(applied.results.map(({ step, status }) => [step.id, status])).toEqual([
      ['a', 'done'],
      ['kept', 'done'],
      ['b', 'done'],
    ])
    expect(applied.results[1]).toEqual({
      step: { id: 'kept', kind: 'fake', name: 'name-of-kept', action: 'keep', fields: [] },
      status: 'done',
      ms: 0,
    })
  })

  it('play nothing of what is kept, and tell of no such step', async () => {
    const log: string[] = []
    const { events } = await deploy([fake(log, { id: 'kept', there }), fake(log, { id: 'new' })])
    expect(log).toEqual(['create new', 'created new'])
    expect(events.map(({ type, step }) => `${type} ${step.id}`)).toEqual(['start new', 'done new'])
  })

  it('have the time that each step took, done or failed', async () => {
    const { events, applied } = await deploy([
      fake([], { id: 'a' }),
      fake([], { id: 'bad', needs: ['a'], fails: true }),
    ])
    // The clock of the fakes moves by one whenever it is looked at.
    expect(applied.results).toMatchObject([
      { status: 'done', ms: 1 },
      { status: 'failed', ms: 1, error: { message: 'bad failed' } },
    ])
    expect(events).toMatchObject([
      { type: 'start' },
      { type: 'done', ms: 1 },
      { type: 'start' },
      { type: 'failed', ms: 1, error: { message: 'bad failed' } },
    ])
  })

  it('of what was skipped have no time', async () => {
    const { applied } = await deploy([
      fake([], { id: 'bad', fails: true }),
      fake([], { id: 'late', needs: ['bad'] }),
    ])
    expect(applied.results[1]).toMatchObject({ status: 'skipped', ms: 0 })
  })
})

describe('the ids', () => {
  it('are those that were read and those that were made', async () => {
    const read = { ...fake([], { id: 'read', there }), refs: () => ({ userPoolId: 'the-pool' }) }
    const made = { ...fake([], { id: 'made' }), refs: () => ({ loginClientId: 'the-client' }) }
    const { applied } = await deploy([read, made])
    expect(applied.refs).toEqual({ userPoolId: 'the-pool', loginClientId: 'the-client' })
  })

  it('and what is there of an earlier reading stay as they were', async () => {
    const resources = [{ ...fake([], { id: 'made' }), refs: () => ({ userPoolId: 'the-pool' }) }]
    const aws = fakeAws()
    const observed = await readStack(aws, resources)
    const plan = planDeploy(resources, inputs, observed)
    await applyPlan({ aws, resources, plan, observed, inputs })
    expect(observed).toEqual({ have: new Map(), refs: {} })
  })
})

describe('untying', () => {
  it('plays the fields of the plan on what stays, and keeps what that gives', async () => {
    const played: unknown[] = []
    const pool: AnyResource = {
      ...fake([], { id: 'pool', there }),
      refs: () => ({ userPoolId: 'the-pool' }),
      detach: {
        diff: () => change('tie', 'ours', '(none)'),
        play: async (_aws, have, fields) => {
          played.push([have, [...fields]])
          return { value: 'untied' }
        },
      },
    }
    const applied = await destroy([pool, fake([], { id: 'function', there })], 'pool')
    expect(played).toEqual([[there, ['tie']]])
    expect(applied.have).toEqual(new Map([['pool', { value: 'untied' }]]))
    expect(applied.refs).toEqual({ userPoolId: 'the-pool' })
  })
})

describe('removing', () => {
  it('waits for what goes with another until that is gone', async () => {
    const log: string[] = []
    await destroy([
      fake(log, { id: 'later', removeAfter: ['part'], there }),
      fake(log, { id: 'part', goesWith: 'whole', there }),
      fake(log, { id: 'whole', there }),
    ])
    expect(log).toEqual(['remove whole', 'removed whole', 'remove later', 'removed later'])
  })
})
