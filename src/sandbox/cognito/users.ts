// The operations on users who exist: what administrators do to them, and what they do to themselves.

import { AwsFault } from '../account/aws-fault.ts'
import { type Call, type Operation, unsigned } from '../protocol/service.ts'
import { invalid, notAuthorized, optionalText, pageOf, pairs, text, unmet, within } from './model/input.ts'
import { takenAlias } from './model/newcomers.ts'
import { checkMutable, checkValues, mayRead, mayWrite } from './model/schema.ts'
import { findUser, type Pool, requireUser, type Store, seconds } from './model/store.ts'
import type { User } from './model/users.ts'
import { poolFor } from './pools.ts'
import type { Tokens } from './tokens.ts'

type Input = Record<string, unknown>

const asList = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))

/** A user as the API shows it; the list of attributes is named differently from operation to operation. */
export function describedUser(user: User, member: 'Attributes' | 'UserAttributes') {
  return {
    Username: user.username,
    [member]: asList(user.attributes),
    UserCreateDate: seconds(user.createdAt),
    UserLastModifiedDate: seconds(user.changedAt),
    Enabled: user.enabled,
    UserStatus: user.status,
  }
}

/** Writes attributes; a new phone number or e-mail is unverified unless the same call says otherwise. */
function write(store: Store, pool: Pool, user: User, values: Record<string, string>): void {
  checkMutable(pool, values)
  checkValues(pool, values)
  const changed = { ...values }
  const taken = (name: string) =>
    new AwsFault('AliasExistsException', `An account with the given ${name} already exists.`)
  for (const name of ['phone_number', 'email'] as const) {
    const value = values[name]
    if (value === undefined || value === user.attributes[name]) continue
    const other = pool.usernameAttributes.includes(name) ? findUser(pool, value) : undefined
    if (other && other !== user) throw taken(name)
    changed[`${name}_verified`] ??= 'false'
  }
  // An alias is somebody's once it is verified, and not before.
  const alias = takenAlias(pool, { ...user.attributes, ...changed }, user)
  if (alias) throw taken(alias.attribute)
  pool.users.write(user, changed)
  user.changedAt = store.world.now()
}

/** Takes attributes away. What a user cannot be without stays; what he does not have counts as done. */
function remove(store: Store, pool: Pool, user: User, names: string[]): void {
  for (const name of names) {
    const attribute = pool.schema.find((one) => one.Name === name)
    if (!attribute) throw invalid(`user.${name}: Attribute does not exist in the schema.`)
    if (attribute.Mutable === false) throw invalid(`user.${name}: Attribute cannot be updated.`)
    const signsIn = pool.usernameAttributes.includes(name) && user.attributes[name] !== undefined
    if (attribute.Required || signsIn) throw invalid(`user.${name}: Attribute cannot be deleted.`)
  }
  pool.users.write(user, Object.fromEntries(names.map((name) => [name, undefined])))
  user.changedAt = store.world.now()
}

const searchable =
  'username email phone_number name given_name family_name preferred_username cognito:user_status status sub'.split(
    ' ',
  )

/** The filter of ListUsers: one attribute, `=` or `^=`, a quoted value. */
function filterOf(filter: string | undefined): (user: User) => boolean {
  if (!filter) return () => true
  const [, name = '', operator, value = ''] = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"(.*)"\s*$/.exec(filter) ?? []
  if (!operator) throw invalid('Error while parsing filter.')
  if (!searchable.includes(name)) throw invalid(`Invalid search attribute: ${name}`)
  return (user) => {
    const own =
      name === 'username'
        ? user.username
        : name === 'cognito:user_status'
          ? user.status
          : name === 'status'
            ? user.enabled
              ? 'Enabled'
              : 'Disabled'
            : user.attributes[name]
    return own !== undefined && (operator === '=' ? own === value : own.startsWith(value))
  }
}

/** The operations on users. Those without `Admin` prove themselves with an access token. */
export function userOperations(store: Store, tokens: Tokens): Record<string, Operation> {
  const named = (input: Input, call: Call) => {
    const pool = poolFor(store, input, call)
    return { pool, user: requireUser(pool, text(input, 'Username')) }
  }
  const signedIn = (input: Input) => tokens.verifyAccess(text(input, 'AccessToken'))

  function setEnabled(input: Input, call: Call, enabled: boolean) {
    const { user } = named(input, call)
    user.enabled = enabled
    user.changedAt = store.world.now()
    if (!enabled) tokens.signOut(user)
    return {}
  }

  return {
    AdminGetUser: (input, call) => describedUser(named(input, call).user, 'UserAttributes'),

    AdminUpdateUserAttributes(input, call) {
      const { pool, user } = named(input, call)
      write(store, pool, user, pairs(input, 'UserAttributes'))
      return {}
    },

    AdminDeleteUserAttributes(input, call) {
      const { pool, user } = named(input, call)
      if (!Array.isArray(input.UserAttributeNames))
        throw unmet(undefined, 'userAttributeNames', 'Member must not be null')
      remove(store, pool, user, input.UserAttributeNames as string[])
      return {}
    },

    AdminDeleteUser(input, call) {
      const { pool, user } = named(input, call)
      pool.users.delete(user)
      tokens.signOut(user)
      return {}
    },

    AdminDisableUser: (input, call) => setEnabled(input, call, false),
    AdminEnableUser: (input, call) => setEnabled(input, call, true),

    AdminUserGlobalSignOut(input, call) {
      tokens.signOut(named(input, call).user)
      return {}
    },

    ListUsers(input, call) {
      const pool = poolFor(store, input, call)
      const limit = input.Limit as number | undefined
      within(limit, 'limit', 0, 60)
      const wanted = input.AttributesToGet as string[] | undefined
      const users = pool.users.values().filter(filterOf(optionalText(input, 'Filter')))
      const size = Math.min(limit || 60, store.world.pageSize)
      const { page, next } = pageOf(users, optionalText(input, 'PaginationToken'), size)
      return {
        Users: page.map((user) => {
          const shown = Object.entries(user.attributes).filter(([name]) => !wanted || wanted.includes(name))
          return describedUser({ ...user, attributes: Object.fromEntries(shown) }, 'Attributes')
        }),
        ...(next && { PaginationToken: next }),
      }
    },

    GetUser: unsigned(async (input) => {
      const { client, user } = await signedIn(input)
      const shown = Object.entries(user.attributes).filter(([name]) => mayRead(client, name))
      return { Username: user.username, UserAttributes: asList(Object.fromEntries(shown)) }
    }),

    UpdateUserAttributes: unsigned(async (input) => {
      const { client, user, pool } = await signedIn(input)
      if (!Array.isArray(input.UserAttributes))
        throw unmet(undefined, 'userAttributes', 'Member must not be null')
      const values = pairs(input, 'UserAttributes')
      if (!Object.keys(values).every((name) => mayWrite(store, client, name))) {
        throw notAuthorized('A client attempted to write unauthorized attribute')
      }
      write(store, pool, user, values)
      return { CodeDeliveryDetailsList: [] }
    }),

    DeleteUser: unsigned(async (input) => {
      const { user, pool } = await signedIn(input)
      pool.users.delete(user)
      tokens.signOut(user)
      return {}
    }),
  }
}
