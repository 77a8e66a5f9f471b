// Playing a plan: order, parallelism, failure, cancelling, and what AWS removes by itself.
import { describe, expect, it } from 'vitest'
import { type ApplyEvent, applyPlan } from '../../src/engine/apply.ts'
import { readStack } from '../../src/engine/have.ts'
import { planDeploy, planDestroy, type Step } from '../../src/engine/plan.ts'
import { type AnyResource, change } from '../../src/engine/resource.ts'
import { type FakeOptions, fake, fakeAws, inputs } from './fake-resources.ts'

async function deploy(all: FakeOptions[], options: { signal?: AbortSignal; concurrency?: number } = {}) {
  const log: string[] = []
  const events: ApplyEvent[] = []
  const aws = fakeAws(options.signal)
  const resources = all.map((one) => fake(log, one))
  const observed = await readStack(aws, resources)
  const plan = planDeploy(resources, inputs, observed)
  const { concurrency = 12 } = options
  const emit = (event: ApplyEvent) => events.push(event)
  const applied = await applyPlan({ aws, resources, plan, observed, inputs, emit, concurrency })
  return { log, events, applied }
}

async function destroy(all: FakeOptions[], keep: string[] = []) {
  const log: string[] = []
  const aws = fakeAws()
  const resources = all.map((one) => fake(log, one))
  const observed = await readStack(aws, resources)
  const plan = planDestroy(resources, observed, new Set(keep))
  const applied = await applyPlan({ aws, resources, plan, observed })
  return { log, applied }
}

const statuses = ({ applied }: Awaited<ReturnType<typeof deploy>>) =>
  Object.fromEntries(applied.results.map((result) => [result.step.id, result.status]))

/** Both sides wait for each other, so that neither ends unless both have begun. */
function meeting(count: number): () => Promise<void> {
  let arrived = 0
  let open = () => {}
  const all = new Promise<void>((resolve) => {
    open = resolve
  })
  return () => {
    if (++arrived === count) open()
    return all
  }
}

describe('playing a deploy', () => {
  it('begins a step only when all it needs is done', async () => {
    const { log } = await deploy([{ id: 'c', needs: ['a', 'b'] }, { id: 'b', needs: ['a'] }, { id: 'a' }])
    expect(log).toEqual(['create a', 'created a', 'create b', 'created b', 'create c', 'created c'])
  })

  it('makes one after those that find out for it, where both are made', async () => {
    const { log } = await deploy([{ id: 'b', makeAfter: ['a', 'elsewhere'] }, { id: 'a' }])
    expect(log).toEqual(['create a', 'created a', 'create b', 'created b'])
  })

  it.each([
    ['is there', { there: { value: 'new' } }, []],
    ['is updated', { there: { value: 'old' } }, ['update a', 'updated a']],
  ])('does not wait for one that %s', async (_, a, of) => {
    const { log } = await deploy([
      { id: 'b', makeAfter: ['a'] },
      { id: 'a', ...a },
    ])
    expect(log.filter((line) => line.endsWith('a'))).toEqual(of)
    expect(log[0]).toBe('create b')
  })

  it('plays independent steps at the same time', async () => {
    const during = meeting(3)
    const { applied } = await deploy([
      { id: 'a', during },
      { id: 'b', during },
      { id: 'c', during },
    ])
    expect(applied.results.map((result) => result.status)).toEqual(['done', 'done', 'done'])
  })

  it('plays no more at once than it may', async () => {
    let running = 0
    let most = 0
    const during = async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
    }
    await deploy(
      ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, during })),
      { concurrency: 2 },
    )
    expect(most).toBe(2)
  })

  it('does not wait for what has nothing to change', async () => {
    const { log } = await deploy([
      { id: 'a', there: { value: 'new' } },
      { id: 'b', needs: ['a'], there: { value: 'old' } },
    ])
    expect(log).toEqual(['update b', 'updated b'])
  })

  it('starts nothing new after a failure, finishes what is under way, and says what is done', async () => {
    const during = meeting(2)
    const result = await deploy([
      { id: 'bad', during, fails: true },
      { id: 'beside', during },
      { id: 'later', needs: ['beside'] },
      { id: 'after-bad', needs: ['bad'] },
    ])
    expect(statuses(result)).toEqual({
      bad: 'failed',
      beside: 'done',
      later: 'skipped',
      'after-bad': 'skipped',
    })
    expect(result.events.map((event) => `${event.type} ${event.step.id}`)).toEqual([
      'start bad',
      'start beside',
      'failed bad',
      'done beside',
    ])
    expect(result.applied.have.get('beside')).toMatchObject({ value: 'new' })
    expect(result.applied.have.has('bad')).toBe(false)
  })

  it('finishes the step under way when the user cancels, and starts no other', async () => {
    const abort = new AbortController()
    const result = await deploy(
      [
        { id: 'a', during: () => abort.abort() },
        { id: 'b', needs: ['a'] },
      ],
      { signal: abort.signal },
    )
    expect(statuses(result)).toEqual({ a: 'done', b: 'skipped' })
  })

  it('plays nothing of a plan with a refused step', async () => {
    const log: string[] = []
    const resources = [fake(log, { id: 'a' }), fake(log, { id: 'b', there: { value: 'new', isOurs: false } })]
    const observed = await readStack(fakeAws(), resources)
    const plan = planDeploy(resources, inputs, observed)
    const playing = applyPlan({ aws: fakeAws(), resources, plan, observed, inputs })
    await expect(playing).rejects.toMatchObject({ code: 'FOREIGN_RESOURCE' })
    expect(log).toEqual([])
  })
})

describe('playing an update', () => {
  /** Has two fields; both differ. */
  const pair = (isOurs = true) => {
    const played: { fields: string[]; want: unknown; have: unknown }[] = []
    const resource: AnyResource = {
      ...fake([], { id: 'pair', there: { value: 'old', isOurs } }),
      diff: () => [...change('left', 'a', 'b'), ...change('right', 'a', undefined)],
      want: (_inputs, refs) => refs.userPoolId,
      update: async (_aws, want, have, fields) => {
        played.push({ fields: [...fields], want, have })
        return have
      },
      adopt: async () => ({ value: 'old', isOurs: true }),
    }
    return { resource, played }
  }
  const play = async (resources: AnyResource[], choose = (step: Step) => step) => {
    const aws = fakeAws()
    const observed = await readStack(aws, resources)
    const plan = planDeploy(resources, inputs, observed, new Set(['pair'])).map(choose)
    return applyPlan({ aws, resources, plan, observed, inputs })
  }

  it('gives the fields of the plan, whatever else differs, and the ids that are known by then', async () => {
    const { resource, played } = pair()
    const pool = { ...fake([], { id: 'pool' }), refs: () => ({ userPoolId: 'the-pool' }) }
    await play([{ ...resource, needs: ['pool'] }, pool], (step) => ({
      ...step,
      fields: step.fields.filter(({ field }) => field === 'right'),
    }))
    expect(played).toMatchObject([{ fields: ['right'], want: 'the-pool' }])
  })

  it('leaves the owner to the one that takes over, before all else', async () => {
    const { resource, played } = pair(false)
    const { results } = await play([resource])
    expect(results[0]?.step.fields.map(({ field }) => field)).toEqual(['owner', 'left', 'right'])
    expect(played).toMatchObject([{ fields: ['left', 'right'], have: { isOurs: true } }])
  })

  it('changes nothing of one that is only taken over', async () => {
    const { resource, played } = pair(false)
    const { have } = await play([{ ...resource, diff: () => [] }])
    expect(played).toEqual([])
    expect(have.get('pair')).toEqual({ value: 'old', isOurs: true })
  })
})

describe('playing a destroy', () => {
  const there = { value: 'new' }

  it('removes in the order that removeAfter names', async () => {
    const { log } = await destroy([
      { id: 'role', removeAfter: ['function'], there },
      { id: 'function', removeAfter: ['pool'], there },
      { id: 'pool', there },
    ])
    expect(log.filter((line) => line.startsWith('removed'))).toEqual([
      'removed pool',
      'removed function',
      'removed role',
    ])
  })

  it('spends no call on what goes with another resource', async () => {
    const { log, applied } = await destroy([
      { id: 'pool', there },
      { id: 'client', goesWith: 'pool', there },
    ])
    expect(log).toEqual(['remove pool', 'removed pool'])
    expect(applied.have.size).toBe(0)
  })

  it('removes it by itself where the other one stays', async () => {
    const { log } = await destroy(
      [
        { id: 'function', there },
        { id: 'permission', goesWith: 'function', there },
      ],
      ['function'],
    )
    expect(log).toEqual(['remove permission', 'removed permission'])
  })
})
