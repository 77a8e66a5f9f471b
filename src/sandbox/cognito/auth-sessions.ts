// The sessions between the rounds of a sign-in: each serves once, for its own client and user, and not for long.

import { randomBytes } from 'node:crypto'
import { Recent } from '../account/recent.ts'
import { invalid, notAuthorized, unmet } from './model/input.ts'
import { type Client, findUser, type Store } from './model/store.ts'
import type { User } from './model/users.ts'

/** A round that is over, as the triggers see it. */
export interface Entry {
  challengeName: string
  challengeResult: boolean
  challengeMetadata: string | null
}

/** One sign-in under way: what is the same in all its rounds. */
export interface Attempt {
  client: Client
  /** The USERNAME of the challenge: the user's, or the stand-in of one who does not exist. */
  userName: string
  /** The names that an answer may carry. */
  names: string[]
  /** Undefined for a name that belongs to nobody. */
  user?: User
}

interface Session {
  attempt: Attempt
  entries: Entry[]
  privateParameters: Record<string, string>
  metadata: string | null
  expiresAt: number
  used: boolean
}

/** An ended session stays among those that are remembered, to say why it is refused. */
export function createAuthSessions({ world, remembered }: Pick<Store, 'world' | 'remembered'>) {
  const sessions = new Recent<string, Session>(remembered)

  /** Gives the token of a session that begins now. */
  function open(begun: Omit<Session, 'expiresAt' | 'used'>): string {
    const minutes = begun.attempt.client.settings.AuthSessionValidity ?? 3
    const session = { ...begun, expiresAt: world.now() + minutes * 60_000, used: false }
    // As long as Cognito's usually are, so that nobody stores them in too small a place.
    const token = randomBytes(720).toString('base64url')
    sessions.set(token, session)
    return token
  }

  /** The session that a client's answer belongs to, used up from now on, and the answer itself. */
  function use(client: Client, token: string, responses: Record<string, string>) {
    if (token.length < 20)
      throw unmet(token, 'session', 'Member must have length greater than or equal to 20')
    const { USERNAME: name, ANSWER: given } = responses
    if (name === undefined) throw invalid('Missing required parameter USERNAME')
    if (given === undefined) throw invalid('Missing required parameter ANSWER')
    const session = sessions.get(token)
    if (!session || session.attempt.client !== client) throw notAuthorized('Invalid session for the user.')
    const { attempt } = session
    const same =
      attempt.names.includes(name) || (attempt.user && findUser(client.pool, name) === attempt.user)
    if (!same) throw notAuthorized('Invalid session for the user.')
    if (session.used) throw notAuthorized('Invalid session for the user, session can only be used once.')
    if (session.expiresAt <= world.now())
      throw notAuthorized('Invalid session for the user, session is expired.')
    // Used up before the first wait: of two answers at once, one is refused.
    session.used = true
    return { session, given }
  }

  return { open, use }
}
