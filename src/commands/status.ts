// `status`: every resource of a stage, how it differs from its settings, and whether sign-in works.
import { AppError } from '../errors.ts'
import { duration } from '../ui/layout.ts'
import { planLines } from '../ui/plan-view.ts'
import type { CommandSpec } from './command.ts'
import { open } from './deploy.ts'

export const command: CommandSpec = {
  description:
    'Reads every resource of the stage, shows what differs from the stage’s own settings, and checks that the pool really calls its triggers. Changes nothing, sends nothing.',
  examples: [
    ['whatsapp-otp status', 'how is the stage dev?'],
    ['whatsapp-otp status --stage prod', 'how is prod?'],
    ['whatsapp-otp status --stage prod --json', 'for a monitor'],
  ],
  async run(context) {
    const { output, tasks, clock } = context
    const started = clock.now()
    const stage = await open(context)
    const [{ requireRecord }, { prepareDeploy }, { verifyStack }, { outputsOf }] = await Promise.all([
      import('../stack/stage.ts'),
      import('../stack/deploy.ts'),
      import('../stack/verify.ts'),
      import('../stack/outputs.ts'),
    ])
    const record = requireRecord(stage)
    const { plan, observed } = await tasks.run('Read the stage', () => prepareDeploy(stage))
    const checks = await tasks.run('Check the sign-in', () => verifyStack(stage.aws, observed.refs))
    const missing = plan.filter((step) => step.action === 'create')
    const broken = checks.filter((check) => !check.ok)

    output.data(`Stage ${record.stage}, version ${record.toolVersion}, since ${record.createdAt}`)
    output.table(
      plan.map(({ kind, name, action }) => [
        action === 'keep' ? output.theme.done : output.theme.warning,
        kind,
        name,
        conditions[action],
      ]),
    )
    const differing = plan.filter((step) => step.fields.length > 0)
    if (differing.length > 0) for (const line of planLines(differing, output)) output.say(line)
    for (const check of checks) {
      output.data(
        `${check.ok ? output.theme.done : output.theme.failed} ${check.check}${check.why ? `: ${check.why}` : ''}`,
      )
    }
    output.json({
      command: 'status',
      stage: record.stage,
      region: stage.aws.place.region,
      account: stage.aws.place.account,
      version: record.toolVersion,
      resources: plan.map(({ kind, name, action, fields }) => ({
        kind,
        name,
        condition: conditions[action],
        fields: fields.map((field) => field.field),
      })),
      checks,
      outputs: outputsOf(stage.aws.place, observed.refs),
      ms: Math.round(clock.now() - started),
    })
    output.say(`Read in ${duration(clock.now() - started)}`)
    if (missing.length > 0 || broken.length > 0) {
      throw new AppError('STAGE_UNHEALTHY', `Stage ${record.stage} is not healthy`, {
        why: [
          ...missing.map((step) => `${step.kind} ${step.name} is missing`),
          ...broken.map((one) => one.check),
        ].join('; '),
        next: [`whatsapp-otp deploy --stage ${record.stage}`],
      })
    }
  },
}

const conditions = {
  keep: 'as wanted',
  create: 'missing',
  update: 'differs',
  delete: 'left over',
  'replace-refused': 'cannot be changed',
} as const
