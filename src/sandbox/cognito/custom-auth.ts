// The rounds of CUSTOM_AUTH: Define, Create, the client's answer, Verify, Define again; and their sessions.
import { createHash, randomBytes } from 'node:crypto'
import { AwsFault } from '../account/world.ts'
import { invalid, isStringMap, notAuthorized, unmet } from './input.ts'
import { type Client, findUser, type Store, type User } from './store.ts'
import type { Issued, Tokens } from './tokens.ts'
import { attributesForTriggers, callTrigger, flag, type TriggerKey, unrecognizable } from './triggers.ts'

interface Entry {
  challengeName: string
  challengeResult: boolean
  challengeMetadata: string | null
}

/** One sign-in under way: what is the same in all its rounds. */
interface Attempt {
  client: Client
  /** The USERNAME of the challenge: the user's, or the stand-in of one who does not exist. */
  userName: string
  /** Undefined for a name that belongs to nobody. */
  user?: User
}

interface Session {
  attempt: Attempt
  /** The names that the answer may carry. */
  names: string[]
  entries: Entry[]
  privateParameters: Record<string, string>
  metadata: string | null
  expiresAt: number
  used: boolean
}

/** The answer to InitiateAuth and RespondToAuthChallenge. */
export type AuthAnswer =
  | { AuthenticationResult: Issued; ChallengeParameters: Record<string, string> }
  | { ChallengeName: 'CUSTOM_CHALLENGE'; Session: string; ChallengeParameters: Record<string, string> }

type Metadata = Record<string, string> | undefined

/** How long an ended session is remembered, to say why it is refused. */
const remembered = 60 * 60 * 1000
const wrong = () => notAuthorized('Incorrect username or password.')

export function createCustomAuth(store: Store, tokens: Tokens) {
  const { world } = store
  const sessions = new Map<string, Session>()

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

  async function define(
    attempt: Attempt,
    names: string[],
    entries: Entry[],
    metadata: Metadata,
  ): Promise<AuthAnswer> {
    const asked = { challengeName: null, issueTokens: null, failAuthentication: null }
    const decided = await trigger(attempt, 'DefineAuthChallenge', { session: entries }, asked, metadata)
    if (!decided) throw invalid('Custom auth lambda trigger is not configured for the user pool.')
    if (flag(decided, 'failAuthentication')) throw wrong()
    if (flag(decided, 'issueTokens')) return finish(attempt, metadata)
    // SRP and password steps inside custom authentication are not part of the sandbox.
    if (decided.challengeName !== 'CUSTOM_CHALLENGE') throw unrecognizable()
    return challenge(attempt, names, entries, metadata)
  }

  async function challenge(attempt: Attempt, names: string[], entries: Entry[], metadata: Metadata) {
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
    const token = open({
      attempt,
      names,
      entries,
      privateParameters: hidden,
      metadata: about,
      expiresAt: world.now() + (attempt.client.settings.AuthSessionValidity ?? 3) * 60_000,
      used: false,
    })
    return {
      ChallengeName: 'CUSTOM_CHALLENGE' as const,
      Session: token,
      ChallengeParameters: { ...shown, USERNAME: attempt.userName },
    }
  }

  function open(session: Session): string {
    for (const [token, old] of sessions) {
      if (old.expiresAt + remembered < world.now()) sessions.delete(token)
    }
    // As long as Cognito's usually are, so that nobody stores them in too small a place.
    const token = randomBytes(720).toString('base64url')
    sessions.set(token, session)
    return token
  }

  async function finish(attempt: Attempt, metadata: Metadata): Promise<AuthAnswer> {
    const { client, user } = attempt
    // Whatever a trigger says, nobody gets tokens for a user who is not there or may not sign in.
    if (!user || client.pool.users.get(user.username) !== user) throw wrong()
    if (!user.enabled) throw notAuthorized('User is disabled.')
    await trigger(attempt, 'PostAuthentication', { newDeviceUsed: false }, {}, metadata)
    return { AuthenticationResult: await tokens.issue(client, user), ChallengeParameters: {} }
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
    if (user?.status === 'UNCONFIRMED') {
      throw new AwsFault('UserNotConfirmedException', 'User is not confirmed.')
    }
    const userName = user?.username ?? standIn(client.pool.id, name)
    const attempt: Attempt = { client, userName, ...(user && { user }) }
    await trigger(attempt, 'PreAuthentication', { validationData: validationData ?? null }, {}, undefined)
    return define(attempt, [name, userName], [], undefined)
  }

  /** The client's answer to a challenge. A session serves once, for its own client and user. */
  async function answer(
    client: Client,
    token: string,
    responses: Record<string, string>,
    metadata: Metadata,
  ): Promise<AuthAnswer> {
    if (token.length < 20)
      throw unmet(token, 'session', 'Member must have length greater than or equal to 20')
    const { USERNAME: name, ANSWER: given } = responses
    if (name === undefined) throw invalid('Missing required parameter USERNAME')
    if (given === undefined) throw invalid('Missing required parameter ANSWER')
    const session = sessions.get(token)
    if (!session || session.attempt.client !== client) throw notAuthorized('Invalid session for the user.')
    const { attempt, names } = session
    const same = names.includes(name) || (attempt.user && findUser(client.pool, name) === attempt.user)
    if (!same) throw notAuthorized('Invalid session for the user.')
    if (session.used) throw notAuthorized('Invalid session for the user, session can only be used once.')
    if (session.expiresAt <= world.now())
      throw notAuthorized('Invalid session for the user, session is expired.')
    // Used up before the first wait: of two answers at once, one is refused.
    session.used = true
    if (attempt.user && client.pool.users.get(attempt.user.username) !== attempt.user) throw wrong()
    if (attempt.user && !attempt.user.enabled) throw notAuthorized('User is disabled.')
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
    return define(attempt, names, [...session.entries, entry], metadata)
  }

  return { start, answer }
}

/** The stand-in for a user who does not exist: a UUID made of pool and name, the same every time. */
function standIn(poolId: string, name: string): string {
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
