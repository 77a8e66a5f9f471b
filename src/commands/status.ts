// `status`: every resource of a stage, what the pool really calls, whether sign-in works, and its last day.
import { providerOf } from '../core/messaging/providers.ts'
import { AppError } from '../errors.ts'
import type { Settings } from '../settings/schema.ts'
import { age, duration } from '../terminal/layout.ts'
import { kindWords } from '../views/plan-view.ts'
import { activityLines, conditions, resourceLines, signInLines } from '../views/status-view.ts'
import type { CommandSpec } from './command.ts'
import { open } from './open.ts'

export const command: CommandSpec = {
  description:
    'Reads every resource of the stage and shows what differs from the settings it was deployed with, what the pool really calls, whether a sign-in gets its challenge, and what was sent, verified and refused in the last 24 hours. Changes nothing, sends nothing. Exits 1 when something is missing or does not work.',
  options: [['--verbose', 'every resource and check on a line of its own']],
  examples: [
    ['whatsapp-otp status', 'how is the stage dev?'],
    ['whatsapp-otp status --stage prod --verbose', 'every single resource of prod'],
    ['whatsapp-otp status --stage prod --json', 'for a monitor'],
  ],
  async run(context) {
    const { output, tasks, clock, flags } = context
    const started = clock.now()
    const stage = await open(context)
    const [{ requireRecord }, { readStatus }, { outputsOf }, { guessOdds }] = await Promise.all([
      import('../stage/stage.ts'),
      import('../insight/status.ts'),
      import('../stage/outputs.ts'),
      import('../insight/guess-probability.ts'),
    ])
    const record = requireRecord(stage)
    const status = await tasks.run('Read the stage', () => readStatus(stage))
    const { plan, refs, wiring, checks, users, activity, activityWhy } = status
    const verbose = flags.verbose === true

    const old = age(clock.now() - Date.parse(record.createdAt))
    output.data(`Stage ${record.stage}, version ${record.toolVersion}, ${old} old`)
    const lines = [...resourceLines(plan, output, verbose), ...signInLines(status, output, verbose)]
    for (const line of lines) output.data(line)
    if (users !== undefined) output.data(`Users      about ${users} (Cognito's own estimate)`)
    const provider = providerOf(record.settings)
    const lastDay = activity && activityLines(activity, output, provider)
    for (const line of lastDay ?? [`Last 24 h  not known: ${activityWhy}`]) output.data(line)

    const odds = guessOdds(record.settings as Settings)
    const [day, locked] = [odds.perDay, odds.untilLocked].map(({ oneIn }) => oneIn.toLocaleString('en'))
    output.data(`Guessing   1 in ${day} a day for one number, 1 in ${locked} until it is locked`)

    const { place } = stage.aws
    output.json({
      command: 'status',
      stage: record.stage,
      region: place.region,
      account: place.account,
      version: record.toolVersion,
      createdAt: record.createdAt,
      resources: plan.map(({ kind, name, action, fields }) => ({
        kind,
        name,
        condition: conditions[action],
        fields,
      })),
      triggers: wiring,
      checks,
      users,
      guessing: odds,
      lastDay: activity ?? { unknown: activityWhy },
      outputs: outputsOf(place, refs, stage.aws.endpoint),
      ms: Math.round(clock.now() - started),
    })
    output.say(`Read in ${duration(clock.now() - started)}`)

    const missing = plan.filter((step) => step.action === 'create')
    const broken = checks.filter((check) => !check.ok)
    if (missing.length > 0 || broken.length > 0) {
      throw new AppError('STAGE_UNHEALTHY', `Stage ${record.stage} is not healthy`, {
        why: shortened([
          ...missing.map((step) => `${kindWords(step.kind)} ${step.name} is missing`),
          ...broken.map(({ check }) => `not so: ${check}`),
        ]),
        next: [
          `whatsapp-otp deploy --stage ${record.stage}`,
          `whatsapp-otp doctor --stage ${record.stage}   says more`,
        ],
      })
    }
  },
}

/** The first few; everything stands above. */
function shortened(reasons: string[]): string {
  const more = reasons.length - 3
  return [...reasons.slice(0, 3), ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}
