// The JSON document of plan, deploy, init and destroy, the same for all of them.
import type { StepResult } from '../engine/apply.ts'
import type { Plan } from '../engine/plan.ts'
import type { Refs } from '../engine/resource.ts'
import { outputsOf } from './outputs.ts'
import { callCount, type OpenStage } from './stage.ts'

export interface ReportOptions {
  command: string
  stage: OpenStage
  plan: Plan
  refs: Refs
  /** Absent where nothing was played. */
  results?: StepResult[]
  /** Milliseconds since the command began. */
  ms: number
}

/** `{ command, stage, region, account, steps, outputs, apiCalls, ms }`; the output adds schemaVersion. */
export function report({ command, stage, plan, refs, results, ms }: ReportOptions): object {
  const { place } = stage.aws
  const byId = new Map(results?.map((result) => [result.step.id, result]))
  return {
    command,
    stage: place.stage,
    region: place.region,
    account: place.account,
    steps: plan.map(({ id, kind, name, action, fields, why, dangers }) => {
      const result = byId.get(id)
      return {
        kind,
        name,
        action,
        fields: fields.map((field) => field.field),
        ...(why ? { why } : {}),
        ...(dangers ? { dangers } : {}),
        ...(result ? { status: result.status, ms: Math.round(result.ms) } : {}),
      }
    }),
    outputs: outputsOf(place, refs, stage.aws.endpoint),
    apiCalls: callCount(stage),
    ms: Math.round(ms),
  }
}
