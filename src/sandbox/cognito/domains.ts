// The domains of user pools, under which Cognito's own sign-in pages are: one under Amazon's, one of the account's own.
import type { CustomDomainConfigType } from '@aws-sdk/client-cognito-identity-provider'
import type { Operation } from '../protocol/service.ts'
import { invalid, matching, optionalText, text, within } from './model/input.ts'
import { type Domain, livePools, type Store } from './model/store.ts'
import { poolFor } from './pools.ts'
import { checkDomainTier } from './tiers.ts'

type Input = Record<string, unknown>

const distribution = 'd111111abcdef8.cloudfront.net'

function wanted(input: Input): Domain {
  const config = input.CustomDomainConfig as CustomDomainConfigType | null | undefined
  const version = (input.ManagedLoginVersion ?? 1) as number
  within(version, 'managedLoginVersion', 1, 2)
  const name = text(input, 'Domain')
  if (config) {
    matching(name, 'domain', /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/)
    text({ ...config }, 'CertificateArn')
    return { name, version, config }
  }
  matching(name, 'domain', /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
  const reserved = /aws|amazon|cognito/.exec(name)
  if (reserved) throw invalid(`Domain cannot contain reserved word: ${reserved[0]}`)
  return { name, version }
}

/** The operations on domains. */
export function domainOperations(store: Store): Record<string, Operation> {
  const taken = () =>
    livePools(store).flatMap((pool) => Object.values(pool.domains).map((domain) => ({ pool, domain })))

  return {
    CreateUserPoolDomain(input, call) {
      const pool = poolFor(store, input, call)
      const domain = wanted(input)
      const kind = domain.config ? 'custom' : 'own'
      if (pool.domains[kind]) throw invalid('User pool already has a domain configured.')
      if (taken().some((other) => other.domain.name === domain.name)) {
        throw invalid('Domain already associated with another user pool.')
      }
      checkDomainTier(pool.settings, domain)
      pool.domains[kind] = domain
      return {
        ManagedLoginVersion: domain.version,
        ...(domain.config && { CloudFrontDomain: distribution }),
      }
    },

    // A domain that nobody has is described as nothing.
    DescribeUserPoolDomain(input, call) {
      call.authorize('cognito-idp:DescribeUserPoolDomain', '*')
      const name = text(input, 'Domain')
      const found = taken().find(({ domain }) => domain.name === name)
      if (!found) return { DomainDescription: {} }
      const { pool, domain } = found
      return {
        DomainDescription: {
          UserPoolId: pool.id,
          AWSAccountId: store.world.account,
          Domain: domain.name,
          CloudFrontDistribution: distribution,
          Status: 'ACTIVE',
          ManagedLoginVersion: domain.version,
          ...(domain.config && { CustomDomainConfig: domain.config }),
        },
      }
    },

    DeleteUserPoolDomain(input, call) {
      const pool = poolFor(store, input, call)
      const name = optionalText(input, 'Domain')
      const kind = (['own', 'custom'] as const).find((one) => pool.domains[one]?.name === name)
      if (!kind) throw invalid('No such domain or user pool exists.')
      delete pool.domains[kind]
      return {}
    },
  }
}
