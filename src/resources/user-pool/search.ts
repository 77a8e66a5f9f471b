// Finding the pool of a stage: names of pools are not unique, tags are the proof, and those of a new pool may be late.
import {
  DescribeUserPoolCommand,
  paginateListUserPools,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Aws } from '../../aws/clients.ts'
import { ifFound, isAccessDenied } from '../../aws/errors.ts'
import { raw } from '../../aws/raw.ts'
import { lookUntil, retryWhile } from '../../aws/wait.ts'
import { AppError } from '../../errors.ts'
import { isOurs, names, ownerTag, type Place, stageTag } from '../../names.ts'
import { count } from '../../terminal/layout.ts'
import type { OtherClients } from './other-clients.ts'

export interface UserPoolHave {
  id: string
  /** As DescribeUserPool gives it, fields that the bundled SDK does not know included. */
  pool: UserPoolType
  /** Others of this name; looked for only where none of them is ours. */
  namesakes?: string[]
  /** Clients in a pool of ours that are not ours; absent where there are none. */
  others?: OtherClients
}

export async function describePool({ cognito }: Aws, id: string): Promise<UserPoolHave | undefined> {
  const found = await ifFound(cognito.send(raw(new DescribeUserPoolCommand({ UserPoolId: id }))))
  return found?.UserPool && { id, pool: found.UserPool }
}

/**
 * The pool of a stage: by the id that is recorded, or by name and tags; else one of somebody else's. Looks again
 * for some seconds where it may be ours and is too new to show its tags.
 */
export async function findPool(aws: Aws, recordedId?: string): Promise<UserPoolHave | undefined> {
  const { clock, signal, place } = aws
  const isTagged = ({ pool }: UserPoolHave) => isOurs(place.stage, pool.UserPoolTags)
  const look = async () => {
    const known = recordedId ? await describePool(aws, recordedId) : undefined
    const found = known && isTagged(known) ? [known] : await ofOurName(aws)
    const mayBeOurs = found.some(({ pool }) => isUntagged(pool, clock.now()))
    return { pool: oursOf(place, found), mayBeOurs }
  }
  const options = { clock, signal, capMs: patienceMs, what: 'the tags of the user pool' }
  const isOver = ({ pool, mayBeOurs }: Awaited<ReturnType<typeof look>>) =>
    !pool || isTagged(pool) || !mayBeOurs
  return (await lookUntil(isOver, options, look)).pool
}

async function ofOurName(aws: Aws): Promise<UserPoolHave[]> {
  const listed = await poolsNamed(aws, (name) => name === names.pool(aws.place.stage))
  const found = await Promise.all(listed.map(({ id }) => describePool(aws, id)))
  return found.filter((have) => have !== undefined)
}

/** Of all pools of the account and region those with such a name; names are not unique. */
export async function poolsNamed(
  { cognito }: Pick<Aws, 'cognito'>,
  isWanted: (name: string) => boolean,
): Promise<{ id: string; name: string }[]> {
  const found: { id: string; name: string }[] = []
  for await (const { UserPools = [] } of paginateListUserPools({ client: cognito }, { MaxResults: 60 })) {
    for (const { Id: id, Name: name } of UserPools) if (id && name && isWanted(name)) found.push({ id, name })
  }
  return found
}

/** Ours if there is one, else one of somebody else's. Throws SEVERAL_POOLS. */
function oursOf(place: Place, found: UserPoolHave[]): UserPoolHave | undefined {
  const ours = found.filter((have) => isOurs(place.stage, have.pool.UserPoolTags))
  if (ours.length > 1) throw severalPools(place, ours)
  if (ours[0]) return ours[0]
  const [first, ...others] = found
  return first && { ...first, namesakes: others.map((have) => have.id) }
}

/** The tags of a new pool are looked for, and count for permissions, within this time. */
const patienceMs = 30_000
/** A pool is new for this long by our clock, which may differ from Cognito's by as much as a signature allows. */
const newMs = 5 * 60_000

/** When a pool was made, in epoch milliseconds; raw answers have seconds. */
export function madeAt({ CreationDate }: UserPoolType): number | undefined {
  return CreationDate === undefined ? undefined : Number(CreationDate) * 1_000
}

const isNew = (since: number | undefined, now: number) => since !== undefined && Math.abs(now - since) < newMs

/** New, set up as only we do, and without any tag that would say whose it is. */
function isUntagged(pool: UserPoolType, now: number): boolean {
  const tags = pool.UserPoolTags ?? {}
  const isLikeOurs = pool.SchemaAttributes?.some(({ Name }) => Name === 'custom:whatsapp_verified')
  return isLikeOurs === true && !(stageTag in tags) && !(ownerTag in tags) && isNew(madeAt(pool), now)
}

/** Repeats what is refused for want of permission while the pool, made at `since`, is so new that its tags may not count. */
export function whileNew<T>(
  { clock, signal }: Pick<Aws, 'clock' | 'signal'>,
  since: number | undefined,
  action: () => Promise<T>,
): Promise<T> {
  const options = { clock, signal, capMs: patienceMs, what: 'the tags of the user pool to count' }
  return retryWhile((error) => isAccessDenied(error) && isNew(since, clock.now()), options, action)
}

const usersOf = ({ pool }: UserPoolHave) => count(pool.EstimatedNumberOfUsers ?? 0, 'user')

function severalPools({ stage, region }: Place, ours: UserPoolHave[]): AppError {
  return new AppError('SEVERAL_POOLS', `Stage «${stage}» has ${ours.length} user pools`, {
    why: `${ours.map((have) => `${have.id} (${usersOf(have)})`).join(' and ')} carry its tags`,
    next: ours.map(
      ({ id }) =>
        `aws cognito-idp delete-user-pool --region ${region} --user-pool-id ${id}   if it is not the one in use`,
    ),
  })
}
