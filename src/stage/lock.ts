// Who may change a stage: one run at a time, by an item in the stage's own table that its holder keeps renewing.
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../aws/account.ts'
import { isConditionFailed, isNotFound } from '../aws/errors.ts'
import type { ReadItem } from '../core/table-items.ts'
import {
  freeLockInput,
  type Holder,
  holderOf,
  removeLockInput,
  renewLockInput,
  takeLockInput,
} from '../core/table-lock.ts'
import type { Permission } from '../engine/resource.ts'
import { AppError, cancelled } from '../errors.ts'
import { arns, names, type Place } from '../names.ts'

/** A holder that was not heard of for so long is dead, and the stage is taken over. */
const leaseMs = 10_000
const renewMs = 3_000
const pollMs = 1_000
/** How long to wait for one that lives. */
const patienceMs = 120_000

export interface Lock {
  /** Somebody may have changed the stage since it was read: this run waited, or the last one did not finish. */
  isStale: boolean
  /** Aborted when another run has taken the stage over; nothing more may be changed then. */
  lost: AbortSignal
  /** No longer renews it, for whoever removes it with its table. */
  stop(): void
  /** `finished` false leaves word for the next run that the stage may be half-way. Never throws. */
  release(finished: boolean): Promise<void>
}

export function lockPermissions(place: Place): Permission[] {
  const actions = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem']
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
  const started = clock.now()
  let seen: { holder: Holder; at: number } | undefined
  let isStale = false
  let onOver: ((ms: number) => void) | undefined
  for (;;) {
    const isDead = seen && (seen.holder.isFree || clock.now() - seen.at >= leaseMs)
    const holder = await tryTake(aws, id, isDead ? seen?.holder : undefined)
    if (holder === 'no table' || holder === 'taken') onOver?.(clock.now() - started)
    if (holder === 'no table') return undefined
    if (holder === 'taken') return hold(aws, id, isStale)
    isStale = true
    if (!holder.isFree) onOver ??= onWait(holder.who)
    if (seen?.holder.id !== holder.id || seen.holder.beat !== holder.beat) seen = { holder, at: clock.now() }
    if (holder.isFree) continue
    if (clock.now() - started > patienceMs) throw busy(aws.place.stage, holder)
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
    await dynamodb.send(new PutItemCommand(takeLockInput(names.table(place.stage), place.stage, me, dead)))
    return 'taken'
  } catch (error) {
    if (isNotFound(error)) return 'no table'
    if (!isConditionFailed(error)) throw error
    const holder = holderOf((error as { Item?: ReadItem }).Item)
    // The answer was lost, and the SDK asked again.
    return holder.id === id ? 'taken' : holder
  }
}

function hold(aws: Connection, id: string, isStale: boolean): Lock {
  const { dynamodb, place } = aws
  const table = names.table(place.stage)
  const lost = new AbortController()
  let beat = 0

  const renew = async (): Promise<void> => {
    beat++
    await dynamodb.send(new UpdateItemCommand(renewLockInput(table, place.stage, id, beat)))
  }
  // In real time, however long single calls take. A failed renewal is made up for by the next one; without its
  // table nobody else can have taken the stage.
  const timer = setInterval(() => {
    renew().catch((error) => isConditionFailed(error) && lost.abort())
  }, renewMs).unref()

  return {
    isStale,
    lost: lost.signal,
    stop: () => clearInterval(timer),
    async release(finished) {
      clearInterval(timer)
      const sending = finished
        ? dynamodb.send(new DeleteItemCommand(removeLockInput(table, place.stage, id)))
        : dynamodb.send(new UpdateItemCommand(freeLockInput(table, place.stage, id)))
      // Whoever comes next waits for a lease then, which is all the harm it does.
      await sending.then(
        () => {},
        () => {},
      )
    },
  }
}

function busy(stage: string, { who, since }: Holder): AppError {
  return new AppError('STAGE_BUSY', `Stage «${stage}» is being changed by somebody else`, {
    why: `${who} holds it since ${since}`,
    next: ['run the same command again when that run has ended'],
  })
}

/** For a run that was held up so long that another one took the stage from it. */
export function lostLock(stage: string): AppError {
  return new AppError('STAGE_TAKEN_OVER', `Another run has taken over stage «${stage}»`, {
    why: 'this one was not heard of for ten seconds, as when a laptop sleeps',
    next: ['run the same command again; it is safe to repeat'],
  })
}
