// From what the use cases give to what the programmatic API promises.
import type { StepResult } from '../engine/apply.ts'
import { hasChanges, type Plan, type Step } from '../engine/plan.ts'
import { callCount, type OpenStage } from '../stage/stage.ts'
import type { PlannedStep, Played, StagePlan } from './results.ts'

export function stepOf({ id, kind, name, action, fields, why, dangers }: Step): PlannedStep {
  const changes = fields.map(({ field, from, to }) => ({ field, from, to }))
  return { id, kind, name, action, changes, ...(why ? { why } : {}), ...(dangers ? { dangers } : {}) }
}

export function placeOf({ aws: { place } }: OpenStage) {
  const { stage, region, account } = place
  return { stage, region, account }
}

export function planOf(stage: OpenStage, plan: Plan): StagePlan {
  return { ...placeOf(stage), steps: plan.map(stepOf), hasChanges: hasChanges(plan) }
}

export function playedOf(
  stage: OpenStage,
  { plan, results, ms }: { plan: Plan; results: StepResult[]; ms: number },
): Played {
  const byId = new Map(results.map((result) => [result.step.id, result]))
  return {
    ...placeOf(stage),
    steps: plan.map((step) => {
      const { status, ms = 0 } = byId.get(step.id) ?? { status: 'skipped' as const }
      return { ...stepOf(step), status, ms: Math.round(ms) }
    }),
    changed: hasChanges(plan),
    apiCalls: callCount(stage),
    ms: Math.round(ms),
  }
}
