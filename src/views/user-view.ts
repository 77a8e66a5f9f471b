// One user as rows for people: what is known, how much of each limit is used up, and whether a code may be sent.
import { maskPhone } from '../core/mask.ts'
import { age, count, duration } from '../terminal/layout.ts'
import type { Blocked, Counters, OneUser } from '../users/one-user.ts'

/** What each reason of the triggers means to whoever looks after users. */
const decoys: Record<string, string> = {
  country: 'never gets a code: the country is not among ALLOWED_COUNTRIES',
  no_number: 'never gets a code: there is no phone number',
}

const reasons: Record<string, string> = {
  cooldown: 'the pause between two messages',
  hour: 'the messages of an hour',
  day: 'the messages of a day',
  checks: 'the answers of an hour or a day',
  sms: 'the SMS of a day',
  locked: 'too many wrong answers (LOCK_AFTER_FAILURES)',
}

/** `[label, words]` rows at `now` (epoch milliseconds); the number is masked. */
export function userRows(user: OneUser, phone: string, now: number): [string, string][] {
  const { counters, codeLength, devices } = user
  const { failures, deviceFailures, smsLastDay } = counters
  const sms = smsLastDay > 0 ? `, ${smsLastDay} of them by SMS` : ''
  return [
    ['User', `${maskPhone(phone)}  ${user.username}`],
    ['Status', `${user.status}, ${user.enabled ? 'enabled' : 'disabled'}`],
    [
      'Proven',
      `phone_number_verified ${yes(user.phoneNumberVerified)}, custom:whatsapp_verified ${yes(user.whatsappVerified)}`,
    ],
    ['Number', `${ownership(user)}${user.testNumber ? '; a test number: nothing is sent to it' : ''}`],
    [
      'Messages',
      `${counters.sendsLastHour} in the last hour, ${counters.sendsLastDay} in the last day${sms}`,
    ],
    ['Answers', answers(counters)],
    ['Failures', `${failures} in 90 days${deviceFailures > 0 ? `, ${deviceFailures} of known devices` : ''}`],
    ['Code', `${codeLength} digits`],
    ['Devices', devicesOf(user, now)],
    ['Now', may(user)],
    ...(devices.length > 0 && user.enabled && !user.decoy ? [ofDevices(user)] : []),
  ]
}

const yes = (flag: boolean) => (flag ? 'yes' : 'no')

const answers = ({ checksLastHour, checksLastDay }: Counters) =>
  `${checksLastHour} in the last hour, ${checksLastDay} in the last day`

const decoyWords = (decoy: string) => decoys[decoy] ?? `never gets a code (${decoy})`

function may({ enabled, decoy, blocked }: OneUser): string {
  if (!enabled) return 'cannot sign in: the account is disabled'
  return decoy ? decoyWords(decoy) : state(blocked)
}

const state = (blocked: Blocked) =>
  blocked
    ? `no message for ${duration(blocked.waitMs)}: ${reasons[blocked.reason] ?? blocked.reason}`
    : 'may get a code'

function ownership({ owns, mark, owner }: OneUser): string {
  if (owns) return 'the account’s own'
  const other = owner === 'other' ? ', and another account has proven it' : ''
  if (mark === 'changed') return `changed without proof${other}; a code leads back to the one that is proven`
  if (mark === 'proven') return 'proven by the code of a test number only'
  return `not proven yet${other}`
}

function devicesOf({ devices }: OneUser, now: number): string {
  const last = devices.at(-1)
  if (!last) return 'none known'
  const ago = age(now - Date.parse(last.lastUsedAt))
  return `${devices.length} known, the last used ${ago} ago`
}

function ofDevices({ devices, deviceCodeLength }: OneUser): [string, string] {
  const held = devices.filter(({ blocked }) => blocked)
  const soonest = held.map(({ blocked }) => blocked).sort((a, b) => (a?.waitMs ?? 0) - (b?.waitMs ?? 0))[0]
  const words =
    held.length < devices.length
      ? `${count(devices.length - held.length, 'known device')} may get a code`
      : state(soonest)
  return ['On devices', `${words}, of ${deviceCodeLength} digits`]
}
