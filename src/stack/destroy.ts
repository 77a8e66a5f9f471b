// The whole of a removal without its talk: read, plan, play, and read again to prove that nothing is left.
import { toAppError } from '../aws/errors.ts'
import { AppError } from '../errors.ts'
import { type Applied, type ApplyEvent, applyPlan } from './apply.ts'
import { throwIfUnfinished } from './deploy.ts'
import { type Observed, readStack } from './have.ts'
import { type Plan, planDestroy } from './plan.ts'
import type { AnyResource } from './resource.ts'
import { resourcesOf } from './resources.ts'
import type { OpenStage } from './stage.ts'

export interface PreparedDestroy {
  stage: OpenStage
  resources: readonly AnyResource[]
  observed: Observed
  plan: Plan
}

/** Reads AWS and lists what would go. Throws STAGE_NOT_FOUND when there is nothing of this stage. */
export async function prepareDestroy(stage: OpenStage, keep: ReadonlySet<string>): Promise<PreparedDestroy> {
  const { aws, target } = stage
  const resources = resourcesOf(aws.place)
  const observed = await readStack(aws, resources).catch((error) => {
    throw toAppError(error, `read stage ${target.stage}`)
  })
  const plan = planDestroy(resources, observed, keep)
  if (!plan.some((step) => step.action === 'delete')) {
    throw new AppError('STAGE_NOT_FOUND', `There is nothing of stage «${target.stage}» to remove`, {
      why: `account ${aws.place.account} has none of its resources in ${aws.place.region}`,
      next: ['another region or account? see --region and --profile'],
    })
  }
  return { stage, resources, observed, plan }
}

/** Plays the plan; throws as playDeploy does. */
export async function playDestroy(
  prepared: PreparedDestroy,
  emit: (event: ApplyEvent) => void,
): Promise<Applied> {
  const { stage, resources, observed, plan } = prepared
  const applied = await applyPlan({ aws: stage.aws, resources, plan, observed, emit })
  throwIfUnfinished(applied, `whatsapp-otp destroy --stage ${stage.target.stage}`, stage.aws.signal)
  return applied
}

/** Reads again and gives what of ours is still there, beyond what was meant to stay. */
export async function findLeftovers(prepared: PreparedDestroy): Promise<Plan> {
  const { stage, resources, plan } = prepared
  const kept = new Set(plan.filter((step) => step.action === 'keep').map((step) => step.id))
  const observed = await readStack(stage.aws, resources)
  return planDestroy(resources, observed, kept).filter((step) => step.action === 'delete')
}
