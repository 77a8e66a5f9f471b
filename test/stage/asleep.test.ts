// A run that sleeps past its lease, at every call that changes something, while another run takes over and ends:
// when it wakes, not one of its changes leaves.
import type { InitializeMiddleware, MetadataBearer, MiddlewareStack } from '@smithy/types'
import { afterAll, describe, expect, it } from 'vitest'
import type { Aws } from '../../src/aws/clients.ts'
import type { Clock } from '../../src/clock.ts'
import { rotateMasterKey } from '../../src/stage/rotate.ts'
import { onSeveral } from './faults.ts'
import { type Called, clientsOf, isRead, type RunOptions, Runs } from './runs.ts'
import { inventoryOf, stateOf } from './state.ts'

const counts: string[] = []
afterAll(() => {
  process.stdout.write(`asleep: ${counts.join(', ')}\n`)
})

const away = 25_000
const others = { OTP_EXPIRY_MINUTES: '3', LOG_RETENTION_DAYS: '90', SMS_FALLBACK: 'false' }
const ours = { OTP_EXPIRY_MINUTES: '9', LOG_RETENTION_DAYS: '7', SMS_FALLBACK: 'true' }

/** A run's own clock beside that of the sandbox: it jumps when the run wakes. */
function sleeper(runs: Runs) {
  let slept = 0
  const clock: Clock = {
    ...runs.clock,
    now: () => runs.clock.now() + slept,
    steady: () => runs.clock.steady() + slept,
  }
  const fallAsleep = () => {
    slept += away
  }
  return { clock, fallAsleep }
}

/**
 * Holds the run back right before that call leaves, does `meanwhile`, and lets it go on with its clock ahead.
 * `after` has the changes that arrived from then on.
 */
async function sleepAt(
  runs: Runs,
  { service, operation, nth }: Called,
  run: (options: RunOptions) => Promise<unknown>,
  meanwhile: () => Promise<unknown>,
) {
  const { clock, fallAsleep } = sleeper(runs)
  let seen = 0
  let isOver = false
  let arrivedBefore = 0
  const prepare = (aws: Aws) => {
    for (const [name, key] of Object.entries(clientsOf)) {
      const stop: InitializeMiddleware<object, MetadataBearer> = (next, context) => async (args) => {
        const isOfIt = name === service && String(context.commandName) === `${operation}Command`
        if (isOfIt && ++seen === nth && !isOver) {
          await meanwhile()
          fallAsleep()
          arrivedBefore = runs.sandbox.calls.length
          isOver = true
        }
        return next(args)
      }
      const client = aws[key] as unknown as { middlewareStack: { use(plugin: unknown): void } }
      client.middlewareStack.use({
        applyToStack: (stack: MiddlewareStack<object, MetadataBearer>) =>
          stack.add(stop, { step: 'initialize', name: 'sleep' }),
      })
    }
  }
  const [outcome] = await Promise.allSettled([run({ prepare, clock })])
  const arrived = runs.sandbox.calls.slice(arrivedBefore)
  return {
    met: isOver,
    outcome: outcome!,
    changes: arrived
      // The lock's own calls are conditional on its holder, and change nothing for anybody else.
      .filter(({ service, operation }) => !(service === 'dynamodb' && /Item$/.test(operation)))
      .filter(
        (call) => !isRead({ ...call, nth: 0 }) && call.operation !== 'InitiateAuth' && !call.caller.roleName,
      )
      .map(({ operation }) => operation),
  }
}

const held = (calls: readonly Called[]) => {
  const taken = calls.findIndex(({ service, operation }) => service === 'dynamodb' && operation === 'PutItem')
  return calls.slice(taken + 1).filter((call) => !isRead(call) && call.service !== 'dynamodb')
}

describe.each([
  {
    name: 'a change',
    run: (runs: Runs) => (options: RunOptions) => runs.deploy({ ...options, env: ours }),
  },
  {
    name: 'a destroy',
    run: (runs: Runs) => (options: RunOptions) => runs.destroy(options),
  },
  {
    name: 'a rotation',
    run: (runs: Runs) => async (options: RunOptions) =>
      rotateMasterKey(await runs.open(options), { run: (_title, work) => work(), warn() {} }),
  },
])('$name that slept', ({ name, run }) => {
  it('changes nothing of the run that took over, whichever call it woke at', {
    timeout: 240_000,
  }, async () => {
    const first = await Runs.start({ pageSize: 20 })
    await first.deploy()
    const calls = held(await first.callsOf(() => run(first)({})))
    await first.close()
    expect(calls.length).toBeGreaterThan(name === 'a rotation' ? 0 : 10)
    let slept = 0
    await onSeveral(4, calls, async (own) => {
      await own.deploy()
      return async (call) => {
        await own.deploy()
        let theirs: unknown
        const { met, outcome, changes } = await sleepAt(own, call, run(own), async () => {
          await own.deploy({ env: others })
          theirs = await stateOf(own, others)
        })
        if (!met) return
        slept++
        const where = `${call.service}:${call.operation} number ${call.nth}`
        expect(changes, where).toEqual([])
        expect(outcome, where).toMatchObject({ status: 'rejected', reason: { code: 'STAGE_TAKEN_OVER' } })
        expect(await stateOf(own, others), where).toEqual(theirs)
      }
    })
    counts.push(`${name} woke at ${slept} of ${calls.length} calls and changed nothing`)
    expect(slept).toBeGreaterThan(calls.length * 0.9)
  })
})

describe('a deploy that slept before another run removed the stage', () => {
  it('brings nothing of it back', { timeout: 120_000 }, async () => {
    const own = await Runs.start({ pageSize: 20 })
    try {
      await own.deploy()
      const calls = held(await own.callsOf(() => own.deploy({ env: ours })))
      await own.deploy({ env: others })
      const { outcome, changes } = await sleepAt(
        own,
        calls[3]!,
        (options) => own.deploy({ ...options, env: ours }),
        () => own.destroy(),
      )
      expect(changes).toEqual([])
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STAGE_TAKEN_OVER' } })
      expect(inventoryOf(own)).toEqual([])
    } finally {
      await own.close()
    }
  })
})
