// What to do about a number that gets no code: the command or the step that helps, the likeliest first. Pure.
import type { ProviderDescription } from '../core/messaging/provider.ts'
import { explainFailedSend } from '../messaging/send-failures.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { takesSignUps } from '../settings/borrowed-pool.ts'
import type { Looked } from '../users/number.ts'
import type { OneUser } from '../users/one-user.ts'
import { withStage } from './judgement/sends.ts'
import type { Course, Happening } from './number-history.ts'

/** Of the stage's record: what its pool lets do. */
type Place = Pick<StageRecord, 'stage' | 'region' | 'userPoolId' | 'settings'>

/** Empty where nothing stands in the way. */
export function adviceFor(
  { facts, found }: Looked,
  course: Course | undefined,
  provider: ProviderDescription,
  record: Place,
): string[] {
  const { stage, settings } = record
  const to = `<phone> --stage ${stage}`
  if (!facts.allowed) return [`whatsapp-otp deploy --stage ${stage} --countries <codes>`, 'or another number']
  if (!found) {
    if (!takesSignUps(settings)) return [writtenBy(record, '<name>'), 'another stage? see --stage']
    const taken = facts.proven ? ['ask the user for the number that the account has now'] : []
    return [...taken, `sign up in the app, or: whatsapp-otp login ${to}`, 'another stage? see --stage']
  }
  const { user } = found
  const advice: string[] = []
  if (!user.enabled) advice.push('enable the account in the Cognito console, if it may sign in')
  if (user.decoy === 'unverified') {
    advice.push(
      `${writtenBy(record, user.username)}   once you know that the number is this user’s`,
      `whatsapp-otp deploy --stage ${stage} --trust-unverified-numbers true   sends to such numbers, too`,
    )
  }
  if (facts.testNumber) advice.push(`whatsapp-otp test-numbers list --stage ${stage}`)
  if (user.mark === 'changed')
    advice.push('let the user sign in with this number: it leads back to the one that is proven')
  if (facts.heldUntil !== null) advice.push(capsOf(stage))
  const ofMessage = course ? adviceOnMessage(course, { user, provider, stage }) : []
  // A pause of seconds needs no hand.
  const isBlocked = user.blocked && user.blocked.reason !== 'cooldown'
  const reset = `whatsapp-otp users reset ${to}`
  const lifts = isBlocked && !ofMessage.includes(reset) ? [reset] : []
  const isLost = course?.failed !== undefined
  return [...advice, ...(isLost ? [...ofMessage, ...lifts] : [...lifts, ...ofMessage])]
}

/** What whoever looks after a pool of your own does there. */
const writtenBy = ({ region, userPoolId }: Place, name: string) =>
  `aws cognito-idp admin-update-user-attributes --region ${region} --user-pool-id ${userPoolId} --username ${name} --user-attributes Name=phone_number,Value=<phone> Name=phone_number_verified,Value=true`

const capsOf = (stage: string) => `whatsapp-otp status --stage ${stage}   what the caps are for`

interface Case {
  user: OneUser
  provider: ProviderDescription
  stage: string
}

/** What is known of it decides: an SMS that has followed a lost message is what the user is to look for. */
function adviceOnMessage({ begun, latest, failed }: Course, { user, provider, stage }: Case): string[] {
  const explain = ({ fields }: Happening) => explainFailedSend(fields, provider)
  const mend = (one: Happening) => withStage(explain(one).next, stage)
  const inWhatsApp = failed ? [mend(failed)] : []
  switch (latest.event) {
    case 'otp_verified':
      return []
    case 'report_delivered':
    case 'report_read':
      return ['let the user look into WhatsApp: the message is on the phone with this number']
    case 'fallback_sent':
      // The number's own reason is dealt with; any other meets the next user too.
      return [lookForSms, ...(failed && explain(failed).kind !== 'recipient' ? inWhatsApp : [])]
    case 'fallback_failed':
      return [mend(latest), ...inWhatsApp]
    case 'fallback_skipped':
      return [...adviceOnSkipped(String(latest.fields.reason), user, stage), ...inWhatsApp]
    case 'report_failed':
    case 'otp_failed':
      return inWhatsApp
    case 'otp_sent':
    case 'otp_unknown':
      return begun.fields.channel === 'sms'
        ? [lookForSms]
        : [`whatsapp-otp test-send <phone> --stage ${stage}   follows one message to the phone`]
    default:
      return []
  }
}

const lookForSms = 'let the user look for an SMS: the code went out as one'

/** Why no SMS took the place of the message. */
function adviceOnSkipped(reason: string, { counters, limits }: OneUser, stage: string): string[] {
  if (reason === 'expired') {
    return [
      'let the user ask for a new code',
      `whatsapp-otp doctor --stage ${stage}   says how long after a message its SMS follows`,
    ]
  }
  if (reason === 'paused') return [`whatsapp-otp resume --stage ${stage}`]
  if (reason !== 'sms') return []
  const isOfNumber = counters.smsLastDay >= limits.smsPerDay
  return [isOfNumber ? `whatsapp-otp users reset <phone> --stage ${stage}` : capsOf(stage)]
}
