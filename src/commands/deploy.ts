// `deploy`: creates or updates a stage without questions; also the part that init, plan and dev share.
import { AppError, usageError } from '../errors.ts'
import { names, type Trigger, triggerNames } from '../names.ts'
import type { Prepared } from '../stack/deploy.ts'
import type { OpenStage } from '../stack/stage.ts'
import { duration } from '../ui/layout.ts'
import { showNextSteps } from '../ui/next-steps.ts'
import { planLines } from '../ui/plan-view.ts'
import type { CommandSpec, Context } from './command.ts'
import { open } from './open.ts'

export const command: CommandSpec = {
  description:
    'Creates the stage or brings it up to date: only what differs is changed. Asks nothing, so it fits CI; a run that was stopped is finished by running it again.',
  options: [
    ['--dry-run', 'show the plan and change nothing (the same as plan)'],
    ['--function <trigger>', `ship the code of one function only: ${triggerNames.join(', ')}`],
    ['--no-verify', 'skip the check that the pool really calls its triggers'],
  ],
  choices: { '--function': triggerNames },
  settings: true,
  examples: [
    ['whatsapp-otp deploy --stage prod', 'create or update the stage prod'],
    ['whatsapp-otp deploy --otp-expiry-minutes 3', 'change one setting of the stage dev'],
    ['whatsapp-otp deploy --function createAuthChallenge', 'ship the code of one trigger'],
  ],
  async run(context) {
    if (context.flags.dryRun) {
      await showPlan(context, 'deploy')
      return
    }
    const started = context.clock.now()
    const stage = await open(context)
    const prepared = await prepare(context, stage, onlyFunction(context.flags.function))
    await finishDeploy(context, prepared, { command: 'deploy', started })
  },
}

/** Shows the plan; resolves to true when playing it would change something. */
export async function showPlan(context: Context, command: string): Promise<boolean> {
  const { hasChanges } = await import('../stack/plan.ts')
  const started = context.clock.now()
  const stage = await open(context)
  const prepared = await prepare(context, stage, onlyFunction(context.flags.function))
  const { plan, observed } = prepared
  const { output } = context
  for (const line of planLines(plan, { ...output, width: output.dataWidth })) output.data(line)
  const { report } = await import('../stack/report.ts')
  const ms = context.clock.now() - started
  context.output.json(report({ command, stage, plan, refs: observed.refs, ms }))
  return hasChanges(plan)
}

async function prepare(context: Context, stage: OpenStage, only?: ReadonlySet<string>): Promise<Prepared> {
  const { prepareDeploy } = await import('../stack/deploy.ts')
  return context.tasks.run('Read the stage', () => prepareDeploy(stage, only))
}

/** Plays a prepared plan, checks the result, and tells what is needed next. */
export async function finishDeploy(
  context: Context,
  prepared: Prepared,
  { command, started, confirm }: { command: string; started: number; confirm?: () => Promise<void> },
): Promise<void> {
  const { output, tasks, clock, flags } = context
  const { stage, plan } = prepared
  const [{ callCount }, { playDeploy, refuseBlocked }, { hasChanges }, { report }, { checkSendingOf }] =
    await Promise.all([
      import('../stack/stage.ts'),
      import('../stack/deploy.ts'),
      import('../stack/plan.ts'),
      import('../stack/report.ts'),
      import('../stack/sending.ts'),
    ])
  refuseBlocked(plan, stage.target.stage)
  const warnings = await tasks.run('Check SendZen', () =>
    checkSendingOf(prepared, { always: command === 'init' }),
  )
  for (const warning of warnings) output.warn(warning)
  for (const line of planLines(plan, output)) output.say(line)
  if (hasChanges(plan)) await confirm?.()
  const applied = await playDeploy(prepared, tasks.emit)
  if (flags.verify !== false && hasChanges(plan)) await verify(context, prepared, applied.refs)
  const ms = clock.now() - started
  output.json(report({ command, stage, plan, refs: applied.refs, results: applied.results, ms }))
  const { summary } = await import('../stack/outputs.ts')
  output.data(summary(stage.aws.place, applied.refs))
  output.say(
    `\n${hasChanges(plan) ? 'Done' : 'Nothing to change'} in ${duration(ms)}, ${callCount(stage)} API calls`,
  )
  showNextSteps(output, [
    [`whatsapp-otp login <your number> --stage ${stage.target.stage}`, 'sign in from here'],
    [`whatsapp-otp outputs --stage ${stage.target.stage} --format env`, 'the ids for your app'],
  ])
}

async function verify(
  context: Context,
  prepared: Prepared,
  refs: Prepared['observed']['refs'],
): Promise<void> {
  const { verifyStack } = await import('../stack/verify.ts')
  const { aws, target } = prepared.stage
  const checks = await context.tasks.run('Check that the pool calls its triggers', () =>
    verifyStack(aws, refs),
  )
  const broken = checks.find((check) => !check.ok)
  if (!broken) return
  throw new AppError('VERIFY_FAILED', `The stage is deployed, but not working: ${broken.check}`, {
    ...(broken.why ? { why: broken.why } : {}),
    next: [`whatsapp-otp status --stage ${target.stage}`, `whatsapp-otp deploy --stage ${target.stage}`],
  })
}

function onlyFunction(trigger: unknown): ReadonlySet<string> | undefined {
  if (trigger === undefined) return undefined
  if (triggerNames.includes(trigger as Trigger)) return new Set([`function:${trigger}`])
  throw usageError('UNKNOWN_TRIGGER', `«${String(trigger)}» is not a trigger`, {
    why: `they are ${triggerNames.join(', ')} (functions named ${names.function('<stage>', 'preSignUp')} and so on)`,
    next: ['whatsapp-otp deploy --function createAuthChallenge'],
  })
}
