// What an app client is set to: how it signs in, what it may read and write, and what of others stays.
import type {
  ExplicitAuthFlowsType,
  UpdateUserPoolClientCommandInput,
  UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider'
import { type Change, change, pickFields } from '../../engine/resource.ts'
import type { ClientKind } from '../../names.ts'
import { profileAttributes } from '../../settings/standard-attributes.ts'

/** As Cognito gives it, fields that the bundled SDK does not know included. */
export interface ClientSettings extends UserPoolClientType {
  /** Where AWS Secrets Manager keeps the secret; then Cognito does not give it. */
  ClientSecretArn?: string | undefined
}

export interface ClientWant {
  /** Undefined while the pool's id is not known. */
  poolId: string | undefined
  /** When the pool was made, in epoch milliseconds. */
  poolSince?: number | undefined
  /** What the pool requires of a user: Cognito refuses a client that may not write it. */
  mustWrite?: readonly string[]
  hasSecret: boolean
  /** The pool is somebody else's: its users' attributes are read as its own clients do, and none is added. */
  isBorrowed?: boolean
  sessionMinutes: number
}

/** What proves a number: no client may write it. */
export const proof = ['custom:whatsapp_verified', 'custom:auth_purpose']
const readable = [...profileAttributes, 'phone_number', 'phone_number_verified', 'email_verified', ...proof]

/** Sign-up states the number; nobody changes it afterwards through the login client. */
const writable = (kind: ClientKind, isBorrowed: boolean) => {
  const own = isBorrowed ? ['locale'] : profileAttributes
  return kind === 'signup' ? [...own, 'phone_number'] : own
}
const forbidden = (kind: ClientKind) => (kind === 'signup' ? proof : [...proof, 'phone_number'])

/** For a new client only: later they are the team's to tune. Units are stated, their defaults differ. */
export const lifetimes = {
  AccessTokenValidity: 60,
  IdTokenValidity: 60,
  RefreshTokenValidity: 30,
  TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' },
} as const

/** With rotation of refresh tokens, switched on by hand, Cognito refuses the plain refresh flow. */
function flowsFor(client: UserPoolClientType): ExplicitAuthFlowsType[] {
  const rotates = client.RefreshTokenRotation?.Feature === 'ENABLED'
  return rotates ? ['ALLOW_CUSTOM_AUTH'] : ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']
}

/** Attributes of their own that a team made readable or writable stay so. */
function attributesFor(client: UserPoolClientType, want: ClientWant, kind: ClientKind) {
  const { mustWrite = [], isBorrowed = false } = want
  const union = (a: string[] = [], b: readonly string[]) => [...new Set([...a, ...b])]
  const mayWrite = union(union(client.WriteAttributes, writable(kind, isBorrowed)), mustWrite)
  const may = (attribute: string) => mustWrite.includes(attribute) || !forbidden(kind).includes(attribute)
  return {
    // With none named a client reads all there is: what of a borrowed pool may be read is its owner's matter.
    ...(isBorrowed ? {} : { ReadAttributes: union(client.ReadAttributes, readable) }),
    WriteAttributes: mayWrite.filter(may),
  }
}

export function diffClient(want: ClientWant, client: ClientSettings, kind: ClientKind): Change[] {
  const attributes = attributesFor(client, want, kind)
  const fixed = 'Cognito fixes this when a client is created; apps that use this client id would stop working'
  const hasSecret = client.ClientSecret !== undefined || client.ClientSecretArn !== undefined
  return [
    ...change('secret', hasSecret, want.hasSecret, fixed),
    ...change('authFlows', client.ExplicitAuthFlows ?? [], flowsFor(client)),
    ...change('preventUserExistenceErrors', client.PreventUserExistenceErrors ?? 'LEGACY', 'ENABLED'),
    ...change('tokenRevocation', client.EnableTokenRevocation ?? false, true),
    ...change('authSessionMinutes', client.AuthSessionValidity ?? 3, want.sessionMinutes),
    ...(attributes.ReadAttributes
      ? change('readAttributes', client.ReadAttributes ?? [], attributes.ReadAttributes)
      : []),
    ...change('writeAttributes', client.WriteAttributes ?? [], attributes.WriteAttributes),
  ]
}

/** Where the secret is instead, and why that ends it: reading it takes a permission on a secret that is not ours. */
export function secretElsewhere({
  ClientId,
  ClientSecret,
  ClientSecretArn,
}: ClientSettings): string | undefined {
  if (ClientSecret || !ClientSecretArn) return undefined
  return `the secret of the app client ${ClientId} is kept in AWS Secrets Manager, at ${ClientSecretArn}, and whatsapp-otp does not read it there`
}

/** What goes back to Cognito with an update, fields that nobody here knows included, and what it does not take. */
export function echoClient(client: ClientSettings): {
  echo: Omit<UpdateUserPoolClientCommandInput, 'UserPoolId' | 'ClientId'>
  secret: Pick<ClientSettings, 'ClientSecret' | 'ClientSecretArn'>
} {
  const {
    ClientSecret,
    ClientSecretArn,
    CreationDate: _created,
    LastModifiedDate: _modified,
    ClientType: _type,
    ...echo
  } = client
  return {
    echo,
    secret: { ...(ClientSecret ? { ClientSecret } : {}), ...(ClientSecretArn ? { ClientSecretArn } : {}) },
  }
}

/** The fields that change, for an update that sends all others back: Cognito resets what is left out. */
export function changedClient(
  client: UserPoolClientType,
  want: ClientWant,
  kind: ClientKind,
  fields: ReadonlySet<string>,
) {
  return pickFields(
    ownedOfClient(client, want, kind),
    {
      ExplicitAuthFlows: 'authFlows',
      PreventUserExistenceErrors: 'preventUserExistenceErrors',
      EnableTokenRevocation: 'tokenRevocation',
      AuthSessionValidity: 'authSessionMinutes',
      ReadAttributes: 'readAttributes',
      WriteAttributes: 'writeAttributes',
    },
    fields,
  )
}

/** The fields we own, beside what a team has set in `client`. */
export function ownedOfClient(client: UserPoolClientType, want: ClientWant, kind: ClientKind) {
  return {
    ExplicitAuthFlows: flowsFor(client),
    PreventUserExistenceErrors: 'ENABLED' as const,
    EnableTokenRevocation: true,
    AuthSessionValidity: want.sessionMinutes,
    ...attributesFor(client, want, kind),
  }
}
