// The whole of a removal without its talk: read, plan, play, and read again to prove that nothing is left.
import { toAppError } from '../aws/errors.ts'
import { AppError } from '../errors.ts'
import { names } from '../names.ts'
import { protectedPool, type UserPoolHave } from '../resources/user-pool.ts'
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
  /** Users that go with the pool, by Cognito's own estimate. */
  users: number
}

export interface DestroyOptions {
  /** Ids of resources that stay. */
  keep?: ReadonlySet<string>
  /** Switches the pool's deletion protection off instead of refusing. */
  liftProtection?: boolean
}

/**
 * Reads AWS and lists what would go; changes nothing. Throws STAGE_NOT_FOUND when there is nothing of this
 * stage, and DELETION_PROTECTED when its pool is protected and that is not to be lifted.
 */
export async function prepareDestroy(
  stage: OpenStage,
  options: DestroyOptions = {},
): Promise<PreparedDestroy> {
  const { aws, target } = stage
  const { keep = new Set<string>(), liftProtection = false } = options
  const resources = resourcesOf(aws.place, { liftDeletionProtection: liftProtection })
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
  const pool = observed.have.get('user-pool') as UserPoolHave | undefined
  const poolGoes = plan.some((step) => step.id === 'user-pool' && step.action === 'delete')
  if (poolGoes && pool?.pool.DeletionProtection === 'ACTIVE' && !liftProtection) {
    throw protectedPool(target.stage, names.pool(target.stage))
  }
  return { stage, resources, observed, plan, users: (poolGoes && pool?.pool.EstimatedNumberOfUsers) || 0 }
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
