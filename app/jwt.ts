// What tokens say, unchecked: to an app they come from Cognito itself. A backend checks their signature.
import type { User } from './state.ts'

/** Empty for what is no token. */
export function claimsOf(token: string): Record<string, unknown> {
  try {
    const text = atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/'))
    // Bytes of UTF-8, without the TextDecoder that React Native lacks.
    const escaped = Array.from(text, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
    return JSON.parse(decodeURIComponent(escaped.join('')))
  } catch {
    return {}
  }
}

/** Good for a minute more. */
export const isFresh = (token: string, now: number): boolean =>
  Number(claimsOf(token).exp) * 1000 - now > 60_000

/** `bearsMarks`: the pool is a stage's own, which marks what a code has proven. */
export function userOf(idToken: string, bearsMarks = true): User {
  const claims = claimsOf(idToken)
  const { sub, phone_number: phone } = claims
  return {
    id: String(sub ?? ''),
    phone: typeof phone === 'string' ? phone : undefined,
    isVerified:
      claims.phone_number_verified === true && (!bearsMarks || claims['custom:whatsapp_verified'] === 'true'),
    claims,
  }
}
