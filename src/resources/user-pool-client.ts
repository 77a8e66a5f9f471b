// An app client of the pool: custom sign-in and refresh only, and no way to write what proves the number.
import {
  type CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  DeleteUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  paginateListUserPoolClients,
  UpdateUserPoolClientCommand,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isConcurrentChange } from '../aws/errors.ts'
import { once, UnclearOutcome } from '../aws/once.ts'
import { retryWhile } from '../aws/wait.ts'
import type { Resource } from '../engine/resource.ts'
import { AppError } from '../errors.ts'
import { arns, type ClientKind, names, type Place } from '../names.ts'
import type { StageRecord } from './stage-record.ts'
import {
  type ClientWant,
  changedClient,
  diffClient,
  lifetimes,
  ownedOfClient,
} from './user-pool-client-settings.ts'
import { poolOfOurs } from './user-pool-owner.ts'

export interface UserPoolClientHave {
  /** As DescribeUserPoolClient gives it, its secret included: never printed, never part of a change. */
  client: UserPoolClientType
}

const idKeys = { signup: 'signupClientId', login: 'loginClientId' } as const

export function userPoolClient(place: Place, kind: ClientKind): Resource<ClientWant, UserPoolClientHave> {
  const name = names.client(place.stage, kind)
  const idKey = idKeys[kind]

  const describe = async (
    cognito: CognitoIdentityProviderClient,
    UserPoolId: string,
    ClientId: string,
  ): Promise<UserPoolClientHave | undefined> => {
    const found = await ifFound(cognito.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId })))
    return found?.UserPoolClient && { client: found.UserPoolClient }
  }

  const find = async (
    cognito: CognitoIdentityProviderClient,
    UserPoolId: string,
  ): Promise<UserPoolClientHave | undefined> => {
    // The pool may go while its clients are looked for.
    const ids = (await ifFound(listClients(cognito, UserPoolId, name))) ?? []
    if (ids.length > 1) throw severalClients(place, name, UserPoolId, ids)
    return ids[0] ? describe(cognito, UserPoolId, ids[0]) : undefined
  }

  return {
    kind: 'user-pool-client',
    id: `user-pool-client:${kind}`,
    name,
    needs: ['user-pool'],
    readAfter: ['record', 'user-pool'],
    removeAfter: [],
    partOf: 'user-pool',
    goesWith: 'user-pool',
    permissions: [
      {
        actions: [
          'cognito-idp:ListUserPoolClients',
          'cognito-idp:CreateUserPoolClient',
          'cognito-idp:DescribeUserPoolClient',
          'cognito-idp:UpdateUserPoolClient',
        ],
        on: [arns.pool(place, '*')],
        when: poolOfOurs(place),
      },
    ],

    want: ({ settings }, { userPoolId }) => ({
      poolId: userPoolId,
      hasSecret: settings.clientSecret,
      // Each session must outlive the code it asks for; Cognito takes 3 to 15 minutes.
      sessionMinutes: Math.min(15, Math.max(3, settings.otpExpiryMinutes + 2)),
    }),

    async read({ cognito }, { userPoolId, recorded }) {
      if (!userPoolId) return undefined
      const id = recorded?.userPoolId === userPoolId ? recorded[idKey] : undefined
      return (id && (await describe(cognito, userPoolId, id))) || find(cognito, userPoolId)
    },

    isOurs: () => true,
    diff: (want, have) => diffClient(want, have.client, kind),

    create: ({ cognito, clock, signal }, want) => {
      const UserPoolId = known(want)
      // A lost answer may have left a client; names of clients are not unique, so look before repeating.
      let isUnclear = false
      return retryWhile(
        (error) => error instanceof UnclearOutcome,
        { clock, signal, capMs: 30_000, what: 'Cognito' },
        async () => {
          const there = isUnclear ? await find(cognito, UserPoolId) : undefined
          if (there) return there
          isUnclear = true
          const made = await cognito.send(
            once(
              new CreateUserPoolClientCommand({
                UserPoolId,
                ClientName: name,
                GenerateSecret: want.hasSecret,
                ...lifetimes,
                ...ownedOfClient({}, want, kind),
              }),
            ),
          )
          return { client: made.UserPoolClient! }
        },
      )
    },

    update: ({ cognito, clock, signal }, want, have, fields) =>
      retryWhile(isConcurrentChange, { clock, signal, capMs: 30_000, what: 'the app client' }, async () => {
        const target = { UserPoolId: known(want), ClientId: have.client.ClientId }
        const now = await cognito.send(new DescribeUserPoolClientCommand(target))
        const {
          ClientSecret,
          CreationDate: _created,
          LastModifiedDate: _modified,
          ClientType: _type,
          ...rest
        } = now.UserPoolClient ?? {}
        const input = { ...rest, ...target, ...changedClient(rest, want, kind, fields) }
        const made = await cognito.send(new UpdateUserPoolClientCommand(input))
        return { client: { ...made.UserPoolClient, ...(ClientSecret ? { ClientSecret } : {}) } }
      }),

    async remove({ cognito }, { client }) {
      const { UserPoolId, ClientId } = client
      await ifFound(cognito.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId })))
    },

    refs: (have) => ({ [idKey]: have.client.ClientId }),
  }
}

/** A stage's clients as an app signs in with them; the secret is looked up only where the stage has one. */
export async function clientsOf(
  { cognito }: Aws,
  record: StageRecord,
): Promise<Record<ClientKind, { clientId: string; clientSecret?: string }>> {
  const clientOf = async (ClientId: string) => {
    if (record.settings.clientSecret !== true) return { clientId: ClientId }
    const target = { UserPoolId: record.userPoolId, ClientId }
    const found = await cognito.send(new DescribeUserPoolClientCommand(target))
    const clientSecret = found.UserPoolClient?.ClientSecret
    return { clientId: ClientId, ...(clientSecret ? { clientSecret } : {}) }
  }
  const [signup, login] = await Promise.all([clientOf(record.signupClientId), clientOf(record.loginClientId)])
  return { signup, login }
}

async function listClients(
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
  name: string,
): Promise<string[]> {
  const ids: string[] = []
  const pages = paginateListUserPoolClients({ client: cognito }, { UserPoolId, MaxResults: 60 })
  for await (const page of pages) {
    for (const client of page.UserPoolClients ?? []) {
      if (client.ClientName === name && client.ClientId) ids.push(client.ClientId)
    }
  }
  return ids
}

function known({ poolId }: ClientWant): string {
  if (!poolId) throw new Error('An app client is played after its pool')
  return poolId
}

function severalClients({ region }: Place, name: string, poolId: string, ids: string[]): AppError {
  const command = `aws cognito-idp delete-user-pool-client --region ${region} --user-pool-id ${poolId} --client-id`
  return new AppError('SEVERAL_CLIENTS', `The user pool has ${ids.length} app clients named ${name}`, {
    why: `${ids.join(' and ')} cannot be told apart`,
    next: ids.map((id) => `${command} ${id}   if it is not the one in use`),
  })
}
