// The control plane of user pools: create, describe, update, delete, list and attributes.
import type { CreateUserPoolRequest } from '@aws-sdk/client-cognito-identity-provider'
import { type Context, requestTags, resourceTags } from '../account/condition.ts'
import type { Call, Operation } from '../protocol/service.ts'
import {
  invalid,
  matching,
  oneOf,
  optionalText,
  pageOf,
  stringMap,
  text,
  unmet,
  within,
} from './model/input.ts'
import { addCustom, schemaOf } from './model/schema.ts'
import {
  clientsOf,
  findPool,
  livePools,
  newPoolId,
  type Pool,
  type PoolSettings,
  poolArn,
  type Store,
  seconds,
} from './model/store.ts'
import { Users } from './model/users.ts'
import { poolSettings, readBack } from './pool-settings.ts'
import { checkTags, ownTags, poolTags, shownTags } from './tags.ts'
import { checkPoolTier, checkTierChange } from './tiers.ts'

type Input = Record<string, unknown>

/** Authorises the call on the pool that `UserPoolId` names, and finds it. `asked`: what it asks for, as condition keys. */
export function poolFor(store: Store, input: Input, call: Call, asked: Context = {}): Pool {
  const id = text(input, 'UserPoolId')
  matching(id, 'userPoolId', /^[\w-]+_[0-9a-zA-Z]+$/)
  const context = poolTags(store, store.pools.get(id))
  call.authorize(`cognito-idp:${call.operation}`, poolArn(store.world, id), { ...context, ...asked })
  return findPool(store, id)
}

/** A page is never longer than the sandbox's, however many results are asked for. */
export function pageSizeOf(store: Store, input: Input, member: string): number {
  const asked = input[member] as number | undefined
  within(asked, member.charAt(0).toLowerCase() + member.slice(1), 1, 60)
  return Math.min(asked ?? 60, store.world.pageSize)
}

function described({ world }: Store, pool: Pool, tags: Record<string, string>) {
  const { own, custom } = pool.domains
  return {
    ...readBack(pool.settings, world),
    Id: pool.id,
    Name: pool.name,
    Arn: pool.arn,
    CreationDate: seconds(pool.createdAt),
    LastModifiedDate: seconds(pool.changedAt),
    SchemaAttributes: pool.schema,
    EstimatedNumberOfUsers: pool.users.size,
    UserPoolTags: tags,
    ...(pool.usernameAttributes.length && { UsernameAttributes: pool.usernameAttributes }),
    ...(pool.aliasAttributes.length && { AliasAttributes: pool.aliasAttributes }),
    ...(pool.caseSensitive !== undefined && { UsernameConfiguration: { CaseSensitive: pool.caseSensitive } }),
    ...(own && { Domain: own.name }),
    ...(custom && { CustomDomain: custom.name }),
  }
}

function checkName(name: string): string {
  matching(name, 'poolName', /^[\w\s+=,.@-]+$/)
  if (name.length > 128) throw unmet(name, 'poolName', 'Member must have length less than or equal to 128')
  return name
}

/** What else a caller needs who names it: to pass the role that sends SMS, and to grant the use of a sender's key. */
function authorizeParts(input: Input, call: Call): void {
  const { SmsConfiguration: sms, LambdaConfig: config } = input as PoolSettings
  if (sms?.SnsCallerArn) {
    call.authorize('iam:PassRole', sms.SnsCallerArn, { 'iam:PassedToService': 'cognito-idp.amazonaws.com' })
  }
  if (config?.KMSKeyID) call.authorize('kms:CreateGrant', config.KMSKeyID)
}

/** Whether Cognito looks for the functions of triggers is not known; the words are the sandbox's. */
function checkFunctions({ world, functionExists }: Store, settings: PoolSettings): void {
  if (world.unsettled.poolFunctions === 'unchecked') return
  const { KMSKeyID: _key, ...triggers } = settings.LambdaConfig ?? {}
  for (const trigger of Object.values(triggers)) {
    const arn = typeof trigger === 'string' ? trigger : trigger?.LambdaArn
    if (arn && !functionExists(arn)) throw invalid(`Lambda function ${arn} does not exist.`)
  }
}

/** The operations on pools themselves. */
export function poolOperations(store: Store): Record<string, Operation> {
  const { world } = store

  /** The settings that a call leaves behind, if the account and the tier have what they need. */
  function settingsFor(input: Input, pool?: Pool): PoolSettings {
    const settings = poolSettings(input, world, pool)
    checkPoolTier(world, settings)
    if (pool) checkTierChange(settings.UserPoolTier, pool, clientsOf(store, pool))
    checkFunctions(store, settings)
    return settings
  }

  return {
    CreateUserPool(input, call) {
      const tags = stringMap(input, 'UserPoolTags') ?? {}
      const id = newPoolId(store, optionalText(input, 'PoolName') ?? '')
      call.authorize('cognito-idp:CreateUserPool', '*', requestTags(tags))
      const { tagOnCreate } = world.unsettled
      if (Object.keys(tags).length > 0 && tagOnCreate !== 'nothing') {
        call.authorize('cognito-idp:TagResource', poolArn(world, id), {
          ...requestTags(tags),
          ...(tagOnCreate === 'tag-tagged' ? resourceTags(tags) : {}),
        })
      }
      authorizeParts(input, call)
      const wanted = input as unknown as CreateUserPoolRequest
      const { UsernameAttributes = [], AliasAttributes = [] } = wanted
      for (const name of UsernameAttributes) oneOf(name, 'usernameAttributes', ['phone_number', 'email'])
      for (const name of AliasAttributes) {
        oneOf(name, 'aliasAttributes', ['phone_number', 'email', 'preferred_username'])
      }
      if (UsernameAttributes.length && AliasAttributes.length) {
        throw invalid('Only one of aliasAttributes or usernameAttributes can be set in a user pool.')
      }
      const pool: Pool = {
        seq: store.next(),
        id,
        arn: poolArn(world, id),
        name: checkName(text(input, 'PoolName')),
        settings: settingsFor(input),
        schema: schemaOf(wanted.Schema ?? []),
        usernameAttributes: UsernameAttributes,
        aliasAttributes: AliasAttributes,
        ...(wanted.UsernameConfiguration && {
          caseSensitive: wanted.UsernameConfiguration.CaseSensitive ?? false,
        }),
        tags: checkTags(tags),
        domains: {},
        providers: [],
        users: new Users(),
        createdAt: world.now(),
        changedAt: world.now(),
      }
      store.pools.set(pool.id, pool)
      return { UserPool: described(store, pool, pool.tags) }
    },

    DescribeUserPool(input, call) {
      const pool = poolFor(store, input, call)
      return { UserPool: described(store, pool, shownTags(store, pool)) }
    },

    UpdateUserPool(input, call) {
      const tags = stringMap(input, 'UserPoolTags')
      const pool = poolFor(store, input, call, requestTags(tags ?? {}))
      authorizeParts(input, call)
      const name = optionalText(input, 'PoolName')
      const settings = settingsFor(input, pool)
      const kept = world.unsettled.omittedPoolFields === 'kept' ? pool.tags : {}
      pool.tags = { ...ownTags(pool.tags), ...(tags ? checkTags(tags) : kept) }
      if (name !== undefined) pool.name = checkName(name)
      pool.settings = settings
      pool.changedAt = world.now()
      return {}
    },

    DeleteUserPool(input, call) {
      const pool = poolFor(store, input, call)
      if (pool.settings.DeletionProtection === 'ACTIVE') {
        throw invalid(
          'The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.',
        )
      }
      if (Object.keys(pool.domains).length > 0) {
        throw invalid('User pool cannot be deleted. It has a domain configured that should be deleted first.')
      }
      pool.goneAt ??= world.now() + world.delays.deletion
      livePools(store)
      return {}
    },

    ListUserPools(input, call) {
      call.authorize('cognito-idp:ListUserPools', '*')
      if (input.MaxResults === undefined) throw unmet(undefined, 'maxResults', 'Member must not be null')
      const size = pageSizeOf(store, input, 'MaxResults')
      const { page, next } = pageOf(livePools(store), optionalText(input, 'NextToken'), size)
      return {
        UserPools: page.map((pool) => ({
          Id: pool.id,
          Name: pool.name,
          LambdaConfig: pool.settings.LambdaConfig,
          CreationDate: seconds(pool.createdAt),
          LastModifiedDate: seconds(pool.changedAt),
        })),
        ...(next && { NextToken: next }),
      }
    },

    AddCustomAttributes(input, call) {
      const pool = poolFor(store, input, call)
      const wanted = input.CustomAttributes
      if (!Array.isArray(wanted)) throw unmet(undefined, 'customAttributes', 'Member must not be null')
      if (wanted.length < 1 || wanted.length > 25) {
        throw unmet(wanted.length, 'customAttributes', 'Member must have length between 1 and 25')
      }
      pool.schema = addCustom(pool.schema, wanted)
      return {}
    },
  }
}
