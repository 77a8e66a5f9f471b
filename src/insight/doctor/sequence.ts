// The order of the checks: this computer, the account, the provider, and, once there is one, the stage.
import type { Access } from '../../aws/account.ts'
import { foreignOf } from '../../aws/endpoints.ts'
import type { Clock } from '../../clock.ts'
import type { Sources, Target } from '../../settings/sources.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { bannerLine } from '../../terminal/banner.ts'
import type { Examination } from '../examination.ts'
import { examineNode } from './node.ts'

export interface Patient {
  /** The Node that runs, as in `process.versions.node`. */
  node: string
  sources: Sources
  target: Target
  clock: Clock
  signal: AbortSignal
  /** What else the connection is given; asked for within the check of the account. */
  access(): Promise<Access>
  /** Hears of the stage once its account is open, before anything else is found out about it. */
  opened(stage: OpenStage): void
}

/**
 * Goes on without an account as far as that carries. Code is loaded check by check, so that the first finding
 * is there at once. Gives the stage, or undefined where its account could not be opened.
 */
export async function examine(exam: Examination, patient: Patient): Promise<OpenStage | undefined> {
  await examineNode(exam, patient.node)
  const stage = await openIfPossible(exam, patient)
  if (stage) patient.opened(stage)
  const [{ examineClock }, { examinePermissions }, { examineProvider }] = await Promise.all([
    import('./clock.ts'),
    import('./account.ts'),
    import('../provider.ts'),
  ])
  const offline = 'there are no usable AWS credentials'
  if (stage) {
    await examineClock(exam, stage.aws)
    await examinePermissions(exam, stage.aws, stage.resolved.settings)
  } else {
    exam.skip('clock', 'clock', offline)
    exam.skip('permissions', 'permissions', offline)
  }
  await examineProvider(exam, await providerCaseOf(patient, stage))
  if (stage) await examineDeployed(exam, stage)
  else exam.skip('stage', 'stage', offline)
  return stage
}

/** The stage, or undefined where the account cannot be opened; either way there is a finding. */
async function openIfPossible(
  exam: Examination,
  { sources, target, clock, signal, access }: Patient,
): Promise<OpenStage | undefined> {
  const { openStage } = await import('../../stage/stage.ts')
  let stage: OpenStage | undefined
  await exam.check('account', 'credentials', async () => {
    stage = await openStage({ ...(await access()), sources, target, clock, signal })
    const { who, place } = stage.aws
    const addresses = foreignOf(stage.aws.addresses)
    return { verdict: 'pass', detail: bannerLine({ ...place, stage: undefined, who, addresses }) }
  })
  return stage
}

/** With an account the stage's own key and settings count; without one, those that are given here. */
async function providerCaseOf({ sources, target, clock, signal }: Patient, stage: OpenStage | undefined) {
  const [{ connectAccount }, { keyOf, givenKey }, { resolveSettings }] = await Promise.all([
    import('../../stage/providers.ts'),
    import('../../stage/sending.ts'),
    import('../../settings/resolve.ts'),
  ])
  const { settings, secrets, doubts } = stage?.resolved ?? resolveSettings(sources, target.stage)
  const given = givenKey({ settings, secrets })
  const key = stage ? await keyOf(stage).catch(() => given) : given
  const api = key ? connectAccount(settings, { key, clock, signal, bounds: stage?.aws.bounds }) : undefined
  return { settings, api, doubt: doubts[0] }
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
    import('./stage.ts'),
    import('./quotas.ts'),
  ])
  await examineStage(exam, stage, record)
  await examineQuotas(exam, stage, record)
}
