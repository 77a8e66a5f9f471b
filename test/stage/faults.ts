// Every call of a run, broken in every way: which units there are to survive, and how one is survived.
import { type Called, dying, isRead, type RunOptions, Runs } from './runs.ts'

export const kinds = ['fail-before', 'fail-after', 'throttle', 'kill'] as const
export type Kind = (typeof kinds)[number]

/** Calls that are broken in one run, or, where the process is killed, in one run after the other. */
export interface Unit {
  kind: Kind
  calls: Called[]
}

/**
 * A write that takes effect is broken alone. What does not, one of each operation at a time; and where nothing
 * has been written yet, a run that is killed leaves everything as it was, so that the next one is killed right
 * away.
 */
export function unitsOf(calls: readonly Called[], kind: Kind): Unit[] {
  const firstWrite = calls.findIndex((call) => !isRead(call))
  const takesEffect = kind === 'fail-after' || kind === 'kill'
  const isAlone = (call: Called) => takesEffect && !isRead(call)
  const others = calls.filter((call) => !isAlone(call))
  const alone = (some: readonly Called[]): Unit[] => some.map((call) => ({ kind, calls: [call] }))
  const writes = alone(calls.filter(isAlone))
  if (kind === 'kill') {
    const early = calls.slice(0, firstWrite).filter(({ service }) => service !== 'sts')
    const late = calls.slice(firstWrite).filter(isRead)
    return [...writes, { kind, calls: early }, ...alone(late)]
  }
  const most = Math.max(...others.map(({ nth }) => nth))
  const together = Array.from({ length: most }, (_, index) => ({
    kind,
    calls: others.filter(({ nth }) => nth === index + 1),
  }))
  return [...writes, ...together]
}

/** How many faults were survived. */
export interface Tally {
  survived: number
}

/** How many faults there are: each call, broken in each way. */
export const total = (calls: readonly Called[]): number =>
  kinds.flatMap((kind) => unitsOf(calls, kind)).reduce((sum, unit) => sum + unit.calls.length, 0)

/**
 * Breaks the calls of `run`; where it does not get over that by itself, it is run again, undisturbed. Gives the
 * calls that did not come this time, as the polls of a thing that was quicker.
 */
export async function survive(
  runs: Runs,
  { kind, calls }: Unit,
  tally: Tally,
  run: (options: RunOptions) => Promise<unknown>,
): Promise<Called[]> {
  const unmet: Called[] = []
  if (kind === 'kill') {
    for (const call of calls) {
      const { state, prepare } = dying(call)
      // How it looks from inside does not matter: nobody hears of it.
      await Promise.allSettled([run({ prepare })])
      if (!state.was) unmet.push(call)
    }
    await run({})
    tally.survived += calls.length - unmet.length
    return unmet
  }
  const { faults } = runs.sandbox
  const times = kind === 'throttle' ? 3 : 1
  faults.add(...calls.map((call) => ({ ...call, kind, times })))
  const hit = watchHits(runs)
  const [outcome] = await Promise.allSettled([run({})])
  faults.clear()
  for (const call of calls) if (!hit().has(`${call.service}.${call.operation}`)) unmet.push(call)
  if (outcome?.status === 'rejected') await run({})
  tally.survived += calls.length - unmet.length
  return unmet
}

/** Operations that a fault has hit since. */
function watchHits({ sandbox: { faults } }: Runs): () => Set<string> {
  const hit = new Set<string>()
  const { take } = Object.getPrototypeOf(faults) as typeof faults
  faults.take = (service, operation) => {
    const fault = take.call(faults, service, operation)
    if (fault) hit.add(`${service}.${operation}`)
    return fault
  }
  return () => hit
}

export const wordsFor = ({ service, operation, nth }: Called) => `${service}:${operation} number ${nth}`

/** Works the units off on several sandboxes at once, which wait much of their time for retries. */
export async function onSeveral<T>(
  sandboxes: number,
  work: readonly T[],
  begin: (runs: Runs) => Promise<(one: T) => Promise<void>>,
): Promise<void> {
  const rest = [...work]
  await Promise.all(
    Array.from({ length: Math.min(sandboxes, work.length) }, async () => {
      const runs = await Runs.start({ pageSize: 20 })
      try {
        const each = await begin(runs)
        for (let one = rest.shift(); one !== undefined; one = rest.shift()) await each(one)
      } finally {
        await runs.close()
      }
    }),
  )
}
