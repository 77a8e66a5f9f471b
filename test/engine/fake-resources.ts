// Resources that live in memory, for tests of the core: they keep a log of what was called, in order.
import type { Aws } from '../../src/aws/clients.ts'
import { type AnyResource, change, type Inputs, type Resource } from '../../src/engine/resource.ts'

export interface FakeOptions {
  id: string
  needs?: string[]
  makeAfter?: string[]
  removeAfter?: string[]
  goesWith?: string
  partOf?: string
  /** What is there already. */
  there?: { value: string; isOurs?: boolean }
  wants?: string
  /** Why a change of its value is impossible. */
  blocked?: string
  fails?: boolean
  /** False: the settings ask for none. */
  isWanted?: boolean
  /** Runs while the resource is created, updated or removed. */
  during?: () => Promise<void> | void
}

interface Have {
  value: string
  isOurs?: boolean
}

export function fake(log: string[], options: FakeOptions): AnyResource {
  const { id, needs = [], removeAfter = [], goesWith, partOf, there, wants = 'new', blocked } = options
  const act = async (verb: string) => {
    log.push(`${verb} ${id}`)
    await options.during?.()
    if (options.fails) throw new Error(`${id} failed`)
    log.push(`${verb}d ${id}`)
  }
  const made = async (verb: string, want: string): Promise<Have> => {
    await act(verb)
    return { value: want, isOurs: true }
  }
  const resource: Resource<string, Have> = {
    kind: 'fake',
    id,
    name: `name-of-${id}`,
    needs,
    removeAfter,
    permissions: [],
    ...(options.makeAfter ? { makeAfter: options.makeAfter } : {}),
    ...(goesWith ? { goesWith } : {}),
    ...(partOf ? { partOf } : {}),
    ...(options.isWanted === undefined ? {} : { isWanted: () => options.isWanted !== false }),
    want: () => wants,
    read: async () => there,
    isOurs: (have) => have.isOurs ?? true,
    diff: (want, have) => change('value', have.value, want, blocked),
    create: (_aws, want) => made('create', want),
    update: (_aws, want) => made('update', want),
    remove: () => act('remove'),
  }
  return resource as AnyResource
}

/** The fakes look at neither AWS nor the settings. */
export const inputs = { place: { stage: 'dev' } } as Inputs

export function fakeAws(signal?: AbortSignal): Aws {
  let now = 0
  const place = { stage: 'dev' }
  return { clock: { now: () => now++, sleep: async () => {} }, signal, place } as unknown as Aws
}
