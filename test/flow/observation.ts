// What a user and the logs show of a function: everything that its permissions are for.
import type { Trigger } from '../../src/names.ts'
import type { Stage } from './stage.ts'

/** Whether a new user can sign up and in, over WhatsApp and over SMS, and what is known of it afterwards. */
export async function observe(stage: Stage, trigger: Trigger) {
  const { app } = stage
  const linesBefore = (await stage.evidence.lines(trigger)).length
  // A process that has not yet read the secrets, nor opened its log stream.
  await stage.restart(trigger)
  const phone = await app.signUp()
  const asked = await app.start(phone)
  const done = await app.answer(asked, app.messages(phone).at(-1)?.code ?? '000000')
  const purpose = (await stage.attributesOf(phone))['custom:auth_purpose']
  // By SMS from the only function that sends.
  const another = trigger === 'createAuthChallenge' ? await app.start(await app.signUp()) : undefined
  stage.clock.advance(61_000)
  const bySms = another && (await app.resend(another, { channel: 'sms' })).parameters
  return {
    signedIn: done.kind === 'tokens',
    purpose,
    bySms: bySms && `${bySms.channel} ${bySms.status}`,
    logged: (await stage.evidence.lines(trigger)).length > linesBefore,
  }
}

export const healthy = (trigger: Trigger) => ({
  signedIn: true,
  purpose: 'signup',
  bySms: trigger === 'createAuthChallenge' ? 'sms sent' : undefined,
  logged: true,
})
