// What a deploy says of the stage that is there now: its ids, what is left to do for it, and what comes next.
import { providerOf } from '../../core/messaging/providers.ts'
import { placeFlags } from '../../settings/place-flags.ts'
import type { Prepared } from '../../stage/deploy.ts'
import type { Rollout } from '../../stage/rollout.ts'
import { count, duration } from '../../terminal/layout.ts'
import { showNextSteps } from '../../terminal/next-steps.ts'
import type { Context } from './command.ts'

export async function tellStage(
  context: Context,
  prepared: Prepared,
  { results, refs, ms }: Rollout,
): Promise<void> {
  const { output } = context
  const { stage, inputs, plan } = prepared
  const [{ summary }, { callCount }, { hasChanges }] = await Promise.all([
    import('../../stage/outputs.ts'),
    import('../../stage/stage.ts'),
    import('../../engine/plan.ts'),
  ])
  output.data(summary(stage.aws.place, refs, stage.aws.endpoint))
  const isNew = results.some(({ step }) => step.kind === 'function-url' && step.action === 'create')
  if (isNew && refs.reportUrl) {
    const { reportSteps } = await import('../../views/report-steps.ts')
    const provider = providerOf(inputs.settings)
    output.say('')
    // Until the provider knows it, no report comes.
    for (const line of reportSteps({ provider, stage: stage.target.stage, url: refs.reportUrl }))
      output.say(line)
  }
  const done = hasChanges(plan) ? 'Done' : 'Nothing to change'
  output.say(`\n${done} in ${duration(ms)}, ${count(callCount(stage), 'API call')}`)
  const place = placeFlags(context)
  showNextSteps(output, [
    [`whatsapp-otp login <your number> ${place}`, 'sign in from here'],
    [`whatsapp-otp outputs ${place} --format env`, 'the ids for your app'],
  ])
}
