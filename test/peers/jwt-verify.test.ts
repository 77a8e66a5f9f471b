// aws-jwt-verify, as a backend uses it: tokens of a real sign-in, with the keys that the sandbox serves.
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { answerChallenge, signUp, startSignIn } from '../../src/aws/sign-in.ts'
import { keysOf } from '../sandbox/lambda/signed.ts'
import { deployIntoSandbox, type SandboxStage } from './sandbox-stage.ts'

const phone = '+15550100001'
let stage: SandboxStage
let other: SandboxStage
let tokens: { id: string; access: string }

/** Signs a user of a stage up and in. */
async function signedIn({ sandbox, ids, codes }: SandboxStage) {
  const cognito = new CognitoIdentityProviderClient({
    endpoint: sandbox.endpoint,
    region: sandbox.region,
    credentials: keysOf(sandbox),
  })
  await signUp(cognito, { clientId: ids.signupClientId }, phone)
  const client = { clientId: ids.loginClientId }
  const round = await startSignIn(cognito, client, phone)
  if (round.kind !== 'challenge') throw new Error('no challenge')
  const last = await answerChallenge(cognito, client, round, codes(phone).at(-1) ?? '')
  cognito.destroy()
  if (last.kind !== 'tokens') throw new Error(`no tokens: ${last.parameters.status}`)
  return { id: last.tokens.IdToken ?? '', access: last.tokens.AccessToken ?? '' }
}

beforeAll(async () => {
  ;[stage, other] = await Promise.all([deployIntoSandbox(), deployIntoSandbox()])
  tokens = await signedIn(stage)
})
afterAll(() => Promise.all([stage?.close(), other?.close()]))

/** The library asks AWS for the keys; its own hook sends the question to the sandbox instead. */
function verifierOf(tokenUse: 'id' | 'access', clientId = stage.ids.loginClientId) {
  const fetch = async (uri: string) => {
    const { pathname, origin } = new URL(uri)
    expect(origin).toBe('https://cognito-idp.us-east-1.amazonaws.com')
    return (await globalThis.fetch(stage.sandbox.endpoint + pathname)).arrayBuffer()
  }
  const jwksCache = new SimpleJwksCache({ fetcher: { fetch } })
  return CognitoJwtVerifier.create({ userPoolId: stage.ids.userPoolId, tokenUse, clientId }, { jwksCache })
}

/** The token with one claim changed and the signature kept. */
function tampered(token: string, claims: object): string {
  const [head, body = '', signature] = token.split('.')
  const read = JSON.parse(Buffer.from(body, 'base64url').toString())
  return [head, Buffer.from(JSON.stringify({ ...read, ...claims })).toString('base64url'), signature].join(
    '.',
  )
}

describe('aws-jwt-verify', () => {
  it('accepts both tokens of a sign-in, and reads the proof of the number', async () => {
    expect(await verifierOf('id').verify(tokens.id)).toMatchObject({
      iss: stage.ids.issuer,
      phone_number_verified: true,
      'custom:whatsapp_verified': 'true',
    })
    expect(await verifierOf('access').verify(tokens.access)).toMatchObject({
      client_id: stage.ids.loginClientId,
      token_use: 'access',
    })
  })

  it('refuses a token that was tampered with', async () => {
    const longer = tampered(tokens.access, { exp: Math.floor(Date.now() / 1000) + 99_999 })
    await expect(verifierOf('access').verify(longer)).rejects.toThrow(/signature/i)
    const unsigned = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${tokens.access.split('.')[1]}.`
    await expect(verifierOf('access').verify(unsigned)).rejects.toThrow()
  })

  it('refuses a token of the other kind and of the other client', async () => {
    await expect(verifierOf('access').verify(tokens.id)).rejects.toThrow(/token use/i)
    await expect(verifierOf('id', stage.ids.signupClientId).verify(tokens.id)).rejects.toThrow(/audience/i)
    await expect(verifierOf('access', stage.ids.signupClientId).verify(tokens.access)).rejects.toThrow(
      /client/i,
    )
  })

  it('refuses a token of another pool', async () => {
    const foreign = await signedIn(other)
    await expect(verifierOf('id').verify(foreign.id)).rejects.toThrow(/kid|issuer/i)
  })

  it('refuses an expired token', async () => {
    const verifier = verifierOf('access')
    await verifier.verify(tokens.access)
    vi.useFakeTimers({ now: Date.now() + 3601_000, toFake: ['Date'] })
    try {
      await expect(verifier.verify(tokens.access)).rejects.toThrow(/expired/i)
    } finally {
      vi.useRealTimers()
    }
  })
})
