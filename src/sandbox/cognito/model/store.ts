// What Cognito remembers: pools with their clients and users, and how each is found.
import type {
  CustomDomainConfigType,
  SchemaAttributeType,
  SmsMfaConfigType,
  SoftwareTokenMfaConfigType,
  UpdateUserPoolClientRequest,
  UpdateUserPoolRequest,
} from '@aws-sdk/client-cognito-identity-provider'
import { AwsFault } from '../../account/aws-fault.ts'
import { written } from '../../account/chance.ts'
import type { Provided } from '../../account/provided.ts'
import type { World } from '../../account/world.ts'
import { aliases, type User, type Users } from './users.ts'

/** The settings that UpdateUserPool replaces as a whole. */
export type PoolSettings = Omit<UpdateUserPoolRequest, 'UserPoolId' | 'PoolName' | 'UserPoolTags'>
/** The settings that UpdateUserPoolClient replaces as a whole. */
export type ClientSettings = Omit<UpdateUserPoolClientRequest, 'UserPoolId' | 'ClientId' | 'ClientName'>

export interface Client {
  seq: number
  id: string
  name: string
  pool: Pool
  secret?: string
  settings: ClientSettings
  createdAt: number
  changedAt: number
}

/** Where a pool's own sign-in pages are. */
export interface Domain {
  name: string
  /** Of the pages: 1 is the classic hosted UI, 2 is managed login. */
  version: number
  /** Of a domain of the account's own: the certificate it is served with. */
  config?: CustomDomainConfigType
}

/** Another party that signs people in, as Google or a company's SAML. */
export interface Provider {
  seq: number
  name: string
  type: string
  details: Record<string, string>
  mapping: Record<string, string>
  createdAt: number
  changedAt: number
}

export interface Pool {
  seq: number
  id: string
  arn: string
  name: string
  settings: PoolSettings
  schema: SchemaAttributeType[]
  usernameAttributes: string[]
  aliasAttributes: string[]
  /** As given at creation; absent means case-sensitive. */
  caseSensitive?: boolean
  tags: Record<string, string>
  totp?: SoftwareTokenMfaConfigType
  sms?: SmsMfaConfigType
  /** Where people sign in with whom they are signed in with already. */
  providers: Provider[]
  /** The one under Amazon's, and one of the account's own. */
  domains: { own?: Domain; custom?: Domain }
  users: Users
  createdAt: number
  changedAt: number
  /** Set by DeleteUserPool: the pool can be read until then. */
  goneAt?: number
}

/** What other services do for Cognito. */
export type Others = Pick<Provided, 'invoke' | 'functionExists'>

export interface Store extends Others {
  world: World
  pools: Map<string, Pool>
  clients: Map<string, Client>
  /** How many sessions and tokens of each kind are remembered. */
  remembered: number
  /** The next number of anything that is listed in pages. */
  next(): number
  /** From now on numbers are higher than this one. */
  after(number: number): void
}

export function createStore(world: World, { invoke, functionExists }: Others, remembered: number): Store {
  let seq = 0
  return {
    world,
    invoke,
    functionExists,
    pools: new Map(),
    clients: new Map(),
    remembered,
    next: () => seq++,
    after: (number) => {
      seq = Math.max(seq, number + 1)
    },
  }
}

const alphanumeric = 'abcdefghijklmnopqrstuvwxyz0123456789'
const bothCases = alphanumeric + alphanumeric.slice(0, 26).toUpperCase()

/** The first that nothing else has: what is there may have been drawn by an earlier run of the same seed. */
function unused(taken: ReadonlyMap<string, unknown>, draw: () => string): string {
  const id = draw()
  return taken.has(id) ? unused(taken, draw) : id
}

/** An id for a new pool: the region, and nine characters of both cases. */
export const newPoolId = ({ world, pools }: Store, name: string) =>
  unused(pools, () => `${world.region}_${written(world.chance.id, `pool/${name}`, 9, bothCases)}`)

/** An id for a new client of the pool: 26 lower-case characters. */
export const newClientId = ({ world, clients }: Store, pool: Pool, name: string) =>
  unused(clients, () => written(world.chance.id, `client/${pool.id}/${name}`, 26, alphanumeric))

export const poolArn = (world: World, poolId: string) =>
  `arn:${world.partition}:cognito-idp:${world.region}:${world.account}:userpool/${poolId}`

/** All pools that still exist; those whose deletion has ended are forgotten on the way. */
export function livePools(store: Store): Pool[] {
  for (const pool of store.pools.values()) {
    if (pool.goneAt === undefined || pool.goneAt > store.world.now()) continue
    store.pools.delete(pool.id)
    for (const client of clientsOf(store, pool)) store.clients.delete(client.id)
  }
  return [...store.pools.values()]
}

export const clientsOf = (store: Store, pool: Pool) =>
  [...store.clients.values()].filter((c) => c.pool === pool)

/** The pool of that id, or ResourceNotFoundException. */
export function findPool(store: Store, id: string): Pool {
  const pool = livePools(store).find((p) => p.id === id)
  if (!pool) throw new AwsFault('ResourceNotFoundException', `User pool ${id} does not exist.`)
  return pool
}

/** The client of that id, in that pool when one is named, or ResourceNotFoundException. */
export function findClient(store: Store, id: string, pool?: Pool): Client {
  livePools(store)
  const client = store.clients.get(id)
  if (!client || (pool && client.pool !== pool)) {
    throw new AwsFault('ResourceNotFoundException', `User pool client ${id} does not exist.`)
  }
  return client
}

/**
 * The user whom a name means: the username itself, the sub, or what the pool lets people sign in with.
 * An alias counts only once it is verified; an attribute that serves as username always counts.
 */
export function findUser(pool: Pool, name: string): User | undefined {
  const fold = (value: string) => (pool.caseSensitive === false ? value.toLowerCase() : value)
  const wanted = fold(name)
  const signsIn = (user: User, attribute: string) => {
    const value = user.attributes[attribute]
    if (value === undefined || fold(value) !== wanted) return false
    if (pool.usernameAttributes.includes(attribute)) return true
    if (!pool.aliasAttributes.includes(attribute)) return false
    return attribute === 'preferred_username' || user.attributes[`${attribute}_verified`] === 'true'
  }
  const isMeant = (user: User) =>
    fold(user.username) === wanted ||
    user.attributes.sub === name ||
    aliases.some((attribute) => signsIn(user, attribute))
  return pool.users.called(name).find(isMeant)
}

/** The same, for operations that say so when there is no such user. */
export function requireUser(pool: Pool, name: string): User {
  const user = findUser(pool, name)
  if (!user) throw new AwsFault('UserNotFoundException', 'User does not exist.')
  return user
}

export function refuseUnconfirmed({ status }: User): void {
  if (status === 'UNCONFIRMED') throw new AwsFault('UserNotConfirmedException', 'User is not confirmed.')
}

/** Epoch milliseconds as the JSON protocol writes times: seconds. */
export const seconds = (ms: number) => ms / 1000
