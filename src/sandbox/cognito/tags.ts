// The tags of a user pool: what permissions see of them, and the operations that read and change them.
import { AwsFault } from '../account/aws-fault.ts'
import { type Context, requestTags, resourceTags } from '../account/condition.ts'
import type { Call, Operation } from '../protocol/service.ts'
import { invalid, stringMap, text, unmet } from './model/input.ts'
import { livePools, type Pool, type Store } from './model/store.ts'

type Input = Record<string, unknown>
type Tags = Record<string, string>

/** What a pool carries, as condition keys. */
export const poolTags = (store: Store, pool: Pool | undefined): Context =>
  pool ? resourceTags(shownTags(store, pool)) : {}

/** The tags that count. Those of a new pool may take their time. */
export function shownTags({ world }: Store, pool: Pool): Tags {
  const late = world.unsettled.poolTags === 'late' && world.now() < pool.createdAt + world.delays.poolTags
  return late ? {} : pool.tags
}

/** AWS's own tags, which nobody else gives or takes. */
export const ownTags = (tags: Tags): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith('aws:')))

/** Refuses tags that Cognito does not take. */
export function checkTags(tags: Tags): Tags {
  for (const key of Object.keys(tags)) {
    if (!key || key.length > 128 || key.startsWith('aws:')) throw invalid(`Invalid tag key: ${key}`)
  }
  if (Object.keys(tags).length > 50) throw invalid('Too many tags: at most 50.')
  return tags
}

/** The operations on tags, which name a pool by its ARN. */
export function tagOperations(store: Store): Record<string, Operation> {
  function byArn(input: Input, call: Call, asked: Context = {}): Pool {
    const arn = text(input, 'ResourceArn')
    const pool = livePools(store).find((p) => p.arn === arn)
    call.authorize(`cognito-idp:${call.operation}`, arn, { ...poolTags(store, pool), ...asked })
    if (!pool) throw new AwsFault('ResourceNotFoundException', `Resource ${arn} not found.`)
    return pool
  }

  return {
    TagResource(input, call) {
      const tags = stringMap(input, 'Tags') ?? {}
      const pool = byArn(input, call, requestTags(tags))
      pool.tags = { ...pool.tags, ...checkTags(tags) }
      if (Object.keys(pool.tags).length > 50) throw invalid('Too many tags: at most 50.')
      return {}
    },

    UntagResource(input, call) {
      const keys = input.TagKeys as string[] | undefined
      if (!keys) throw unmet(undefined, 'tagKeys', 'Member must not be null')
      const pool = byArn(input, call, { 'aws:TagKeys': keys })
      for (const key of keys) checkTags({ [key]: '' })
      const kept = Object.entries(pool.tags).filter(([key]) => !keys.includes(key))
      pool.tags = Object.fromEntries(kept)
      return {}
    },

    ListTagsForResource: (input, call) => ({ Tags: shownTags(store, byArn(input, call)) }),
  }
}
