// Everything that can be said about a deployed stage: its resources against its own settings, its wiring, its day.
import { toAppError } from '../aws/words.ts'
import { providerOf } from '../core/messaging/providers.ts'
import { type Pause, pauseOf } from '../core/parameters/brake.ts'
import { findingsOf } from '../core/parameters/findings.ts'
import { testNumbersIn } from '../core/test-numbers.ts'
import type { Plan } from '../engine/plan.ts'
import type { Refs } from '../engine/resource.ts'
import { haveOf } from '../engine/stage-view.ts'
import { brake } from '../resources/brake.ts'
import { findings } from '../resources/findings.ts'
import { masterKey } from '../resources/master-key.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { secretElsewhere } from '../resources/user-pool/client-settings.ts'
import { userPool } from '../resources/user-pool.ts'
import { userPoolClient } from '../resources/user-pool-client.ts'
import { functionsOf, onlyWithReports } from '../settings/parts.ts'
import { type Prepared, prepareDeploy } from '../stage/deploy.ts'
import { requireRecord } from '../stage/recorded.ts'
import { asDeployed, type OpenStage } from '../stage/stage.ts'
import { type Check, checkSignIn, verifyStack } from '../stage/verify.ts'
import { type Activity, readActivity } from './activity.ts'
import { alarmsIn, type StageAlarms } from './alarms.ts'
import type { Finding } from './examination.ts'
import { type GuessOdds, guessOdds } from './guess-probability.ts'
import { type Wiring, wiringOf } from './health.ts'
import { judge } from './judged-stage.ts'
import { type Latest, readLatest, tellersOf } from './judgement/latest.ts'
import type { Problem } from './judgement/problem.ts'
import { readSecretsState } from './judgement/secrets-state.ts'
import { lookAtSending } from './own-sending.ts'
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
  /** What the provider says of key, sender and template; empty where it was not asked. */
  sending: readonly Finding[]
  /** How the latest messages went; undefined where the logs may not be read. */
  latest: Latest | undefined
  /** What keeps users from signing in, the causes first, and then what to look at. */
  problems: Problem[]
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
  /** Undefined where they are off. */
  alarms: StageAlarms | undefined
}

const dayMs = 86_400_000

export interface StatusWish {
  /** Also asks the provider, with the stage's own key. */
  askProvider?: boolean
}

/**
 * Reads the stage as it was deployed: what flags, variables or files would change about it is left out, so
 * that every difference is somebody's doing in AWS, or a newer version of this tool.
 */
export async function readStatus(
  stage: OpenStage,
  { askProvider = false }: StatusWish = {},
): Promise<StageStatus> {
  const { aws } = stage
  const record = requireRecord(stage)
  const own = asDeployed(stage)
  const { settings } = own.resolved
  const reading = prepareDeploy(own, { asDeployed: true })
  const trying = trySignIn(own, record, reading)
  // After the sign-in, so that what it ran into is among the latest errors.
  const noting = trying.then(() => readLatest(aws, tellersOf(settings)).catch(() => undefined))
  noting.catch(() => {})
  const [{ plan, observed }, signIn, activity, secrets, { findings: sending, latest }] = await Promise.all([
    reading,
    trying,
    readActivity(aws, aws.clock.now() - dayMs, functionsOf(own.resolved.settings)).catch((error) =>
      toAppError(error, 'read the logs'),
    ),
    readSecretsState(aws, settings).catch(() => undefined),
    askProvider ? lookAtSending(stage, noting) : noting.then((latest) => ({ findings: [], latest })),
  ])
  const checks = await verifyStack(aws, observed, { changed: new Set(), settings, signIn })
  // What the plan has read of the master key anyway.
  const keys = haveOf(observed, masterKey(aws.place))?.document
  const pool = haveOf(observed, userPool(aws.place))?.pool
  // As the functions have it: what is not known to be stable counts as changing.
  const { standIn } = findingsOf(haveOf(observed, findings(aws.place))?.document)
  const seen = {
    plan,
    wiring: pool ? wiringOf(aws.place, pool, settings) : [],
    hasPool: pool !== undefined,
    checks,
    sending,
    latest,
    keyChangedAt: secrets?.keyChangedAt ?? 0,
    webhookChangedAt: onlyWithReports.isWanted(settings) ? (secrets?.webhookChangedAt ?? 0) : undefined,
  }
  return {
    ...seen,
    pause: pauseOf(haveOf(observed, brake(aws.place))?.document),
    problems: judge({ stage: own.target.stage, provider: providerOf(settings), now: aws.clock.now() }, seen),
    refs: observed.refs,
    testNumbers: testNumbersIn(keys?.testNumbers).map((one) => shownTestNumber(one, aws.clock.now())),
    users: pool?.EstimatedNumberOfUsers,
    odds: guessOdds(settings, standIn !== 'stable'),
    spending: spendingOf(settings),
    alarms: alarmsIn(aws.place, observed, settings),
    ...(activity instanceof Error
      ? { activity: undefined, activityWhy: activity.why ?? activity.message }
      : { activity }),
  }
}

/**
 * Tries a sign-in beside the reading, with the client of the record; again with the one that is there, where that turns
 * out to be another, or has a secret.
 */
async function trySignIn(
  { aws, resolved: { settings } }: OpenStage,
  { loginClientId }: StageRecord,
  reading: Promise<Prepared>,
): Promise<Check> {
  const options = { settleMs: 0, settings }
  const [check, { observed }] = await Promise.all([
    settings.clientSecret ? undefined : checkSignIn(aws, { ClientId: loginClientId }, options),
    reading,
  ])
  const login = haveOf(observed, userPoolClient(aws.place, 'login'))?.client
  const isSame = login?.ClientId === loginClientId && !login.ClientSecret && !secretElsewhere(login)
  return isSame && check ? check : checkSignIn(aws, login, options)
}

/** The causes, in a few words each; drift alone is none. Empty for a healthy stage. */
export const problemsOf = ({ problems }: StageStatus): string[] =>
  problems.filter(({ grave }) => grave).map(({ cause }) => cause)

/** What ends that which `problemsOf` names. */
export const remediesOf = ({ problems }: StageStatus): string[] => [
  ...new Set(problems.filter(({ grave }) => grave).flatMap(({ next }) => next[0] ?? [])),
]
