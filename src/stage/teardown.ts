// A removal from its plan to the proof that nothing is left: have it confirmed, play, read again.
import { toAppError } from '../aws/words.ts'
import { AppError } from '../errors.ts'
import { readRecordHave } from '../resources/stage-record.ts'
import { count } from '../terminal/layout.ts'
import { findLeftovers, type PreparedDestroy, playDestroy } from './destroy.ts'
import { livingHolder } from './lock/hold.ts'
import type { PlayProgress, Rollout } from './rollout.ts'

export interface TeardownTalk extends PlayProgress {
  /** Called before anything is removed; throwing keeps it all. */
  confirm?(prepared: PreparedDestroy): Promise<void>
}

export interface Teardown extends Rollout {
  /** Who has waited for this run and is making the stage anew, or has done so; undefined where nobody does. */
  madeAnewBy: string | undefined
}

/** Until what is removed is gone for readers too, and until another run that makes the stage holds it. */
const patienceMs = 15_000
const pauseMs = 1_000

/**
 * `started` is in epoch milliseconds. Throws what `confirm` and `playDestroy` throw, and LEFTOVERS where
 * something of the stage is still there.
 */
export async function tearDown(
  prepared: PreparedDestroy,
  { started }: { started: number },
  talk: TeardownTalk,
): Promise<Teardown> {
  const { clock } = prepared.stage.aws
  const asked = clock.now()
  await talk.confirm?.(prepared)
  const thinking = clock.now() - asked
  const played = await playDestroy(prepared, (event) => talk.emit(event))
  const madeAnewBy = await talk.run('Read again', () => proveRemoval(prepared))
  return { ...played, madeAnewBy, ms: clock.now() - started - thinking }
}

/** What another run makes is no leftover; gives who does. */
async function proveRemoval(prepared: PreparedDestroy): Promise<string | undefined> {
  const { aws, target } = prepared.stage
  const { clock, signal } = aws
  const began = clock.now()
  for (;;) {
    const left = await findLeftovers(prepared)
    if (left.length === 0) return undefined
    const maker = await makerOf(prepared).catch((error) => {
      throw toAppError(error, `read stage ${target.stage} again`)
    })
    if (maker) return maker
    if (signal?.aborted || clock.now() + pauseMs - began > patienceMs) {
      throw new AppError(
        'LEFTOVERS',
        `${count(left.length, 'resource')} of stage ${target.stage} ${left.length === 1 ? 'is' : 'are'} still there`,
        {
          why: left.map((step) => `${step.kind} ${step.name}`).join(', '),
          next: [`whatsapp-otp destroy --stage ${target.stage}`],
        },
      )
    }
    await clock.sleep(pauseMs, signal)
  }
}

/** Nobody held the stage when this run ended, and its record was gone: whoever holds or has written it came later. */
async function makerOf({ stage }: PreparedDestroy): Promise<string | undefined> {
  const holder = await livingHolder(stage.aws)
  if (holder) return holder.who
  const now = await readRecordHave(stage.aws)
  const isNew = now?.isOurs && now.record.createdAt !== stage.recordHave?.record.createdAt
  return isNew ? 'another run' : undefined
}
