// Tokens: a verifier that knows only AWS accepts them, and refuses what is forged, old or of another kind.
import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { beforeAll, describe, expect, it } from 'vitest'
import { bench, claimsOf, phone, refusalOf } from './bench.ts'

async function signedIn(client: Record<string, unknown> = {}, remembered?: number) {
  const b = bench({}, remembered)
  const ready = await b.ready(client)
  await ready.signUp()
  const tokens = await ready.signIn()
  const refresh = (REFRESH_TOKEN: string, ClientId = ready.clientId) =>
    b.call('InitiateAuth', { ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN } })
  return { ...b, ...ready, tokens, refresh }
}

describe('aws-jwt-verify', () => {
  let s: Awaited<ReturnType<typeof signedIn>>
  const verifier = async (tokenUse: 'id' | 'access', clientId = s.clientId) => {
    const made = CognitoJwtVerifier.create({ userPoolId: s.pool, tokenUse, clientId })
    const jwks = await s.cognito.jwks(s.pool)
    made.cacheJwks(jwks as Parameters<typeof made.cacheJwks>[0])
    return made
  }
  // The library reads the real clock: these tokens are made to be valid now.
  beforeAll(async () => {
    s = await signedIn()
    s.pass(Date.now() - s.world.now())
    s.tokens = await s.signIn()
  })

  it('accepts the id token, with the attributes that the client may read', async () => {
    const claims = await (await verifier('id')).verify(s.tokens.IdToken)
    expect(claims).toMatchObject({
      iss: `https://cognito-idp.eu-west-1.amazonaws.com/${s.pool}`,
      aud: s.clientId,
      token_use: 'id',
      phone_number: phone,
      phone_number_verified: false,
      'cognito:username': claims.sub,
    })
    expect(claims.exp - claims.iat).toBe(3600)
  })

  it('accepts the access token, which shares its origin with the id token', async () => {
    const claims = await (await verifier('access')).verify(s.tokens.AccessToken)
    const id = claimsOf(s.tokens.IdToken)
    expect(claims).toMatchObject({
      client_id: s.clientId,
      scope: 'aws.cognito.signin.user.admin',
      username: id['cognito:username'],
      origin_jti: id.origin_jti,
      event_id: id.event_id,
      auth_time: id.auth_time,
    })
    expect(claims.jti).not.toBe(id.jti)
  })

  it('refuses a token of the other kind, of another client, and one that was tampered with', async () => {
    const { AccessToken, IdToken } = s.tokens
    await expect((await verifier('access')).verify(IdToken)).rejects.toThrow(/token use/i)
    await expect((await verifier('id', 'another')).verify(IdToken)).rejects.toThrow(/audience/i)
    const [head, body, signature] = AccessToken.split('.')
    const forged = Buffer.from(JSON.stringify({ ...claimsOf(AccessToken), username: 'admin' })).toString(
      'base64url',
    )
    await expect((await verifier('access')).verify(`${head}.${forged}.${signature}`)).rejects.toThrow(
      /signature/i,
    )
    expect(body).not.toBe(forged)
  })

  it('refuses a token after its time', async () => {
    s.pass(-2 * 3600 * 1000)
    const old = await s.signIn()
    s.pass(2 * 3600 * 1000)
    await expect((await verifier('access')).verify(old.AccessToken)).rejects.toThrow(/expired/i)
  })
})

describe('an access token', () => {
  it('opens GetUser until it expires, as long as the client says', async () => {
    const { call, tokens, pass } = await signedIn({
      AccessTokenValidity: 10,
      TokenValidityUnits: { AccessToken: 'minutes' },
    })
    expect(tokens.ExpiresIn).toBe(600)
    pass(599_000)
    await call('GetUser', { AccessToken: tokens.AccessToken })
    pass(2_000)
    expect(await refusalOf(call('GetUser', { AccessToken: tokens.AccessToken }))).toBe(
      'NotAuthorizedException: Access Token has expired',
    )
  })

  it('cannot be forged, and an id token does not stand in for it', async () => {
    const { call, tokens } = await signedIn()
    const [head, body] = tokens.AccessToken.split('.')
    const unsignedHead = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    for (const AccessToken of [
      `${head}.${body}.AAAA`,
      `${unsignedHead}.${body}.`,
      tokens.IdToken,
      'garbage',
    ]) {
      expect(await refusalOf(call('GetUser', { AccessToken }))).toBe(
        'NotAuthorizedException: Invalid Access Token',
      )
    }
  })

  it.each(['GlobalSignOut', 'AdminUserGlobalSignOut'])(
    'falls with %s, and so does the refresh token',
    async (how) => {
      const { call, tokens, refresh, pool, signIn } = await signedIn()
      await call(how, { AccessToken: tokens.AccessToken, UserPoolId: pool, Username: phone })
      expect(await refusalOf(call('GetUser', { AccessToken: tokens.AccessToken }))).toBe(
        'NotAuthorizedException: Access Token has been revoked',
      )
      expect(await refusalOf(refresh(tokens.RefreshToken))).toBe(
        'NotAuthorizedException: Refresh Token has been revoked',
      )
      await call('GetUser', { AccessToken: (await signIn()).AccessToken })
    },
  )
})

describe('a token', () => {
  it('is forgotten when there are too many newer ones', async () => {
    const { call, tokens, refresh, signIn } = await signedIn({}, 2)
    const [second] = [await signIn(), await signIn()]
    expect(await refusalOf(call('GetUser', { AccessToken: tokens.AccessToken }))).toBe(
      'NotAuthorizedException: Invalid Access Token',
    )
    expect(await refusalOf(refresh(tokens.RefreshToken))).toBe(
      'NotAuthorizedException: Invalid Refresh Token',
    )
    await call('GetUser', { AccessToken: second.AccessToken })
    await refresh(second.RefreshToken)
  })
})

describe('a refresh token', () => {
  it('gives new tokens of the same sign-in, but no new refresh token', async () => {
    const { tokens, refresh, pass } = await signedIn()
    pass(3600_000)
    const { AuthenticationResult: renewed } = await refresh(tokens.RefreshToken)
    expect(renewed).not.toHaveProperty('RefreshToken')
    const [before, after] = [claimsOf(tokens.AccessToken), claimsOf(renewed.AccessToken)]
    expect(after.auth_time).toBe(before.auth_time)
    expect(after.origin_jti).toBe(before.origin_jti)
    expect(after.exp).toBe(before.exp + 3600)
    expect(after.jti).not.toBe(before.jti)
  })

  it('ends with its validity', async () => {
    const { tokens, refresh, pass } = await signedIn({ RefreshTokenValidity: 1 })
    pass(24 * 3600_000)
    expect(await refusalOf(refresh(tokens.RefreshToken))).toBe(
      'NotAuthorizedException: Refresh Token has expired',
    )
  })

  it('takes its access tokens along when it is revoked, and no other sign-in’s', async () => {
    const { call, tokens, refresh, clientId, signIn } = await signedIn()
    const other = await signIn()
    await call('RevokeToken', { ClientId: clientId, Token: tokens.RefreshToken })
    await call('RevokeToken', { ClientId: clientId, Token: tokens.RefreshToken })
    expect(await refusalOf(call('GetUser', { AccessToken: tokens.AccessToken }))).toContain(
      'has been revoked',
    )
    expect(await refusalOf(refresh(tokens.RefreshToken))).toContain('has been revoked')
    await call('GetUser', { AccessToken: other.AccessToken })
    expect(await refusalOf(call('RevokeToken', { ClientId: clientId, Token: other.AccessToken }))).toMatch(
      /^UnsupportedTokenTypeException/,
    )
  })

  it('serves its own client only', async () => {
    const { call, tokens, refresh, pool } = await signedIn()
    const { UserPoolClient } = await call('CreateUserPoolClient', { UserPoolId: pool, ClientName: 'other' })
    expect(await refusalOf(refresh(tokens.RefreshToken, UserPoolClient.ClientId))).toBe(
      'NotAuthorizedException: Invalid Refresh Token',
    )
    expect(await refusalOf(refresh('garbage'))).toBe('NotAuthorizedException: Invalid Refresh Token')
  })

  it('gives new tokens by either way, and stays, where it is not rotated', async () => {
    const { call, tokens, clientId, refresh } = await signedIn()
    const RefreshToken = tokens.RefreshToken
    const { AuthenticationResult } = await call('GetTokensFromRefreshToken', {
      ClientId: clientId,
      RefreshToken,
    })
    expect(Object.keys(AuthenticationResult).sort()).toEqual([
      'AccessToken',
      'ExpiresIn',
      'IdToken',
      'TokenType',
    ])
    expect((await refresh(RefreshToken)).AuthenticationResult).not.toHaveProperty('RefreshToken')
  })

  it('is replaced by rotation, and keeps its end', async () => {
    const { call, tokens, clientId, pass, refresh } = await signedIn({
      ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 30 },
      RefreshTokenValidity: 1,
    })
    const rotate = (RefreshToken: string) =>
      call('GetTokensFromRefreshToken', { ClientId: clientId, RefreshToken })
    expect(await refusalOf(refresh(tokens.RefreshToken))).toContain('flow not enabled')
    const { AuthenticationResult: next } = await rotate(tokens.RefreshToken)
    expect(next.RefreshToken).not.toBe(tokens.RefreshToken)
    pass(29_000)
    await rotate(tokens.RefreshToken)
    pass(1_000)
    expect(await refusalOf(rotate(tokens.RefreshToken))).toContain('has been revoked')
    pass(24 * 3600_000)
    expect(await refusalOf(rotate(next.RefreshToken))).toContain('has expired')
  })
})
