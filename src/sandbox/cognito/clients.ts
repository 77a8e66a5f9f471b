// The control plane of app clients, and the proof of a client's secret.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Call, Operation } from '../protocol/service.ts'
import { clientSettings } from './client-settings.ts'
import { invalid, matching, notAuthorized, optionalText, pageOf, text } from './model/input.ts'
import { type Client, clientsOf, findClient, newClientId, type Store, seconds } from './model/store.ts'
import { pageSizeOf, poolFor } from './pools.ts'
import { checkClientTier } from './tiers.ts'

/** Where the secret is kept for others to read: shown itself, or in Secrets Manager, which the SDK does not know. */
function secretOf({ world }: Store, { id, pool, secret, settings }: Client) {
  if (!secret) return {}
  if (!('PublishSecretsInAWSSecretsManager' in settings && settings.PublishSecretsInAWSSecretsManager)) {
    return { ClientSecret: secret }
  }
  const { partition, region, account } = world
  const name = `cognito-idp/${pool.id}/${id}-${id.slice(0, 6)}`
  return { ClientSecretArn: `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}` }
}

function described(store: Store, client: Client) {
  return {
    ...client.settings,
    UserPoolId: client.pool.id,
    ClientName: client.name,
    ClientId: client.id,
    ...secretOf(store, client),
    CreationDate: seconds(client.createdAt),
    LastModifiedDate: seconds(client.changedAt),
  }
}

/**
 * Checks SECRET_HASH: Base64 of HMAC-SHA256, keyed with the client's secret, over name and client id.
 * @param names the names that Cognito accepts in the hash at this point
 */
export function checkSecretHash(client: Client, names: string[], hash: string | undefined): void {
  if (!client.secret) {
    if (hash !== undefined) throw notAuthorized(`Unable to verify secret hash for client ${client.id}`)
    return
  }
  if (hash === undefined) {
    throw notAuthorized(`Client ${client.id} is configured with secret but SECRET_HASH was not received`)
  }
  const secret = client.secret
  const right = names.some((name) => {
    const expected = createHmac('sha256', secret)
      .update(name + client.id)
      .digest('base64')
    return expected.length === hash.length && timingSafeEqual(Buffer.from(expected), Buffer.from(hash))
  })
  if (!right) throw notAuthorized(`Unable to verify secret hash for client ${client.id}`)
}

/** The operations on app clients. Permissions are those of their pool. */
export function clientOperations(store: Store): Record<string, Operation> {
  const { world } = store
  const clientFor = (input: Record<string, unknown>, call: Call) => {
    const pool = poolFor(store, input, call)
    return findClient(store, text(input, 'ClientId'), pool)
  }
  const settingsFor = (...given: Parameters<typeof clientSettings>) => {
    const settings = clientSettings(...given)
    checkClientTier(given[1].settings, settings)
    return settings
  }
  const checkName = (name: string) => {
    matching(name, 'clientName', /^[\w\s+=,.@-]{1,128}$/)
    return name
  }

  return {
    CreateUserPoolClient(input, call) {
      const pool = poolFor(store, input, call)
      const name = checkName(text(input, 'ClientName'))
      const own = optionalText(input, 'ClientSecret')
      if (own && input.GenerateSecret)
        throw invalid('ClientSecret cannot be given when GenerateSecret is true.')
      matching(own, 'clientSecret', /^[\w+]{24,64}$/)
      const id = newClientId(store, pool, name)
      const drawn = () =>
        Buffer.from(world.chance.secret(`client/${id}`, 26))
          .toString('hex')
          .slice(0, 51)
      const secret = own ?? (input.GenerateSecret === true ? drawn() : undefined)
      const client: Client = {
        seq: store.next(),
        id,
        name,
        pool,
        ...(secret && { secret }),
        settings: settingsFor(input, pool, 'creating'),
        createdAt: world.now(),
        changedAt: world.now(),
      }
      store.clients.set(client.id, client)
      return { UserPoolClient: described(store, client) }
    },

    DescribeUserPoolClient: (input, call) => ({ UserPoolClient: described(store, clientFor(input, call)) }),

    UpdateUserPoolClient(input, call) {
      const client = clientFor(input, call)
      const name = optionalText(input, 'ClientName')
      client.settings = settingsFor(input, client.pool, 'updating')
      if (name !== undefined) client.name = checkName(name)
      client.changedAt = world.now()
      return { UserPoolClient: described(store, client) }
    },

    DeleteUserPoolClient(input, call) {
      store.clients.delete(clientFor(input, call).id)
      return {}
    },

    ListUserPoolClients(input, call) {
      const pool = poolFor(store, input, call)
      const size = pageSizeOf(store, input, 'MaxResults')
      const { page, next } = pageOf(clientsOf(store, pool), optionalText(input, 'NextToken'), size)
      return {
        UserPoolClients: page.map((c) => ({ ClientId: c.id, UserPoolId: pool.id, ClientName: c.name })),
        ...(next && { NextToken: next }),
      }
    },
  }
}
