// Sign-ups as they are looked up and kept: whose number it is, how many there were, who made himself.
import type { Caps } from '../../src/core/limits.ts'
import { markOf } from '../../src/core/subject.ts'
import { signUpCounter } from '../../src/core/table-counters.ts'
import { keyOf, selfMadePk } from '../../src/core/table-items.ts'
import type { Aws } from './aws-call.ts'
import type { Deadline } from './clock.ts'
import { createCounting } from './counting.ts'
import { failStore } from './store.ts'
import { findUser } from './users.ts'

export interface SignUps {
  /** Whether a number has a user who has proven it. Whoever cannot be looked up counts as nobody. */
  isProven(pool: string, phone: string, deadline: Deadline): Promise<boolean>
  /** Counts one sign-up at `now`; false where a cap of the hour or the day (UTC) is reached. Throws StoreError. */
  count(pool: string, now: number, deadline: Deadline): Promise<boolean>
  /** Takes back what was counted at `then`. Best effort: one too many is counted, never one too few. */
  uncount(pool: string, then: number, deadline: Deadline): Promise<void>
  /** Notes that the account with this name of Cognito's made itself. Throws StoreError. */
  note(userName: string, now: number, deadline: Deadline): Promise<void>
}

/** How long an account is known to have made itself, until its number is proven. */
const keptMs = 400 * 86_400_000

export function createSignUps({ aws, table, caps }: { aws: Aws; table: string; caps: Caps }): SignUps {
  const counting = createCounting(aws, table)
  return {
    async isProven(pool, phone, deadline) {
      const found = await findUser(aws, { pool, userName: phone, deadline }).catch(() => undefined)
      return found !== undefined && markOf(found.attributes) === 'proven'
    },

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
