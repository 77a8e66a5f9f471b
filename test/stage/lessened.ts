// A policy less one of its parts at a time: whether there is anything in it that could be missing.
import type { PolicyDocument, PolicyStatement } from '../../src/stage/policy/printable.ts'
import { onSeveral } from './faults.ts'
import { Runs } from './runs.ts'

export interface Lessened {
  without: string
  policy: PolicyDocument
}

type Part = 'Action' | 'Resource'

/** Without one action, or without one resource, of one statement: those that `isTried`. What is forbidden stays so. */
export function lessened(
  whole: PolicyDocument,
  isTried: (one: string, part: Part) => boolean = () => true,
): Lessened[] {
  const lessOf = (statement: PolicyStatement, index: number, part: Part): Lessened[] =>
    statement[part]
      .filter((one) => isTried(one, part))
      .map((one) => {
        const rest = statement[part].filter((other) => other !== one)
        const less = rest.length > 0 ? [{ ...statement, [part]: rest }] : []
        const without = part === 'Action' ? one : `${statement.Action[0]}… on ${one}`
        return { without, policy: { ...whole, Statement: whole.Statement.toSpliced(index, 1, ...less) } }
      })
  return whole.Statement.flatMap((statement, index) =>
    statement.Effect === 'Deny'
      ? []
      : [...lessOf(statement, index, 'Action'), ...lessOf(statement, index, 'Resource')],
  )
}

/** What `base` does not have. */
export function beyond(base: PolicyDocument): (one: string) => boolean {
  const known = new Set(base.Statement.flatMap(({ Action, Resource }) => [...Action, ...Resource]))
  return (one) => !known.has(one)
}

/** Of these policies, what is missing in such as are enough for `live` all the same. */
export async function needless(
  all: readonly Lessened[],
  options: Parameters<typeof Runs.start>[0],
  live: (runs: Runs, policy: PolicyDocument) => Promise<void>,
): Promise<string[]> {
  const enough: string[] = []
  await onSeveral(4, all, async () => async ({ without, policy }) => {
    const runs = await Runs.start(options)
    await live(runs, policy).then(
      () => enough.push(without),
      () => {},
    )
    await runs.close()
  })
  return enough
}
