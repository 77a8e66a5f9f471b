// Holding a stage: renewed while it lasts, confirmed before every change, known as lost when another run has it.
import { DeleteItemCommand, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../../aws/account.ts'
import { ifFound, isConditionFailed, isNotFound } from '../../aws/errors.ts'
import { ungated } from '../../aws/gate.ts'
import { toAppError } from '../../aws/words.ts'
import {
  freeLockInput,
  type Holder,
  holderOf,
  readLockInput,
  removeLockInput,
  renewLockInput,
} from '../../core/table-lock.ts'
import { shared } from '../../engine/shared.ts'
import { AppError, runAgain } from '../../errors.ts'
import { names } from '../../names.ts'

/**
 * How old the last confirmation may be when a change is sent, counted from when it was sent itself. Less than the
 * lease after which another run takes over, so that what is on its way arrives before that one begins.
 */
const freshMs = 8_000
const renewMs = 3_000

export interface Lock {
  /** Somebody may have changed the stage since it was read: this run waited, or the last one did not finish. */
  isStale: boolean
  /** Aborted when the stage is no longer this run's; the gate lets no change pass then. */
  lost: AbortSignal
  /** No longer renews it and shuts the gate, for whoever has removed it with its table. */
  stop(): void
  /** `finished` false leaves word for the next run that the stage may be half-way. Never throws. */
  release(finished: boolean): Promise<void>
}

/**
 * Holds what a call sent at `sentAt` (steady time) has taken, and opens the gate. Gives undefined where it was
 * lost before that call had its answer.
 */
export async function hold(
  aws: Connection,
  id: string,
  sentAt: number,
  isStale: boolean,
): Promise<Lock | undefined> {
  const { dynamodb, place, clock, gate } = aws
  const { stage } = place
  const table = names.table(stage)
  const lost = new AbortController()
  let confirmedAt = sentAt
  let beat = 0
  /** Set once this run itself has asked for the removal of the table, and of the lock with it. */
  let isLeaving = false
  /** Set once the lock is not this run's any more: it changes nothing from then on, whether that is a loss or not. */
  let isOver = false

  const renew = shared(async () => {
    beat++
    const sent = clock.steady()
    try {
      await dynamodb.send(ungated(new UpdateItemCommand(renewLockInput(table, stage, id, beat))))
      confirmedAt = Math.max(confirmedAt, sent)
    } catch (error) {
      // A table that is gone was removed by a run that held the stage. Where that is this one, whoever has waited
      // may have made it anew, lock and all, which takes nothing from a run that has done its work.
      isOver ||= isConditionFailed(error) || (isNotFound(error) && !isLeaving)
      if (isOver && !isLeaving) lost.abort()
      throw error
    }
  })
  const tenure = {
    isFresh: () => !isOver && clock.steady() - confirmedAt < freshMs,
    async confirm() {
      if (isOver) throw lostLock(stage)
      await renew(undefined).catch((error) => {
        throw isOver ? lostLock(stage) : toAppError(error, `go on holding stage ${stage}`)
      })
    },
    onCall(operation: string) {
      if (operation === 'DeleteTable') isLeaving = true
    },
  }
  if (!tenure.isFresh()) {
    await tenure.confirm().catch((error) => {
      if (!lost.signal.aborted) throw error
    })
    if (lost.signal.aborted) return undefined
  }
  // In real time, however long single calls take. A failed renewal is made up for by the next one.
  const timer = setInterval(() => void renew(undefined).catch(() => {}), renewMs).unref()
  gate.hold(tenure)
  const stop = () => {
    clearInterval(timer)
    gate.hold(undefined)
  }

  return {
    isStale,
    lost: lost.signal,
    stop,
    async release(finished) {
      stop()
      const sending = finished
        ? dynamodb.send(ungated(new DeleteItemCommand(removeLockInput(table, stage, id))))
        : dynamodb.send(ungated(new UpdateItemCommand(freeLockInput(table, stage, id))))
      // Whoever comes next waits for a lease then, which is all the harm it does.
      await sending.then(
        () => {},
        () => {},
      )
    },
  }
}

/**
 * Opens the gate while a stage has no table, so that nobody can hold it; gives what shuts it again. Looks every
 * few seconds, counted from `seenAt` (steady time), whether somebody holds it by now: a change is then refused
 * with STAGE_BUSY.
 */
export function holdWithoutTable(aws: Connection, seenAt: number): () => void {
  const { place, clock, gate } = aws
  let confirmedAt = seenAt
  const confirm = shared(async () => {
    const sent = clock.steady()
    const holder = await livingHolder(aws)
    if (holder) throw stageBusy(place.stage, holder)
    confirmedAt = sent
  })
  gate.hold({
    isFresh: () => clock.steady() - confirmedAt < freshMs,
    confirm: () => confirm(undefined),
  })
  return () => gate.hold(undefined)
}

/** Who holds the stage, as its table says; undefined where nobody does, or there is no table. */
export async function livingHolder({
  dynamodb,
  place,
}: Pick<Connection, 'dynamodb' | 'place'>): Promise<Holder | undefined> {
  const input = readLockInput(names.table(place.stage), place.stage)
  const found = await ifFound(dynamodb.send(new GetItemCommand(input)))
  const holder = found?.Item && holderOf(found.Item)
  return holder?.isFree ? undefined : holder
}

export function stageBusy(stage: string, { who, since }: Holder): AppError {
  return new AppError('STAGE_BUSY', `Stage «${stage}» is being changed by somebody else`, {
    why: `${who} holds it since ${since}`,
    next: ['run the same command again when that run has ended'],
  })
}

/** For a run that was held up so long that another one took the stage from it. */
export function lostLock(stage: string): AppError {
  return new AppError('STAGE_TAKEN_OVER', `Another run has taken over stage «${stage}»`, {
    why: 'this one was not heard of for ten seconds, as when a laptop sleeps; it has changed nothing since',
    next: [runAgain],
  })
}
