// What an app client with a secret has to prove with each call: Base64(HMAC-SHA256(secret, user name + client id)).
import type { Input, Operation } from './cognito.ts'
import { claimsOf } from './jwt.ts'

async function hashOf(secret: string, text: string): Promise<string> {
  const bytes = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes.encode(secret), algorithm, false, ['sign'])
  return btoa(
    String.fromCharCode(...new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes.encode(text)))),
  )
}

/** `secretOf` gives the secret of a client, `idToken` the one that the user has: a refresh is his by its name in it. */
export function prepareWith(
  secretOf: (clientId: string) => string | undefined,
  idToken: () => string | undefined,
) {
  return async (operation: Operation, input: Input): Promise<Input> => {
    const clientId = String(input.ClientId ?? '')
    const secret = secretOf(clientId)
    if (!secret) return input
    if (operation === 'RevokeToken') return { ...input, ClientSecret: secret }
    const group = operation === 'RespondToAuthChallenge' ? 'ChallengeResponses' : 'AuthParameters'
    const parameters = (input[group] ?? {}) as Record<string, string>
    const own = String(claimsOf(idToken() ?? '')['cognito:username'] ?? '')
    const username = operation === 'SignUp' ? String(input.Username) : (parameters.USERNAME ?? own)
    const hash = await hashOf(secret, username + clientId)
    if (operation === 'SignUp') return { ...input, SecretHash: hash }
    return { ...input, [group]: { ...parameters, SECRET_HASH: hash } }
  }
}
