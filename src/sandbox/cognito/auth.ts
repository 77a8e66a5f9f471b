// The sign-in operations: which flow a call starts, whose client it is, and the refresh and end of sign-ins.

import { AwsFault } from '../account/aws-fault.ts'
import { type Call, type Operation, unsigned } from '../protocol/service.ts'
import { type Flow, requireFlow } from './client-settings.ts'
import { checkSecretHash } from './clients.ts'
import type { createCustomAuth } from './custom-auth.ts'
import { invalid, notAuthorized, oneOf, optionalText, stringMap, text } from './model/input.ts'
import { type Client, findClient, findUser, type Store } from './model/store.ts'
import { passwordSignIn } from './passwords.ts'
import { poolFor } from './pools.ts'
import type { Tokens } from './tokens.ts'

type Input = Record<string, unknown>

/** The flows as calls name them, two of them by an old name. */
const flows: Record<string, Flow> = {
  USER_SRP_AUTH: 'USER_SRP_AUTH',
  REFRESH_TOKEN_AUTH: 'REFRESH_TOKEN_AUTH',
  REFRESH_TOKEN: 'REFRESH_TOKEN_AUTH',
  CUSTOM_AUTH: 'CUSTOM_AUTH',
  ADMIN_NO_SRP_AUTH: 'ADMIN_USER_PASSWORD_AUTH',
  ADMIN_USER_PASSWORD_AUTH: 'ADMIN_USER_PASSWORD_AUTH',
  USER_PASSWORD_AUTH: 'USER_PASSWORD_AUTH',
  USER_AUTH: 'USER_AUTH',
}

/** Where the sandbox stops: the client would be let in, and is told what is missing here instead. */
const unsupported = (message: string) => new AwsFault('UnsupportedOperationException', message)

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
    const named = text(input, 'AuthFlow')
    oneOf(named, 'authFlow', Object.keys(flows))
    const flow = flows[named] as Flow
    const byOther = admin ? 'USER_PASSWORD_AUTH' : 'ADMIN_USER_PASSWORD_AUTH'
    if (flow === byOther) throw invalid('Initiate Auth method not supported.')
    requireFlow(client, flow)
    const parameters = stringMap(input, 'AuthParameters') ?? {}
    if (flow === 'REFRESH_TOKEN_AUTH') {
      const token = parameters.REFRESH_TOKEN
      if (token === undefined) throw invalid('Missing required parameter REFRESH_TOKEN')
      checkSecretHash(client, [tokens.usernameOf(token, client)], parameters.SECRET_HASH)
      return { AuthenticationResult: await tokens.refresh(token, client), ChallengeParameters: {} }
    }
    if (flow === 'USER_SRP_AUTH' || flow === 'USER_AUTH') {
      throw unsupported(`${flow}, which this client allows, is not part of the sandbox.`)
    }
    const name = parameters.USERNAME
    if (!name) throw invalid('Missing required parameter USERNAME')
    checkSecretHash(client, [name], parameters.SECRET_HASH)
    if (flow !== 'CUSTOM_AUTH') {
      const { PASSWORD: password } = parameters
      if (!password) throw invalid('Missing required parameter PASSWORD')
      return passwordSignIn(store, tokens, { client, name, password, input })
    }
    if (parameters.CHALLENGE_NAME === 'SRP_A') {
      throw unsupported('CUSTOM_AUTH that begins with SRP_A is not part of the sandbox.')
    }
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
