// Above what one user ran into: what keeps everybody from signing in.
import { AppError } from '../../errors.ts'
import type { Latest } from '../../insight/judgement/latest.ts'
import type { Problem } from '../../insight/judgement/problem.ts'
import { requireRecord } from '../../stage/recorded.ts'
import type { OpenStage } from '../../stage/stage.ts'
import type { Context } from './command.ts'

export interface Troubles {
  /** All that was found, for programs; what may not be looked at with these rights is among it. */
  problems: Problem[]
  /** The grave ones, which keep everybody from signing in. */
  grave: Problem[]
  /** The latest messages, with what the provider has kept of them; undefined where the logs may not be read. */
  latest: Latest | undefined
}

/** Says nothing where the stage is well. Asks the provider with the stage's own key; changes nothing, sends nothing. */
export async function tellTroubles({ output, tasks }: Context, stage: OpenStage): Promise<Troubles> {
  const [{ findProblems }, { lookAtSending }, { problemLines }] = await Promise.all([
    import('../../insight/health.ts'),
    import('../../insight/own-sending.ts'),
    import('../../views/verdict-view.ts'),
  ])
  const record = requireRecord(stage)
  let latest: Latest | undefined
  const asking = async (noted: Latest | undefined) => {
    const look = await lookAtSending(stage, noted)
    latest = look.latest
    return look
  }
  const problems = await tasks.run('Look at the stage', () => findProblems(stage.aws, record, { asking }))
  // What may not be looked at with these rights says nothing about the stage.
  const grave = problems.filter((one) => one.grave && one.id !== 'unknown')
  const found = { problems, grave, latest }
  if (grave.length === 0) return found
  output.data(`Stage ${record.stage} is not well, whoever signs in:`)
  // The user's own lines are to follow within the same screen.
  for (const line of problemLines(grave, output, 1)) output.data(line)
  return found
}

/** The failure of what needs a stage that is well: with what ails the stage, and what ends that, in its place. */
export function causedBy([first]: readonly Problem[], error: unknown): unknown {
  if (!first || !(error instanceof AppError) || error.code === 'CANCELLED') return error
  const { code, message, why, next, exitCode, cause } = error
  return new AppError(code, message, {
    why: why ? `${first.cause} (${why})` : first.cause,
    next: [...new Set([...first.next.slice(0, 1), ...next])],
    exitCode,
    cause,
  })
}
