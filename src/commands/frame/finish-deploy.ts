// What `deploy` and `init` share: reading the stage, and playing its plan in front of a person.
import { cancelled } from '../../errors.ts'
import { onlyFunction } from '../../settings/flag-values.ts'
import type { Prepared } from '../../stage/deploy.ts'
import type { RolloutTalk } from '../../stage/rollout.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { count } from '../../terminal/layout.ts'
import { planLines } from '../../views/plan-view.ts'
import type { Context } from './command.ts'
import { tellStage } from './tell-stage.ts'

export async function prepare({ flags, tasks }: Context, stage: OpenStage): Promise<Prepared> {
  const { prepareDeploy } = await import('../../stage/deploy.ts')
  const options = {
    only: onlyFunction(flags.function),
    adopt: flags.adopt ? ('all' as const) : undefined,
    takeTriggers: flags.takeTriggers === true,
  }
  return tasks.run('Read the stage', () => prepareDeploy(stage, options))
}

export interface Finish {
  command: string
  /** Epoch milliseconds from which the time is counted. */
  started: number
  /** Asks once the plan is shown; throwing changes nothing. */
  confirm?: () => Promise<void>
}

/** Plays a prepared plan, checks the result, and tells what is needed next. */
export async function finishDeploy(
  context: Context,
  prepared: Prepared,
  { command, started, confirm }: Finish,
): Promise<void> {
  const { output, tasks, flags, prompts } = context
  const { stage } = prepared
  const [{ rollOut }, { report }] = await Promise.all([
    import('../../stage/rollout.ts'),
    import('../../stage/report.ts'),
  ])
  const options = { started, alwaysCheck: command === 'init', verify: flags.verify !== false }
  const talk: RolloutTalk = {
    ...tasks,
    warn: output.warn,
    planned(plan) {
      for (const line of planLines(plan, output)) output.say(line)
    },
    left(change) {
      for (const line of change.split('\n')) output.say(line)
    },
    // The plan above has listed what of somebody else's would change, field by field.
    async agreeToAdopt(taken) {
      if (flags.yes) return
      const message = `Take over ${count(taken.length, 'resource')} that whatsapp-otp did not make?`
      if (await prompts.confirm({ message, flag: '--yes' })) return
      throw cancelled('nothing was taken over and nothing was changed')
    },
    ...(confirm ? { confirm } : {}),
  }
  const { ms, ...played } = await tasks.steps(prepared.plan, () => rollOut(prepared, options, talk))
  output.json(report({ command, stage, ...played, ms }))
  await tellStage(context, prepared, { ...played, ms })
}
