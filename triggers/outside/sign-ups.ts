// Sign-ups as they are looked up and kept: whose number it is, how many there were, who made himself.
import type { Caps } from '../../src/core/limits.ts'
import { markOf } from '../../src/core/subject.ts'
import { signUpCounter } from '../../src/core/table-counters.ts'
import { keyOf, selfMadePk } from '../../src/core/table-items.ts'
import type { Aws } from './aws-call.ts'
import type { Deadline } from './clock.ts'
import { createCounting } from './counting.ts'
import { failStore } from './store.ts'
import { findUser, type UserPlace } from './users.ts'

export interface Asked extends UserPlace {
  phone: string | undefined
}

/** Finds who is there already; whoever cannot be looked up by his number counts as nobody. Throws AwsError. */
type LookUp = (aws: Aws, asked: Asked) => ReturnType<SignUps['lookUp']>

export interface SignUps {
  /**
   * Who is there already: `known` where Cognito refuses the sign-up by itself, because of a user who has proven the
   * number, `number` where it does not, and that number is somebody's.
   */
  lookUp(asked: Asked): Promise<'known' | 'number' | undefined>
  /** Counts one sign-up at `now`; false where a cap of the hour or the day (UTC) is reached. Throws StoreError. */
  count(pool: string, now: number, deadline: Deadline): Promise<boolean>
  /** Takes back what was counted at `then`. Best effort: one too many is counted, never one too few. */
  uncount(pool: string, then: number, deadline: Deadline): Promise<void>
  /** Notes that the account with this name of Cognito's made itself. Throws StoreError. */
  note(userName: string, now: number, deadline: Deadline): Promise<void>
}

/** Whether the account with this name of Cognito's was noted as one that made itself. Throws StoreError. */
export async function isSelfMade(
  aws: Aws,
  table: string,
  userName: string,
  deadline: Deadline,
): Promise<boolean> {
  const input = { TableName: table, Key: keyOf(selfMadePk(userName)), ConsistentRead: true }
  const { Item } = await aws.json('dynamodb', 'GetItem', input, deadline).catch(failStore)
  return Item !== undefined
}

/** How long an account is known to have made itself, until its number is proven. */
const keptMs = 400 * 86_400_000

async function holderOf(aws: Aws, { phone, ...place }: Asked) {
  if (phone === undefined) return undefined
  return findUser(aws, { ...place, userName: phone }).catch(() => undefined)
}

export const lookUpByMarks: LookUp = async (aws, asked) => {
  const holder = await holderOf(aws, asked)
  return holder && markOf(holder.attributes) === 'proven' ? 'known' : undefined
}

/**
 * In a pool of somebody else's the names of users may be their own choice, and an account that has the name already must
 * not be noted as one that made itself: Cognito refuses it, but maybe after it has asked. Where users sign in by number,
 * names are Cognito's, the same as `sub`; elsewhere it lets a number that somebody has verified be given again.
 */
export const lookUpByMemory: LookUp = async (aws, asked) => {
  const [namesake, holder] = await Promise.all([findUser(aws, asked), holderOf(aws, asked)])
  if (namesake) return 'known'
  if (holder?.attributes.phone_number_verified !== 'true') return undefined
  return holder.attributes.sub === holder.userName ? 'known' : 'number'
}

export interface SignUpsOptions {
  aws: Aws
  table: string
  caps: Caps
  lookUp: LookUp
}

export function createSignUps({ aws, table, caps, lookUp }: SignUpsOptions): SignUps {
  const counting = createCounting(aws, table)
  return {
    lookUp: (asked) => lookUp(aws, asked),

    count: async (pool, now, deadline) =>
      (await counting.add(signUpCounter(pool), now, caps, deadline)).counted,

    uncount: (pool, then, deadline) => counting.takeBack(signUpCounter(pool), then, deadline),

    async note(userName, now, deadline) {
      const ttl = { N: String(Math.ceil((now + keptMs) / 1000)) }
      const input = { TableName: table, Item: { ...keyOf(selfMadePk(userName)), ttl } }
      await aws.json('dynamodb', 'PutItem', input, deadline).catch(failStore)
    },
  }
}
