// The whole of a deploy without its talk: read, plan, refuse what AWS cannot do, play, and say what is done.
import { loadArtifacts } from '../aws/artifacts.ts'
import { toAppError } from '../aws/errors.ts'
import { AppError, cancelled } from '../errors.ts'
import { completeSettings } from '../settings/load.ts'
import { version } from '../version.ts'
import { type Applied, type ApplyEvent, applyPlan } from './apply.ts'
import { type Observed, readStack } from './have.ts'
import { type Plan, planDeploy } from './plan.ts'
import type { AnyResource, Inputs } from './resource.ts'
import { resourcesOf } from './resources.ts'
import type { OpenStage } from './stage.ts'

export interface Prepared {
  stage: OpenStage
  resources: readonly AnyResource[]
  observed: Observed
  inputs: Inputs
  plan: Plan
}

/**
 * Reads AWS and makes the plan; changes nothing. `only` restricts the plan to these resource ids.
 * Throws SETTINGS_MISSING where a setting has no answer.
 */
export async function prepareDeploy(stage: OpenStage, only?: ReadonlySet<string>): Promise<Prepared> {
  const { aws, resolved, target } = stage
  const resources = resourcesOf(aws.place)
  try {
    const [observed, artifacts] = await Promise.all([readStack(aws, resources), loadArtifacts()])
    const settings = completeSettings(resolved, { keyIsStored: observed.have.has('secrets') })
    const inputs: Inputs = {
      place: aws.place,
      settings,
      secrets: resolved.secrets,
      artifacts,
      version: version(),
    }
    const plan = planDeploy(resources, inputs, observed).filter((step) => !only || only.has(step.id))
    return { stage, resources, observed, inputs, plan }
  } catch (error) {
    throw toAppError(error, `read stage ${target.stage}`)
  }
}

/** Throws when the plan holds a step that AWS cannot do in place or that would touch a foreign resource. */
export function refuseBlocked(plan: Plan, stage: string): void {
  const refused = plan.filter((step) => step.action === 'replace-refused')
  const [first] = refused
  if (!first) return
  const isForeign = first.fields.length === 0
  throw new AppError(
    isForeign ? 'FOREIGN_RESOURCE' : 'REPLACE_REFUSED',
    `${first.kind} ${first.name} stays as it is`,
    {
      why: `${first.why}${refused.length > 1 ? `; the same goes for ${refused.length - 1} more` : ''}`,
      next: isForeign
        ? [`choose another stage name, or remove that ${first.kind} yourself`]
        : [
            `set ${first.fields.map((field) => field.field).join(', ')} back, or make a new stage beside ${stage}`,
          ],
    },
  )
}

/**
 * Plays the plan. Throws when a step failed (APPLY_FAILED or the step's own error) or when the user
 * cancelled; either way what is done stays, and running the command again finishes the job.
 */
export async function playDeploy(prepared: Prepared, emit: (event: ApplyEvent) => void): Promise<Applied> {
  const { stage, resources, observed, inputs, plan } = prepared
  const applied = await applyPlan({ aws: stage.aws, resources, plan, observed, inputs, emit })
  throwIfUnfinished(applied, `whatsapp-otp deploy --stage ${stage.target.stage}`, stage.aws.signal)
  return applied
}

/** Turns failed or skipped steps into the error a user sees; `again` is the command that goes on. */
export function throwIfUnfinished(applied: Applied, again: string, signal?: AbortSignal): void {
  const { results } = applied
  const open = results.filter((result) => result.status !== 'done')
  if (open.length === 0) return
  const done = `${results.length - open.length} of ${results.length} steps are done; it is safe to repeat`
  const failed = results.find((result) => result.status === 'failed')
  if (signal?.aborted || !failed) throw cancelled(done, [again])
  const verb = failed.step.action === 'keep' ? 'read' : failed.step.action
  const cause = toAppError(failed.error, `${verb} ${failed.step.kind} ${failed.step.name}`)
  throw new AppError(cause.code, cause.message, {
    why: cause.why ? `${cause.why}. ${done}` : done,
    next: [...cause.next.filter((next) => !next.includes('same command again')), again],
    exitCode: cause.exitCode,
    cause: failed.error,
  })
}
