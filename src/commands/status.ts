// `status`: every resource of a stage, what the pool really calls, whether sign-in works, and its last day.
import { AppError } from '../errors.ts'
import { requireRecord } from '../stage/recorded.ts'
import { duration } from '../terminal/layout.ts'
import type { CommandSpec } from './frame/command.ts'
import { open } from './frame/open.ts'

export const command: CommandSpec = {
  description:
    'Says whether users can sign in, and if not why and what ends it; then every resource of the stage that differs from the settings it was deployed with, what the pool really calls, whether a sign-in gets its challenge, whether SendZen takes the stage’s own key, sender and template, and what was sent, verified and refused in the last 24 hours. Changes nothing, sends nothing. Exits 1 when users cannot sign in, or too many of the latest messages failed.',
  options: [['--verbose', 'every resource and check on a line of its own']],
  examples: [
    ['whatsapp-otp status', 'how is the stage dev?'],
    ['whatsapp-otp status --stage prod --verbose', 'every single resource of prod'],
    ['whatsapp-otp status --stage prod --json', 'for a monitor'],
  ],
  async run(context) {
    const { output, tasks, clock, flags } = context
    const started = clock.now()
    const stage = await open(context, () => import('../views/status-view.ts'))
    const [
      { asDeployed },
      { problemsOf, readStatus, remediesOf },
      { outputsOf },
      { foreignSender },
      { statusDocument, statusLines },
    ] = await Promise.all([
      import('../stage/stage.ts'),
      import('../insight/status.ts'),
      import('../stage/outputs.ts'),
      import('../stage/providers.ts'),
      import('../views/status-view.ts'),
    ])
    const record = requireRecord(stage)
    const elsewhere = foreignSender(asDeployed(stage).resolved)
    if (elsewhere && elsewhere !== foreignSender(stage.resolved)) output.warn(elsewhere)
    const status = await tasks.run('Read the stage', () => readStatus(stage, { askProvider: true }))
    const verbose = flags.verbose === true
    const ageMs = clock.now() - Date.parse(record.createdAt)
    for (const line of statusLines({ record, status, ageMs }, output, verbose)) output.data(line)

    const outputs = outputsOf(stage.aws.place, status.refs, stage.aws.endpoint)
    const ms = Math.round(clock.now() - started)
    output.json({ command: 'status', ...statusDocument({ record, status, outputs }), ms })
    output.say(`Read in ${duration(clock.now() - started)}`)

    const problems = problemsOf(status)
    if (problems.length === 0) return
    throw new AppError('STAGE_UNHEALTHY', `Stage ${record.stage} is not healthy`, {
      why: shortened(problems),
      next: [...remediesOf(status), `whatsapp-otp doctor --stage ${record.stage}   says more`],
    })
  },
}

/** The first few; everything stands above. */
function shortened(reasons: string[]): string {
  const more = reasons.length - 3
  return [...reasons.slice(0, 3), ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}
