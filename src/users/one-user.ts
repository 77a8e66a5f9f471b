// One user of a stage and what the triggers remember about the number.
import type { Connection } from '../aws/account.ts'
import { toAppError } from '../aws/words.ts'
import { lengthNow, type Refusal, sendWait } from '../core/ledger/allowance.ts'
import { type Device, dayMs, deviceLifeMs, hourMs, type Ledger, prune } from '../core/ledger/ledger.ts'
import type { Limits } from '../core/ledger/limits.ts'
import { limitsOf } from '../core/limits.ts'
import type { MasterKeys } from '../core/master-key.ts'
import { findingsOf } from '../core/parameters/findings.ts'
import type { Mark } from '../core/subject.ts'
import { numberHashOf, numberIdOf } from '../core/table-items.ts'
import { testNumberOf } from '../core/test-numbers.ts'
import { AppError } from '../errors.ts'
import { findings } from '../resources/findings.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import type { Settings } from '../settings/schema.ts'
import { numbersIn } from '../settings/variables.ts'
import { type Account, readAccount, readKeys, readMoved } from './account.ts'

const shownLimits = ['sendsPerHour', 'sendsPerDay', 'checksPerHour', 'checksPerDay', 'smsPerDay'] as const

/** Why no message can be sent now, and for how long. */
export type Blocked = { reason: Refusal; waitMs: number } | undefined

export interface OneUser {
  /** Cognito's own name for the user, an id. */
  username: string
  /** As in `CONFIRMED`. */
  status: string
  enabled: boolean
  createdAt: string | undefined
  phoneNumberVerified: boolean
  /** By a mark in Cognito, and in a borrowed pool by what the table remembers. */
  whatsappVerified: boolean
  pool: 'own' | 'borrowed'
  /** What the two say together: the number is proven, was changed since, or nothing was ever proven. */
  mark: Mark
  /** Who has proven the number the last time: this account, another one, or nobody that is known. */
  owner: 'self' | 'other' | 'unknown'
  /** The number is this account's own, so that a code for it signs in. */
  owns: boolean
  /** It has a fixed code, and nothing is sent to it. */
  testNumber: boolean
  /** Why this user never gets a code, as the triggers call it; undefined for most. */
  decoy: string | undefined
  /** A keyed hash of the number, as it stands in the logs. */
  number: string
  /** Of all who come without a known device. */
  counters: Counters
  blocked: Blocked
  /** What may be used, by whoever comes without a known device and by each of those that are known. */
  limits: Pick<Limits, (typeof shownLimits)[number]>
  /** Digits of the next code, for whoever comes without a known device. */
  codeLength: number
  /** The latest used last. */
  devices: DeviceUse[]
  /** Digits of the next code for a known device. */
  deviceCodeLength: number
}

interface Use {
  sendsLastHour: number
  sendsLastDay: number
  checksLastHour: number
  checksLastDay: number
}

export interface Counters extends Use {
  smsLastDay: number
  /** Wrong answers within 90 days that no right one has followed in its session: of strangers, and of devices. */
  failures: number
  deviceFailures: number
}

export interface DeviceUse extends Use {
  lastUsedAt: string
  forgottenAt: string
  blocked: Blocked
}

export interface Found {
  user: OneUser
  /** The number that the user holds. */
  phone: string
  account: Account
  keys: MasterKeys
  /** The number that a change has begun with which was cut off: all that is left of it is what comes last. */
  movedFrom?: string
}

/** Which of those with a number, and what for. */
export interface Which {
  /** The number that the user is to have, or has already where an earlier change was cut off. */
  to?: string | undefined
  /** What the pool calls the user; needed where several of a borrowed pool have the number. */
  name?: string | undefined
}

/** Throws USER_NOT_FOUND, NUMBER_OF_SEVERAL, SECRETS_UNREADABLE, or what AWS answered. */
export async function findUser(
  aws: Connection,
  record: StageRecord,
  phone: string,
  which: Which = {},
): Promise<Found> {
  try {
    const found = await seekUser(aws, record, await readKeys(aws), phone, which)
    if (found) return found
  } catch (error) {
    throw toAppError(error, 'find the user')
  }
  throw unknownUser(aws.place.stage, which)
}

/** As `findUser`, but undefined where no account has the number, and what AWS answered as it came. */
export async function seekUser(
  aws: Connection,
  record: StageRecord,
  keys: MasterKeys,
  phone: string,
  { to, name }: Which = {},
): Promise<Found | undefined> {
  const [holder, moved, limits] = await Promise.all([
    readAccount(aws, record, keys, phone, name),
    to === undefined ? undefined : readMoved(aws, record, keys, phone, to),
    limitsInForce(aws, record),
  ])
  const account = moved ?? holder
  if (!account) return undefined
  const user = describe(account, keys, limits, aws.clock.now())
  return moved && to !== undefined
    ? { user, phone: to, account, keys, movedFrom: phone }
    : { user, phone, account, keys }
}

/** The limits as the functions hold to them, by the settings that they were deployed with and what was found out. */
export async function limitsInForce(aws: Connection, record: StageRecord): Promise<Limits> {
  const limits = limitsOf(numbersIn(record.settings as Settings))
  const have = await findings(aws.place).read(aws, {})
  return { ...limits, quiet: findingsOf(have?.document).standIn !== 'stable' }
}

function describe(account: Account, keys: MasterKeys, limits: Limits, now: number): OneUser {
  const { username, status, enabled, createdAt, attributes, subject, item, owns, memory } = account
  const ledger = prune(item.ledger, now)
  const { user, mark, decoy, pk } = subject
  const device = ledger.devices.at(-1)
  return {
    username,
    status,
    enabled,
    createdAt,
    phoneNumberVerified: attributes.phone_number_verified === 'true',
    whatsappVerified: memory
      ? memory.proven !== undefined && memory.proven === attributes.phone_number
      : attributes['custom:whatsapp_verified'] === 'true',
    pool: memory ? 'borrowed' : 'own',
    mark,
    owner: ledger.owner === undefined ? 'unknown' : ledger.owner === user ? 'self' : 'other',
    owns,
    testNumber: testNumberOf(keys.testNumbers, numberHashOf(pk), now) !== undefined,
    decoy,
    number: numberIdOf(pk),
    counters: {
      ...useOf(ledger, now),
      smsLastDay: within([...ledger.sms, ...ledger.deviceSms], now, dayMs),
      failures: ledger.failures.length,
      deviceFailures: ledger.deviceFailures.length,
    },
    blocked: blockedBy(ledger, now, limits),
    limits: Object.fromEntries(shownLimits.map((name) => [name, limits[name]])) as OneUser['limits'],
    codeLength: lengthNow(ledger, limits),
    devices: ledger.devices.map((one) => ({
      ...useOf(one, now),
      lastUsedAt: new Date(one.usedAt).toISOString(),
      forgottenAt: new Date(one.usedAt + deviceLifeMs).toISOString(),
      blocked: blockedBy(ledger, now, limits, one),
    })),
    deviceCodeLength: lengthNow(ledger, limits, device),
  }
}

const within = (times: number[], now: number, span: number) => times.filter((at) => at > now - span).length

function useOf({ sends, checks }: Pick<Ledger, 'sends' | 'checks'>, now: number): Use {
  return {
    sendsLastHour: within(sends, now, hourMs),
    sendsLastDay: within(sends, now, dayMs),
    checksLastHour: within(checks, now, hourMs),
    checksLastDay: within(checks, now, dayMs),
  }
}

function blockedBy(ledger: Ledger, now: number, limits: Limits, device?: Device): Blocked {
  const { reason, waitMs } = sendWait(ledger, now, limits, device)
  return reason && { reason, waitMs }
}

function unknownUser(stage: string, { to, name }: Which): AppError {
  const isChange = to !== undefined
  const who = name === undefined ? '' : ` and the name ${name}`
  return new AppError('USER_NOT_FOUND', `Stage ${stage} has no user with that number${who}`, {
    why: `nobody has signed up with it, or it was written in another way${isChange ? ', or it was changed already' : ''}`,
    next: [
      'check the number, its country code above all',
      ...(isChange ? [`whatsapp-otp users show <new> --stage ${stage}`] : []),
      'another stage? see --stage',
    ],
  })
}
