// App clients of others in our pool: which of them let somebody in without a code, or write what proves a number.
import {
  DescribeUserPoolClientCommand,
  paginateListUserPoolClients,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Aws } from '../../aws/clients.ts'
import { ifFound } from '../../aws/errors.ts'
import type { Danger, StageIds } from '../../engine/resource.ts'
import type { Place } from '../../names.ts'
import { proof } from './client-settings.ts'

/** Never with a secret. */
export interface OtherClient {
  id: string
  name: string
  /** Ways in that ask for a password; those of a server with AWS credentials apart. */
  passwordFlows: string[]
  serverFlows: string[]
  /** What it may write of the proof of a number; undefined where it has no list, and only Cognito knows. */
  writes: string[] | undefined
  /** Whether it may write the number itself; without a list it may. */
  writesNumber: boolean
  /** It lets in those of other identity providers only. */
  isFederated: boolean
}

export interface OtherClients {
  clients: OtherClient[]
  /** How many were not looked at. */
  unseen: number
}

/** Cognito answers about 15 of these calls a second, and a pool may have a thousand clients. */
const most = 30

/** Every client of a pool. */
export async function listClients(
  { cognito }: Pick<Aws, 'cognito'>,
  UserPoolId: string,
): Promise<{ id: string; name: string | undefined }[]> {
  const found: { id: string; name: string | undefined }[] = []
  const pages = paginateListUserPoolClients({ client: cognito }, { UserPoolId, MaxResults: 60 })
  for await (const { UserPoolClients = [] } of pages) {
    for (const { ClientId: id, ClientName: name } of UserPoolClients) if (id) found.push({ id, name })
  }
  return found
}

/** All clients of the pool but ours; undefined for a pool that has gone. */
export async function findOtherClients(
  { cognito }: Aws,
  UserPoolId: string,
  ours: StageIds = {},
): Promise<OtherClients | undefined> {
  const known = [ours.signupClientId, ours.loginClientId]
  const all = await ifFound(listClients({ cognito }, UserPoolId))
  if (!all) return undefined
  const listed = all.filter(({ id }) => !known.includes(id))
  const clients = await Promise.all(
    listed.slice(0, most).map(async ({ id: ClientId }) => {
      const found = await ifFound(cognito.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId })))
      return found?.UserPoolClient && clientOf(ClientId, found.UserPoolClient)
    }),
  )
  return {
    clients: clients.filter((client) => client !== undefined),
    unseen: Math.max(0, listed.length - most),
  }
}

/** With none named, Cognito's own default opens SRP. */
const defaultFlows = ['ALLOW_USER_SRP_AUTH']
const passwords = /^(ALLOW_)?USER_(PASSWORD|SRP)_AUTH$|^ALLOW_USER_AUTH$/
const serverPasswords = /^ALLOW_ADMIN_USER_PASSWORD_AUTH$|^ADMIN_NO_SRP_AUTH$/

function clientOf(id: string, client: UserPoolClientType): OtherClient {
  const {
    ClientName = id,
    ExplicitAuthFlows: named = [],
    WriteAttributes: writable,
    SupportedIdentityProviders: providers = [],
  } = client
  const flows: string[] = named.length > 0 ? named : defaultFlows
  return {
    id,
    name: ClientName,
    passwordFlows: flows.filter((flow) => passwords.test(flow)),
    serverFlows: flows.filter((flow) => serverPasswords.test(flow)),
    writes: writable?.filter((attribute) => proof.includes(attribute)),
    writesNumber: writable?.includes('phone_number') ?? true,
    isFederated: providers.length > 0 && !providers.includes('COGNITO'),
  }
}

/** Another app of the team may be behind a client, so that none is changed. */
export function dangersOfClients(
  { region }: Place,
  poolId: string,
  { clients, unseen }: OtherClients,
): Danger[] {
  const told = clients.flatMap(({ id, name, passwordFlows, serverFlows, writes }): Danger[] => {
    const what = `the app client ${name} (${id}) of somebody else`
    const next = `aws cognito-idp delete-user-pool-client --region ${region} --user-pool-id ${poolId} --client-id ${id}   if no app needs it`
    const tell = (why: string, isGrave: boolean): Danger => ({
      what,
      why,
      next,
      ...(isGrave ? { isGrave } : {}),
    })
    return [
      ...(passwordFlows.length > 0
        ? [
            tell(
              `it lets users in by ${passwordFlows.join(' and ')}, with the password that whoever signs up chooses, and no code`,
              true,
            ),
          ]
        : []),
      ...(serverFlows.length > 0
        ? [tell(`it lets a server sign users in by ${serverFlows.join(' and ')}, without a code`, false)]
        : []),
      ...(writes && writes.length > 0
        ? [tell(`it lets users write ${writes.join(' and ')}, which prove a number`, true)]
        : []),
      ...(writes === undefined
        ? [
            tell(
              `it has no list of what users may write, so that Cognito decides whether ${proof.join(' and ')} are on it`,
              false,
            ),
          ]
        : []),
    ]
  })
  if (unseen === 0) return told
  return [
    ...told,
    {
      what: `${unseen} more app ${unseen === 1 ? 'client' : 'clients'} of somebody else`,
      why: `only ${most} are looked at: whether the others let users in without a code is not known`,
      next: `aws cognito-idp list-user-pool-clients --region ${region} --user-pool-id ${poolId}`,
    },
  ]
}
