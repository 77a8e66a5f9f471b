// The rounds of CUSTOM_AUTH: Define, Create, the client's answer, Verify, Define again.
import { createHash, randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { type Attempt, createAuthSessions, type Entry } from './auth-sessions.ts'
import { invalid, isStringMap, notAuthorized } from './model/input.ts'
import { type Client, findUser, refuseUnconfirmed, type Store } from './model/store.ts'
import type { Issued, Tokens } from './tokens.ts'
import { attributesForTriggers, callTrigger, flag, type TriggerKey, unrecognizable } from './triggers/call.ts'

/** The answer to InitiateAuth and RespondToAuthChallenge. */
export type AuthAnswer =
  | { AuthenticationResult: Issued; ChallengeParameters: Record<string, string> }
  | { ChallengeName: 'CUSTOM_CHALLENGE'; Session: string; ChallengeParameters: Record<string, string> }

type Metadata = Record<string, string> | undefined

/** What one call goes through, up to the next challenge, the tokens or the end. */
interface Round {
  attempt: Attempt
  entries: Entry[]
  metadata: Metadata
  /** What tokens carry where it is not what the user has by then. */
  attributes?: Record<string, string>
}

const wrong = () => notAuthorized('Incorrect username or password.')

export function createCustomAuth(store: Store, tokens: Tokens) {
  const sessions = createAuthSessions(store)

  function trigger(attempt: Attempt, key: TriggerKey, request: object, response: object, metadata: Metadata) {
    const { client, user, userName } = attempt
    return callTrigger(store, {
      key,
      source: `${key}_Authentication`,
      pool: client.pool,
      clientId: client.id,
      userName,
      request: {
        userAttributes: user ? attributesForTriggers(user) : {},
        ...request,
        ...(client.settings.PreventUserExistenceErrors === 'ENABLED' && { userNotFound: !user }),
        ...(metadata && { clientMetadata: metadata }),
      },
      response: { ...response },
    })
  }

  async function define(round: Round): Promise<AuthAnswer> {
    const { attempt, entries, metadata } = round
    const asked = { challengeName: null, issueTokens: null, failAuthentication: null }
    const decided = await trigger(attempt, 'DefineAuthChallenge', { session: entries }, asked, metadata)
    if (!decided) throw invalid('Custom auth lambda trigger is not configured for the user pool.')
    if (flag(decided, 'failAuthentication')) throw wrong()
    if (flag(decided, 'issueTokens')) return finish(round)
    // SRP and password steps inside custom authentication are not part of the sandbox.
    if (decided.challengeName !== 'CUSTOM_CHALLENGE') throw unrecognizable()
    return challenge(round)
  }

  async function challenge({ attempt, entries, metadata }: Round) {
    const request = { challengeName: 'CUSTOM_CHALLENGE', session: entries }
    const empty = {
      publicChallengeParameters: null,
      privateChallengeParameters: null,
      challengeMetadata: null,
    }
    const created = await trigger(attempt, 'CreateAuthChallenge', request, empty, metadata)
    if (!created) throw invalid('Custom auth lambda trigger is not configured for the user pool.')
    const shown = created.publicChallengeParameters ?? {}
    const hidden = created.privateChallengeParameters ?? {}
    const about = created.challengeMetadata ?? null
    if (!isStringMap(shown) || !isStringMap(hidden) || !(about === null || typeof about === 'string')) {
      throw unrecognizable()
    }
    const token = sessions.open({ attempt, entries, privateParameters: hidden, metadata: about })
    return {
      ChallengeName: 'CUSTOM_CHALLENGE' as const,
      Session: token,
      ChallengeParameters: { ...shown, USERNAME: attempt.userName },
    }
  }

  async function finish({ attempt, metadata, attributes }: Round): Promise<AuthAnswer> {
    const { client, user } = attempt
    // Whatever a trigger says, nobody gets tokens for a user who is not there or may not sign in.
    if (!user || client.pool.users.get(user.username) !== user) throw wrong()
    if (!user.enabled) throw notAuthorized('User is disabled.')
    refuseUnconfirmed(user)
    await trigger(attempt, 'PostAuthentication', { newDeviceUsed: false }, {}, metadata)
    return {
      AuthenticationResult: await tokens.issue(client, user, { attributes, metadata }),
      ChallengeParameters: {},
    }
  }

  /** The first round. ClientMetadata reaches only PreAuthentication here, as its validation data. */
  async function start(client: Client, name: string, validationData: Metadata): Promise<AuthAnswer> {
    const { DefineAuthChallenge, CreateAuthChallenge, VerifyAuthChallengeResponse } =
      client.pool.settings.LambdaConfig ?? {}
    if (!DefineAuthChallenge || !CreateAuthChallenge || !VerifyAuthChallengeResponse) {
      throw invalid('Custom auth lambda trigger is not configured for the user pool.')
    }
    const user = findUser(client.pool, name)
    if (!user && client.settings.PreventUserExistenceErrors !== 'ENABLED') {
      throw new AwsFault('UserNotFoundException', 'User does not exist.')
    }
    if (user && !user.enabled) throw notAuthorized('User is disabled.')
    if (user && store.world.unsettled.unconfirmedSignIn === 'refused') refuseUnconfirmed(user)
    const userName = user?.username ?? standIn(store, client.pool.id, name)
    const attempt: Attempt = { client, userName, names: [name, userName], ...(user && { user }) }
    await trigger(attempt, 'PreAuthentication', { validationData: validationData ?? null }, {}, undefined)
    return define({ attempt, entries: [], metadata: undefined })
  }

  /** The client's answer to a challenge. A session serves once, for its own client and user. */
  async function answer(
    client: Client,
    token: string,
    responses: Record<string, string>,
    metadata: Metadata,
  ): Promise<AuthAnswer> {
    const { session, given } = sessions.use(client, token, responses)
    const { attempt } = session
    if (attempt.user && client.pool.users.get(attempt.user.username) !== attempt.user) throw wrong()
    if (attempt.user && !attempt.user.enabled) throw notAuthorized('User is disabled.')
    const attributes = { ...attempt.user?.attributes }
    const verdict = await trigger(
      attempt,
      'VerifyAuthChallengeResponse',
      { privateChallengeParameters: session.privateParameters, challengeAnswer: given },
      { answerCorrect: null },
      metadata,
    )
    if (typeof verdict?.answerCorrect !== 'boolean') throw unrecognizable()
    const entry = {
      challengeName: 'CUSTOM_CHALLENGE',
      challengeResult: verdict.answerCorrect,
      challengeMetadata: session.metadata,
    }
    const entries = [...session.entries, entry]
    const wrongs = entries.filter(({ challengeResult }) => !challengeResult).length
    if (store.world.unsettled.rounds === 'three' && wrongs >= 3) throw wrong()
    return define({
      attempt,
      entries,
      metadata,
      ...(store.world.unsettled.freshProof === 'missing' && { attributes }),
    })
  }

  return { start, answer }
}

/** The name of a user who does not exist, for one sign-in: the stable one is a UUID made of pool and name. */
function standIn({ world }: Store, poolId: string, name: string): string {
  if (world.unsettled.standInName === 'typed') return name
  if (world.unsettled.standInName === 'changing') return randomUUID()
  const hex = createHash('sha1').update(`${poolId}:${name}`).digest('hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-')
}
