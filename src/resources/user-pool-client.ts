// An app client of the pool: custom sign-in and refresh only, and no way to write what proves the number.
import {
  CreateUserPoolClientCommand,
  CreateUserPoolClientRequest$,
  DeleteUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolClientRequest$,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isConcurrentChange } from '../aws/errors.ts'
import { once, UnclearOutcome } from '../aws/once.ts'
import { raw } from '../aws/raw.ts'
import type { AppClient } from '../aws/sign-in.ts'
import { retryWhile } from '../aws/wait.ts'
import type { Resource } from '../engine/resource.ts'
import { AppError } from '../errors.ts'
import { arns, type ClientKind, names, type Place, triggerNames } from '../names.ts'
import { wantedForClient } from '../settings/parts.ts'
import type { Settings } from '../settings/schema.ts'
import type { StageRecord } from './stage-record.ts'
import {
  type ClientSettings,
  type ClientWant,
  changedClient,
  diffClient,
  echoClient,
  lifetimes,
  ownedOfClient,
  secretElsewhere,
} from './user-pool/client-settings.ts'
import { listClients } from './user-pool/other-clients.ts'
import { stayingOurs } from './user-pool/owner.ts'
import { inWords } from './user-pool/refusals.ts'
import { whileNew } from './user-pool/search.ts'

export interface UserPoolClientHave {
  /** As DescribeUserPoolClient gives it, its secret included: never printed, never part of a change. */
  client: ClientSettings
}

const idKeys = { signup: 'signupClientId', login: 'loginClientId' } as const

/** `borrowed` is the id of a pool that is somebody else's: the client stays the stage's own there. */
export function userPoolClient(
  place: Place,
  kind: ClientKind,
  borrowed?: string,
): Resource<ClientWant, UserPoolClientHave> {
  const name = (borrowed ? names.clientOfBorrowed : names.client)(place.stage, kind)
  const what = `app client ${name}`
  const idKey = idKeys[kind]

  const describe = async (
    { cognito }: Aws,
    UserPoolId: string,
    ClientId: string,
  ): Promise<UserPoolClientHave | undefined> => {
    const target = { UserPoolId, ClientId }
    const found = await ifFound(cognito.send(raw(new DescribeUserPoolClientCommand(target))))
    return found?.UserPoolClient && { client: found.UserPoolClient }
  }

  const find = async (aws: Aws, UserPoolId: string): Promise<UserPoolClientHave | undefined> => {
    // The pool may go while its clients are looked for.
    const all = (await ifFound(listClients(aws, UserPoolId))) ?? []
    const ids = all.filter((client) => client.name === name).map(({ id }) => id)
    if (ids.length > 1) throw severalClients(place, name, UserPoolId, ids)
    return ids[0] ? describe(aws, UserPoolId, ids[0]) : undefined
  }

  return {
    ...wantedForClient(kind),
    kind: 'user-pool-client',
    id: `user-pool-client:${kind}`,
    name,
    needs: ['user-pool'],
    readAfter: ['record', 'user-pool'],
    // The functions go by its id until they are told another.
    removeAfter: borrowed
      ? ['user-pool-triggers', ...triggerNames.map((trigger) => `function:${trigger}`)]
      : [],
    partOf: 'user-pool',
    ...(borrowed ? {} : { goesWith: 'user-pool' }),
    permissions: [
      {
        actions: [
          'cognito-idp:ListUserPoolClients',
          'cognito-idp:CreateUserPoolClient',
          'cognito-idp:DescribeUserPoolClient',
          'cognito-idp:UpdateUserPoolClient',
          ...(borrowed ? ['cognito-idp:DeleteUserPoolClient'] : []),
        ],
        on: [arns.pool(place, borrowed ?? '*')],
        ...(borrowed ? {} : { when: stayingOurs(place) }),
      },
    ],

    want: ({ settings }, { userPoolId, userPoolSince, requiredAttributes = [] }) => ({
      poolId: userPoolId,
      poolSince: userPoolSince,
      mustWrite: borrowed ? [...requiredAttributes, ...extrasOf(kind, settings)] : requiredAttributes,
      isBorrowed: borrowed !== undefined,
      hasSecret: settings.clientSecret,
      // Each session must outlive the code it asks for; Cognito takes 3 to 15 minutes.
      sessionMinutes: Math.min(15, Math.max(3, settings.otpExpiryMinutes + 2)),
    }),

    async read(aws, { userPoolId, userPoolSince, recorded }) {
      if (!userPoolId) return undefined
      const id = recorded?.userPoolId === userPoolId ? recorded[idKey] : undefined
      return whileNew(aws, userPoolSince, async () => {
        return (id && (await describe(aws, userPoolId, id))) || find(aws, userPoolId)
      })
    },

    isOurs: () => true,
    diff: (want, have) => diffClient(want, have.client, kind),

    create: (aws, want) => {
      const { cognito, clock, signal } = aws
      const UserPoolId = known(want)
      const input = {
        UserPoolId,
        ClientName: name,
        GenerateSecret: want.hasSecret,
        ...lifetimes,
        ...ownedOfClient({}, want, kind),
      }
      // A lost answer may have left a client; names of clients are not unique, so look before repeating.
      let isUnclear = false
      const make = async () => {
        const there = isUnclear ? await find(aws, UserPoolId) : undefined
        if (there) return there
        isUnclear = true
        const sent = cognito.send(raw(once(new CreateUserPoolClientCommand(input))))
        const made = await inWords(place, { what, schema: CreateUserPoolClientRequest$, input }, sent)
        return { client: made.UserPoolClient! }
      }
      return retryWhile(
        (error) => error instanceof UnclearOutcome,
        { clock, signal, capMs: 30_000, what: 'Cognito' },
        () => whileNew(aws, want.poolSince, make),
      )
    },

    update(aws, want, have, fields) {
      const { cognito, clock, signal } = aws
      const target = { UserPoolId: known(want), ClientId: have.client.ClientId }
      const options = { clock, signal, capMs: 30_000, what: 'the app client' }
      const write = async () => {
        const now = await cognito.send(raw(new DescribeUserPoolClientCommand(target)))
        const { secret, echo } = echoClient(now.UserPoolClient ?? {})
        const input = { ...echo, ...target, ...changedClient(echo, want, kind, fields) }
        const sent = cognito.send(raw(new UpdateUserPoolClientCommand(input)))
        const made = await inWords(place, { what, schema: UpdateUserPoolClientRequest$, input }, sent)
        return { client: { ...made.UserPoolClient, ...secret } }
      }
      return whileNew(aws, want.poolSince, () => retryWhile(isConcurrentChange, options, write))
    },

    async remove({ cognito }, { client }) {
      const { UserPoolId, ClientId } = client
      await ifFound(cognito.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId })))
    },

    refs: (have) => ({ [idKey]: have.client.ClientId }),
  }
}

/**
 * A stage's clients as an app signs in with them, the first where it takes sign-ups; the secret is looked up only where the stage has one. Throws
 * SECRET_ELSEWHERE.
 */
export async function clientsOf(
  aws: Aws,
  record: StageRecord,
): Promise<{ signup: AppClient | undefined; login: AppClient }> {
  const clientOf = async (ClientId: string) => {
    if (record.settings.clientSecret !== true) return { clientId: ClientId }
    const target = { UserPoolId: record.userPoolId, ClientId }
    const found = await whileNew(aws, Date.parse(record.createdAt), () =>
      aws.cognito.send(raw(new DescribeUserPoolClientCommand(target))),
    )
    const away = secretElsewhere(found.UserPoolClient ?? {})
    if (away) throw cannotSignIn(record.stage, away)
    const clientSecret = found.UserPoolClient?.ClientSecret
    return { clientId: ClientId, ...(clientSecret ? { clientSecret } : {}) }
  }
  const [signup, login] = await Promise.all([
    record.signupClientId ? clientOf(record.signupClientId) : undefined,
    clientOf(record.loginClientId),
  ])
  return { signup, login }
}

function cannotSignIn(stage: string, why: string): AppError {
  return new AppError('SECRET_ELSEWHERE', 'whatsapp-otp cannot sign in by itself', {
    why,
    next: [
      'sign in from the app, which has the secret',
      `whatsapp-otp status --stage ${stage}   looks at everything else`,
    ],
  })
}

/** What a sign-up of a borrowed pool gives besides its number. */
const extrasOf = (kind: ClientKind, { signupAttributes }: Settings) =>
  kind === 'signup' ? signupAttributes : []

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
