// A user pool that nobody signs in to: for what creating, reading and updating a pool does.
import {
  CreateUserPoolCommand,
  type CreateUserPoolCommandInput,
  DescribeUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider'
import { isAccessDenied, isFinal } from '../../aws/errors.ts'
import { once } from '../../aws/once.ts'
import type { Ground } from './ground.ts'
import { markTag, poolThing } from './things.ts'

export interface BarePool {
  id: string
  /** Why Cognito refused the triggers of functions that do not exist; undefined where it took them. */
  refusal: unknown
  /** As it was read right after it was made. */
  first: UserPoolType
  /** Milliseconds after it was made until its tags were read; undefined where they never were. */
  tagsAfterMs: number | undefined
  /** How often it was read for that. */
  reads: number
}

/** How long tags are waited for. */
const patienceMs = 30_000

export async function makeBarePool(ground: Ground): Promise<BarePool> {
  const { aws, mark, options } = ground
  const { partition, region, account } = aws.place
  const name = `${options.prefix}-bare`
  const nowhere = `arn:${partition}:lambda:${region}:${account}:function:${name}`
  const made = poolThing(mark, name)
  ground.made.expect(made)
  const create = async (more: Partial<CreateUserPoolCommandInput>) => {
    const answer = await aws.cognito.send(
      once(
        new CreateUserPoolCommand({
          PoolName: name,
          UserPoolTier: 'LITE',
          DeletionProtection: 'ACTIVE',
          AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] },
          UserPoolTags: { [markTag]: mark.runId },
          ...more,
        }),
      ),
    )
    const id = answer.UserPool?.Id ?? ''
    made.hasId(id)
    return id
  }
  let refusal: unknown
  // A trigger of every tier.
  const id = await create({ LambdaConfig: { PreSignUp: nowhere } }).catch((error) => {
    if (!isFinal(error) || isAccessDenied(error)) throw error
    refusal = error
    return create({})
  })
  return { id, refusal, ...(await firstReads(ground, id)) }
}

async function firstReads({ aws, mark }: Ground, UserPoolId: string) {
  const { cognito, clock, signal } = aws
  const began = clock.now()
  let first: UserPoolType | undefined
  for (let reads = 1; ; reads++) {
    const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }))
    first ??= UserPool ?? {}
    const ms = clock.now() - began
    if (UserPool?.UserPoolTags?.[markTag] === mark.runId) return { first, tagsAfterMs: ms, reads }
    if (ms > patienceMs || signal?.aborted) return { first, tagsAfterMs: undefined, reads }
    await clock.sleep(500, signal)
  }
}
