// The RS256 keys and the issuer of each user pool: signing, verifying, and the public half.
import { randomBytes, type webcrypto } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { World } from '../account/world.ts'
import type { Pool } from './store.ts'

interface Keys {
  sign: webcrypto.CryptoKey
  verify: webcrypto.CryptoKey
  jwk: JWK & { kid: string }
}

let pairOfProcess: ReturnType<typeof generateKeyPair> | undefined

// Made on first use, because it takes longer than the rest of the sandbox's start, and once a process:
// pools differ by their key ids and issuers, which is what verifiers tell them apart by.
function keyPair() {
  pairOfProcess ??= generateKeyPair('RS256', { extractable: true })
  return pairOfProcess
}

export function createTokenKeys(world: World) {
  const keysOf = new WeakMap<Pool, Promise<Keys>>()
  const domain = world.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
  const issuer = ({ id, settings }: Pool) => {
    const host = settings.IssuerConfiguration?.Type === 'UPDATED' ? 'issuer-cognito-idp' : 'cognito-idp'
    return `https://${host}.${world.region}.${domain}/${id}`
  }

  async function make(): Promise<Keys> {
    const { privateKey, publicKey } = await keyPair()
    const kid = randomBytes(32).toString('base64')
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
    return { sign: privateKey, verify: publicKey, jwk }
  }

  function keys(pool: Pool): Promise<Keys> {
    const made = keysOf.get(pool) ?? make()
    keysOf.set(pool, made)
    return made
  }

  return {
    issuer,
    /** The public key, as a member of the JWKS. */
    jwk: async (pool: Pool): Promise<JWK> => (await keys(pool)).jwk,
    /** A signed token that is valid from now on. @param life in seconds */
    async sign(pool: Pool, claims: Record<string, unknown>, life: number): Promise<string> {
      const { sign, jwk } = await keys(pool)
      const iat = Math.floor(world.now() / 1000)
      return new SignJWT({ ...claims, iss: issuer(pool), iat, exp: iat + life })
        .setProtectedHeader({ kid: jwk.kid, alg: 'RS256' })
        .sign(sign)
    },
    /** The claims of a token that this pool signed; throws jose's errors for any other. */
    async verify(pool: Pool, token: string): Promise<JWTPayload> {
      const { verify } = await keys(pool)
      const options = { issuer: issuer(pool), algorithms: ['RS256'], currentDate: new Date(world.now()) }
      return (await jwtVerify(token, verify, options)).payload
    },
  }
}
