// One user as rows for people: what is known, how much of each limit is used up, and whether a code may be sent.
import { maskPhone } from '../core/mask.ts'
import { duration } from '../terminal/layout.ts'
import type { OneUser } from '../users/one-user.ts'

/** What each reason of the triggers means to whoever looks after users. */
const decoys: Record<string, string> = {
  country: 'never gets a code: the country is not among ALLOWED_COUNTRIES',
  changed_number: 'never gets a code: the proven number was replaced by one that is not proven',
  no_number: 'never gets a code: there is no phone number',
}

const reasons: Record<string, string> = {
  cooldown: 'the pause between two messages',
  hour: 'the messages of an hour',
  day: 'the messages of a day',
  checks: 'the answers of an hour or a day',
  locked: 'too many wrong answers in a row',
}

/** `[label, words]` rows; the number is masked. */
export function userRows(user: OneUser, phone: string): [string, string][] {
  const { counters, blocked, decoy } = user
  const yes = (flag: boolean) => (flag ? 'yes' : 'no')
  const now = decoy
    ? (decoys[decoy] ?? `never gets a code (${decoy})`)
    : blocked
      ? `no message for ${duration(blocked.waitMs)}: ${reasons[blocked.reason] ?? blocked.reason}`
      : 'may get a code'
  return [
    ['User', `${maskPhone(phone)}  ${user.username}`],
    ['Status', `${user.status}, ${user.enabled ? 'enabled' : 'disabled'}`],
    [
      'Proven',
      `phone_number_verified ${yes(user.phoneNumberVerified)}, custom:whatsapp_verified ${yes(user.whatsappVerified)}`,
    ],
    ['Messages', `${counters.sendsLastHour} in the last hour, ${counters.sendsLastDay} in the last day`],
    ['Answers', `${counters.checksLastHour} in the last hour, ${counters.checksLastDay} in the last day`],
    ['Failures', `${counters.failures} in a row`],
    ['Now', now],
  ]
}
