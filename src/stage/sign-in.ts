// The whole sign-in against a stage, as a user of the app makes it: a user, a code, answers, tokens.
import type { AuthenticationResultType } from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import {
  type AppClient,
  answerChallenge,
  type Round,
  refreshTokens,
  resendCode,
  signUp,
  startSignIn,
} from '../aws/sign-in.ts'
import { toAppError } from '../aws/words.ts'
import { AppError } from '../errors.ts'
import type { Progress } from '../progress.ts'
import { refusePaused } from '../resources/brake.ts'
import { clientsOf } from '../resources/user-pool-client.ts'
import { borrowedPoolOf } from '../settings/borrowed-pool.ts'
import { requireRecord } from './recorded.ts'
import type { OpenStage } from './stage.ts'

export interface SignInTalk extends Progress {
  /** Told whether a user was created; not called where none was to be. */
  signedUp(created: boolean): void
  /**
   * Called before a code is asked for; what it throws ends the sign-in with nothing sent. Gives what the pool calls the
   * user, where that is not the number.
   */
  ready?(): Promise<string | undefined>
  /** Given what the challenge says; resolves to the code, or to `r` to have it sent again. */
  answer(parameters: Record<string, string>): Promise<string>
}

/** What the tokens say; they themselves are thrown away. */
export interface SignedIn {
  sub: string | undefined
  phoneNumberVerified: boolean
  whatsappVerified: boolean
  /** Which tokens say that the number is proven, as both claims together do. */
  provenIn: ProvenIn
  /** Seconds that the access token is valid. */
  expiresIn: number | undefined
}

/** The number is proven in any case: that is what the right answer was for. A borrowed pool bears no mark of it. */
export type ProvenIn = 'first-tokens' | 'refreshed-tokens' | 'no-tokens' | 'table'

/**
 * `phone` is E.164. Throws STAGE_NOT_FOUND, STAGE_PAUSED, SIGN_UP_REFUSED, SIGN_IN_REFUSED, and what Cognito or
 * `answer` throws.
 */
export async function signInTo(
  stage: OpenStage,
  { phone, mayCreate }: { phone: string; mayCreate: boolean },
  talk: SignInTalk,
): Promise<SignedIn> {
  const { cognito } = stage.aws
  await refusePaused(stage.aws, 'Not signed in')
  const record = requireRecord(stage)
  const { signup, login } = await clientsOf(stage.aws, record)
  if (mayCreate && signup) {
    const signUpOnce = () =>
      signUp(cognito, signup, phone).catch((error) =>
        Promise.reject(signUpRefused(error, stage.target.stage)),
      )
    talk.signedUp(await talk.run('Sign up', signUpOnce))
  }
  const name = (await talk.ready?.()) ?? phone
  const first = await talk.run('Ask for a code', () => startSignIn(cognito, login, name))
  const tokens = await answerUntilDone(stage, login, first, talk)
  const claims = claimsOf(tokens)
  if (borrowedPoolOf(record.settings) !== undefined) return { ...claims, provenIn: 'table' }
  if (claims.phoneNumberVerified && claims.whatsappVerified) return { ...claims, provenIn: 'first-tokens' }
  const refreshed = await talk.run('Refresh the tokens', () =>
    refreshOnce(stage, login, { sub: claims.sub, refreshToken: tokens.RefreshToken }, talk),
  )
  const isProven = refreshed?.phoneNumberVerified && refreshed.whatsappVerified
  return { ...claims, ...refreshed, provenIn: isProven ? 'refreshed-tokens' : 'no-tokens' }
}

function claimsOf({ IdToken = '', ExpiresIn: expiresIn }: AuthenticationResultType) {
  const claims = decodeJwt(IdToken)
  return {
    sub: claims.sub,
    phoneNumberVerified: claims.phone_number_verified === true,
    whatsappVerified: claims['custom:whatsapp_verified'] === 'true',
    expiresIn,
  }
}

/** Undefined where it fails: the user is signed in all the same. */
async function refreshOnce(
  { aws: { cognito } }: OpenStage,
  client: AppClient,
  { sub = '', refreshToken = '' }: { sub: string | undefined; refreshToken: string | undefined },
  talk: SignInTalk,
) {
  try {
    return claimsOf(await refreshTokens(cognito, client, sub, refreshToken))
  } catch (error) {
    const known = toAppError(error, 'refresh the tokens')
    if (known.code === 'CANCELLED') throw known
    talk.warn(`${known.message}: ${known.why}`)
    return undefined
  }
}

async function answerUntilDone(
  { aws: { cognito }, target }: OpenStage,
  client: AppClient,
  first: Round,
  talk: SignInTalk,
) {
  let round = first
  while (round.kind === 'challenge') {
    const current = round
    const answer = await talk.answer(current.parameters)
    try {
      round = await talk.run('Check the answer', () =>
        answer.trim().toLowerCase() === 'r'
          ? resendCode(cognito, client, current)
          : answerChallenge(cognito, client, current, answer),
      )
    } catch (error) {
      throw refused(error, target.stage)
    }
  }
  return round.tokens
}

/** PreSignUp tells nobody why: its log does. */
function signUpRefused(error: unknown, stage: string): unknown {
  if ((error as Error).name !== 'UserLambdaValidationException') return error
  return new AppError('SIGN_UP_REFUSED', 'The user was not created, and nothing was sent', {
    why: 'PreSignUp refused it: most often the sign-ups of the stage are used up for this hour or day',
    next: [`whatsapp-otp logs preSignUp --stage ${stage}   says why`, `whatsapp-otp status --stage ${stage}`],
    cause: error,
  })
}

function refused(error: unknown, stage: string): unknown {
  const { name, message } = error as Error
  if (name !== 'NotAuthorizedException') return error
  return new AppError('SIGN_IN_REFUSED', 'Not signed in', {
    why: /session/i.test(message) ? 'the sign-in took too long' : 'too many wrong answers',
    next: [`whatsapp-otp login <phone> --stage ${stage}`, `whatsapp-otp status --stage ${stage}`],
    cause: error,
  })
}
