// The order of the checks: this computer, the account, the provider, and, once there is one, the stage.
import type { Access } from '../../aws/account.ts'
import { foreignOf } from '../../aws/endpoints.ts'
import type { Clock } from '../../clock.ts'
import type { StageRecord } from '../../resources/stage-record.ts'
import type { Sources, Target } from '../../settings/sources.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { bannerLine } from '../../terminal/banner.ts'
import { type Examination, fail, pass, warn } from '../examination.ts'
import type { StageStatus } from '../status.ts'
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
 * is there at once. A stage is judged before all else, so that the cause stands above the rest. Gives the stage, or
 * undefined where its account could not be opened.
 */
export async function examine(exam: Examination, patient: Patient): Promise<OpenStage | undefined> {
  await examineNode(exam, patient.node)
  const stage = await openIfPossible(exam, patient)
  if (stage) patient.opened(stage)
  const status = stage?.record && (await judgeStage(exam, stage, stage.record))
  const [{ examineClock }, { examinePermissions }] = await Promise.all([
    import('./clock.ts'),
    import('./account.ts'),
  ])
  const offline = 'there are no usable AWS credentials'
  if (stage) {
    await examineClock(exam, stage.aws)
    await examinePermissions(exam, stage.aws, stage.resolved.settings)
  } else {
    exam.skip('clock', 'clock', offline)
    exam.skip('permissions', 'permissions', offline)
  }
  const { examineSending } = await import('./sending.ts')
  await examineSending(exam, patient, stage, status)
  if (stage) await examineDeployed(exam, stage, status)
  else exam.skip('stage', 'stage', offline)
  return stage
}

/** Whether users can sign in, and if not why: what `status` says. Undefined where the stage cannot be read. */
async function judgeStage(
  exam: Examination,
  stage: OpenStage,
  record: StageRecord,
): Promise<StageStatus | undefined> {
  const [{ readStatus }, { toAppError }, { verdictOf }] = await Promise.all([
    import('../status.ts'),
    import('../../aws/words.ts'),
    import('../verdict.ts'),
  ])
  let status: StageStatus | undefined
  await exam.check('verdict', 'sign-in', async () => {
    status = await readStatus(stage, { askProvider: true }).catch((error) => {
      throw toAppError(error, `read stage ${record.stage}`)
    })
    const { isWell, words } = verdictOf(status)
    const [first, ...others] = status.problems.filter(({ grave }) => grave)
    if (isWell && status.pause)
      return warn('the stage is paused: nobody gets a code', `whatsapp-otp resume --stage ${record.stage}`)
    const [mild] = status.problems
    if (isWell && mild) return warn(`works, but: ${mild.cause}`, mild.next.join(', or '))
    if (isWell || !first) return pass(`works: ${words}`)
    const more = others.map(({ cause }) => `; ${cause}`).join('')
    return fail(`${first.cause}${more}`, first.next.join(', or '))
  })
  return status
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

async function examineDeployed(
  exam: Examination,
  stage: OpenStage,
  status: StageStatus | undefined,
): Promise<void> {
  const { record, target } = stage
  if (!record) {
    await exam.check('stage', 'stage', () => ({
      verdict: 'warn',
      detail: `there is no stage «${target.stage}» in this account and region yet`,
      remedy: `whatsapp-otp init --stage ${target.stage}`,
    }))
    return
  }
  const [{ examineStage }, { examineReports }, { examineLateSms }, { examineQuotas }] = await Promise.all([
    import('./stage.ts'),
    import('./reports.ts'),
    import('./late-sms.ts'),
    import('./quotas.ts'),
  ])
  if (status) await examineStage(exam, stage, record, status)
  await examineReports(exam, stage, record)
  await examineLateSms(exam, stage, record)
  await examineQuotas(exam, stage, record)
}
