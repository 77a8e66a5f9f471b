// What a pool's PreTokenGeneration trigger makes of the claims of tokens, in each version of its event.
import { isObject } from '../../protocol/fields.ts'
import { isStringMap } from '../model/input.ts'
import type { Client, Store } from '../model/store.ts'
import type { User } from '../model/users.ts'
import { attributesForTriggers, callTrigger, functionOf, unrecognizable } from './call.ts'

/** How the claims of one token change. */
export type Change = (claims: Record<string, unknown>) => Record<string, unknown>

export interface Changes {
  id: Change
  access: Change
}

interface Generation {
  client: Client
  user: User
  /** As the token would show them. */
  attributes: Readonly<Record<string, string>>
  source: 'Authentication' | 'RefreshTokens'
  scope: string
  metadata: Record<string, string> | undefined
}

/** What no trigger may touch. */
const fixed =
  /^(cognito:(?!groups|roles|preferred_role)|dev:)|^(acr|amr|at_hash|aud|auth_time|azp|client_id|event_id|exp|iat|iss|jti|nbf|nonce|origin_jti|sub|token_use|username)$/

const unchanged: Change = (claims) => claims

/** Asks the trigger, if there is one, before tokens are signed. */
export async function changesOf(store: Store, generation: Generation): Promise<Changes> {
  const { client, user, source, scope, metadata } = generation
  const { pool } = client
  if (!functionOf(pool, 'PreTokenGeneration')) return { id: unchanged, access: unchanged }
  const version = pool.settings.LambdaConfig?.PreTokenGenerationConfig?.LambdaVersion ?? 'V1_0'
  const isFirst = version === 'V1_0'
  const answer = await callTrigger(store, {
    key: 'PreTokenGeneration',
    source: `TokenGeneration_${source}`,
    version: version.slice(1, 2),
    pool,
    clientId: client.id,
    userName: user.username,
    request: {
      userAttributes: { ...attributesForTriggers(user), ...generation.attributes },
      groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: null },
      ...(!isFirst && { scopes: scope.split(' ') }),
      ...(metadata && { clientMetadata: metadata }),
    },
    response: isFirst ? { claimsOverrideDetails: null } : { claimsAndScopeOverrideDetails: null },
  })
  if (isFirst) return { id: changeOf(answer?.claimsOverrideDetails, true), access: unchanged }
  const details = objectOf(answer?.claimsAndScopeOverrideDetails)
  const access = objectOf(details.accessTokenGeneration)
  const change = changeOf(access, false)
  return {
    id: changeOf(details.idTokenGeneration, false),
    access: (claims) => ({ ...change(claims), scope: scopesOf(scope, access) }),
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw unrecognizable()
  return value
}

function listOf(value: unknown): string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) throw unrecognizable()
  return value
}

/** `areTexts`: the first version knows no values but texts. */
function changeOf(asked: unknown, areTexts: boolean): Change {
  const { claimsToAddOrOverride, claimsToSuppress } = objectOf(asked)
  const added = objectOf(claimsToAddOrOverride)
  if (areTexts && !isStringMap(added)) throw unrecognizable()
  const suppressed = listOf(claimsToSuppress)
  return (claims) => {
    const open = Object.entries({ ...claims, ...added }).filter(([name]) => !fixed.test(name))
    const kept = Object.entries(claims).filter(([name]) => fixed.test(name))
    return Object.fromEntries([...kept, ...open.filter(([name]) => !suppressed.includes(name))])
  }
}

function scopesOf(scope: string, { scopesToAdd, scopesToSuppress }: Record<string, unknown>): string {
  const suppressed = listOf(scopesToSuppress)
  return [...scope.split(' '), ...listOf(scopesToAdd)].filter((one) => !suppressed.includes(one)).join(' ')
}
