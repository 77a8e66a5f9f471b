// Whatever call of a first deploy or of a destroy breaks, and however: run again, it ends as if nothing had been.
import { afterAll, describe, expect, it } from 'vitest'
import { kinds, onSeveral, survive, total, type Unit, unitsOf, wordsFor } from './faults.ts'
import { type Called, Runs } from './runs.ts'
import { inventoryOf, makeBystanders, stateOf } from './state.ts'

const runs = await Runs.start({ pageSize: 20 })
const look = await makeBystanders(runs)
const emptyAccount = inventoryOf(runs)
const calls = {
  deploy: await runs.callsOf(() => runs.deploy()),
  destroy: [] as Called[],
}
const deployed = await stateOf(runs)
calls.destroy = await runs.callsOf(() => runs.destroy())
await look()
await runs.close()

const tallies = { deploy: { survived: 0 }, destroy: { survived: 0 } }
afterAll(() => {
  for (const name of ['deploy', 'destroy'] as const) {
    const [all, { survived }] = [total(calls[name]), tallies[name]]
    process.stdout.write(`${name}: ${calls[name].length} calls, ${survived} of ${all} faults survived\n`)
    // The others did not come: those who wait ask now more, now less often.
    expect(survived).toBeGreaterThan(all * 0.95)
  }
})

describe('the calls to break', () => {
  it('are all of them: those that make a stage and those that remove it', () => {
    expect(calls.deploy.length).toBeGreaterThan(45)
    expect(calls.destroy.length).toBeGreaterThan(45)
    expect(inventoryOf(runs)).toEqual(emptyAccount)
  })
})

describe.each(kinds)('a first deploy and a destroy with %s', (kind) => {
  it('come out as undisturbed ones, whichever call it is', { timeout: 240_000 }, async () => {
    const [making, removing] = [unitsOf(calls.deploy, kind), unitsOf(calls.destroy, kind)]
    const lives = Array.from({ length: Math.max(making.length, removing.length) }, (_, index) => ({
      make: making[index],
      remove: removing[index],
    }))
    await onSeveral(6, lives, async (own) => {
      const look = await makeBystanders(own)
      const before = await look()
      const named = ({ calls }: Unit) => `${kind} at ${calls.map(wordsFor).join(', ')}`
      return async ({ make, remove }) => {
        if (make) {
          await survive(own, make, tallies.deploy, (options) => own.deploy(options))
          expect(await stateOf(own), named(make)).toEqual(deployed)
        } else await own.deploy()
        if (remove) {
          await survive(own, remove, tallies.destroy, (options) => destroyAgain(own, options))
          expect(inventoryOf(own), named(remove)).toEqual(emptyAccount)
        } else await own.destroy()
        expect(await look(), 'what belongs to others').toBe(before)
      }
    })
  })
})

/** A run that finds nothing any more has nothing left to do. */
async function destroyAgain(own: Runs, options: object): Promise<void> {
  try {
    expect(await own.destroy(options)).toEqual([])
  } catch (error) {
    if ((error as { code?: string }).code !== 'STAGE_NOT_FOUND') throw error
  }
}
