// The change by which whoever looks after a borrowed pool makes Cognito call the stage.
import type { Observed } from '../engine/have.ts'
import type { Inputs } from '../engine/resource.ts'
import { haveOf } from '../engine/stage-view.ts'
import { AppError, usageError } from '../errors.ts'
import { arns, triggers } from '../names.ts'
import { changeForOwner, ownerOf } from '../resources/borrowed-pool/owner.ts'
import { borrowedTriggers } from '../resources/borrowed-pool/triggers.ts'
import { describePool } from '../resources/user-pool/search.ts'
import { borrowedPoolOf } from '../settings/borrowed-pool.ts'
import { triggersOf } from '../settings/parts.ts'
import { type OpenStage, requireRecord } from './stage.ts'

/** Throws POOL_NOT_BORROWED for a stage with a pool of its own. */
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
