// Whatever call of a deploy on a borrowed pool or of its destroy breaks, and however: run again, the stage is whole, or
// the pool is its owner's again, and nothing else of it has ever changed.
import { describe, expect, it } from 'vitest'
import { kinds, onSeveral, survive, type Unit, unitsOf, wordsFor } from './faults.ts'
import { type Called, Runs } from './runs.ts'
import { inventoryOf } from './state.ts'
import { makeTheirs, type Theirs } from './theirs.ts'

const settingsFor = ({ poolId }: Theirs) => ({ USER_POOL_ID: poolId })

const runs = await Runs.start({ pageSize: 20 })
const theirs = await makeTheirs(runs)
const calls = {
  deploy: await runs.callsOf(() => runs.deploy({ env: settingsFor(theirs) })),
  destroy: [] as Called[],
}
calls.destroy = await runs.callsOf(() => runs.destroy())
await runs.close()

/** What the pool calls, by name; all else of it. */
const parted = (seen: unknown) => {
  const { pool, client } = seen as { pool: { LambdaConfig?: Record<string, string> }; client: unknown }
  return { called: pool.LambdaConfig, rest: { ...pool, LambdaConfig: undefined, client } }
}

describe.each(kinds)('a deploy on a borrowed pool and its destroy with %s', (kind) => {
  it('come out as undisturbed ones, whichever call it is', { timeout: 240_000 }, async () => {
    const [making, removing] = [unitsOf(calls.deploy, kind), unitsOf(calls.destroy, kind)]
    const lives = Array.from({ length: Math.max(making.length, removing.length) }, (_, index) => ({
      make: making[index],
      remove: removing[index],
    }))
    await onSeveral(4, lives, async (own) => {
      const theirs = await makeTheirs(own)
      const env = settingsFor(theirs)
      const before = parted(await theirs.look())
      const account = inventoryOf(own)
      const named = ({ calls }: Unit) => `${kind} at ${calls.map(wordsFor).join(', ')}`
      const tally = { survived: 0 }
      return async ({ make, remove }) => {
        if (make) {
          await survive(own, make, tally, (options) => own.deploy({ ...options, env }))
          const during = parted(await theirs.look())
          expect(during.rest, named(make)).toEqual(before.rest)
          expect(Object.values(during.called ?? {}).join(), named(make)).not.toContain('their-')
          const { plan } = await own.plan({ env })
          expect(
            plan.filter(({ action }) => action !== 'keep'),
            named(make),
          ).toEqual([])
        } else await own.deploy({ env })
        if (remove) await survive(own, remove, tally, (options) => destroyAgain(own, options))
        else await own.destroy()
        expect(parted(await theirs.look()), remove && named(remove)).toEqual(before)
        expect(inventoryOf(own), remove && named(remove)).toEqual(account)
      }
    })
  })
})

/** Where a run that was cut off had removed everything, there is nothing left to find. */
async function destroyAgain(own: Runs, options: Parameters<Runs['destroy']>[0]): Promise<void> {
  await own.destroy(options).catch((error: { code?: string }) => {
    if (error.code !== 'STAGE_NOT_FOUND') throw error
  })
}
