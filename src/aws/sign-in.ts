// The sign-in as an app makes it: SignUp, InitiateAuth and RespondToAuthChallenge, which need no credentials.
import { createHmac, randomBytes } from 'node:crypto'
import {
  type AuthenticationResultType,
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { AppError } from '../errors.ts'

export interface AppClient {
  clientId: string
  /** Only where the stage was made with CLIENT_SECRET=true. */
  clientSecret?: string | undefined
}

/** What the app gets after each call: another question of our triggers, or the tokens. */
export type Round =
  | { kind: 'challenge'; session: string; username: string; parameters: Record<string, string> }
  | { kind: 'tokens'; tokens: AuthenticationResultType }

/** Base64(HMAC-SHA256(secret, username + client id)), which Cognito asks of clients with a secret. */
function secretHash({ clientId, clientSecret }: AppClient, username: string): string | undefined {
  if (!clientSecret) return undefined
  return createHmac('sha256', clientSecret)
    .update(username + clientId)
    .digest('base64')
}

/**
 * Creates the user. Cognito wants a password, so a random one is made and forgotten: no client may sign in
 * with it. Gives false where the user exists already (UsernameExistsException).
 */
export async function signUp(
  cognito: CognitoIdentityProviderClient,
  client: AppClient,
  phone: string,
): Promise<boolean> {
  try {
    await cognito.send(
      new SignUpCommand({
        ClientId: client.clientId,
        Username: phone,
        Password: throwAwayPassword(),
        SecretHash: secretHash(client, phone),
      }),
    )
    return true
  } catch (error) {
    if ((error as Error).name === 'UsernameExistsException') return false
    throw error
  }
}

/** Asks for a code. */
export async function startSignIn(
  cognito: CognitoIdentityProviderClient,
  client: AppClient,
  phone: string,
): Promise<Round> {
  const hash = secretHash(client, phone)
  const answer = await cognito.send(
    new InitiateAuthCommand({
      AuthFlow: 'CUSTOM_AUTH',
      ClientId: client.clientId,
      AuthParameters: { USERNAME: phone, ...(hash ? { SECRET_HASH: hash } : {}) },
    }),
  )
  return roundOf(answer, phone)
}

/** Answers a challenge with a code; `metadata` reaches the triggers (`{ action: 'resend' }`). */
export async function answerChallenge(
  cognito: CognitoIdentityProviderClient,
  client: AppClient,
  round: Extract<Round, { kind: 'challenge' }>,
  answer: string,
  metadata?: Record<string, string>,
): Promise<Round> {
  const hash = secretHash(client, round.username)
  const reply = await cognito.send(
    new RespondToAuthChallengeCommand({
      ChallengeName: 'CUSTOM_CHALLENGE',
      ClientId: client.clientId,
      Session: round.session,
      ChallengeResponses: {
        USERNAME: round.username,
        ANSWER: answer,
        ...(hash ? { SECRET_HASH: hash } : {}),
      },
      ...(metadata ? { ClientMetadata: metadata } : {}),
    }),
  )
  return roundOf(reply, round.username)
}

/** The same code once more, within the limits. */
export function resendCode(
  cognito: CognitoIdentityProviderClient,
  client: AppClient,
  round: Extract<Round, { kind: 'challenge' }>,
): Promise<Round> {
  return answerChallenge(cognito, client, round, 'resend', { action: 'resend' })
}

/** New tokens for the user that the refresh token belongs to; `sub` is his. */
export async function refreshTokens(
  cognito: CognitoIdentityProviderClient,
  client: AppClient,
  sub: string,
  refreshToken: string,
): Promise<AuthenticationResultType> {
  const hash = secretHash(client, sub)
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      ClientId: client.clientId,
      AuthParameters: { REFRESH_TOKEN: refreshToken, ...(hash ? { SECRET_HASH: hash } : {}) },
    }),
  )
  return AuthenticationResult ?? {}
}

interface Reply {
  ChallengeName?: string | undefined
  AuthenticationResult?: AuthenticationResultType | undefined
  Session?: string | undefined
  ChallengeParameters?: Record<string, string> | undefined
}

/** Throws CHALLENGE_UNKNOWN for a challenge that is not of our triggers, or that nobody could answer. */
function roundOf(reply: Reply, username: string): Round {
  const { ChallengeName, AuthenticationResult, Session, ChallengeParameters: parameters = {} } = reply
  if (AuthenticationResult) return { kind: 'tokens', tokens: AuthenticationResult }
  if (ChallengeName !== 'CUSTOM_CHALLENGE') {
    throw notOurs(
      ChallengeName ? `Cognito asks for ${ChallengeName}` : 'Cognito answers neither a challenge nor tokens',
    )
  }
  if (!Session) throw notOurs('the challenge has no session, so that it cannot be answered')
  return { kind: 'challenge', session: Session, username: parameters.USERNAME ?? username, parameters }
}

function notOurs(why: string): AppError {
  return new AppError('CHALLENGE_UNKNOWN', 'Cognito does not ask for a code', {
    why,
    next: ['whatsapp-otp doctor   looks at the pool and its triggers'],
  })
}

/** Meets every character class of the pool's password policy, whatever the random part holds. */
function throwAwayPassword(): string {
  return `${randomBytes(36).toString('base64url')}aA1!`
}
