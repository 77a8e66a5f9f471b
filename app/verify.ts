// Whether a token is one that Cognito has given for this stage, and whether its user has proven the number.
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { hostOf } from './cognito.ts'
import { OtpError } from './errors.ts'
import { userOf } from './jwt.ts'
import type { User } from './state.ts'

export interface PoolOptions {
  region: string
  userPoolId: string
  /** Where Cognito is asked instead of AWS's own address: the sandbox has keys of its own. */
  endpoint?: string | undefined
  /** Whose tokens are taken: those of the stage's app clients. */
  clientIds: readonly string[]
  /** As the client has it: tokens of a pool that existed before the stage bear no mark of a code. */
  existingPool?: 'phone' | 'name' | undefined
  /** Epoch milliseconds. */
  now?: (() => number) | undefined
}

/**
 * Checks id tokens: signature, issuer, app client, use and life. Throws OtpError: `not_signed_in` for a token that does
 * not count, `network` where the pool's keys cannot be had.
 */
export function createVerifier(options: PoolOptions) {
  const { region, userPoolId, endpoint, clientIds, existingPool, now = Date.now } = options

  const own = hostOf(region)
  // A pool may be set to the second one.
  const issuers = [own, own.replace('//', '//issuer-')].map((one) => `${one}/${userPoolId}`)
  const base = (endpoint ?? own).replace(/\/$/, '')
  // Kept, and fetched anew for a key that is not among them.
  const keys: JWTVerifyGetKey = createRemoteJWKSet(new URL(`${base}/${userPoolId}/.well-known/jwks.json`))

  return async function verify(idToken: string): Promise<User> {
    try {
      const { payload } = await jwtVerify(idToken, keys, {
        algorithms: ['RS256'],
        issuer: issuers,
        audience: [...clientIds],
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(now()),
      })
      if (payload.token_use !== 'id') throw new OtpError('not_signed_in')
      return userOf(idToken, !existingPool)
    } catch (error) {
      if (error instanceof OtpError) throw error
      const isTokens =
        error instanceof errors.JOSEError &&
        !(error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid)
      throw new OtpError(isTokens ? 'not_signed_in' : 'network', undefined, error)
    }
  }
}
