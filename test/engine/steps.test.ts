// Every kind of step, whole: what is shown of one that is made, taken over, let go, removed, or left alone.
import { describe, expect, it } from 'vitest'
import { readStack } from '../../src/engine/have.ts'
import { fieldsOf, hasChanges, isConsequence, planDeploy, planDestroy } from '../../src/engine/plan.ts'
import { type AnyResource, change, pickFields } from '../../src/engine/resource.ts'
import { type FakeOptions, fake, fakeAws, inputs } from './fake-resources.ts'

const there = { value: 'new' }
const theirs = { value: 'new', isOurs: false }
const head = (id: string, kind = 'fake') => ({ id, kind, name: `name-of-${id}` })
const why = 'a fake of this name exists that whatsapp-otp did not make for this stage'
const owner = { field: 'owner', from: 'somebody else', to: 'whatsapp-otp, stage dev' }

/** One that can be taken over, and one that can be let go where that leaves something to do. */
const adoptable = (options: FakeOptions): AnyResource => ({
  ...fake([], options),
  adopt: async (_aws, have) => have,
})
const detachable = (options: FakeOptions, isTied: boolean): AnyResource => ({
  ...fake([], options),
  detach: { diff: () => (isTied ? change('tie', 'ours', '(none)') : []), play: async (_aws, have) => have },
})
const made = (options: FakeOptions) => fake([], options)

async function deploying(resources: AnyResource[], ...adopt: string[]) {
  return planDeploy(resources, inputs, await readStack(fakeAws(), resources), new Set(adopt))
}
async function destroying(resources: AnyResource[], ...keep: string[]) {
  return planDestroy(resources, await readStack(fakeAws(), resources), new Set(keep))
}

describe('a step of a deploy', () => {
  it('that makes something names no field', async () => {
    expect(await deploying([made({ id: 'a' })])).toEqual([{ ...head('a'), action: 'create', fields: [] }])
  })

  it('that has nothing to do names none either', async () => {
    expect(await deploying([made({ id: 'a', there })])).toEqual([
      { ...head('a'), action: 'keep', fields: [] },
    ])
  })

  it('of somebody else’s is refused by the kind of the whole, in words', async () => {
    const pool = { ...made({ id: 'pool', there: theirs }), kind: 'user-pool' }
    const part = { ...made({ id: 'part', partOf: 'pool', there }), kind: 'user-pool-client' }
    const plan = await deploying([pool, part])
    const words = 'a user pool of this name exists that whatsapp-otp did not make for this stage'
    expect(plan).toEqual([
      { ...head('pool', 'user-pool'), action: 'replace-refused', fields: [], why: words },
      { ...head('part', 'user-pool-client'), action: 'replace-refused', fields: [], why: words },
    ])
  })

  it('that takes something over shows the owner first, and plays all but that', async () => {
    const [same] = await deploying([adoptable({ id: 'a', there: theirs })], 'a')
    expect(same).toEqual({ ...head('a'), action: 'update', fields: [owner], by: 'adopt' })
    expect(fieldsOf(same!)).toEqual(new Set())
    const [differs] = await deploying([adoptable({ id: 'a', there: { ...theirs, value: 'old' } })], 'a')
    expect(differs).toEqual({
      ...head('a'),
      action: 'update',
      fields: [owner, { field: 'value', from: 'old', to: 'new' }],
      by: 'adopt',
    })
    expect(fieldsOf(differs!)).toEqual(new Set(['value']))
  })

  it('takes over the parts with the whole, as their own changes', async () => {
    const parts = [
      adoptable({ id: 'whole', there: theirs }),
      made({ id: 'part', partOf: 'whole', there: { value: 'old' } }),
      made({ id: 'new', partOf: 'whole' }),
    ]
    expect(await deploying(parts, 'whole')).toMatchObject([
      { action: 'update', by: 'adopt' },
      { action: 'update', fields: [{ field: 'value' }] },
      { action: 'create' },
    ])
    expect((await deploying(parts, 'whole'))[1]).not.toHaveProperty('by')
  })

  it('refuses to take over what was not named, or cannot be', async () => {
    const refused = [{ ...head('a'), action: 'replace-refused', fields: [], why }]
    expect(await deploying([adoptable({ id: 'a', there: theirs })], 'b')).toEqual(refused)
    expect(await deploying([made({ id: 'a', there: theirs })], 'a')).toEqual(refused)
  })

  it('refuses to take over what cannot be changed, and shows the owner all the same', async () => {
    const blocked = 'its users would be lost'
    const [step] = await deploying([adoptable({ id: 'a', there: { ...theirs, value: 'old' }, blocked })], 'a')
    expect(step).toEqual({
      ...head('a'),
      action: 'replace-refused',
      fields: [owner, { field: 'value', from: 'old', to: 'new', blocked }],
      why: blocked,
    })
  })

  it('plays a field called owner of one that is ours', () => {
    const step = { ...head('a'), action: 'update', fields: [owner] } as const
    expect(fieldsOf({ ...step, fields: [...step.fields] })).toEqual(new Set(['owner']))
  })
})

describe('a step of a destroy', () => {
  it('removes what is there, and names nothing that is not', async () => {
    expect(await destroying([made({ id: 'a', there }), made({ id: 'b' })])).toEqual([
      { ...head('a'), action: 'delete', fields: [] },
    ])
  })

  it('leaves somebody else’s and its parts alone, and says why', async () => {
    const resources = [made({ id: 'a', there: theirs }), made({ id: 'b', partOf: 'a', there })]
    expect(await destroying(resources)).toEqual([
      { ...head('a'), action: 'keep', fields: [], why },
      { ...head('b'), action: 'keep', fields: [], why },
    ])
  })

  it('removes with the whole what goes with it, whether it was found or not', async () => {
    const resources = [made({ id: 'whole', there }), made({ id: 'part', goesWith: 'whole' })]
    expect((await destroying(resources)).map(({ id, action }) => [id, action])).toEqual([
      ['whole', 'delete'],
      ['part', 'delete'],
    ])
    const alone = [made({ id: 'whole' }), made({ id: 'part', goesWith: 'whole' })]
    expect(await destroying(alone)).toEqual([])
  })

  it('names no part that is not there where the whole stays', async () => {
    const resources = [made({ id: 'whole', there }), made({ id: 'part', goesWith: 'whole' })]
    expect(await destroying(resources, 'whole')).toEqual([{ ...head('whole'), action: 'keep', fields: [] }])
    expect((await destroying(resources, 'whole', 'part')).map(({ id, action }) => [id, action])).toEqual([
      ['whole', 'keep'],
      ['part', 'keep'],
    ])
  })

  it('unties what stays, where it is tied', async () => {
    expect(await destroying([detachable({ id: 'a', there }, true)], 'a')).toEqual([
      {
        ...head('a'),
        action: 'update',
        fields: [{ field: 'tie', from: 'ours', to: '(none)' }],
        by: 'detach',
      },
    ])
    expect(await destroying([detachable({ id: 'a', there }, false)], 'a')).toEqual([
      { ...head('a'), action: 'keep', fields: [] },
    ])
  })

  it('asks for no ties of what was not found', async () => {
    const part: AnyResource = {
      ...made({ id: 'part', goesWith: 'whole' }),
      detach: {
        diff: () => {
          throw new Error('asked')
        },
        play: async (_aws, have) => have,
      },
    }
    const plan = await destroying([made({ id: 'whole', there }), part], 'whole', 'part')
    expect(plan.map(({ action }) => action)).toEqual(['keep', 'keep'])
  })
})

describe('a plan', () => {
  it('changes something as soon as one step does', async () => {
    expect(hasChanges(await deploying([made({ id: 'a', there }), made({ id: 'b' })]))).toBe(true)
    expect(hasChanges(await deploying([made({ id: 'a', there }), made({ id: 'b', there })]))).toBe(false)
    expect(hasChanges([])).toBe(false)
  })
})

describe('a consequence', () => {
  const unknown = { field: 'id', from: 'a', to: '(known after apply)' }
  const known = { field: 'value', from: 'a', to: 'b' }
  const step = (action: 'update' | 'create' | 'keep', ...fields: (typeof known)[]) =>
    isConsequence({ ...head('a'), action, fields })

  it('is an update of which nothing is known yet, and no other step', () => {
    expect(step('update', unknown)).toBe(true)
    expect(step('update', unknown, unknown)).toBe(true)
    expect(step('update', unknown, known)).toBe(false)
    expect(step('update', known)).toBe(false)
    expect(step('update')).toBe(false)
    expect(step('create', unknown)).toBe(false)
    expect(step('keep')).toBe(false)
  })
})

describe('one field', () => {
  it.each<[string, unknown, unknown, object[]]>([
    ['the same text', 'a', 'a', []],
    ['nothing on both sides, as it is not known', undefined, undefined, [{ to: '(known after apply)' }]],
    ['a value where there was none', undefined, 'a', [{ from: undefined, to: 'a' }]],
    ['null where something is wanted', null, 'a', [{ from: undefined, to: 'a' }]],
    ['null where null is wanted', null, null, []],
    ['the same letters in another order', 'ab', 'ba', [{ from: 'ab', to: 'ba' }]],
    ['a number and its text', 5, '5', []],
    ['a boolean', true, false, [{ from: 'true', to: 'false' }]],
    ['the same object', { a: 1 }, { a: 1 }, []],
    ['another object', { a: 1 }, { a: 2 }, [{ from: '{"a":1}', to: '{"a":2}' }]],
    ['a list and its one member', ['a'], 'a', []],
  ])('compares %s', (_name, from, to, expected) => {
    expect(change('x', from, to)).toMatchObject(expected)
    expect(change('x', from, to)).toHaveLength(expected.length)
  })

  it('has no reason to be refused unless one is given, and leaves its lists as they are', () => {
    expect(change('x', 'a', 'b')[0]).not.toHaveProperty('blocked')
    expect(change('x', 'a', 'b', 'because')[0]).toMatchObject({ blocked: 'because' })
    const list = ['b', 'a']
    change('x', list, ['c'])
    expect(list).toEqual(['b', 'a'])
  })
})

it('picks of a request what a plan has named', () => {
  const request = { Tier: 'LITE', Mfa: 'OFF' }
  const fieldOf = { Tier: 'tier', Mfa: 'mfa' }
  expect(pickFields(request, fieldOf, new Set(['mfa']))).toEqual({ Mfa: 'OFF' })
  expect(pickFields(request, fieldOf, new Set(['mfa', 'tier']))).toEqual(request)
  expect(pickFields(request, fieldOf, new Set(['other']))).toEqual({})
})

describe('reading', () => {
  it('reads each once, the whole before its parts, and no part of what is not there', async () => {
    const reads: string[] = []
    const noted = (resource: AnyResource): AnyResource => ({
      ...resource,
      read: async (aws, refs) => {
        reads.push(resource.id)
        return resource.read(aws, refs)
      },
    })
    const first = { ...made({ id: 'first', there }), readAfter: ['other'] }
    const resources = [
      made({ id: 'part', partOf: 'whole', there }),
      made({ id: 'lost', partOf: 'missing', there }),
      made({ id: 'stray', partOf: 'unheard-of', there }),
      first,
      made({ id: 'whole', there }),
      made({ id: 'missing' }),
      made({ id: 'other', there }),
    ].map(noted)
    const { have } = await readStack(fakeAws(), resources)
    expect([...reads].sort()).toEqual(['first', 'missing', 'other', 'part', 'stray', 'whole'])
    expect(reads.indexOf('whole')).toBeLessThan(reads.indexOf('part'))
    expect(reads.indexOf('other')).toBeLessThan(reads.indexOf('first'))
    expect([...have.keys()].sort()).toEqual(['first', 'other', 'part', 'stray', 'whole'])
  })

  it('believes what was read a moment ago, found or not', async () => {
    const resources = [made({ id: 'a', there }), made({ id: 'b', there }), made({ id: 'c', there })]
    const known = new Map<string, unknown>([
      ['a', { value: 'known' }],
      ['b', undefined],
    ])
    const { have } = await readStack(fakeAws(), resources, { known })
    expect([...have]).toEqual([
      ['a', { value: 'known' }],
      ['c', there],
    ])
  })

  it('takes the ids of what is to be taken over', async () => {
    const foreign = { ...made({ id: 'a', there: theirs }), refs: () => ({ userPoolId: 'the-pool' }) }
    expect((await readStack(fakeAws(), [foreign])).refs).toEqual({})
    expect((await readStack(fakeAws(), [foreign], { adopt: new Set(['a']) })).refs).toEqual({
      userPoolId: 'the-pool',
    })
  })

  it('ends with the first read that fails', async () => {
    const failing: AnyResource = {
      ...made({ id: 'a' }),
      read: async () => {
        throw new Error('denied')
      },
    }
    await expect(readStack(fakeAws(), [failing])).rejects.toThrow('denied')
  })
})
