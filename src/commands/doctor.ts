// `doctor`: ordered checks of everything that sign-in needs, each with a remedy.

import { exitCodes } from '../errors.ts'
import { createExamination, type Examination } from '../insight/doctor/examination.ts'
import type { OpenStage } from '../stage/stage.ts'
import { bannerLine } from '../terminal/banner.ts'
import { count, duration } from '../terminal/layout.ts'
import { findingLines } from '../views/finding-view.ts'
import type { CommandSpec, Context } from './command.ts'

export const command: CommandSpec = {
  description:
    'Checks in order what sign-in needs: Node, credentials, clock, permissions, the SendZen key, sender and template in every language, and, once there is a stage, its resources, triggers, sessions and caps. Each failure comes with a remedy. Changes nothing, sends nothing; works before the first deploy. Exits 1 when a check fails.',
  settings: true,
  examples: [
    ['whatsapp-otp doctor', 'is everything in order, also before the first deploy?'],
    ['whatsapp-otp doctor --stage prod', 'what is wrong with prod?'],
    ['whatsapp-otp doctor --stage prod --json', 'for a monitor: one finding a check'],
  ],
  async run(context) {
    const { output, clock, target } = context
    const started = clock.now()
    const exam = createExamination(clock, (finding) => {
      for (const line of findingLines(finding, output)) output.data(line)
    })
    const { examineNode } = await import('../insight/doctor/node.ts')
    await examineNode(exam, process.versions.node)
    const stage = await openIfPossible(context, exam)
    await examineRest(context, exam, stage)

    const number = (verdict: string) => exam.findings.filter((one) => one.verdict === verdict).length
    const [passed, warned, failed, skipped] = ['pass', 'warn', 'fail', 'skip'].map(number)
    const ms = Math.round(clock.now() - started)
    output.json({
      command: 'doctor',
      stage: target.stage,
      region: stage?.aws.place.region,
      account: stage?.aws.place.account,
      healthy: failed === 0,
      checks: exam.findings,
      ms,
    })
    output.say(
      `\n${count(exam.findings.length, 'check')}: ${passed} passed, ${warned} to look at, ${failed} failed, ${skipped} skipped  ${duration(ms)}`,
    )
    return failed === 0 ? exitCodes.done : exitCodes.failed
  },
}

/** The stage, or undefined where the account cannot be opened; either way there is a finding. */
async function openIfPossible(
  { sources, target, clock, signal, output }: Context,
  exam: Examination,
): Promise<OpenStage | undefined> {
  const { openStage } = await import('../stage/stage.ts')
  let stage: OpenStage | undefined
  await exam.check('account', 'credentials', async () => {
    stage = await openStage({ sources, target, clock, signal })
    const { who, place, endpoint } = stage.aws
    return { verdict: 'pass', detail: bannerLine({ ...place, stage: undefined, who, endpoint }) }
  })
  if (!stage) return undefined
  output.hide(stage.resolved.secrets.sendzenApiKey)
  for (const warning of stage.resolved.warnings) output.warn(warning)
  return stage
}

async function examineRest(context: Context, exam: Examination, stage: OpenStage | undefined): Promise<void> {
  const [{ examineClock }, { examinePermissions }, { examineProvider }] = await Promise.all([
    import('../insight/doctor/clock.ts'),
    import('../insight/doctor/account.ts'),
    import('../insight/doctor/provider.ts'),
  ])
  const offline = 'there are no usable AWS credentials'
  if (stage) {
    await examineClock(exam, stage.aws)
    await examinePermissions(exam, stage.aws)
  } else {
    exam.skip('clock', 'clock', offline)
    exam.skip('permissions', 'permissions', offline)
  }
  await examineProvider(exam, await providerCaseOf(context, stage))
  if (!stage) return exam.skip('stage', 'stage', offline)
  await examineDeployed(exam, stage)
}

/** With an account the stage's own key and settings count; without one, those that are given here. */
async function providerCaseOf({ sources, target, clock, signal }: Context, stage: OpenStage | undefined) {
  const [{ connectAccount }, { keyOf }, { resolveSettings }] = await Promise.all([
    import('../stage/providers.ts'),
    import('../stage/sending.ts'),
    import('../settings/load.ts'),
  ])
  const { settings, secrets } = stage?.resolved ?? resolveSettings(sources, target.stage)
  const key = stage ? await keyOf(stage).catch(() => secrets.sendzenApiKey) : secrets.sendzenApiKey
  return { settings, api: key ? connectAccount(settings, { key, clock, signal }) : undefined }
}

async function examineDeployed(exam: Examination, stage: OpenStage): Promise<void> {
  const { record, target } = stage
  if (!record) {
    await exam.check('stage', 'stage', () => ({
      verdict: 'warn',
      detail: `there is no stage «${target.stage}» in this account and region yet`,
      remedy: `whatsapp-otp init --stage ${target.stage}`,
    }))
    return
  }
  const [{ examineStage }, { examineQuotas }] = await Promise.all([
    import('../insight/doctor/stage.ts'),
    import('../insight/doctor/quotas.ts'),
  ])
  await examineStage(exam, stage, record)
  await examineQuotas(exam, stage, record)
}
