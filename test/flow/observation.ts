// What a user and the logs show of a function: everything that its permissions are for.
import { AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import type { Trigger } from '../../src/names.ts'
import { setBrake } from '../../src/resources/brake.ts'
import type { Stage } from './stage.ts'

/** Whether a new user can sign up and in, over WhatsApp and over SMS, and what is known of it afterwards. */
export async function observe(stage: Stage, trigger: Trigger) {
  const linesBefore = (await stage.evidence.lines(trigger)).length
  // A process that has not yet read the secrets, nor opened its log stream.
  await stage.restart(trigger)
  // An hour of its own, with room under the caps of the stage.
  stage.clock.advance(3_600_000)
  const seen = await signUpAndIn(stage).catch((error: Error) => ({ refused: error.name }))
  // From the only function that sends.
  const bySms = trigger === 'createAuthChallenge' ? await askForSms(stage).catch(() => 'refused') : undefined
  // From the only function that reads the brake by itself.
  const paused = trigger === 'preSignUp' ? await signUpWhilePaused(stage) : undefined
  return {
    ...seen,
    bySms,
    paused,
    logged: (await stage.evidence.lines(trigger)).length > linesBefore,
  }
}

/** A sign-up, its first proof, and in the same session the change to a number that somebody else has taken. */
async function signUpAndIn(stage: Stage) {
  const { app } = stage
  const before = await countSignUps(stage)
  const phone = await app.signUp()
  const next = await app.signUp()
  const squatter = (await stage.attributesOf(next)).sub
  // Stands for what a stranger has written before the proof.
  await stage.setAttributes(phone, { name: 'Mallory' })
  const asked = await app.start(phone)
  const changing = { action: 'change_number', phoneNumber: next }
  const between = await app.answer(asked, app.messages(phone).at(-1)?.code ?? '000000', changing)
  const proven = await stage.attributesOf(phone)
  const done =
    between.kind === 'challenge'
      ? await app.answer(between, app.messages(next).at(-1)?.code ?? '000000')
      : between
  const displaced = await stage.aws.cognito.send(
    new AdminGetUserCommand({ UserPoolId: stage.poolId, Username: squatter }),
  )
  // Cognito says by itself that he is there, and may ask first.
  await app.signUp(next)
  return {
    signUps: (await countSignUps(stage)) - before,
    signedIn: done.kind === 'tokens',
    purpose: proven['custom:auth_purpose'],
    nameBefore: proven.name,
    displaced: displaced.Enabled === false,
  }
}

async function countSignUps({ evidence }: Stage): Promise<number> {
  return (await evidence.entries('preSignUp')).filter(({ event }) => event === 'signup_accepted').length
}

async function signUpWhilePaused(stage: Stage): Promise<string> {
  const { aws, app } = stage
  const at = { since: new Date().toISOString(), by: 'a test' }
  const before = { stage: aws.place.stage }
  await setBrake(aws, before, { ...at, paused: true })
  await stage.restart('preSignUp')
  const told = await app.signUp().then(
    () => 'accepted',
    () => 'refused',
  )
  await setBrake(aws, before, { ...at, paused: false })
  await stage.restart('preSignUp')
  return told
}

async function askForSms({ app, clock }: Stage): Promise<string> {
  const asked = await app.start(await app.signUp())
  clock.advance(61_000)
  const { channel, status } = (await app.resend(asked, { channel: 'sms' })).parameters
  return `${channel} ${status}`
}

export const healthy = (trigger: Trigger) => ({
  signUps: 2,
  signedIn: true,
  purpose: 'signup',
  nameBefore: undefined,
  displaced: true,
  bySms: trigger === 'createAuthChallenge' ? 'sms sent' : undefined,
  paused: trigger === 'preSignUp' ? 'refused' : undefined,
  logged: true,
})
