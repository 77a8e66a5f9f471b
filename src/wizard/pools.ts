// The user pools of the place where a stage is to be, and what would stand in the way of borrowing each.
import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import type { Aws } from '../aws/clients.ts'
import { isAccessDenied } from '../aws/errors.ts'
import { toAppError } from '../aws/words.ts'
import type { AppError } from '../errors.ts'
import type { Owner } from '../resources/user-pool/borrowed/borrowed.ts'
import { cannotBorrow, type Obstacle, obstaclesOf } from '../resources/user-pool/borrowed/obstacles.ts'
import { ownerOf } from '../resources/user-pool/borrowed/owner.ts'
import { borrowedPool, poolNotFound } from '../resources/user-pool/borrowed/pool.ts'
import { describePool, poolsNamed } from '../resources/user-pool/search.ts'
import { checkPoolRegion } from '../settings/borrowed-pool.ts'
import type { Settings } from '../settings/schema.ts'

export interface NamedPool {
  id: string
  name: string
}

/** What a list of pools says of one. */
export interface ListedPool extends NamedPool {
  /** Cognito's own estimate; undefined where the pool may not be looked at. */
  users: number | undefined
  /** Attributes by which its users are called; empty where by names of their own. */
  signInWith: readonly string[]
  owner: Owner | undefined
  /** Why it cannot be borrowed, in a few words. */
  obstacle: string | undefined
}

/** A pool that was picked, with all that a deploy looks at. */
export interface ExaminedPool {
  id: string
  owner: Owner | undefined
  /** What stands in the way of letting its users sign in, and of letting new ones sign up. */
  signIn: Obstacle | undefined
  signUp: Obstacle | undefined
  /** App clients by which a user writes the number of his account. */
  numberWriters: readonly string[]
}

export interface PoolDesk {
  /** Of every pool here; undefined where that may not be asked. */
  list(): Promise<NamedPool[] | undefined>
  look(pools: readonly NamedPool[]): Promise<ListedPool[]>
  /** Throws POOL_ELSEWHERE and POOL_NOT_FOUND. */
  examine(id: string, settings: Partial<Settings>): Promise<ExaminedPool>
  /** What a deploy would throw. */
  refusal(obstacle: Obstacle): AppError
}

export function poolDesk(aws: Aws): PoolDesk {
  const { place } = aws
  const inWords = (what: string) => (error: unknown) => {
    throw toAppError(error, what)
  }
  const obstacles = (settings: Partial<Settings>, have: Parameters<typeof obstaclesOf>[1]) =>
    obstaclesOf({ place, poolId: have.id, settings: { ...settings, userPoolId: have.id } }, have)
  return {
    list: () =>
      poolsNamed(aws, () => true).catch((error) =>
        isAccessDenied(error) ? undefined : inWords('list the user pools')(error),
      ),
    look: (pools) =>
      Promise.all(
        pools.map(async ({ id, name }): Promise<ListedPool> => {
          const found = await describePool(aws, id).catch((error) =>
            isAccessDenied(error) ? undefined : inWords(`look at the user pool ${id}`)(error),
          )
          if (!found) return { ...unseen, id, name }
          return {
            ...{ id, name, ...seen(found.pool) },
            obstacle: obstacles({ signUp: false }, found)[0]?.brief,
          }
        }),
      ),
    async examine(id, settings) {
      checkPoolRegion(settings, place)
      const borrowed = { place, poolId: id, settings }
      const have = await borrowedPool(borrowed)
        .read(aws, {})
        .catch(inWords(`look at the user pool ${id}`))
      if (!have) throw poolNotFound(borrowed)
      const [signIn] = obstacles({ ...settings, signUp: false }, have)
      const [signUp] = obstacles({ ...settings, signUp: true }, have)
      const clients = have.others?.clients ?? []
      const numberWriters = clients.filter(({ writesNumber }) => writesNumber).map(({ name }) => name)
      return { id, owner: ownerOf(have.pool, false), signIn, signUp, numberWriters }
    },
    refusal: (obstacle) => cannotBorrow(place, [obstacle]),
  }
}

const unseen = { users: undefined, signInWith: [], owner: undefined, obstacle: 'these rights do not show it' }

const seen = (pool: UserPoolType) => ({
  users: pool.EstimatedNumberOfUsers ?? 0,
  signInWith: pool.UsernameAttributes ?? [],
  owner: ownerOf(pool, false),
})
