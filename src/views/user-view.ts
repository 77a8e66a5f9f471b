// One number and its user as rows for people: what is known, what of each limit is used, whether a code may be sent.
import { eventWords, limitWords } from '../core/event-words.ts'
import { maskPhone } from '../core/mask.ts'
import { age, count, duration } from '../terminal/layout.ts'
import type { Looked } from '../users/number.ts'
import type { Blocked, OneUser } from '../users/one-user.ts'

/** `[label, words]` rows at `now` (epoch milliseconds); the number is masked. */
export function userRows(user: OneUser, phone: string, now: number): [string, string][] {
  const { counters, limits, codeLength, devices } = user
  const { failures, deviceFailures, smsLastDay } = counters
  const sms = smsLastDay > 0 ? `; SMS ${smsLastDay} of ${limits.smsPerDay} in the last day` : ''
  const hourAndDay = ([hour, ofHour]: number[], [day, ofDay]: number[]) =>
    `${hour} of ${ofHour} in the last hour, ${day} of ${ofDay} in the last day`
  return [
    ['User', `${maskPhone(phone)}  ${user.username}`],
    ['Now', may(user, now)],
    ...(devices.length > 0 && user.enabled && !user.decoy ? [ofDevices(user, now)] : []),
    ['Status', `${user.status}, ${user.enabled ? 'enabled' : 'disabled'}`],
    ['Proven', proofs(user)],
    ['Number', `${ownership(user)}${user.testNumber ? `; ${testWords}` : ''}`],
    [
      'Messages',
      hourAndDay([counters.sendsLastHour, limits.sendsPerHour], [counters.sendsLastDay, limits.sendsPerDay]) +
        sms,
    ],
    [
      'Answers',
      hourAndDay(
        [counters.checksLastHour, limits.checksPerHour],
        [counters.checksLastDay, limits.checksPerDay],
      ),
    ],
    ['Wrong', `${failures} in 90 days${deviceFailures > 0 ? `, ${deviceFailures} of known devices` : ''}`],
    ['Code', `${codeLength} digits`],
    ['Devices', devicesOf(user, now)],
  ]
}

/** The same where no account has the number. */
export function nobodyRows({
  facts: { allowed, proven, testNumber },
  phone,
  takesSignUps,
}: Omit<Looked, 'found'>): [string, string][] {
  const number = proven ? 'an account has proven it, and holds another one now' : 'nobody has proven it'
  const why = allowed
    ? `gets no code: ${takesSignUps ? 'nobody has signed up with it' : 'no account of the pool has it'}`
    : `gets no code, and may not sign up: ${eventWords.signup_refused.reasons?.country}`
  return [
    ['User', `${maskPhone(phone)}  no account`],
    ['Now', why],
    ['Number', `${number}${testNumber ? `; ${testWords}` : ''}`],
  ]
}

const testWords = 'a test number: nothing is sent to it'

/** Nothing is marked in a pool of somebody else's. */
const proofs = ({ pool, phoneNumberVerified, whatsappVerified }: OneUser) =>
  `phone_number_verified ${yes(phoneNumberVerified)}, ${
    pool === 'borrowed'
      ? `by a code ${yes(whatsappVerified)} (the stage’s table remembers it)`
      : `custom:whatsapp_verified ${yes(whatsappVerified)}`
  }`

const yes = (flag: boolean) => (flag ? 'yes' : 'no')

/** As in «never gets a code: the account has no number». */
export const decoyWords = (decoy: string) =>
  `never gets a code: ${eventWords.otp_decoy.reasons?.[decoy] ?? decoy}`

function may({ enabled, decoy, blocked }: OneUser, now: number): string {
  if (!enabled) return 'cannot sign in: the account is disabled'
  return decoy ? decoyWords(decoy) : state(blocked, now)
}

/** Whether a message may be sent at `now`, and else from when on. */
export const state = (blocked: Blocked, now: number) =>
  blocked
    ? `no message until ${clockTime(now + blocked.waitMs)} (${duration(blocked.waitMs)}): ${limitWords[blocked.reason]}`
    : 'may get a code'

/** `2026-11-28 14:05:11 UTC`. */
export const clockTime = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`

function ownership({ owns, mark, owner, decoy, whatsappVerified }: OneUser): string {
  if (decoy === 'unverified') return 'not verified, so that it counts for nothing'
  if (mark === 'verified' && !whatsappVerified) return 'verified in the pool; no code has proven it yet'
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

function ofDevices({ devices, deviceCodeLength }: OneUser, now: number): [string, string] {
  const held = devices.filter(({ blocked }) => blocked)
  const soonest = held.map(({ blocked }) => blocked).sort((a, b) => (a?.waitMs ?? 0) - (b?.waitMs ?? 0))[0]
  const words =
    held.length < devices.length
      ? `${count(devices.length - held.length, 'known device')} may get a code`
      : state(soonest, now)
  return ['On devices', `${words}, of ${deviceCodeLength} digits`]
}
