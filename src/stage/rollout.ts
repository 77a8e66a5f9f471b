// A deploy from its plan to the proof that it works: refuse, check, have it confirmed, play, verify.
import type { Round } from '../aws/sign-in.ts'
import { pauseOf, pauseWords } from '../core/parameters/brake.ts'
import type { ApplyEvent } from '../engine/apply.ts'
import { graveDangers, hasChanges, type Plan, type Step } from '../engine/plan.ts'
import { refuseBlocked } from '../engine/refusal.ts'
import { haveOf } from '../engine/stage-view.ts'
import { AppError } from '../errors.ts'
import type { Progress } from '../progress.ts'
import { alarmTopic } from '../resources/alarms/topic.ts'
import { brake } from '../resources/brake.ts'
import { smsWarnings } from '../settings/sms.ts'
import { refuseLeft } from './borrowed.ts'
import { agreeToAdopt, type Prepared, playDeploy } from './deploy.ts'
import { findOut } from './findings.ts'
import { type Played, showWait } from './play.ts'
import { checkSendingOf, templateLifeOf } from './sending.ts'
import type { OpenStage } from './stage.ts'
import { isBroken, verifyStack } from './verify.ts'

/** What playing a plan tells: its steps, beside the parts around them. */
export interface PlayProgress extends Progress {
  emit(event: ApplyEvent): void
}

export interface RolloutTalk extends PlayProgress {
  /** Hears of the plan before anything is asked or played. */
  planned?(plan: Plan): void
  /** Called where the plan takes over what somebody else made; throwing changes nothing. */
  agreeToAdopt?(taken: readonly Step[]): Promise<void>
  /** Given the change that the owner of a pool has to make; otherwise it is a warning. */
  left?(change: string): void
  /** Called where the plan would change something; throwing changes nothing. */
  confirm?(plan: Plan): Promise<void>
}

export interface RolloutOptions {
  /** Epoch milliseconds from which the time is counted. */
  started: number
  /** Asks SendZen also where the plan changes nothing that it sends with. */
  alwaysCheck?: boolean
  /** False: not to sign in afterwards to see whether the pool calls its triggers. */
  verify?: boolean
}

export interface Rollout extends Played {
  /** Milliseconds since `started`, without the time that answers took. */
  ms: number
}

/**
 * Throws, before anything is changed, FOREIGN_RESOURCE, REPLACE_REFUSED, what `checkSending` throws and what the
 * callbacks throw; then what `playDeploy` throws, and VERIFY_FAILED for a stage that is deployed but does not work, or
 * lets in whom it should not.
 */
export async function rollOut(
  prepared: Prepared,
  { started, alwaysCheck = false, verify = true }: RolloutOptions,
  talk: RolloutTalk,
): Promise<Rollout> {
  const { stage, plan } = prepared
  const { clock } = stage.aws
  refuseBlocked(plan, stage.target.stage)
  const warnings = await talk.run('Check SendZen', () => checkSendingOf(prepared, { always: alwaysCheck }))
  for (const warning of [...warnings, ...smsWarnings(prepared.inputs.settings)]) talk.warn(warning)
  const pause = pauseOf(haveOf(prepared.observed, brake(stage.aws.place))?.document)
  if (pause)
    talk.warn(
      `the stage is ${pauseWords(pause)}; it stays so: whatsapp-otp resume --stage ${stage.target.stage}`,
    )
  talk.planned?.(plan)
  const asked = clock.now()
  const taken = plan.filter((step) => step.by === 'adopt')
  if (taken.length > 0) await talk.agreeToAdopt?.(taken)
  if (hasChanges(plan)) await talk.confirm?.(plan)
  const thinking = clock.now() - asked
  const emit = (event: ApplyEvent) => talk.emit(event)
  const again = hasChanges(plan)
  const played = await playDeploy(agreeToAdopt(prepared), emit, (played, isHeld) =>
    settle(prepared, played, { verify, again, isHeld }, talk),
  )
  return { ...played, ms: clock.now() - started - thinking }
}

/** What is said, proven and found out of a stage once it is deployed. */
async function settle(
  prepared: Prepared,
  played: Played,
  { verify, again, isHeld }: { verify: boolean; again: boolean; isHeld: boolean },
  talk: RolloutTalk,
): Promise<void> {
  const { stage, options } = prepared
  refuseLeft(prepared.inputs, played, talk.left ?? talk.warn)
  if (verify) refuseGrave(stage, played.plan)
  const twins = verify && again ? await prove(prepared, played, talk) : undefined
  const unconfirmed = unconfirmedIn(stage, played)
  if (unconfirmed) talk.warn(unconfirmed)
  if (!verify) return
  const onWait = isHeld ? 'held' : showWait((event) => talk.emit(event))
  const templateLife = templateLifeOf(prepared)
  await findOut(stage.aws, played, { again: again && !options.only, twins, onWait, templateLife })
}

/** SNS sends an address nothing but one mail until it has confirmed. */
function unconfirmedIn({ aws }: OpenStage, played: Played): string | undefined {
  const topic = haveOf(played, alarmTopic(aws.place))
  if (topic?.subscription !== 'pending') return undefined
  return `The alarms tell nobody until ${topic.email} follows the link in the mail that AWS has sent it`
}

/** What no deploy takes away and no stage is well with; before a sign-in is tried, which would say less. */
function refuseGrave({ target }: OpenStage, plan: Plan): void {
  const [first] = graveDangers(plan)
  if (!first) return
  const { step, danger } = first
  const status = `whatsapp-otp status --stage ${target.stage}`
  throw new AppError('VERIFY_FAILED', `The stage is deployed, but not well: ${step.name}: ${danger.what}`, {
    why: danger.why,
    next: [danger.next, status],
  })
}

/**
 * What was not changed was read a moment ago and is not asked for again. Gives the two sign-ins that were tried, where
 * both were answered.
 */
async function prove(
  { stage: { aws, target, record }, options: { only }, inputs: { settings } }: Prepared,
  played: Played,
  talk: Progress,
): Promise<readonly Round[] | undefined> {
  let twins: readonly Round[] | undefined
  const onTwins = (rounds: readonly Round[]) => {
    twins = rounds
  }
  const login = only && record?.loginClientId ? { ClientId: record.loginClientId } : undefined
  const changed = new Set(played.plan.filter((step) => step.action !== 'keep').map((step) => step.id))
  const checks = await talk.run('Check that the pool calls its triggers', () =>
    verifyStack(aws, played, { changed, only, settings, login, onTwins: only ? undefined : onTwins }),
  )
  for (const { check, isOpen, why } of checks) if (isOpen) talk.warn(`${check}: ${why}`)
  const broken = checks.find(isBroken)
  if (!broken) return twins
  throw new AppError('VERIFY_FAILED', `The stage is deployed, but not working: ${broken.check}`, {
    ...(broken.why ? { why: broken.why } : {}),
    next: [`whatsapp-otp status --stage ${target.stage}`, `whatsapp-otp deploy --stage ${target.stage}`],
  })
}
