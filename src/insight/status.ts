// Everything that can be said about a deployed stage: its resources against its own settings, its wiring, its day.
import { toAppError } from '../aws/words.ts'
import { type Pause, pauseOf } from '../core/parameters/brake.ts'
import { findingsOf } from '../core/parameters/findings.ts'
import { testNumbersIn } from '../core/test-numbers.ts'
import { graveDangers, type Plan, type Step } from '../engine/plan.ts'
import type { Refs } from '../engine/resource.ts'
import { haveOf } from '../engine/stage-view.ts'
import { brake } from '../resources/brake.ts'
import { findings } from '../resources/findings.ts'
import { masterKey } from '../resources/master-key.ts'
import { userPool } from '../resources/user-pool.ts'
import { resolveSettings } from '../settings/resolve.ts'
import { prepareDeploy } from '../stage/deploy.ts'
import { type OpenStage, requireRecord } from '../stage/stage.ts'
import { type Check, isBroken, verifyStack } from '../stage/verify.ts'
import { type Activity, readActivity } from './activity.ts'
import { type GuessOdds, guessOdds } from './guess-probability.ts'
import { type Wiring, wiringOf } from './health.ts'
import { type Spending, spendingOf } from './spending.ts'
import { type ShownTestNumber, shownTestNumber } from './test-numbers.ts'

export interface StageStatus {
  /** What a deploy with the stage's own settings would do: anything but `keep` is drift. */
  plan: Plan
  refs: Refs
  wiring: Wiring[]
  checks: Check[]
  /** Undefined where the stage is not paused. */
  pause: Pause | undefined
  /** Numbers with a fixed code, expired ones among them. */
  testNumbers: ShownTestNumber[]
  /** Cognito's own estimate; undefined without a pool. */
  users: number | undefined
  /** By the stage's own settings, and by what was found out about AWS. */
  odds: GuessOdds
  /** What an attacker can make the owner of the stage spend in a day. */
  spending: Spending
  /** Of the last 24 hours; undefined where the logs may not be read, then `activityWhy` says why. */
  activity: Activity | undefined
  activityWhy?: string
}

const dayMs = 86_400_000

/**
 * Reads the stage as it was deployed: what flags, variables or files would change about it is left out, so
 * that every difference is somebody's doing in AWS, or a newer version of this tool.
 */
export async function readStatus(stage: OpenStage): Promise<StageStatus> {
  const { aws, target } = stage
  const record = requireRecord(stage)
  const bare = { flags: {}, env: {}, processEnv: {}, file: {}, trusted: new Set<string>() }
  const own = { ...stage, resolved: resolveSettings(bare, target.stage, record.settings) }
  const [{ plan, observed }, activity] = await Promise.all([
    prepareDeploy(own, { asDeployed: true }),
    readActivity(aws, aws.clock.now() - dayMs).catch((error) => toAppError(error, 'read the logs')),
  ])
  // Read a moment ago, so that only the sign-in is still to be tried.
  const checks = await verifyStack(aws, observed, { settleMs: 0, changed: new Set() })
  // What the plan has read of the master key anyway.
  const keys = haveOf(observed, masterKey(aws.place))?.document
  const pool = haveOf(observed, userPool(aws.place))?.pool
  // As the functions have it: what is not known to be stable counts as changing.
  const { standIn } = findingsOf(haveOf(observed, findings(aws.place))?.document)
  return {
    plan,
    refs: observed.refs,
    wiring: pool ? wiringOf(aws.place, pool) : [],
    checks,
    pause: pauseOf(haveOf(observed, brake(aws.place))?.document),
    testNumbers: testNumbersIn(keys?.testNumbers).map((one) => shownTestNumber(one, aws.clock.now())),
    users: pool?.EstimatedNumberOfUsers,
    odds: guessOdds(own.resolved.settings, standIn !== 'stable'),
    spending: spendingOf(own.resolved.settings),
    ...(activity instanceof Error
      ? { activity: undefined, activityWhy: activity.why ?? activity.message }
      : { activity }),
  }
}

/** What keeps the stage from working, in a few words each; drift alone does not. Empty for a healthy stage. */
export function problemsOf({ plan, checks }: StageStatus): string[] {
  const broken = checks.filter(isBroken)
  return [
    ...missingOf(plan).map((step) => `${wordsOf(step)} is missing`),
    ...graveDangers(plan).map(({ step, danger }) => `${wordsOf(step)}: ${danger.what}`),
    ...broken.map(({ check }) => `not so: ${check}`),
  ]
}

/** What has not moved yet is still where it was; without these a stage works. */
const unmissed = ['findings', 'brake']
const missingOf = (plan: Plan) =>
  plan.filter(({ action, by, kind }) => action === 'create' && by !== 'move' && !unmissed.includes(kind))

/** The commands that end what `problemsOf` names. A deploy makes what is missing; it takes nothing of others away. */
export function remediesOf({ plan }: StageStatus, stage: string): string[] {
  const grave = graveDangers(plan).map(({ danger }) => danger.next)
  const isForDeploy = grave.length === 0 || missingOf(plan).length > 0
  return [...(isForDeploy ? [`whatsapp-otp deploy --stage ${stage}`] : []), ...grave]
}

const wordsOf = ({ kind, name }: Step) => `${kind.replaceAll('-', ' ')} ${name}`
