// New tokens for old ones: one call at a time, in all tabs together.
import { call, type Reply, type Tokens } from './cognito.ts'
import { OtpError } from './errors.ts'
import { isFresh } from './jwt.ts'
import type { Keep } from './keep.ts'
import type { ClientOptions } from './options.ts'

export function tokensOf(result: NonNullable<Reply['AuthenticationResult']>): Tokens {
  const { IdToken: idToken = '', AccessToken: accessToken = '', RefreshToken: refreshToken } = result
  return { idToken, accessToken, refreshToken }
}

/** Throws OtpError: `not_signed_in` where there is nothing to refresh with, `session_expired` where it counts no more. */
export function createRefresh(options: ClientOptions, keep: Keep): () => Promise<Tokens> {
  const { clientId, now = Date.now } = options
  let running: Promise<Tokens> | undefined

  async function refresh(): Promise<Tokens> {
    const before = keep.tokens?.idToken
    await keep.loadTokens()
    const { tokens } = keep
    // Another tab was quicker.
    if (tokens && tokens.idToken !== before && isFresh(tokens.idToken, now())) return tokens
    if (!tokens?.refreshToken) throw new OtpError('not_signed_in')
    const { AuthenticationResult } = await call(options, 'InitiateAuth', {
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      ClientId: clientId,
      AuthParameters: { REFRESH_TOKEN: tokens.refreshToken },
    })
    if (!AuthenticationResult?.IdToken) throw new OtpError('misconfigured')
    await keep.setTokens(tokensOf(AuthenticationResult))
    return keep.tokens!
  }

  return () => {
    const locks = globalThis.navigator?.locks
    running ??= (locks ? locks.request(`otp.${clientId}`, refresh) : refresh()).finally(() => {
      running = undefined
    })
    return running
  }
}
