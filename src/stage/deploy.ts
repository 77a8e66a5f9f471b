// The whole of a deploy without its talk: read, plan, refuse what AWS cannot do, play, and say what is done.

import { toAppError } from '../aws/errors.ts'
import { type Applied, type ApplyEvent, applyPlan, type StepResult } from '../engine/apply.ts'
import { type Observed, readStack } from '../engine/have.ts'
import { assertPlayable, hasChanges, type Plan, planDeploy, type Step } from '../engine/plan.ts'
import type { AnyResource, Artifact, Inputs } from '../engine/resource.ts'
import { AppError, cancelled } from '../errors.ts'
import type { Trigger } from '../names.ts'
import type { TableHave } from '../resources/table.ts'
import { completeSettings } from '../settings/load.ts'
import { version } from '../version.ts'
import { loadArtifacts } from './artifacts.ts'
import { type Lock, lostLock, takeLock } from './lock.ts'
import { resourcesOf } from './resources.ts'
import { hasNewRecord, type OpenStage, reopenStage } from './stage.ts'

export interface DeployOptions {
  /** Restricts the plan to these resource ids. */
  only?: ReadonlySet<string> | undefined
  /** Ids of resources of somebody else's that may be taken over; `all` while the user has not agreed yet. */
  adopt?: ReadonlySet<string> | 'all' | undefined
  /** Another code of the triggers than the one that comes with this tool. */
  artifacts?: Record<Trigger, Artifact>
}

export interface Prepared {
  stage: OpenStage
  options: DeployOptions
  resources: readonly AnyResource[]
  observed: Observed
  inputs: Inputs
  plan: Plan
}

/** Reads AWS and makes the plan; changes nothing. Throws SETTINGS_MISSING where a setting has no answer. */
export async function prepareDeploy(stage: OpenStage, options: DeployOptions = {}): Promise<Prepared> {
  const { aws, resolved, target } = stage
  const resources = resourcesOf(aws.place)
  const { only } = options
  const adopt = options.adopt === 'all' ? new Set(resources.map(({ id }) => id)) : options.adopt
  const known = new Map([['record', stage.recordHave]])
  try {
    const [observed, artifacts] = await Promise.all([
      readStack(aws, resources, { known, ...(adopt ? { adopt } : {}) }),
      options.artifacts ?? loadArtifacts(),
    ])
    const settings = completeSettings(resolved, { keyIsStored: observed.have.has('secrets') })
    const inputs: Inputs = {
      place: aws.place,
      settings,
      secrets: resolved.secrets,
      artifacts,
      version: version(),
    }
    const all = planDeploy(resources, inputs, observed, adopt)
    const plan = all.filter((step) => !only || only.has(step.id))
    return { stage, options, resources, observed, inputs, plan }
  } catch (error) {
    throw toAppError(error, `read stage ${target.stage}`)
  }
}

/** Throws when the plan holds a step that AWS cannot do in place or that would touch a foreign resource. */
export function refuseBlocked(plan: Plan, stage: string): void {
  const refused = plan.filter((step) => step.action === 'replace-refused')
  const [first] = refused
  if (!first) return
  const isForeign = first.fields.length === 0
  throw new AppError(
    isForeign ? 'FOREIGN_RESOURCE' : 'REPLACE_REFUSED',
    `${first.kind} ${first.name} stays as it is`,
    {
      why: `${first.why}${refused.length > 1 ? `; the same goes for ${refused.length - 1} more` : ''}`,
      next: isForeign
        ? [
            `choose another stage name, or remove that ${first.kind} yourself`,
            `whatsapp-otp deploy --stage ${stage} --adopt   takes it over, after showing what that changes`,
          ]
        : [
            `set ${first.fields.map((field) => field.field).join(', ')} back, or make a new stage beside ${stage}`,
          ],
    },
  )
}

/** The same deploy, once the user has agreed to what it takes over: this and nothing else. */
export function agreeToAdopt(prepared: Prepared): Prepared {
  const adopt = new Set(prepared.plan.filter((step) => step.by === 'adopt').map((step) => step.id))
  return { ...prepared, options: { ...prepared.options, adopt } }
}

export interface Played extends Applied {
  /** What was played in the end: another plan than was prepared, where somebody else changed the stage meanwhile. */
  plan: Plan
}

/** How often to begin anew where somebody removes the stage while it is being made. */
const rounds = 5

/**
 * Plays the plan, holding the stage while it does. Throws when a step failed (APPLY_FAILED or the step's own
 * error), when somebody else holds the stage (STAGE_BUSY), or when the user cancelled; either way what is done
 * stays, and running the command again finishes the job.
 */
export async function playDeploy(prepared: Prepared, emit: (event: ApplyEvent) => void): Promise<Played> {
  let now = prepared
  const { stage } = prepared.stage.target
  for (let round = 0; round < rounds && hasChanges(now.plan); round++) {
    const { made, observed } = await playMadeOnce(now, emit)
    const lock = await takeLock(now.stage.aws, showWait(emit))
    if (lock) return playHeld({ ...now, observed }, made, lock, emit)
    if (now.options.only) break
    // Removed by somebody after it was read or made.
    now = await prepareAgain(now)
  }
  if (!hasChanges(now.plan)) return { ...(await play(now, now.plan, emit)), plan: now.plan }
  throw new AppError('STAGE_INCOMPLETE', `Stage «${stage}» has no table`, {
    why: 'it was removed, or is being removed by somebody else',
    next: [`whatsapp-otp deploy --stage ${stage}   makes what is missing`],
  })
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
  const table = observed.have.get('table') as TableHave | undefined
  if (table?.status === 'ACTIVE') return { made: [], observed }
  const ids = new Set(resources.filter(({ isMadeOnce }) => isMadeOnce).map(({ id }) => id))
  const first = plan.filter((step) => ids.has(step.id) && step.action !== 'keep')
  assertPlayable(plan)
  const applied = await play(prepared, first, emit)
  const later = plan.filter((step) => step.action !== 'keep' && !first.includes(step))
  const isDone = applied.results.every(({ status }) => status === 'done')
  if (!isDone) throwIfUnfinished(stage, [...applied.results, ...later.map(skipped)])
  return { made: applied.results, observed: applied }
}

/** Plays the rest of the plan, or a new one where the stage has changed since the plan was made. */
async function playHeld(
  prepared: Prepared,
  made: StepResult[],
  lock: Lock,
  emit: (event: ApplyEvent) => void,
): Promise<Played> {
  let finished = false
  try {
    const isStale = lock.isStale || (await hasNewRecord(prepared.stage))
    const now = isStale ? await prepareAgain(prepared) : prepared
    const isMade = (step: Step) => !isStale && made.some((result) => result.step === step)
    const applied = await play(
      now,
      now.plan.filter((step) => !isMade(step)),
      emit,
      lock.lost,
    )
    const results = now.plan.map((step) => {
      const last = applied.results.find((result) => result.step === step)
      const before = made.find((result) => result.step.id === step.id)
      return last && last.step.action !== 'keep' ? last : (before ?? last!)
    })
    if (lock.lost.aborted) throw lostLock(now.stage.target.stage)
    throwIfUnfinished(now.stage, results)
    finished = true
    return { ...applied, results, plan: results.map(({ step }) => step) }
  } finally {
    await lock.release(finished)
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
  lost?: AbortSignal,
): Promise<Applied> {
  const signals = [stage.aws.signal, lost].filter((signal) => signal !== undefined)
  const aws = { ...stage.aws, signal: AbortSignal.any(signals) }
  return applyPlan({ aws, resources, plan, observed, inputs, emit })
}

/** Waiting for another run is shown as a step of its own. */
export function showWait(emit: (event: ApplyEvent) => void): (who: string) => (ms: number) => void {
  return (who) => {
    const step: Step = { id: `wait:for ${who}`, kind: 'wait', name: who, action: 'keep', fields: [] }
    emit({ type: 'start', step })
    return (ms) => emit({ type: 'done', step, ms })
  }
}

const skipped = (step: Step): StepResult => ({ step, status: 'skipped', ms: 0 })

/** Turns failed or skipped steps into the error a user sees. */
export function throwIfUnfinished(
  { aws: { signal }, target: { stage } }: OpenStage,
  results: readonly StepResult[],
  command = 'deploy',
): void {
  const again = `whatsapp-otp ${command} --stage ${stage}`
  const open = results.filter((result) => result.status !== 'done')
  if (open.length === 0) return
  const done = `${results.length - open.length} of ${results.length} steps are done; it is safe to repeat`
  const failed = results.find((result) => result.status === 'failed')
  if (signal?.aborted || !failed) throw cancelled(done, [again])
  const verb = failed.step.action === 'keep' ? 'read' : failed.step.action
  const cause = toAppError(failed.error, `${verb} ${failed.step.kind} ${failed.step.name}`)
  throw new AppError(cause.code, cause.message, {
    why: cause.why ? `${cause.why}. ${done}` : done,
    next: [...cause.next.filter((next) => !next.includes('same command again')), again],
    exitCode: cause.exitCode,
    cause: failed.error,
  })
}
