// A stage on a pool of somebody else's: which one it is, that it never changes, and what stands in the way of it.
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import type { Aws } from '../aws/clients.ts'
import { ifFound } from '../aws/errors.ts'
import type { Observed } from '../engine/have.ts'
import type { Inputs } from '../engine/resource.ts'
import { haveOf } from '../engine/stage-view.ts'
import { AppError, usageError } from '../errors.ts'
import { arns, names, type Place, triggerNames, triggers } from '../names.ts'
import { lambdaFunction } from '../resources/function.ts'
import { cannotBorrow, obstaclesOf } from '../resources/user-pool/borrowed/obstacles.ts'
import { changeForOwner, ownerOf, refuseStacks } from '../resources/user-pool/borrowed/owner.ts'
import { borrowedPool, poolNotFound } from '../resources/user-pool/borrowed/pool.ts'
import { borrowedTriggers } from '../resources/user-pool/borrowed/triggers.ts'
import { describePool } from '../resources/user-pool/search.ts'
import { borrowedPoolOf, checkPoolRegion } from '../settings/borrowed-pool.ts'
import { triggersOf } from '../settings/parts.ts'
import type { Settings } from '../settings/schema.ts'
import { requireRecord } from './recorded.ts'
import type { OpenStage } from './stage.ts'

const shownPool = (id: string | undefined) => (id ? `the pool ${id}` : 'a pool of its own')

/** Throws POOL_FIXED where the settings name another pool than the stage has, and POOL_ELSEWHERE. */
export function checkSamePool({ record, resolved, aws, target: { stage } }: OpenStage): void {
  const wanted = borrowedPoolOf(resolved.settings)
  checkPoolRegion(resolved.settings, aws.place)
  if (!record) return
  const its = borrowedPoolOf(record.settings)
  if (wanted === its) return
  const origin = resolved.origins.userPoolId
  throw usageError('POOL_FIXED', `Stage «${stage}» has ${shownPool(its)}, for good`, {
    why: `${shownPool(wanted)} is asked for (${origin === 'flag' ? '--user-pool' : origin}), and its app clients, limits and what is remembered of users belong to the one that it has`,
    next: [
      its
        ? `whatsapp-otp deploy --stage ${stage} --user-pool ${its}`
        : `whatsapp-otp deploy --stage ${stage}   without USER_POOL_ID`,
      `whatsapp-otp init --stage <another>${wanted ? ` --user-pool ${wanted}` : ''}`,
    ],
  })
}

/**
 * Throws what makes a pool impossible to borrow, before anything is changed: POOL_NOT_FOUND, the code of the first
 * obstacle, FORMER_FUNCTION_GONE; and POOL_UNFINISHED for functions that belong to another pool.
 */
export function refuseBorrowed(stage: OpenStage, settings: Partial<Settings>, observed: Observed): void {
  const { place } = stage.aws
  refuseUnfinished(stage, settings, observed)
  const poolId = borrowedPoolOf(settings)
  if (poolId === undefined) return
  const borrowed = { place, poolId, settings }
  const have = haveOf(observed, borrowedPool(borrowed))
  if (!have) throw poolNotFound(borrowed)
  const [first, ...others] = obstaclesOf(borrowed, have)
  if (first) throw cannotBorrow(place, [first, ...others])
  const gone = haveOf(observed, borrowedTriggers(borrowed))?.states.find(({ isThere }) => !isThere)
  if (!gone || stage.record) return
  throw new AppError('FORMER_FUNCTION_GONE', `The pool ${poolId} calls a function that is gone`, {
    why: `${gone.arn}, its ${gone.trigger}, is not there: other app clients fail there already, and would with ours`,
    next: [
      'make the function again',
      `or take it out of the pool: aws cognito-idp describe-user-pool --region ${place.region} --user-pool-id ${poolId}   shows its LambdaConfig`,
    ],
  })
}

/** A deploy that was cut off has left no record, and its functions may be called by the pool that they name. */
function refuseUnfinished({ record, aws }: OpenStage, settings: Partial<Settings>, observed: Observed): void {
  if (record) return
  const { stage } = aws.place
  const functions = triggerNames.flatMap((one) => haveOf(observed, lambdaFunction(aws.place, one)) ?? [])
  const its = functions
    .map(({ configuration }) => configuration.Environment?.Variables?.USER_POOL_ID)
    .find((id) => id !== undefined)
  if (its === undefined || its === borrowedPoolOf(settings)) return
  throw new AppError('POOL_UNFINISHED', `A deploy of stage «${stage}» on the pool ${its} was not finished`, {
    why: `its functions may be called by that pool, and ${shownPool(borrowedPoolOf(settings))} is asked for now`,
    next: [
      `whatsapp-otp deploy --stage ${stage} --user-pool ${its}   finishes it`,
      `whatsapp-otp destroy --stage ${stage}   gives the pool back`,
    ],
  })
}

/** Throws TRIGGERS_OF_STACK where a stack looks after triggers that are the stage's. */
export function refuseStacksTriggers(place: Place, settings: Partial<Settings>, observed: Observed): void {
  const poolId = borrowedPoolOf(settings)
  const have = poolId && haveOf(observed, borrowedTriggers({ place, poolId, settings }))
  if (have) refuseStacks({ place, poolId, settings }, have)
}

/**
 * The settings by which a stage is removed: those that it was deployed with; where a first deploy was cut off, with the
 * pool that its functions name.
 */
export async function settingsToRemove({ aws, record, resolved }: OpenStage): Promise<Partial<Settings>> {
  if (record) return record.settings as Partial<Settings>
  const userPoolId = borrowedPoolOf(resolved.settings) ?? (await poolOfFunctions(aws))
  return userPoolId === undefined ? {} : { userPoolId, signUp: true }
}

async function poolOfFunctions({ lambda, place: { stage } }: Aws): Promise<string | undefined> {
  const FunctionName = names.function(stage, 'defineAuthChallenge')
  const found = await ifFound(lambda.send(new GetFunctionConfigurationCommand({ FunctionName })))
  return found?.Environment?.Variables?.USER_POOL_ID
}

/** The change by which whoever looks after the pool makes Cognito call the stage. Throws POOL_NOT_BORROWED. */
export async function triggersForOwner(
  stage: OpenStage,
): Promise<{ text: string; wanted: Record<string, string> }> {
  const { aws } = stage
  const { settings } = requireRecord(stage)
  const poolId = borrowedPoolOf(settings)
  if (poolId === undefined) {
    throw usageError('POOL_NOT_BORROWED', `Stage «${aws.place.stage}» has a pool of its own`, {
      why: 'its triggers are set by every deploy, and nobody else looks after them',
      next: [`whatsapp-otp status --stage ${aws.place.stage}`],
    })
  }
  const wanted = triggersOf(settings)
  const found = await describePool(aws, poolId)
  return {
    text: changeForOwner(aws.place, wanted, found && ownerOf(found.pool, false)),
    wanted: Object.fromEntries(
      wanted.map((trigger) => [triggers[trigger], arns.function(aws.place, trigger)]),
    ),
  }
}

/**
 * Tells the change and throws TRIGGERS_LEFT where another tool looks after the triggers: everything else is made, and
 * the stage works once that has made its part.
 */
export function refuseLeft(
  { place, settings }: Pick<Inputs, 'place' | 'settings'>,
  played: Observed,
  tell: (change: string) => void,
): void {
  const poolId = borrowedPoolOf(settings)
  const have = poolId && haveOf(played, borrowedTriggers({ place, poolId, settings }))
  if (!have || have.left.length === 0) return
  tell(changeForOwner(place, triggersOf(settings), have.owner))
  const list = have.left.map((trigger) => triggers[trigger]).join(', ')
  throw new AppError('TRIGGERS_LEFT', `Everything is made but the triggers of the pool ${poolId}`, {
    why: `${list} belong to ${have.owner?.name}, which would take back what is changed behind its back; nobody can sign in by WhatsApp before it has made the change above`,
    next: [
      `whatsapp-otp deploy --stage ${place.stage}   says whether it has`,
      `whatsapp-otp outputs --stage ${place.stage} --triggers   prints the change again`,
      `whatsapp-otp deploy --stage ${place.stage} --take-triggers   writes them all the same: works until its next update, and then for nobody`,
    ],
  })
}
