// `plan`: shows what a deploy would change, and changes nothing.
import { exitCodes } from '../errors.ts'
import { planLines } from '../views/plan-view.ts'
import type { CommandSpec, Context } from './frame/command.ts'
import { prepare } from './frame/finish-deploy.ts'
import { open } from './frame/open.ts'

export const command: CommandSpec = {
  description:
    'Compares what the settings want with what AWS has and shows the difference, field by field. Changes nothing.',
  options: [['--detailed-exitcode', 'exit 2 when something would change']],
  settings: true,
  examples: [
    ['whatsapp-otp plan --stage prod', 'what would a deploy to prod change?'],
    ['whatsapp-otp plan --otp-expiry-minutes 3', 'what would another setting change?'],
    ['whatsapp-otp plan --stage prod --detailed-exitcode --json', 'drift check in CI'],
  ],
  async run(context) {
    const changes = await showPlan(context, 'plan')
    return changes && context.flags.detailedExitcode ? exitCodes.pending : exitCodes.done
  },
}

/** Shows the plan; resolves to true when playing it would change something. */
export async function showPlan(context: Context, command: string): Promise<boolean> {
  const { output, clock } = context
  const started = clock.now()
  const stage = await open(context, () => import('../stage/deploy.ts'))
  const { plan, observed } = await prepare(context, stage)
  for (const line of planLines(plan, { ...output, width: output.dataWidth })) output.data(line)
  const [{ hasChanges }, { report }] = await Promise.all([
    import('../engine/plan.ts'),
    import('../stage/report.ts'),
  ])
  output.json(report({ command, stage, plan, refs: observed.refs, ms: clock.now() - started }))
  return hasChanges(plan)
}
