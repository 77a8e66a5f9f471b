// The tokens of a sign-in: id and access tokens with Cognito's claims, refresh tokens, and their end.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { decodeJwt, errors } from 'jose'
import { AwsFault } from '../account/aws-fault.ts'
import { Recent } from '../account/recent.ts'
import { tokenLifetimes } from './client-settings.ts'
import { notAuthorized } from './model/input.ts'
import { readable } from './model/schema.ts'
import { type Client, findPool, livePools, type Pool, type Store } from './model/store.ts'
import type { User } from './model/users.ts'
import { createTokenKeys } from './token-keys.ts'
import { changesOf } from './triggers/claims.ts'

/** One sign-in: all tokens that came from it, by refresh included, fall together. */
interface Grant {
  client: Client
  user: User
  originJti: string
  eventId: string
  /** Seconds, as the `auth_time` claim. */
  authTime: number
  /** Milliseconds; a rotated refresh token keeps the end of the first. */
  refreshUntil: number
  revoked: boolean
  /** How often all sign-ins of the user had been ended when this one began. */
  since: number
}

/** A grant that still counts, with its tokens. */
export interface SignIn extends Omit<Grant, 'revoked' | 'since'> {
  refresh: { hash: string; until?: number }[]
  /** The `jti` of its access tokens. */
  access: string[]
}

interface Refresh {
  grant: Grant
  /** Set by rotation: the old token works until then. */
  until?: number
}

/** Cognito's AuthenticationResult. */
export interface Issued {
  AccessToken: string
  IdToken: string
  ExpiresIn: number
  TokenType: 'Bearer'
  RefreshToken?: string
}

/** What tokens are made for. */
interface Asked {
  /** Those of the user as of now unless given. */
  attributes?: Readonly<Record<string, string>> | undefined
  /** What the client said with its answer. */
  metadata?: Record<string, string> | undefined
  source?: 'Authentication' | 'RefreshTokens'
}

/** Refresh tokens are known by their hashes, so that none can be read where sign-ins are kept. */
const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

const scope = 'aws.cognito.signin.user.admin'

export function createTokens(store: Store) {
  const { world } = store
  const keys = createTokenKeys(world)
  // A token that is forgotten is as good as invented.
  const refreshTokens = new Recent<string, Refresh>(store.remembered)
  const grantOf = new Recent<string, Grant>(store.remembered)

  // Counted, so that nobody looks for a user's among all that are remembered.
  const ended = new WeakMap<User, number>()
  const endedOf = (user: User) => ended.get(user) ?? 0
  const isRevoked = ({ revoked, user, since }: Grant) => revoked || endedOf(user) > since

  const nowSeconds = () => Math.floor(world.now() / 1000)

  async function pair(grant: Grant, asked: Asked = {}): Promise<Issued> {
    const { client, user } = grant
    const { attributes = user.attributes, metadata, source = 'Authentication' } = asked
    const changes = await changesOf(store, { client, user, attributes, source, scope, metadata })
    const life = tokenLifetimes(client.settings)
    const common = {
      sub: user.attributes.sub,
      ...(client.settings.EnableTokenRevocation && { origin_jti: grant.originJti }),
      event_id: grant.eventId,
      auth_time: grant.authTime,
    }
    const access = {
      ...common,
      client_id: client.id,
      token_use: 'access',
      scope,
      jti: randomUUID(),
      username: user.username,
    }
    const id = {
      ...common,
      ...readable(client, attributes),
      'cognito:username': user.username,
      aud: client.id,
      token_use: 'id',
      jti: randomUUID(),
    }
    grantOf.set(access.jti, grant)
    return {
      AccessToken: await keys.sign(client.pool, changes.access(access), life.access),
      IdToken: await keys.sign(client.pool, changes.id(id), life.id),
      ExpiresIn: life.access,
      TokenType: 'Bearer',
    }
  }

  function newRefreshToken(grant: Grant): string {
    const token = randomBytes(360).toString('base64url')
    refreshTokens.set(hashOf(token), { grant })
    return token
  }

  /** Tokens for a user who has just signed in. */
  async function issue(client: Client, user: User, asked: Omit<Asked, 'source'> = {}): Promise<Issued> {
    const grant: Grant = {
      client,
      user,
      originJti: randomUUID(),
      eventId: randomUUID(),
      authTime: nowSeconds(),
      refreshUntil: world.now() + tokenLifetimes(client.settings).refresh * 1000,
      revoked: false,
      since: endedOf(user),
    }
    return { ...(await pair(grant, asked)), RefreshToken: newRefreshToken(grant) }
  }

  /** The sign-in that a refresh token stands for; refuses one that is unknown, expired, revoked or another client's. */
  function grantFor(token: string, client: Client): { grant: Grant; held: Refresh } {
    const held = refreshTokens.get(hashOf(token))
    if (!held || held.grant.client !== client) throw notAuthorized('Invalid Refresh Token')
    const { grant } = held
    const gone = client.pool.users.get(grant.user.username) !== grant.user
    if (isRevoked(grant) || gone || (held.until !== undefined && held.until <= world.now())) {
      throw notAuthorized('Refresh Token has been revoked')
    }
    if (grant.refreshUntil <= world.now()) throw notAuthorized('Refresh Token has expired')
    if (!grant.user.enabled) throw notAuthorized('User is disabled.')
    return { grant, held }
  }

  /** New id and access tokens; with rotation the refresh token is replaced as well. */
  async function refresh(token: string, client: Client): Promise<Issued> {
    const { grant, held } = grantFor(token, client)
    const rotation = client.settings.RefreshTokenRotation
    const source = 'RefreshTokens'
    if (rotation?.Feature !== 'ENABLED') return pair(grant, { source })
    held.until ??= world.now() + (rotation.RetryGracePeriodSeconds ?? 0) * 1000
    return { ...(await pair(grant, { source })), RefreshToken: newRefreshToken(grant) }
  }

  /** Ends the sign-in of a refresh token. One that is already revoked or unknown counts as done. */
  function revoke(token: string, client: Client): void {
    if (!client.settings.EnableTokenRevocation) {
      throw new AwsFault('UnsupportedOperationException', 'Token revocation is not enabled for this client.')
    }
    if (token.split('.').length === 3) throw new AwsFault('UnsupportedTokenTypeException', 'Wrong token type')
    const held = refreshTokens.get(hashOf(token))
    if (!held) return
    if (held.grant.client !== client) throw notAuthorized('Refresh Token was not issued to this client')
    held.grant.revoked = true
  }

  /** Ends every sign-in of the user. */
  const signOut = (user: User): void => {
    ended.set(user, endedOf(user) + 1)
  }

  /** Whose access token this is; refuses what is forged, expired, revoked or of another kind. */
  async function verifyAccess(token: string): Promise<{ client: Client; user: User; pool: Pool }> {
    const payload = await verified(token)
    const grant = grantOf.get(String(payload.jti))
    if (payload.token_use !== 'access' || !grant) throw notAuthorized('Invalid Access Token')
    if (isRevoked(grant)) throw notAuthorized('Access Token has been revoked')
    const pool = findPool(store, grant.client.pool.id)
    const user = pool.users.get(grant.user.username)
    if (user !== grant.user) throw new AwsFault('UserNotFoundException', 'User does not exist.')
    if (!user.enabled) throw notAuthorized('User is disabled.')
    return { client: grant.client, user, pool }
  }

  async function verified(token: string) {
    try {
      const pool = livePools(store).find((p) => keys.issuer(p) === decodeJwt(token).iss)
      if (!pool) throw notAuthorized('Invalid Access Token')
      return await keys.verify(pool, token)
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw notAuthorized('Access Token has expired')
      throw notAuthorized('Invalid Access Token')
    }
  }

  function signIns(): SignIn[] {
    const found = new Map<Grant, SignIn>()
    const of = (grant: Grant): SignIn | undefined => {
      const { revoked: _, since: __, ...known } = grant
      const { client, user, refreshUntil } = known
      const isOver = isRevoked(grant) || refreshUntil <= world.now()
      if (isOver || client.pool.users.get(user.username) !== user) return undefined
      const signIn = found.get(grant) ?? { ...known, refresh: [], access: [] }
      found.set(grant, signIn)
      return signIn
    }
    for (const [hash, { grant, ...until }] of refreshTokens) of(grant)?.refresh.push({ hash, ...until })
    for (const [jti, grant] of grantOf) of(grant)?.access.push(jti)
    return [...found.values()]
  }

  function resume({ refresh: tokens, access, ...known }: SignIn): void {
    const grant: Grant = { ...known, revoked: false, since: endedOf(known.user) }
    for (const { hash, ...until } of tokens) refreshTokens.set(hash, { grant, ...until })
    for (const jti of access) grantOf.set(jti, grant)
  }

  return {
    issue,
    /** Every sign-in that still counts. */
    signIns,
    /** Takes one of an earlier run for its own. */
    resume,
    refresh,
    /** The name that a refresh token's SECRET_HASH is made of. */
    usernameOf: (token: string, client: Client) => grantFor(token, client).grant.user.username,
    revoke,
    signOut,
    verifyAccess,
    /** The public keys, as served at `/<poolId>/.well-known/jwks.json`. */
    jwks: async (poolId: string) => ({ keys: [await keys.jwk(findPool(store, poolId))] }),
    /** The issuer claim of the pool's tokens. */
    issuer: (poolId: string) => keys.issuer(findPool(store, poolId)),
  }
}

export type Tokens = ReturnType<typeof createTokens>
