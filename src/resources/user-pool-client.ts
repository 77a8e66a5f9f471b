// An app client of the pool: custom sign-in and refresh only, and no way to write what proves the number.
import {
  type CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  DeleteUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  type ExplicitAuthFlowsType,
  paginateListUserPoolClients,
  UpdateUserPoolClientCommand,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isConcurrentChange } from '../aws/errors.ts'
import { once, UnclearOutcome } from '../aws/once.ts'
import { retryWhile } from '../aws/wait.ts'
import { AppError } from '../errors.ts'
import { arns, type ClientKind, names, ownerTag, type Place, stageTag } from '../names.ts'
import { type Change, change, type Resource } from '../stack/resource.ts'
import type { StageRecord } from './stage-record.ts'

interface Want {
  /** Undefined while the pool's id is not known. */
  poolId: string | undefined
  hasSecret: boolean
  sessionMinutes: number
}

interface Have {
  /** As DescribeUserPoolClient gives it, its secret included: never printed, never part of a change. */
  client: UserPoolClientType
}

/** The standard attributes of OpenID Connect that a user may fill in. */
const profile = [
  ...[
    'address',
    'birthdate',
    'email',
    'family_name',
    'gender',
    'given_name',
    'locale',
    'middle_name',
    'name',
  ],
  ...['nickname', 'picture', 'preferred_username', 'profile', 'updated_at', 'website', 'zoneinfo'],
]
const proof = ['custom:whatsapp_verified', 'custom:auth_purpose']
const readable = [...profile, 'phone_number', 'phone_number_verified', 'email_verified', ...proof]

/** Sign-up states the number; nobody changes it afterwards through the login client. */
const writable = (kind: ClientKind) => (kind === 'signup' ? [...profile, 'phone_number'] : profile)
const forbidden = (kind: ClientKind) => (kind === 'signup' ? proof : [...proof, 'phone_number'])

/** For a new client only: later they are the team's to tune. Units are stated, their defaults differ. */
const lifetimes = {
  AccessTokenValidity: 60,
  IdTokenValidity: 60,
  RefreshTokenValidity: 30,
  TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' },
} as const

const idKeys = { signup: 'signupClientId', login: 'loginClientId' } as const

export function userPoolClient(place: Place, kind: ClientKind): Resource<Want, Have> {
  const name = names.client(place.stage, kind)
  const idKey = idKeys[kind]

  const describe = async (
    cognito: CognitoIdentityProviderClient,
    UserPoolId: string,
    ClientId: string,
  ): Promise<Have | undefined> => {
    const found = await ifFound(cognito.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId })))
    return found?.UserPoolClient && { client: found.UserPoolClient }
  }

  const find = async (
    cognito: CognitoIdentityProviderClient,
    UserPoolId: string,
  ): Promise<Have | undefined> => {
    const ids: string[] = []
    const pages = paginateListUserPoolClients({ client: cognito }, { UserPoolId, MaxResults: 60 })
    for await (const page of pages) {
      for (const client of page.UserPoolClients ?? []) {
        if (client.ClientName === name && client.ClientId) ids.push(client.ClientId)
      }
    }
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
          'cognito-idp:DeleteUserPoolClient',
        ],
        on: [arns.pool(place, '*')],
        when: {
          StringEquals: {
            [`aws:ResourceTag/${stageTag}`]: place.stage,
            [`aws:ResourceTag/${ownerTag}`]: 'whatsapp-otp',
          },
        },
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
    diff: (want, have) => diff(want, have.client, kind),

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
                ...overlay({}, want, kind),
              }),
            ),
          )
          return { client: made.UserPoolClient! }
        },
      )
    },

    update: ({ cognito, clock, signal }, want, have) =>
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
        const input = { ...rest, ...target, ...overlay(rest, want, kind) }
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

function known({ poolId }: Want): string {
  if (!poolId) throw new Error('An app client is played after its pool')
  return poolId
}

/** With rotation of refresh tokens, switched on by hand, Cognito refuses the plain refresh flow. */
function flowsFor(client: UserPoolClientType): ExplicitAuthFlowsType[] {
  const rotates = client.RefreshTokenRotation?.Feature === 'ENABLED'
  return rotates ? ['ALLOW_CUSTOM_AUTH'] : ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']
}

/** Attributes of their own that a team made readable or writable stay so. */
function attributesFor(client: UserPoolClientType, kind: ClientKind) {
  const union = (a: string[] = [], b: string[]) => [...new Set([...a, ...b])]
  const mayWrite = union(client.WriteAttributes, writable(kind))
  return {
    ReadAttributes: union(client.ReadAttributes, readable),
    WriteAttributes: mayWrite.filter((attribute) => !forbidden(kind).includes(attribute)),
  }
}

function diff(want: Want, client: UserPoolClientType, kind: ClientKind): Change[] {
  const attributes = attributesFor(client, kind)
  const fixed = 'Cognito fixes this when a client is created; apps that use this client id would stop working'
  return [
    ...change('secret', client.ClientSecret !== undefined, want.hasSecret, fixed),
    ...change('authFlows', client.ExplicitAuthFlows ?? [], flowsFor(client)),
    ...change('preventUserExistenceErrors', client.PreventUserExistenceErrors ?? 'LEGACY', 'ENABLED'),
    ...change('tokenRevocation', client.EnableTokenRevocation ?? false, true),
    ...change('authSessionMinutes', client.AuthSessionValidity ?? 3, want.sessionMinutes),
    ...change('readAttributes', client.ReadAttributes ?? [], attributes.ReadAttributes),
    ...change('writeAttributes', client.WriteAttributes ?? [], attributes.WriteAttributes),
  ]
}

/** The fields we own; an update sends all others back as they were, since Cognito resets what is left out. */
function overlay(client: UserPoolClientType, want: Want, kind: ClientKind) {
  return {
    ExplicitAuthFlows: flowsFor(client),
    PreventUserExistenceErrors: 'ENABLED' as const,
    EnableTokenRevocation: true,
    AuthSessionValidity: want.sessionMinutes,
    ...attributesFor(client, kind),
  }
}

function severalClients({ region }: Place, name: string, poolId: string, ids: string[]): AppError {
  const command = `aws cognito-idp delete-user-pool-client --region ${region} --user-pool-id ${poolId} --client-id`
  return new AppError('SEVERAL_CLIENTS', `The user pool has ${ids.length} app clients named ${name}`, {
    why: `${ids.join(' and ')} cannot be told apart`,
    next: ids.map((id) => `${command} ${id}   if it is not the one in use`),
  })
}
