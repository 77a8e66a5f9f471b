// Above what one user ran into: what keeps everybody from signing in.
import { type OpenStage, requireRecord } from '../../stage/stage.ts'
import type { Context } from './command.ts'

/** Says nothing where the stage is well. Asks the provider with the stage's own key; changes nothing, sends nothing. */
export async function tellTroubles({ output, tasks }: Context, stage: OpenStage): Promise<void> {
  const [{ findProblems }, { lookAtSending }, { problemLines }] = await Promise.all([
    import('../../insight/health.ts'),
    import('../../insight/own-sending.ts'),
    import('../../views/verdict-view.ts'),
  ])
  const record = requireRecord(stage)
  const problems = await tasks.run('Look at the stage', () =>
    findProblems(stage.aws, record, { asking: (latest) => lookAtSending(stage, latest) }),
  )
  // What may not be looked at with these rights says nothing about the stage.
  const grave = problems.filter((one) => one.grave && one.id !== 'unknown')
  if (grave.length === 0) return
  output.data(`Stage ${record.stage} is not well, whoever signs in:`)
  // The user's own lines are to follow within the same screen.
  for (const line of problemLines(grave, output, 1)) output.data(line)
}
