// The list of resources: its ids hang together, nothing waits for itself, and removal begins at the pool.
import { describe, expect, it } from 'vitest'
import { environment } from '../../src/core/environment.ts'
import { triggerNames } from '../../src/names.ts'
import { variablesOf } from '../../src/resources/function-variables.ts'
import { resourcesOf } from '../../src/stage/resources.ts'
import { settings } from '../resources/stage-fixture.ts'

const place = { stage: 'dev', account: '123456789012', region: 'eu-central-1', partition: 'aws' }
const borrowed = { userPoolId: 'eu-central-1_theirs001' }
const resources = resourcesOf(place)
const idsOf = (all: typeof resources) => all.map((resource) => resource.id)

/** Throws when a resource waits for itself, directly or through others. */
function orderBy(ids: string[], edges: (id: string) => readonly string[]): string[] {
  const done: string[] = []
  const visit = (id: string, path: string[]) => {
    if (done.includes(id)) return
    if (path.includes(id)) throw new Error([...path, id].join(' -> '))
    for (const before of edges(id)) visit(before, [...path, id])
    done.push(id)
  }
  for (const id of ids) visit(id, [])
  return done
}

describe.each([
  ['of its own', resources],
  ['of others', resourcesOf(place, borrowed)],
])('the resources of a stage with a pool %s', (_whose, resources) => {
  const ids = idsOf(resources)

  it('have an id each and name only ids that exist', () => {
    expect(new Set(ids).size).toBe(ids.length)
    for (const { needs, removeAfter, readAfter = [], partOf, goesWith } of resources) {
      const named = [...needs, ...removeAfter, ...readAfter, partOf, goesWith].filter(
        (id) => id !== undefined,
      )
      expect(ids).toEqual(expect.arrayContaining(named))
    }
  })

  it('never wait for themselves', () => {
    const byId = new Map(resources.map((resource) => [resource.id, resource]))
    expect(orderBy(ids, (id) => byId.get(id)!.needs).at(-1)).toBe('record')
    expect(orderBy(ids, (id) => byId.get(id)!.readAfter ?? [])).toHaveLength(ids.length)
    const removal = orderBy(ids, (id) =>
      [...byId.get(id)!.removeAfter, byId.get(id)!.goesWith ?? id].filter((x) => x !== id),
    )
    // The lock is an item of the table, and must outlive everything that it guards.
    expect(removal.slice(-2)).toEqual(['record', 'table'])
    const first = (kind: string) => removal.findIndex((id) => id.startsWith(kind))
    const last = (kind: string) => removal.findLastIndex((id) => id.startsWith(kind))
    expect(first('user-pool')).toBeLessThan(first('function:'))
    for (const trigger of triggerNames) {
      const at = (kind: string) => removal.indexOf(`${kind}:${trigger}`)
      expect(at('function')).toBeLessThan(at('role'))
      expect(at('function')).toBeLessThan(at('log-group'))
    }
    expect(last('function:')).toBeLessThan(Math.min(first('table'), first('master-key'), first('secrets')))
  })
})

describe('the resources of a stage', () => {
  it('wait for neither roles nor functions where the pool and its clients are concerned', () => {
    const pool = resources.filter((resource) => resource.id.startsWith('user-pool'))
    expect(new Set(pool.flatMap((resource) => resource.needs))).toEqual(new Set(['user-pool']))
  })

  it.each(triggerNames)('tell %s exactly the variables that it reads, none of them secret', (trigger) => {
    const refs = { signupClientId: 'signup', loginClientId: 'login' }
    const variables = variablesOf(place, trigger, settings, refs)
    expect(Object.keys(variables).sort()).toEqual([...environment[trigger]].sort())
    expect(Object.values(variables).every((value) => typeof value === 'string')).toBe(true)
    expect(Object.keys(variables)).not.toContain('SENDZEN_API_KEY')
  })
})
