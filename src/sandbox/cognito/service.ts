// Cognito user pools: the service put together from its subjects.

import { most } from '../account/recent.ts'
import type { World } from '../account/world.ts'
import type { Input } from '../protocol/fields.ts'
import type { JsonService } from '../protocol/json.ts'
import type { Call, Operation } from '../protocol/service.ts'
import { authOperations } from './auth.ts'
import { clientOperations } from './clients.ts'
import { createCustomAuth } from './custom-auth.ts'
import { domainOperations } from './domains.ts'
import { mfaOperations } from './mfa.ts'
import { readInput } from './model/input.ts'
import type { PoolsInside } from './model/inside.ts'
import { createStore, findPool, findUser, livePools, type Others, type Store } from './model/store.ts'
import { passwordOperations } from './passwords.ts'
import { poolOperations } from './pools.ts'
import { providerOperations } from './providers.ts'
import { signUpOperations } from './sign-up.ts'
import { tagOperations } from './tags.ts'
import { createTokens, type Tokens } from './tokens.ts'
import { userOperations } from './users.ts'
import { wellKnown } from './web.ts'

export interface Cognito extends JsonService, PoolsInside {
  /** What it remembers. */
  memory: { store: Store; tokens: Tokens }
  /** Everything that exists, to prove that nothing is left. */
  inventory(): { kind: string; name: string }[]
  /** The pool's public keys; ResourceNotFoundException when there is no such pool. */
  jwks(poolId: string): Promise<{ keys: object[] }>
  /** What the pool's tokens carry as `iss`. */
  issuer(poolId: string): string
}

/** The operations, each of which gets its members in the kinds that they have on AWS. */
function reading(operations: Record<string, Operation>): Record<string, Operation> {
  const read = (operation: Operation): Operation =>
    Object.assign((input: Input, call: Call) => operation(readInput(input), call), { ...operation })
  return Object.fromEntries(Object.entries(operations).map(([name, one]) => [name, read(one)]))
}

/** @param remembered how many sessions and tokens of each kind */
export function createCognito(world: World, others: Others, remembered = most): Cognito {
  const store = createStore(world, others, remembered)
  const tokens = createTokens(store)
  return {
    name: 'cognito-idp',
    protocol: 'json',
    targetPrefix: 'AWSCognitoIdentityProviderService',
    jsonVersion: '1.1',
    throttling: { code: 'TooManyRequestsException', status: 400 },
    operations: reading({
      ...poolOperations(store),
      ...tagOperations(store),
      ...domainOperations(store),
      ...mfaOperations(store),
      ...providerOperations(store),
      ...clientOperations(store),
      ...signUpOperations(store),
      ...userOperations(store, tokens),
      ...passwordOperations(store, tokens),
      ...authOperations(store, tokens, createCustomAuth(store, tokens)),
    }),
    inventory: () =>
      livePools(store).flatMap((pool) => [
        { kind: 'user pool', name: pool.name },
        ...[...store.clients.values()]
          .filter((client) => client.pool === pool)
          .map((client) => ({ kind: 'user pool client', name: client.name })),
        ...Object.values(pool.domains).map(({ name }) => ({ kind: 'user pool domain', name })),
      ]),
    memory: { store, tokens },
    web: wellKnown(world, tokens),
    jwks: tokens.jwks,
    issuer: tokens.issuer,
    confirmationCode: (poolId, username) => {
      const user = findUser(findPool(store, poolId), username)
      return user?.confirmationCode ?? user?.reset?.code
    },
    tagAsAws: (poolId, tags) => {
      const pool = findPool(store, poolId)
      pool.tags = { ...pool.tags, ...tags }
    },
  }
}
