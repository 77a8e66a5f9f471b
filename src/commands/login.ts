// `login`: signs up if needed and signs in from the terminal against the stage, as a user of the app would.
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
import type { OpenStage } from '../stage/stage.ts'
import type { CommandSpec, Context } from './command.ts'
import { open } from './open.ts'

export const command: CommandSpec = {
  args: '<phone>',
  description:
    'Runs the whole sign-in against the stage: creates the user if there is none, has a code sent by WhatsApp, and exchanges it for tokens. The tokens are checked and thrown away, never printed.',
  options: [['--no-sign-up', 'do not create the user; sign in an existing one']],
  examples: [
    ['whatsapp-otp login +4915112345678', 'sign in to the stage dev'],
    ['whatsapp-otp login +4915112345678 --stage prod', 'sign in to prod'],
    ['whatsapp-otp login +4915112345678 --no-sign-up', 'only if the user exists'],
  ],
  async run(context, phone) {
    const { output, tasks, flags } = context
    const { parsePhone } = await import('../settings/phone.ts')
    const { requireRecord } = await import('../stage/stage.ts')
    const number = parsePhone(phone ?? '')
    const stage = await open(context)
    const record = requireRecord(stage)
    const { clientsOf } = await import('../resources/user-pool-client.ts')
    const { signup, login } = await clientsOf(stage.aws, record)
    if (flags.signUp !== false) {
      const created = await tasks.run('Sign up', () => signUp(stage.aws.cognito, signup, number))
      output.say(created ? 'A new user was created.' : 'The user exists.')
    }
    const first = await tasks.run('Ask for a code', () => startSignIn(stage.aws.cognito, login, number))
    const tokens = await answerUntilDone(context, stage, login, first)
    const claims = decodeJwt(tokens.IdToken ?? '')
    output.data(`Signed in as ${claims.sub}`)
    output.data(
      `phone_number_verified ${claims.phone_number_verified}, access token valid ${tokens.ExpiresIn} s`,
    )
    output.json({
      command: 'login',
      signedIn: true,
      sub: claims.sub,
      phoneNumberVerified: claims.phone_number_verified === true,
      expiresIn: tokens.ExpiresIn,
    })
  },
}

/** What each status of a challenge means to the person at the terminal. */
const meanings: Record<string, string> = {
  sent: 'A code is on its way by WhatsApp.',
  wrong: 'That was not the code.',
  cooldown: 'No new message yet: a code was asked for a moment ago.',
  rate_limited: 'Too many codes or answers for this number; try again later.',
  delivery_failed: 'WhatsApp did not take the message.',
  expired: 'The code has expired; ask for a new one.',
  exhausted: 'No attempts are left for this code; ask for a new one.',
  unavailable: 'The service cannot check codes right now.',
}

async function answerUntilDone(context: Context, stage: OpenStage, client: AppClient, first: Round) {
  const { output, prompts } = context
  const { cognito } = stage.aws
  let round = first
  while (round.kind === 'challenge') {
    const { status = 'sent', attemptsLeft, resendIn } = round.parameters
    output.say(`${meanings[status] ?? status}${attemptsLeft ? ` ${attemptsLeft} attempts are left.` : ''}`)
    const answer = await prompts.text({
      message: `Code (or r to have it sent again${Number(resendIn) > 0 ? ` in ${resendIn} s` : ''})`,
      check: (text) => text.trim() !== '' || 'type the code, or r',
    })
    const current = round
    try {
      round = await context.tasks.run('Check the answer', () =>
        answer.trim().toLowerCase() === 'r'
          ? resendCode(cognito, client, current)
          : answerChallenge(cognito, client, current, answer),
      )
    } catch (error) {
      throw refusedSignIn(error, stage.target.stage)
    }
  }
  return round.tokens
}

function refusedSignIn(error: unknown, stage: string): unknown {
  const { name, message } = error as Error
  if (name !== 'NotAuthorizedException') return error
  return new AppError('SIGN_IN_REFUSED', 'Not signed in', {
    why: /session/i.test(message) ? 'the sign-in took too long' : 'too many wrong answers',
    next: [`whatsapp-otp login <phone> --stage ${stage}`, `whatsapp-otp status --stage ${stage}`],
    cause: error,
  })
}
