// The RS256 keys and the issuer of each user pool: signing, verifying, and the public half.
import { createPrivateKey, createPublicKey, type KeyObject, type webcrypto } from 'node:crypto'
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose'
import type { World } from '../account/world.ts'
import type { Pool } from './model/store.ts'

interface Keys {
  sign: webcrypto.CryptoKey | KeyObject
  verify: webcrypto.CryptoKey | KeyObject
  jwk: JWK & { kid: string }
}

let pairOfProcess: ReturnType<typeof generateKeyPair> | undefined

// Made on first use, because it takes longer than the rest of the sandbox's start, and once a process:
// pools differ by their key ids and issuers, which is what verifiers tell them apart by.
async function keyPair({ tokenKey }: World) {
  if (tokenKey) {
    const privateKey = createPrivateKey(await tokenKey())
    return { privateKey, publicKey: createPublicKey(privateKey) }
  }
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

  async function make(pool: Pool): Promise<Keys> {
    const { privateKey, publicKey } = await keyPair(world)
    const exported = await exportJWK(publicKey)
    // Of the key too: who verifies keeps a key by its id for good.
    const name = `token key/${pool.id}/${await calculateJwkThumbprint(exported)}`
    const kid = Buffer.from(world.chance.id(name, 32)).toString('base64')
    const jwk = { ...exported, kid, alg: 'RS256', use: 'sig' }
    return { sign: privateKey, verify: publicKey, jwk }
  }

  function keys(pool: Pool): Promise<Keys> {
    const made = keysOf.get(pool) ?? make(pool)
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
