// What `deploy` and `init` share: reading the stage, and playing its plan in front of a person.
import { cancelled } from '../../errors.ts'
import { onlyFunction } from '../../settings/flag-values.ts'
import type { Prepared } from '../../stage/deploy.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { count, duration } from '../../terminal/layout.ts'
import { showNextSteps } from '../../terminal/next-steps.ts'
import { planLines } from '../../views/plan-view.ts'
import type { Context } from './command.ts'
import { tellStage } from './tell-stage.ts'

export async function prepare({ flags, tasks }: Context, stage: OpenStage): Promise<Prepared> {
  const { prepareDeploy } = await import('../../stage/deploy.ts')
  const options = { only: onlyFunction(flags.function), adopt: flags.adopt ? ('all' as const) : undefined }
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
  const [{ callCount }, { rollOut }, { hasChanges }, { report }] = await Promise.all([
    import('../../stage/stage.ts'),
    import('../../stage/rollout.ts'),
    import('../../engine/plan.ts'),
    import('../../stage/report.ts'),
  ])
  const options = { started, alwaysCheck: command === 'init', verify: flags.verify !== false }
  const { ms, ...played } = await rollOut(prepared, options, {
    ...tasks,
    warn: output.warn,
    planned(plan) {
      for (const line of planLines(plan, output)) output.say(line)
    },
    // The plan above has listed what of somebody else's would change, field by field.
    async agreeToAdopt(taken) {
      if (flags.yes) return
      const message = `Take over ${count(taken.length, 'resource')} that whatsapp-otp did not make?`
      if (await prompts.confirm({ message, flag: '--yes' })) return
      throw cancelled('nothing was taken over and nothing was changed')
    },
    ...(confirm ? { confirm } : {}),
  })
  output.json(report({ command, stage, ...played, ms }))
  await tellStage(context, prepared, played)
  const done = hasChanges(prepared.plan) ? 'Done' : 'Nothing to change'
  output.say(`\n${done} in ${duration(ms)}, ${count(callCount(stage), 'API call')}`)
  showNextSteps(output, [
    [`whatsapp-otp login <your number> --stage ${stage.target.stage}`, 'sign in from here'],
    [`whatsapp-otp outputs --stage ${stage.target.stage} --format env`, 'the ids for your app'],
  ])
}
