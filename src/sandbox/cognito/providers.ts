// The other parties with whom people sign in to a pool, as far as clients name them.

import { AwsFault } from '../account/aws-fault.ts'
import type { Call, Operation } from '../protocol/service.ts'
import { invalid, matching, oneOf, optionalText, pageOf, stringMap, text } from './model/input.ts'
import { type Pool, type Provider, type Store, seconds } from './model/store.ts'
import { pageSizeOf, poolFor } from './pools.ts'

type Input = Record<string, unknown>

const types = ['SAML', 'Facebook', 'Google', 'LoginWithAmazon', 'SignInWithApple', 'OIDC']

const described = (pool: Pool, { name, type, details, mapping, createdAt, changedAt }: Provider) => ({
  UserPoolId: pool.id,
  ProviderName: name,
  ProviderType: type,
  ProviderDetails: details,
  AttributeMapping: mapping,
  CreationDate: seconds(createdAt),
  LastModifiedDate: seconds(changedAt),
})

/** The operations on identity providers. Nobody signs in with one here. */
export function providerOperations(store: Store): Record<string, Operation> {
  const { world } = store

  function named(input: Input, call: Call) {
    const pool = poolFor(store, input, call)
    const name = text(input, 'ProviderName')
    const provider = pool.providers.find((one) => one.name === name)
    if (!provider) {
      throw new AwsFault('ResourceNotFoundException', `Identity provider ${name} does not exist.`)
    }
    return { pool, provider }
  }

  return {
    CreateIdentityProvider(input, call) {
      const pool = poolFor(store, input, call)
      const name = text(input, 'ProviderName')
      matching(name, 'providerName', /^[^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+$/u)
      const type = text(input, 'ProviderType')
      oneOf(type, 'providerType', types)
      if (pool.providers.some((one) => one.name === name)) {
        throw new AwsFault('DuplicateProviderException', `A provider with the name ${name} already exists.`)
      }
      const details = stringMap(input, 'ProviderDetails') ?? {}
      if (Object.keys(details).length === 0) throw invalid('ProviderDetails must not be empty.')
      const mapping = stringMap(input, 'AttributeMapping') ?? {}
      const now = world.now()
      const provider = { seq: store.next(), name, type, details, mapping, createdAt: now, changedAt: now }
      pool.providers.push(provider)
      return { IdentityProvider: described(pool, provider) }
    },

    DescribeIdentityProvider(input, call) {
      const { pool, provider } = named(input, call)
      return { IdentityProvider: described(pool, provider) }
    },

    ListIdentityProviders(input, call) {
      const pool = poolFor(store, input, call)
      const size = pageSizeOf(store, input, 'MaxResults')
      const { page, next } = pageOf(pool.providers, optionalText(input, 'NextToken'), size)
      return {
        Providers: page.map(({ name, type, createdAt, changedAt }) => ({
          ProviderName: name,
          ProviderType: type,
          CreationDate: seconds(createdAt),
          LastModifiedDate: seconds(changedAt),
        })),
        ...(next && { NextToken: next }),
      }
    },

    DeleteIdentityProvider(input, call) {
      const { pool, provider } = named(input, call)
      pool.providers = pool.providers.filter((one) => one !== provider)
      return {}
    },
  }
}
