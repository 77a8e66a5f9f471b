// Who may change a stage: one run at a time, by an item in the stage's own table that its holder keeps renewing.
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../../aws/account.ts'
import { isConditionFailed, isNotFound } from '../../aws/errors.ts'
import { ungated } from '../../aws/gate.ts'
import { toAppError } from '../../aws/words.ts'
import type { ReadItem } from '../../core/table-items.ts'
import { type Holder, holderOf, takeLockInput } from '../../core/table-lock.ts'
import type { Permission } from '../../engine/resource.ts'
import { AppError, cancelled } from '../../errors.ts'
import { arns, names, type Place } from '../../names.ts'
import { hold, type Lock, stageBusy } from './hold.ts'

/** A holder that was not heard of for so long is dead, and the stage is taken over. */
const leaseMs = 10_000
const pollMs = 1_000
/** How long to wait for one that lives. */
const patienceMs = 120_000

export function lockPermissions(place: Place): Permission[] {
  const actions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem']
  return [{ actions, on: [arns.table(place)] }]
}

/**
 * Takes the stage, or gives undefined where it has no table. Waits for whoever holds it, tells `onWait` for
 * whom, and what that gives how many milliseconds it took; the clocks of two machines are never compared.
 * Throws STAGE_BUSY when a living holder goes on for two minutes, CANCELLED when the user does not want to wait.
 */
export async function takeLock(
  aws: Connection,
  onWait: (who: string) => (ms: number) => void,
): Promise<Lock | undefined> {
  const { clock, signal } = aws
  const id = randomUUID()
  const started = clock.steady()
  let seen: { holder: Holder; at: number } | undefined
  let isStale = false
  let onOver: ((ms: number) => void) | undefined
  for (;;) {
    const sentAt = clock.steady()
    const isDead = seen && (seen.holder.isFree || sentAt - seen.at >= leaseMs)
    const holder = await tryTake(aws, id, isDead ? seen?.holder : undefined)
    if (holder === 'no table' || holder === 'taken') onOver?.(clock.steady() - started)
    if (holder === 'no table') return undefined
    if (holder === 'taken') {
      const lock = await hold(aws, id, sentAt, isStale)
      if (lock) return lock
      // The answer came so late that somebody else has it by now.
      isStale = true
      continue
    }
    isStale = true
    if (!holder.isFree) onOver ??= onWait(holder.who)
    const isNews = seen?.holder.id !== holder.id || seen.holder.beat !== holder.beat
    if (isNews) seen = { holder, at: clock.steady() }
    if (holder.isFree) continue
    if (clock.steady() - started > patienceMs) throw stageBusy(aws.place.stage, holder)
    await clock.sleep(pollMs, signal)
    if (signal?.aborted) throw cancelled(`while waiting for ${holder.who}`)
  }
}

/** Takes it where nobody has it, or from `dead` as it was last seen; else gives who has it. */
async function tryTake(
  { dynamodb, place, who, clock }: Connection,
  id: string,
  dead: Holder | undefined,
): Promise<Holder | 'taken' | 'no table'> {
  const me = { id, who: `${who} on ${hostname()}`, since: new Date(clock.now()).toISOString(), beat: '0' }
  try {
    const input = takeLockInput(names.table(place.stage), place.stage, me, dead, clock.now())
    await dynamodb.send(ungated(new PutItemCommand(input)))
    return 'taken'
  } catch (error) {
    if (isNotFound(error)) return 'no table'
    if (!isConditionFailed(error)) throw toAppError(error, `take stage ${place.stage}`)
    const holder = holderOf((error as { Item?: ReadItem }).Item)
    // The answer was lost, and the SDK asked again.
    return holder.id === id ? 'taken' : holder
  }
}

/**
 * Does what one run at a time may do to a stage, as changing its secrets. Throws as `takeLock`, STAGE_INCOMPLETE
 * where there is no table to hold the stage by, and STAGE_TAKEN_OVER when it is lost meanwhile.
 */
export async function whileHolding<T>(
  aws: Connection,
  onWait: (who: string) => (ms: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await takeLock(aws, onWait)
  if (!lock) throw withoutTable(aws.place.stage)
  let finished = false
  try {
    const result = await work()
    finished = !lock.isStale
    return result
  } finally {
    // What an earlier run has left half-way is so still, and the next deploy has to hear of it.
    await lock.release(finished)
  }
}

/** A stage whose table somebody has removed, or is removing. */
export function withoutTable(stage: string): AppError {
  return new AppError('STAGE_INCOMPLETE', `Stage «${stage}» has no table`, {
    why: 'it was removed, or is being removed by somebody else',
    next: [`whatsapp-otp deploy --stage ${stage}   makes what is missing`],
  })
}
