// The whole sign-in against a stage, as a user of the app makes it: a user, a code, answers, tokens.
import { decodeJwt } from 'jose'
import {
  type AppClient,
  answerChallenge,
  type Round,
  resendCode,
  signUp,
  startSignIn,
} from '../aws/sign-in.ts'
import { AppError } from '../errors.ts'
import type { Progress } from '../progress.ts'
import { clientsOf } from '../resources/user-pool-client.ts'
import { type OpenStage, requireRecord } from './stage.ts'

export interface SignInTalk extends Progress {
  /** Told whether a user was created; not called where none was to be. */
  signedUp(created: boolean): void
  /** Given what the challenge says; resolves to the code, or to `r` to have it sent again. */
  answer(parameters: Record<string, string>): Promise<string>
}

/** What the tokens say; they themselves are thrown away. */
export interface SignedIn {
  sub: string | undefined
  phoneNumberVerified: unknown
  /** Seconds that the access token is valid. */
  expiresIn: number | undefined
}

/** `phone` is E.164. Throws STAGE_NOT_FOUND, SIGN_IN_REFUSED, and what Cognito or `answer` throws. */
export async function signInTo(
  stage: OpenStage,
  { phone, mayCreate }: { phone: string; mayCreate: boolean },
  talk: SignInTalk,
): Promise<SignedIn> {
  const { cognito } = stage.aws
  const { signup, login } = await clientsOf(stage.aws, requireRecord(stage))
  if (mayCreate) talk.signedUp(await talk.run('Sign up', () => signUp(cognito, signup, phone)))
  const first = await talk.run('Ask for a code', () => startSignIn(cognito, login, phone))
  const tokens = await answerUntilDone(stage, login, first, talk)
  const { sub, phone_number_verified: phoneNumberVerified } = decodeJwt(tokens.IdToken ?? '')
  return { sub, phoneNumberVerified, expiresIn: tokens.ExpiresIn }
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

function refused(error: unknown, stage: string): unknown {
  const { name, message } = error as Error
  if (name !== 'NotAuthorizedException') return error
  return new AppError('SIGN_IN_REFUSED', 'Not signed in', {
    why: /session/i.test(message) ? 'the sign-in took too long' : 'too many wrong answers',
    next: [`whatsapp-otp login <phone> --stage ${stage}`, `whatsapp-otp status --stage ${stage}`],
    cause: error,
  })
}
