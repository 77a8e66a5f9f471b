// Whatever call breaks while alarms are switched on, told otherwise and off, and however: run again, it ends as if nothing had been.
import { afterAll, describe, expect, it } from 'vitest'
import { kinds, onSeveral, survive, total, unitsOf, wordsFor } from './faults.ts'
import { type Called, Runs } from './runs.ts'
import { inventoryOf, makeBystanders, stateOf } from './state.ts'

const steps = [
  { ALARMS: 'true', ALARM_EMAIL: 'ops@example.com' },
  { ALARMS: 'true', ALARM_EMAIL: 'night@example.com', POOL_SENDS_PER_HOUR: '300' },
  { ALARMS: 'false', ALARM_EMAIL: 'ops@example.com', POOL_SENDS_PER_HOUR: '200' },
] as Record<string, string>[]

/** Of each operation the first two and the last: the alarms between them are made alike. */
function ofAlarms(calls: readonly Called[]): Called[] {
  const own = calls.filter(({ service }) => service === 'cloudwatch' || service === 'sns')
  const isLast = (call: Called) => own.findLast(({ operation }) => operation === call.operation) === call
  return own.filter((call) => call.nth <= 2 || isLast(call))
}

/** Of each step the calls that are about alarms, and how the stage is after it. */
const runs = await Runs.start({ pageSize: 20 })
await makeBystanders(runs)
await runs.deploy()
const played: { env: Record<string, string>; calls: Called[]; state: unknown }[] = []
for (const env of steps) {
  const calls = ofAlarms(await runs.callsOf(() => runs.deploy({ env })))
  played.push({ env, calls, state: await stateOf(runs, env) })
}
await runs.deploy({ env: steps[0]! })
const removing = ofAlarms(await runs.callsOf(() => runs.destroy()))
const empty = inventoryOf(runs)
await runs.close()

const tally = { survived: 0 }
const all = [...played.map(({ calls }) => calls), removing]
afterAll(() => {
  const sum = all.reduce((whole, calls) => whole + total(calls), 0)
  process.stdout.write(`alarms: ${all.flat().length} calls, ${tally.survived} of ${sum} faults survived\n`)
  expect(tally.survived).toBeGreaterThan(sum * 0.95)
})

describe('the calls to break', () => {
  it('are those of every kind', () => {
    const operations = new Set(all.flat().map(({ operation }) => operation))
    for (const operation of [
      'PutMetricAlarm',
      'PutDashboard',
      'CreateTopic',
      'Subscribe',
      'DeleteTopic',
      'DeleteAlarms',
      'DeleteDashboards',
    ]) {
      expect(operations, operation).toContain(operation)
    }
  })
})

describe.each(kinds)('alarms with %s', (kind) => {
  it('come out as undisturbed ones, whichever call it is', { timeout: 240_000 }, async () => {
    const units = played.map(({ calls }) => unitsOf(calls, kind))
    const lives = Array.from({ length: Math.max(...units.map(({ length }) => length)) }, (_, index) => index)
    await onSeveral(6, lives, async (own) => {
      const look = await makeBystanders(own)
      const before = await look()
      await own.deploy()
      return async (index) => {
        for (const [at, { env, state }] of played.entries()) {
          const unit = units[at]?.[index]
          if (!unit) await own.deploy({ env })
          else await survive(own, unit, tally, (options) => own.deploy({ ...options, env }))
          const words = `${kind} at ${unit?.calls.map(wordsFor).join(', ')}`
          expect(await stateOf(own, env), words).toEqual(state)
          expect(await look(), 'what belongs to others').toBe(before)
        }
      }
    })
  })

  it('are gone in the end, whichever call of a destroy it is', { timeout: 240_000 }, async () => {
    await onSeveral(6, unitsOf(removing, kind), async (own) => {
      await makeBystanders(own)
      return async (unit) => {
        await own.deploy({ env: steps[0]! })
        await survive(own, unit, tally, async (options) => {
          try {
            expect(await own.destroy(options)).toEqual([])
          } catch (error) {
            if ((error as { code?: string }).code !== 'STAGE_NOT_FOUND') throw error
          }
        })
        expect(inventoryOf(own), unit.calls.map(wordsFor).join(', ')).toEqual(empty)
      }
    })
  })
})
