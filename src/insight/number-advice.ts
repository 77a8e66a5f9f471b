// What to do about a number that gets no code: the command or the step that helps, the likeliest first. Pure.
import type { ProviderDescription } from '../core/messaging/provider.ts'
import { explainFailedSend } from '../messaging/send-failures.ts'
import type { Looked } from '../users/number.ts'
import { type History, lastOutcome } from './number-history.ts'

/** Empty where nothing stands in the way. `stage` as in `--stage`. */
export function adviceFor(
  { facts, found }: Looked,
  history: History,
  provider: ProviderDescription,
  stage: string,
): string[] {
  const to = `<phone> --stage ${stage}`
  if (!facts.allowed) return [`whatsapp-otp deploy --stage ${stage} --countries <codes>`, 'or another number']
  if (!found) {
    const taken = facts.proven ? ['ask the user for the number that the account has now'] : []
    return [...taken, `sign up in the app, or: whatsapp-otp login ${to}`, 'another stage? see --stage']
  }
  const { user } = found
  const advice: string[] = []
  if (!user.enabled) advice.push('enable the account in the Cognito console, if it may sign in')
  if (facts.testNumber) advice.push(`whatsapp-otp test-numbers list --stage ${stage}`)
  if (user.mark === 'changed')
    advice.push('let the user sign in with this number: it leads back to the one that is proven')
  if (facts.heldUntil !== null) advice.push(`whatsapp-otp status --stage ${stage}   what the caps are for`)
  const last = lastOutcome(history)
  if (last?.event === 'otp_failed') advice.push(explainFailedSend(last.fields, provider).next)
  // A pause of seconds needs no hand.
  if (user.blocked && user.blocked.reason !== 'cooldown') advice.push(`whatsapp-otp users reset ${to}`)
  if (last?.event === 'otp_sent' || last?.event === 'otp_unknown')
    advice.push(`whatsapp-otp test-send ${to}   follows one message to the phone`)
  return advice
}
