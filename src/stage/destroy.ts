// The whole of a removal without its talk: read, plan, play, and read again to prove that nothing is left.
import { isAccessDenied, isUnsupported } from '../aws/errors.ts'
import { toAppError } from '../aws/words.ts'
import type { ApplyEvent } from '../engine/apply.ts'
import { type Observed, readStack } from '../engine/have.ts'
import { hasChanges, type Plan, planDestroy } from '../engine/plan.ts'
import type { AnyResource } from '../engine/resource.ts'
import { haveOf } from '../engine/stage-view.ts'
import { AppError } from '../errors.ts'
import { protectedTable, table } from '../resources/table.ts'
import { domainsOf, poolWithDomain, protectedPool } from '../resources/user-pool/refusals.ts'
import { userPool } from '../resources/user-pool.ts'
import { borrowedPoolOf } from '../settings/borrowed-pool.ts'
import { refuseStacksTriggers, settingsToRemove } from './borrowed.ts'
import { holdWithoutTable, type Lock } from './lock/hold.ts'
import { takeLock } from './lock/lock.ts'
import { type Played, playPlan, showWait, throwIfUnfinished } from './play.ts'
import { resourcesOf } from './resources.ts'
import { hasNewRecord, type OpenStage, reopenStage } from './stage.ts'

export interface PreparedDestroy {
  stage: OpenStage
  options: DestroyOptions
  resources: readonly AnyResource[]
  observed: Observed
  plan: Plan
  /** Users that go with the pool, by Cognito's own estimate. */
  users: number
  /** The pool that the stage has borrowed, which stays in any case. */
  borrowed: string | undefined
  /** Steady time at which the reading began. */
  readAt: number
}

export interface DestroyOptions {
  /** Ids of resources that stay. */
  keep?: ReadonlySet<string>
  /** Switches the pool's deletion protection off instead of refusing. */
  liftProtection?: boolean
  /** Gives back the triggers of a borrowed pool that a stack looks after too. */
  takeTriggers?: boolean
}

/** What `--keep-users` keeps: deploying the stage again finds both by tags and names, and wires them anew. */
export const userIds: ReadonlySet<string> = new Set([
  'user-pool',
  'user-pool-client:signup',
  'user-pool-client:login',
])

/**
 * Reads AWS and lists what would go; changes nothing. Throws STAGE_NOT_FOUND when there is nothing of this
 * stage, and where AWS would not delete all of it: POOL_HAS_DOMAIN, TABLE_PROTECTED, and DELETION_PROTECTED when
 * its pool is protected and that is not to be lifted.
 */
export async function prepareDestroy(
  stage: OpenStage,
  options: DestroyOptions = {},
): Promise<PreparedDestroy> {
  const { aws, target } = stage
  const { keep = new Set<string>(), liftProtection = false } = options
  const settings = await settingsToRemove(stage)
  const resources = resourcesOf(aws.place, settings, {
    liftDeletionProtection: liftProtection,
    // They go with their roles, whatever they are.
    withoutOthers: true,
  })
  const known = new Map([['record', stage.recordHave]])
  const readAt = aws.clock.steady()
  const observed = await readRemovable(stage, resources, known).catch((error) => {
    throw toAppError(error, `read stage ${target.stage}`)
  })
  if (!options.takeTriggers) refuseStacksTriggers(aws.place, settings, observed)
  const plan = planDestroy(resources, observed, keep)
  if (!hasChanges(plan)) {
    throw new AppError('STAGE_NOT_FOUND', `There is nothing of stage «${target.stage}» to remove`, {
      why: `account ${aws.place.account} has none of its resources in ${aws.place.region}`,
      next: ['another region or account? see --region and --profile'],
    })
  }
  const ofPool = userPool(aws.place)
  const pool = haveOf(observed, ofPool)?.pool
  const goes = (id: string) => plan.some((step) => step.id === id && step.action === 'delete')
  const poolGoes = goes(ofPool.id)
  if (poolGoes && pool && domainsOf(pool).length > 0) throw poolWithDomain(aws.place, pool)
  if (poolGoes && pool?.DeletionProtection === 'ACTIVE' && !liftProtection) throw protectedPool(target.stage)
  const itsTable = table(aws.place)
  if (goes(itsTable.id) && haveOf(observed, itsTable)?.isProtected) throw protectedTable(aws.place)
  const users = (poolGoes && pool?.EstimatedNumberOfUsers) || 0
  return { stage, options, resources, observed, plan, users, borrowed: borrowedPoolOf(settings), readAt }
}

/** Plays the plan, holding the stage while it has a table; throws as playDeploy does. */
export async function playDestroy(
  prepared: PreparedDestroy,
  emit: (event: ApplyEvent) => void,
): Promise<Played> {
  const { stage, observed } = prepared
  const itsTable = haveOf(observed, table(stage.aws.place))
  const lock = itsTable?.status === 'ACTIVE' ? await takeLock(stage.aws, showWait(emit)) : undefined
  let finished = false
  try {
    // Held up, it meets what another run has made or removed meanwhile.
    const hasChanged = lock?.isStale || (itsTable !== undefined && !lock) || (await hasNewRecord(stage))
    const now = hasChanged ? await prepareAgain(prepared) : prepared
    if (!lock) holdWithoutTable(stage.aws, now.readAt)
    const played = await play(now, emit, lock)
    finished = true
    return played
  } finally {
    // With its table the lock itself is gone.
    if (!lock) stage.aws.gate.hold(undefined)
    else if (finished) lock.stop()
    else await lock.release(false)
  }
}

/** As `prepareDestroy`; undefined when there is nothing of this stage. */
export async function prepareDestroyIfThere(
  stage: OpenStage,
  options?: DestroyOptions,
): Promise<PreparedDestroy | undefined> {
  try {
    return await prepareDestroy(stage, options)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'STAGE_NOT_FOUND') throw error
    return undefined
  }
}

async function prepareAgain(before: PreparedDestroy): Promise<PreparedDestroy> {
  const { stage, options } = before
  return (await prepareDestroyIfThere(await reopenStage(stage), options)) ?? { ...before, plan: [] }
}

async function play(
  { stage, resources, observed, plan }: PreparedDestroy,
  emit: (event: ApplyEvent) => void,
  lock: Lock | undefined,
): Promise<Played> {
  const applied = await playPlan(stage, lock, { resources, plan, observed, emit })
  throwIfUnfinished(stage, applied.results, 'destroy')
  return { ...applied, plan }
}

/** Reads again and gives what of ours is still there, beyond what was meant to stay. */
export async function findLeftovers({ stage, resources, options }: PreparedDestroy): Promise<Plan> {
  const observed = await readRemovable(stage, resources).catch((error) => {
    throw toAppError(error, `read stage ${stage.target.stage} again`)
  })
  return planDestroy(resources, observed, options.keep).filter(({ action }) => action !== 'keep')
}

/**
 * What goes with another is not asked for. What the record does not ask for may have been left by a run that was
 * killed: it is looked for, and there is none where the caller may not look or nobody answers.
 */
function readRemovable(
  { aws, record }: OpenStage,
  resources: readonly AnyResource[],
  known?: ReadonlyMap<string, unknown>,
): Promise<Observed> {
  const all = resources
    .filter(({ goesWith }) => !goesWith)
    .map((resource) =>
      resource.isWanted?.(record?.settings ?? {}) === false ? ifVisible(resource) : resource,
    )
  return readStack(aws, all, known ? { known } : {})
}

const ifVisible = (resource: AnyResource): AnyResource => ({
  ...resource,
  read: (aws, refs, looked) =>
    resource.read(aws, refs, looked).catch((error) => {
      if (isAccessDenied(error) || isUnsupported(error)) return undefined
      throw error
    }),
})
