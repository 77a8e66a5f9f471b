// The whole of a deploy without its talk: read, plan, refuse what AWS cannot do, play, and say what is done.

import { toAppError } from '../aws/words.ts'
import type { Applied, ApplyEvent, StepResult } from '../engine/apply.ts'
import { type Observed, readStack } from '../engine/have.ts'
import { hasChanges, type Plan, planDeploy, type Step } from '../engine/plan.ts'
import { refuseBlocked } from '../engine/refusal.ts'
import type { AnyResource, Artifact, Inputs } from '../engine/resource.ts'
import { haveOf } from '../engine/stage-view.ts'
import { AppError } from '../errors.ts'
import type { FunctionName } from '../names.ts'
import { withoutVariables } from '../resources/function-variables.ts'
import { providerKey } from '../resources/provider-key.ts'
import { secrets } from '../resources/secrets.ts'
import { table } from '../resources/table.ts'
import { checkAlarmTopic } from '../settings/alarms.ts'
import { checkBoundary } from '../settings/boundary.ts'
import { completeSettings, saidIn } from '../settings/resolve.ts'
import { checkSms } from '../settings/sms.ts'
import { version } from '../version.ts'
import { loadArtifacts } from './artifacts.ts'
import { checkSamePool, refuseBorrowed } from './borrowed.ts'
import { holdWithoutTable, type Lock } from './lock/hold.ts'
import { takeLock, withoutTable } from './lock/lock.ts'
import { isNarrow, narrowed, wholeFirst, withRecorded } from './one-function.ts'
import { mergeResults, type Played, playPlan, showWait, throwIfUnfinished } from './play.ts'
import { refuseWithoutKey } from './providers.ts'
import { concerned, resourcesOf } from './resources.ts'
import { hasNewRecord, type OpenStage, reopenStage } from './stage.ts'

export interface DeployOptions {
  /** Restricts the plan to these resource ids. */
  only?: ReadonlySet<string> | undefined
  /** Ids of resources of somebody else's that may be taken over; `all` while the user has not agreed yet. */
  adopt?: ReadonlySet<string> | 'all' | undefined
  /** Writes triggers of a borrowed pool that another tool looks after too. */
  takeTriggers?: boolean | undefined
  /** Only to look: settings that no deploy takes any more are no reason not to see how the stage is, nor is a lost key. */
  asDeployed?: true
  /** Another code of the triggers than the one that comes with this tool. */
  artifacts?: Record<FunctionName, Artifact>
}

export interface Prepared {
  stage: OpenStage
  options: DeployOptions
  resources: readonly AnyResource[]
  observed: Observed
  inputs: Inputs
  plan: Plan
  /** Steady time at which the reading began. */
  readAt: number
}

/**
 * Reads AWS and makes the plan; changes nothing. Throws SETTINGS_MISSING where a setting has no answer, and
 * SECRETS_MISSING where a stage has lost its key and nobody gives one.
 */
export async function prepareDeploy(stage: OpenStage, options: DeployOptions = {}): Promise<Prepared> {
  const { aws, resolved, target } = stage
  if (!options.asDeployed) checkSamePool(stage)
  const { only, takeTriggers = false } = options
  const narrow = isNarrow(stage, only)
  const all = resourcesOf(aws.place, resolved.settings, { takeTriggers, withoutOthers: narrow })
  const whole = concerned(all, resolved.settings, stage.record?.settings)
  const resources = narrow ? narrowed(stage, whole, only) : whole
  const adopt = options.adopt === 'all' ? new Set(resources.map(({ id }) => id)) : options.adopt
  const known = new Map([['record', stage.recordHave]])
  const readAt = aws.clock.steady()
  try {
    const [read, artifacts] = await Promise.all([
      readStack(aws, resources, { known, ...(adopt ? { adopt } : {}) }),
      options.artifacts ?? loadArtifacts(),
    ])
    const observed = narrow ? withRecorded(stage, read) : read
    if (!options.asDeployed) refuseBorrowed(stage, resolved.settings, observed)
    const former = haveOf(observed, secrets(aws.place))
    const keyIsStored = (haveOf(observed, providerKey(aws.place)) ?? former) !== undefined
    if (stage.record && !keyIsStored && !options.asDeployed) refuseWithoutKey(stage)
    const settings = completeSettings(resolved, { keyIsStored: keyIsStored || options.asDeployed === true })
    checkBoundary(settings, aws.place)
    if (!options.asDeployed) checkSms(settings)
    checkAlarmTopic(settings, aws.place)
    const inputs: Inputs = {
      place: aws.place,
      settings,
      said: saidIn(resolved),
      secrets: resolved.secrets,
      artifacts,
      version: version(),
    }
    const steps = planDeploy(resources, inputs, observed, adopt)
    const retired = retiredIn(steps, resources)
    if (only && retired) throw wholeFirst(target.stage, retired)
    // What the record refuses, as an older version of this tool, it refuses for every part.
    const plan = steps
      .filter(({ id, action }) => {
        return !only || only.has(id) || (id === 'record' && action === 'replace-refused')
      })
      .map((step) => (only ? withoutVariables(step) : step))
    return { stage, options, resources, observed, inputs, plan, readAt }
  } catch (error) {
    throw toAppError(error, `read stage ${target.stage}`)
  }
}

/** The step that removes what only older versions made; undefined where there is none. */
function retiredIn(plan: Plan, resources: readonly AnyResource[]): Step | undefined {
  const retired = new Set(resources.filter(({ isRetired }) => isRetired).map(({ id }) => id))
  return plan.find(({ id, action }) => action === 'delete' && retired.has(id))
}

/** The same deploy, once the user has agreed to what it takes over: this and nothing else. */
export function agreeToAdopt(prepared: Prepared): Prepared {
  const adopt = new Set(prepared.plan.filter((step) => step.by === 'adopt').map((step) => step.id))
  return { ...prepared, options: { ...prepared.options, adopt } }
}

type AtEnd = (played: Played, isHeld: boolean) => Promise<void>

/** How often to begin anew where somebody removes the stage while it is being made. */
const rounds = 5

/**
 * Plays the plan, holding the stage while it does. Throws when a step failed (APPLY_FAILED or the step's own
 * error), when somebody else holds the stage (STAGE_BUSY), or when the user cancelled; either way what is done
 * stays, and running the command again finishes the job. `atEnd` comes after whatever was played, while the stage is
 * still held where anything was; with what it throws the deploy is done all the same.
 */
export async function playDeploy(
  prepared: Prepared,
  emit: (event: ApplyEvent) => void,
  atEnd: AtEnd = async () => {},
): Promise<Played> {
  let now = prepared
  const { stage } = prepared.stage.target
  for (let round = 0; round < rounds && hasChanges(now.plan); round++) {
    const { made, observed } = await playMadeOnce(now, emit)
    const lock = await takeLock(now.stage.aws, showWait(emit))
    if (lock) return playHeld({ ...now, observed }, made, lock, emit, atEnd)
    if (now.options.only) break
    // Removed by somebody after it was read or made.
    now = await prepareAgain(now)
  }
  if (hasChanges(now.plan)) throw withoutTable(stage)
  const played = { ...(await play(now, now.plan, emit)), plan: now.plan }
  await atEnd(played, false)
  return played
}

/**
 * Without its table a stage cannot be held. What AWS lets be made only once is made first then, the table
 * among it: another run that does the same finds what this one has made.
 */
async function playMadeOnce(
  prepared: Prepared,
  emit: (event: ApplyEvent) => void,
): Promise<{ made: StepResult[]; observed: Observed }> {
  const { stage, plan, resources, observed } = prepared
  if (haveOf(observed, table(stage.aws.place))?.status === 'ACTIVE') return { made: [], observed }
  refuseBlocked(plan, stage.target.stage)
  const ids = new Set(resources.filter(({ isMadeOnce }) => isMadeOnce).map(({ id }) => id))
  const changes = plan.filter((step) => step.action !== 'keep')
  const shut = holdWithoutTable(stage.aws, prepared.readAt)
  const first = changes.filter(({ id }) => ids.has(id))
  const applied = await play(prepared, first, emit).finally(shut)
  const made = applied.results.filter(({ status }) => status === 'done')
  // Another run has made the table and holds the stage: this one waits for it, and looks again.
  const isHeld = applied.results.some(({ error }) => error instanceof AppError && error.code === 'STAGE_BUSY')
  if (made.length < first.length && !isHeld) {
    throwIfUnfinished(stage, mergeResults(changes, applied.results, []))
  }
  return { made, observed: applied }
}

/** Plays the rest of the plan, or a new one where the stage has changed since the plan was made. */
async function playHeld(
  prepared: Prepared,
  made: StepResult[],
  lock: Lock,
  emit: (event: ApplyEvent) => void,
  atEnd: AtEnd,
): Promise<Played> {
  let finished = false
  try {
    const isStale = lock.isStale || (await hasNewRecord(prepared.stage))
    const now = isStale ? await prepareAgain(prepared) : prepared
    // A new plan was made from what is there by now: it says itself what of that is still to be changed.
    const isMade = new Set(isStale ? [] : made.map(({ step }) => step.id))
    const rest = now.plan.filter(({ id }) => !isMade.has(id))
    let applied = await play(now, rest, emit, lock)
    let results = mergeResults(now.plan, made, applied.results)
    throwIfUnfinished(now.stage, results)
    if (retiredIn(now.plan, now.resources)) {
      // What was there for the sake of something retired, a permission for one, is in nobody's use any more.
      const last = await prepareAgain(now)
      applied = await play(last, last.plan, emit, lock)
      results = mergeResults(now.plan, results, applied.results)
      throwIfUnfinished(last.stage, results)
    }
    applied = await playLeftOut(now, { ...applied, results }, emit, lock)
    finished = true
    const played = { ...applied, plan: applied.results.map(({ step }) => step) }
    await atEnd(played, true)
    return played
  } finally {
    await lock.release(finished)
  }
}

/**
 * What steps had to leave out, since others were not there yet, is played once more now that they are. What the
 * steps have made says so by itself, so that AWS is asked nothing for it.
 */
async function playLeftOut(
  prepared: Prepared,
  applied: Applied,
  emit: (event: ApplyEvent) => void,
  lock: Lock,
): Promise<Applied> {
  const { stage, resources, inputs } = prepared
  const { results } = applied
  const made = results.filter(({ step }) => step.action === 'create' || step.action === 'update')
  const played = new Set(made.map(({ step }) => step.id))
  const planned = planDeploy(
    resources.filter(({ id }) => played.has(id)),
    inputs,
    applied,
  )
  const left = prepared.options.only ? planned.map(withoutVariables) : planned
  if (!hasChanges(left)) return applied
  const completed = await play({ ...prepared, observed: applied }, left, emit, lock)
  throwIfUnfinished(stage, mergeResults(prepared.plan, results, completed.results))
  const more = new Map(completed.results.map(({ step, ms }) => [step.id, ms]))
  return {
    ...completed,
    results: results.map((one) => ({ ...one, ms: one.ms + (more.get(one.step.id) ?? 0) })),
  }
}

/** The same with what is there now and what the record says now. */
async function prepareAgain({ stage, options }: Prepared): Promise<Prepared> {
  return prepareDeploy(await reopenStage(stage), options)
}

function play(
  { stage, resources, observed, inputs }: Prepared,
  plan: Plan,
  emit: (event: ApplyEvent) => void,
  lock?: Lock,
): Promise<Applied> {
  return playPlan(stage, lock, { resources, plan, observed, inputs, emit })
}
