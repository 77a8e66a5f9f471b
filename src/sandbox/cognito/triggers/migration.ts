// Users whom a pool takes over from elsewhere at their first sign-in, or when they have forgotten their password.
import { AwsFault } from '../../account/aws-fault.ts'
import { isStringMap, notAuthorized, stringMap } from '../model/input.ts'
import { addNewcomer, identityOf } from '../model/newcomers.ts'
import type { Client, Store } from '../model/store.ts'
import type { User } from '../model/users.ts'
import { callTrigger, functionOf } from './call.ts'

interface Asked {
  client: Client
  name: string
  /** Null for who has forgotten it. */
  password: string | null
  input: Record<string, unknown>
}

/**
 * Asks the pool's UserMigration trigger for somebody whom the pool does not know, and adds him without a password.
 * Undefined where there is no such trigger. Whatever is wrong with its answer looks like an unknown user.
 */
export async function migrate(
  store: Store,
  source: 'Authentication' | 'ForgotPassword',
  { client, name, password, input }: Asked,
): Promise<User | undefined> {
  const { pool } = client
  if (!functionOf(pool, 'UserMigration')) return undefined
  const metadata = stringMap(input, 'ClientMetadata')
  const unknown = () =>
    client.settings.PreventUserExistenceErrors === 'ENABLED'
      ? notAuthorized('Incorrect username or password.')
      : new AwsFault('UserNotFoundException', `Exception migrating user in app client ${client.id}`)
  const answer = await callTrigger(store, {
    key: 'UserMigration',
    source: `UserMigration_${source}`,
    pool,
    clientId: client.id,
    userName: name,
    request:
      source === 'Authentication'
        ? { password, validationData: metadata ?? null }
        : { ...(metadata && { clientMetadata: metadata }) },
    response: {
      userAttributes: null,
      forceAliasCreation: null,
      finalUserStatus: null,
      messageAction: null,
      desiredDeliveryMediums: null,
    },
  }).catch(() => {
    throw unknown()
  })
  const given = answer?.userAttributes
  if (!isStringMap(given) || Object.keys(given).length === 0) throw unknown()
  const { username, ...attributes } = given
  try {
    const identity = identityOf(pool, username ?? name, attributes)
    const status = answer?.finalUserStatus === 'CONFIRMED' ? 'CONFIRMED' : 'RESET_REQUIRED'
    return addNewcomer(store, pool, { name: username ?? name, ...identity, status })
  } catch (error) {
    if (error instanceof AwsFault) throw unknown()
    throw error
  }
}
