// `deploy`: creates or updates a stage without questions; also the part that init, plan and dev share.

import type { Plan } from '../engine/plan.ts'
import { AppError, cancelled, usageError } from '../errors.ts'
import { names, type Trigger, triggerNames } from '../names.ts'
import type { Prepared } from '../stage/deploy.ts'
import type { Played } from '../stage/play.ts'
import type { OpenStage } from '../stage/stage.ts'
import { count, duration } from '../terminal/layout.ts'
import { showNextSteps } from '../terminal/next-steps.ts'
import { planLines } from '../views/plan-view.ts'
import type { CommandSpec, Context } from './command.ts'
import { open } from './open.ts'

export const command: CommandSpec = {
  description:
    'Creates the stage or brings it up to date: only what differs is changed. Asks nothing, so it fits CI; a run that was stopped is finished by running it again.',
  options: [
    ['--dry-run', 'show the plan and change nothing (the same as plan)'],
    ['--function <trigger>', `ship the code of one function only: ${triggerNames.join(', ')}`],
    [
      '--adopt',
      'take over resources of our names that this tool did not make, after showing what that changes',
    ],
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
    const prepared = await prepare(context, stage)
    await finishDeploy(context, prepared, { command: 'deploy', started })
  },
}

/** Shows the plan; resolves to true when playing it would change something. */
export async function showPlan(context: Context, command: string): Promise<boolean> {
  const { hasChanges } = await import('../engine/plan.ts')
  const started = context.clock.now()
  const stage = await open(context)
  const prepared = await prepare(context, stage)
  const { plan, observed } = prepared
  const { output } = context
  for (const line of planLines(plan, { ...output, width: output.dataWidth })) output.data(line)
  const { report } = await import('../stage/report.ts')
  const ms = context.clock.now() - started
  context.output.json(report({ command, stage, plan, refs: observed.refs, ms }))
  return hasChanges(plan)
}

async function prepare({ flags, tasks }: Context, stage: OpenStage): Promise<Prepared> {
  const { prepareDeploy } = await import('../stage/deploy.ts')
  const options = { only: onlyFunction(flags.function), adopt: flags.adopt ? ('all' as const) : undefined }
  return tasks.run('Read the stage', () => prepareDeploy(stage, options))
}

/** Plays a prepared plan, checks the result, and tells what is needed next. */
export async function finishDeploy(
  context: Context,
  prepared: Prepared,
  { command, started, confirm }: { command: string; started: number; confirm?: () => Promise<void> },
): Promise<void> {
  const { output, tasks, clock, flags } = context
  const { stage, plan } = prepared
  const [
    { callCount },
    { agreeToAdopt, playDeploy },
    { refuseBlocked },
    { hasChanges },
    { report },
    { checkSendingOf },
  ] = await Promise.all([
    import('../stage/stage.ts'),
    import('../stage/deploy.ts'),
    import('../engine/refusal.ts'),
    import('../engine/plan.ts'),
    import('../stage/report.ts'),
    import('../stage/sending.ts'),
  ])
  refuseBlocked(plan, stage.target.stage)
  const warnings = await tasks.run('Check SendZen', () =>
    checkSendingOf(prepared, { always: command === 'init' }),
  )
  for (const warning of warnings) output.warn(warning)
  for (const line of planLines(plan, output)) output.say(line)
  const asked = clock.now()
  await confirmAdoption(context, plan)
  if (hasChanges(plan)) await confirm?.()
  const thinking = clock.now() - asked
  const applied = await playDeploy(agreeToAdopt(prepared), tasks.emit)
  if (flags.verify !== false && hasChanges(plan)) await verify(context, stage, applied)
  const ms = clock.now() - started - thinking
  output.json(report({ command, stage, ...applied, ms }))
  const { summary } = await import('../stage/outputs.ts')
  output.data(summary(stage.aws.place, applied.refs, stage.aws.endpoint))
  output.say(
    `\n${hasChanges(plan) ? 'Done' : 'Nothing to change'} in ${duration(ms)}, ${callCount(stage)} API calls`,
  )
  showNextSteps(output, [
    [`whatsapp-otp login <your number> --stage ${stage.target.stage}`, 'sign in from here'],
    [`whatsapp-otp outputs --stage ${stage.target.stage} --format env`, 'the ids for your app'],
  ])
}

/** The plan above has listed what of somebody else's would change, field by field. */
async function confirmAdoption({ flags, prompts }: Context, plan: Plan): Promise<void> {
  const taken = plan.filter((step) => step.by === 'adopt')
  if (taken.length === 0 || flags.yes) return
  const message = `Take over ${count(taken.length, 'resource')} that whatsapp-otp did not make?`
  if (await prompts.confirm({ message, flag: '--yes' })) return
  throw cancelled('nothing was taken over and nothing was changed')
}

async function verify(context: Context, { aws, target }: OpenStage, applied: Played): Promise<void> {
  const { verifyStack } = await import('../stage/verify.ts')
  const changed = new Set(applied.plan.filter((step) => step.action !== 'keep').map((step) => step.id))
  const checks = await context.tasks.run('Check that the pool calls its triggers', () =>
    verifyStack(aws, applied, { changed }),
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
