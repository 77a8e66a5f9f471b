// What deploy and destroy share while they play: one signal for cancelling and a lost lock, the wait, the outcome.
import { toAppError } from '../aws/words.ts'
import {
  type Applied,
  type ApplyEvent,
  type ApplyOptions,
  applyPlan,
  type StepResult,
} from '../engine/apply.ts'
import type { Plan, Step } from '../engine/plan.ts'
import { AppError, cancelled } from '../errors.ts'
import { type Lock, lostLock } from './lock/hold.ts'
import type { OpenStage } from './stage.ts'

export interface Played extends Applied {
  /** What was played in the end: another plan than was prepared, where somebody else changed the stage meanwhile. */
  plan: Plan
}

/**
 * Plays a plan of this stage until the user cancels or the lock is lost. Throws STAGE_TAKEN_OVER for the latter;
 * of all else the results tell, see `throwIfUnfinished`.
 */
export async function playPlan(
  { aws, target }: OpenStage,
  lock: Lock | undefined,
  work: Omit<ApplyOptions, 'aws'>,
): Promise<Applied> {
  const signals = [aws.signal, lock?.lost].filter((signal) => signal !== undefined)
  const applied = await applyPlan({ ...work, aws: { ...aws, signal: AbortSignal.any(signals) } })
  if (lock?.lost.aborted) throw lostLock(target.stage)
  return applied
}

/** Waiting for another run is shown as a step of its own. */
export function showWait(emit: (event: ApplyEvent) => void): (who: string) => (ms: number) => void {
  return (who) => {
    const step: Step = { id: `wait:for ${who}`, kind: 'wait', name: who, action: 'keep', fields: [] }
    emit({ type: 'start', step })
    return (ms) => emit({ type: 'done', step, ms })
  }
}

/**
 * One result for each step of the plan, out of two rounds: `after` counts, but for steps that had nothing left to
 * do then or were not in it, since `before` had done them. A step that was in neither was not started.
 */
export function mergeResults(
  plan: Plan,
  before: readonly StepResult[],
  after: readonly StepResult[],
): StepResult[] {
  const made = new Map(before.map((result) => [result.step.id, result]))
  const played = new Map(after.map((result) => [result.step.id, result]))
  return plan.map((step) => {
    const last = played.get(step.id)
    const first = made.get(step.id)
    const result = last?.step.action === 'keep' ? (first ?? last) : (last ?? first)
    return result ?? { step, status: 'skipped', ms: 0 }
  })
}

/** Turns failed or skipped steps into the error a user sees. */
export function throwIfUnfinished(
  { aws: { signal }, target: { stage } }: OpenStage,
  results: readonly StepResult[],
  command = 'deploy',
): void {
  const again = `whatsapp-otp ${command} --stage ${stage}`
  const open = results.filter((result) => result.status !== 'done')
  if (open.length === 0) return
  const done = `${results.length - open.length} of ${results.length} steps are done`
  const safe = `${done}; it is safe to repeat`
  const failed = results.find((result) => result.status === 'failed')
  if (signal?.aborted || !failed) throw cancelled(safe, [again])
  const verb = failed.step.action === 'keep' ? 'read' : failed.step.action
  const cause = toAppError(failed.error, `${verb} ${failed.step.kind} ${failed.step.name}`)
  const isPointless = cause.code === 'AWS_UNSUPPORTED'
  throw new AppError(cause.code, cause.message, {
    why: cause.why ? `${cause.why}. ${isPointless ? done : safe}` : safe,
    next: [
      ...cause.next.filter((next) => !next.includes('same command again') && next !== again),
      ...(isPointless ? [] : [again]),
    ],
    exitCode: cause.exitCode,
    cause: failed.error,
  })
}
