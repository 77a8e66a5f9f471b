// Whose a user pool is, as the conditions of a policy ask it: a pool's id is given by AWS, so its tags say it.
import { isAccessDenied, read } from '../../aws/errors.ts'
import type { Permission } from '../../engine/resource.ts'
import { AppError } from '../../errors.ts'
import { type Place, tagsOf } from '../../names.ts'

type Condition = NonNullable<Permission['when']>

const ownTags = (kind: 'RequestTag' | 'ResourceTag', { stage }: Place): Record<string, string> =>
  Object.fromEntries(Object.entries(tagsOf(stage)).map(([key, value]) => [`aws:${kind}/${key}`, value]))

/** For a pool that is made, or taken over: it is given the tags of this stage. */
export function becomingOurs(place: Place): Condition {
  return { StringEquals: ownTags('RequestTag', place) }
}

/** For a pool that is this stage's already. */
export function poolOfOurs(place: Place): Condition {
  return { StringEquals: ownTags('ResourceTag', place) }
}

/** The same, where a call could make it another stage's. */
export function stayingOurs(place: Place): Condition {
  return { ...poolOfOurs(place), StringEqualsIfExists: ownTags('RequestTag', place) }
}

/**
 * Says what to do where AWS asks for more than `cognito-idp:CreateUserPool` to tag a new pool; gives every other
 * error back. Whoever may tag pools that have no tags yet may make every pool of the account his own.
 */
export function explainTagging(error: unknown, { stage }: Place): unknown {
  if (!isAccessDenied(error) || !/cognito-idp:TagResource/.test(read(error).message)) return error
  return new AppError('ACCESS_DENIED', 'Could not create the user pool', {
    why: 'here a new pool is given its tags by cognito-idp:TagResource, and the policy of a stage tags no pool that is not its own',
    next: [
      `whatsapp-otp deploy --stage ${stage}   once as an administrator; from then on the policy is enough`,
    ],
    cause: error,
  })
}
