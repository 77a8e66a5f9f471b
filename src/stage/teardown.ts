// A removal from its plan to the proof that nothing is left: have it confirmed, play, read again.
import { AppError } from '../errors.ts'
import { findLeftovers, type PreparedDestroy, playDestroy } from './destroy.ts'
import type { PlayProgress, Rollout } from './rollout.ts'

export interface TeardownTalk extends PlayProgress {
  /** Called before anything is removed; throwing keeps it all. */
  confirm?(prepared: PreparedDestroy): Promise<void>
}

/**
 * `started` is in epoch milliseconds. Throws what `confirm` and `playDestroy` throw, and LEFTOVERS where
 * something of the stage is still there.
 */
export async function tearDown(
  prepared: PreparedDestroy,
  { started }: { started: number },
  talk: TeardownTalk,
): Promise<Rollout> {
  const { aws, target } = prepared.stage
  const asked = aws.clock.now()
  await talk.confirm?.(prepared)
  const thinking = aws.clock.now() - asked
  const played = await playDestroy(prepared, (event) => talk.emit(event))
  const left = await talk.run('Read again', () => findLeftovers(prepared))
  const ms = aws.clock.now() - started - thinking
  if (left.length === 0) return { ...played, ms }
  throw new AppError('LEFTOVERS', `${left.length} resources of stage ${target.stage} are still there`, {
    why: left.map((step) => `${step.kind} ${step.name}`).join(', '),
    next: [`whatsapp-otp destroy --stage ${target.stage}`],
  })
}
