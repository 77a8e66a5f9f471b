// Reading what was observed: the resource is the key and gives the type.
import { describe, expect, expectTypeOf, it } from 'vitest'
import { haveOf } from '../../src/engine/stage-view.ts'
import { type TableHave, table } from '../../src/resources/table.ts'
import { userPool } from '../../src/resources/user-pool.ts'

const place = { stage: 'dev', account: '123456789012', region: 'us-east-1', partition: 'aws' }

describe('what was observed', () => {
  const there: TableHave = {
    ...{ key: 'pk', billing: 'PAY_PER_REQUEST', ttl: 'ttl' },
    ...{ status: 'ACTIVE', isProtected: false, tags: {} },
  }
  const observed = { have: new Map([['table', there]]), refs: {} }

  it('is found by its resource, with its type', () => {
    const found = haveOf(observed, table(place))
    expect(found).toBe(there)
    expectTypeOf(found).toEqualTypeOf<TableHave | undefined>()
  })

  it('is undefined where nothing is there', () => {
    expect(haveOf(observed, userPool(place))).toBeUndefined()
  })

  it('cannot be read by a bare id, nor as another kind', () => {
    // @ts-expect-error: a name is no resource.
    expect(haveOf(observed, 'table')).toBeUndefined()
    // @ts-expect-error: a pool has no key.
    expect(haveOf(observed, userPool(place))?.key).toBeUndefined()
  })
})
