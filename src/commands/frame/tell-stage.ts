// What a deploy says of the stage that is there now: its ids, and what a new address for delivery reports still takes.
import { providerOf } from '../../core/messaging/providers.ts'
import type { Prepared } from '../../stage/deploy.ts'
import type { Played } from '../../stage/play.ts'
import type { Context } from './command.ts'

export async function tellStage(
  { output }: Context,
  { stage, inputs }: Prepared,
  { results, refs }: Pick<Played, 'results' | 'refs'>,
): Promise<void> {
  const { summary } = await import('../../stage/outputs.ts')
  output.data(summary(stage.aws.place, refs, stage.aws.endpoint))
  const isNew = results.some(({ step }) => step.kind === 'function-url' && step.action === 'create')
  if (!isNew || !refs.reportUrl) return
  const { reportSteps } = await import('../../views/report-steps.ts')
  const provider = providerOf(inputs.settings)
  output.say('')
  // Until the provider knows it, no report comes.
  for (const line of reportSteps({ provider, stage: stage.target.stage, url: refs.reportUrl }))
    output.say(line)
}
