// The sign-in operations: which flow a call starts, whose client it is, and the refresh and end of sign-ins.

import { AwsFault } from '../account/aws-fault.ts'
import { type Call, type Operation, unsigned } from '../protocol/service.ts'
import { requireFlow } from './client-settings.ts'
import { checkSecretHash } from './clients.ts'
import type { createCustomAuth } from './custom-auth.ts'
import { invalid, notAuthorized, oneOf, optionalText, stringMap, text } from './input.ts'
import { poolFor } from './pools.ts'
import { type Client, findClient, findUser, type Store } from './store.ts'
import type { Tokens } from './tokens.ts'

type Input = Record<string, unknown>

const adminOnly = ['ADMIN_NO_SRP_AUTH', 'ADMIN_USER_PASSWORD_AUTH']
const flows = [
  'USER_SRP_AUTH',
  'REFRESH_TOKEN_AUTH',
  'REFRESH_TOKEN',
  'CUSTOM_AUTH',
  ...adminOnly,
  'USER_PASSWORD_AUTH',
  'USER_AUTH',
]

/** The operations that begin, continue, renew and end a sign-in. */
export function authOperations(
  store: Store,
  tokens: Tokens,
  customAuth: ReturnType<typeof createCustomAuth>,
): Record<string, Operation> {
  const adminClient = (input: Input, call: Call) =>
    findClient(store, text(input, 'ClientId'), poolFor(store, input, call))
  const publicClient = (input: Input) => findClient(store, text(input, 'ClientId'))

  async function initiate(client: Client, input: Input, admin: boolean) {
    const flow = text(input, 'AuthFlow')
    oneOf(flow, 'authFlow', flows)
    if (!admin && adminOnly.includes(flow)) throw invalid('Initiate Auth method not supported.')
    const parameters = stringMap(input, 'AuthParameters') ?? {}
    if (flow === 'REFRESH_TOKEN_AUTH' || flow === 'REFRESH_TOKEN') {
      requireFlow(client, 'REFRESH_TOKEN_AUTH')
      const token = parameters.REFRESH_TOKEN
      if (token === undefined) throw invalid('Missing required parameter REFRESH_TOKEN')
      checkSecretHash(client, [tokens.usernameOf(token, client)], parameters.SECRET_HASH)
      return { AuthenticationResult: await tokens.refresh(token, client), ChallengeParameters: {} }
    }
    if (flow !== 'CUSTOM_AUTH') {
      const message = `${flow} is not part of the sandbox: it knows CUSTOM_AUTH and REFRESH_TOKEN_AUTH.`
      throw new AwsFault('UnsupportedOperationException', message)
    }
    requireFlow(client, 'CUSTOM_AUTH')
    const name = parameters.USERNAME
    if (!name) throw invalid('Missing required parameter USERNAME')
    if (parameters.CHALLENGE_NAME === 'SRP_A') {
      throw new AwsFault(
        'UnsupportedOperationException',
        'CUSTOM_AUTH that begins with SRP_A is not part of the sandbox.',
      )
    }
    checkSecretHash(client, [name], parameters.SECRET_HASH)
    return customAuth.start(client, name, stringMap(input, 'ClientMetadata'))
  }

  function respond(client: Client, input: Input) {
    const challenge = text(input, 'ChallengeName')
    const responses = stringMap(input, 'ChallengeResponses') ?? {}
    if (challenge !== 'CUSTOM_CHALLENGE') throw invalid(`Challenge ${challenge} is not part of this sign-in.`)
    const name = responses.USERNAME
    if (name === undefined) throw invalid('Missing required parameter USERNAME')
    const user = findUser(client.pool, name)
    checkSecretHash(client, [name, ...(user ? [user.username] : [])], responses.SECRET_HASH)
    const session = optionalText(input, 'Session')
    if (session === undefined) throw invalid('Missing required parameter Session')
    return customAuth.answer(client, session, responses, stringMap(input, 'ClientMetadata'))
  }

  function checkSecret(client: Client, given: string | undefined): void {
    if (client.secret !== given) throw notAuthorized(`Unable to verify secret for client ${client.id}`)
  }

  return {
    InitiateAuth: unsigned((input) => initiate(publicClient(input), input, false)),
    AdminInitiateAuth: (input, call) => initiate(adminClient(input, call), input, true),
    RespondToAuthChallenge: unsigned((input) => respond(publicClient(input), input)),
    AdminRespondToAuthChallenge: (input, call) => respond(adminClient(input, call), input),

    GetTokensFromRefreshToken: unsigned(async (input) => {
      const client = publicClient(input)
      checkSecret(client, optionalText(input, 'ClientSecret'))
      // Open to clients without rotation too (RefreshTokenRotationType): Amplify refreshes by nothing else.
      return { AuthenticationResult: await tokens.refresh(text(input, 'RefreshToken'), client) }
    }),

    RevokeToken: unsigned((input) => {
      const client = publicClient(input)
      checkSecret(client, optionalText(input, 'ClientSecret'))
      tokens.revoke(text(input, 'Token'), client)
      return {}
    }),

    GlobalSignOut: unsigned(async (input) => {
      const { user } = await tokens.verifyAccess(text(input, 'AccessToken'))
      tokens.signOut(user)
      return {}
    }),
  }
}
