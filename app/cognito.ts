// The calls of Cognito that an app makes: plain fetch, without credentials and without an SDK.
import { OtpError, type OtpErrorCode } from './errors.ts'

export interface Connection {
  /** As `eu-central-1`. */
  region: string
  /** Where Cognito is asked instead of AWS's own address: the sandbox, or a proxy of yours. */
  endpoint?: string | undefined
  /** The platform's own unless given. */
  fetch?: typeof fetch | undefined
  /** Milliseconds for a call; 15,000 unless given. A message may take the provider some seconds. */
  timeoutMs?: number | undefined
  /** Gives what a call carries, from what it would: `whatsapp-otp/server` adds what an app client with a secret takes. */
  prepare?: ((operation: Operation, input: Input) => Input | Promise<Input>) | undefined
}

export type Input = Record<string, unknown>

export interface Tokens {
  idToken: string
  accessToken: string
  /** Absent where Cognito gave no new one: the old one counts on. */
  refreshToken?: string | undefined
}

/** What Cognito answers to a round: another question, or the tokens. */
export interface Reply {
  Session?: string
  ChallengeName?: string
  ChallengeParameters?: Record<string, string>
  AuthenticationResult?: { IdToken?: string; AccessToken?: string; RefreshToken?: string }
}

export type Operation = 'SignUp' | 'InitiateAuth' | 'RespondToAuthChallenge' | 'RevokeToken' | 'GlobalSignOut'

const codes: [OtpErrorCode, RegExp][] = [
  ['too_many_requests', /^(TooManyRequests|LimitExceeded|Throttling|Forbidden)/],
  ['sign_up_refused', /^UserLambdaValidation/],
  ['session_expired', /^(NotAuthorized|CodeMismatch|ExpiredCode|UserNotFound)/],
  ['misconfigured', /^(InvalidParameter|InvalidPassword|ResourceNotFound)/],
  ['unavailable', /./],
]

/** AWS's own address for a region. */
export const hostOf = (region: string): string =>
  `https://cognito-idp.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`

/** Makes one call. Throws OtpError. */
export async function call(
  { region, endpoint, fetch: send = fetch, timeoutMs = 15_000, prepare }: Connection,
  operation: Operation,
  input: Input,
): Promise<Reply> {
  let answer: Response
  let text: string
  // Not AbortSignal.timeout, which React Native does not have.
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), timeoutMs)
  try {
    answer = await send(endpoint ?? hostOf(region), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(prepare ? await prepare(operation, input) : input),
      signal: late.signal,
    })
    text = await answer.text()
  } catch (cause) {
    throw new OtpError('network', undefined, cause)
  } finally {
    clearTimeout(timer)
  }
  let body: Record<string, unknown> = {}
  try {
    body = JSON.parse(text)
  } catch {
    // Nothing, as after a sign-out; or not Cognito, but a firewall or a proxy.
  }
  if (answer.ok) return body
  const name = String(body.__type ?? (answer.status === 403 ? 'Forbidden' : 'Unknown')).replace(/.*#/, '')
  throw new OtpError(codes.find(([, pattern]) => pattern.test(name))![0], name)
}
