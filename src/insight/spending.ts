// What an attacker can make the owner of a stage spend in a day, worked out from its settings. Pure.

import { type Caps, shareOf, signUpCapsOf, stageCapsOf } from '../core/limits.ts'
import { smsMaxPriceUsd } from '../core/messaging/sms.ts'
import { takesSignUps } from '../settings/borrowed-pool.ts'
import type { Settings } from '../settings/schema.ts'
import { numbersIn } from '../settings/variables.ts'
import { secondsPerDay, sessionsPerSecond } from './guess-probability.ts'

/** Billed pieces, and their price in US dollars: least and most, where it depends on the country. */
export interface Spent {
  count: number
  leastUsd: number
  mostUsd: number
}

export interface Spending {
  /** By WhatsApp. Meta's part; what the provider adds is not published. */
  messages: Spent & {
    /** Of these what numbers that nobody has proven can use up, and what proven ones can. */
    unproven: number
    proven: number
  }
  /** None without the fallback. */
  sms: Spent
  /** Users that exist from then on; Cognito bills those of a month, beyond the free ones. None without sign-ups. */
  activeUsers: Spent
  /** Limited by Cognito's quota of requests alone: as long as they go on, real users get none. */
  requests: { count: number; functionsUsd: number; tableUsd: number; logsUsd: number }
}

/**
 * List prices in US dollars, without free tiers and rebates, in us-east-1 where AWS's differ by region.
 * A change of theirs belongs here, with its date.
 */
export const prices = {
  /**
   * A delivered authentication message, by the recipient's country: Meta's rate card of 2026-10-01 (Colombia), and
   * its rate for businesses abroad above 750,000 messages a month (Indonesia, since 2024-06-01).
   * https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing
   */
  message: { least: 0.0008, most: 0.136 },
  /** An SMS at most: the functions ask SNS to send no dearer one (`smsMaxPriceUsd`). */
  sms: Number(smsMaxPriceUsd),
  /** A user active in a month, beyond 10,000 (PLUS: from the first). aws.amazon.com/cognito/pricing, 2026-09-20. */
  activeUser: { LITE: 0.0055, ESSENTIALS: 0.015, PLUS: 0.02 },
  /** A million invocations, and a GB-second on arm64. aws.amazon.com/lambda/pricing, 2026-11-23. */
  invocations: 0.2,
  gigabyteSecond: 0.0000133334,
  /** A million units on demand. aws.amazon.com/dynamodb/pricing/on-demand, 2026-09-11. */
  writeUnits: 0.625,
  readUnits: 0.125,
  /** A gigabyte taken in. aws.amazon.com/cloudwatch/pricing, 2026-11-23. */
  logs: 0.5,
} as const

/**
 * Requests a second by AWS's default quotas: Cognito's categories UserAuthentication (three times as many answers)
 * and UserCreation. Amazon Cognito Developer Guide, Quotas, 2026-11-23.
 */
export const quotas = {
  begin: sessionsPerSecond,
  answer: 3 * sessionsPerSecond,
  signUp: 50,
  /** Functions of the account that run at once. */
  concurrency: 1_000,
} as const

/** Invocations that a request makes: Define and Create; Verify, Define and Create; PreSignUp. */
const invocations = { begin: 2, answer: 3, signUp: 1 } as const
/** GB of the largest function. */
const memory = 0.5
/** Lines of an invocation, ours and Lambda's, at LOG_LEVEL INFO: `npm run bench`. */
const logBytes = 1_250

/** The ledger of a number that strangers do to what they can. */
export const ledgerKilobytes = 6
/** The item that counts for the stage, with how deliveries went lately, and the one of a block of numbers. */
const counterKilobytes = { stage: 3, block: 1 } as const
/**
 * Units of a round that asks for a message: the permit and what became of it, both counters, each counted and taken
 * back; the ledger and both counters read. An answer costs less. A sign-up is counted.
 */
const units = {
  write: 2 * (ledgerKilobytes + counterKilobytes.stage + counterKilobytes.block),
  read: Math.ceil(ledgerKilobytes / 4) + 2,
  signUp: counterKilobytes.stage,
} as const

export function spendingOf(settings: Partial<Settings>): Spending {
  const numberOf = numbersIn(settings)
  const caps = stageCapsOf(numberOf)
  const messages = perDay(caps.sends)
  const sms = settings.smsFallback ? Math.min(perDay(caps.sms), messages) : 0
  const users = takesSignUps(settings) ? perDay(signUpCapsOf(numberOf)) : 0
  const { message, activeUser } = prices
  const tier = (settings.userPoolTier ?? 'LITE') as keyof typeof activeUser
  return {
    messages: {
      count: messages,
      leastUsd: messages * message.least,
      mostUsd: messages * message.most,
      unproven: perDay(shareOf(caps.sends, 'unproven')),
      proven: perDay(shareOf(caps.sends, 'proven')),
    },
    sms: { count: sms, leastUsd: 0, mostUsd: sms * prices.sms },
    activeUsers: { count: users, ...both(users * activeUser[tier]) },
    requests: requestsOf(takesSignUps(settings)),
  }
}

const both = (usd: number) => ({ leastUsd: usd, mostUsd: usd })

/** What both caps let through on a day in UTC. */
const perDay = (caps: Caps) => Math.min(caps.perDay, 24 * caps.perHour)

/** No setting bounds these. */
function requestsOf(hasSignUps: boolean): Spending['requests'] {
  const { begin, answer, concurrency } = quotas
  const signUp = hasSignUps ? quotas.signUp : 0
  const rounds = (begin + answer) * secondsPerDay
  const invoked =
    (begin * invocations.begin + answer * invocations.answer + signUp * invocations.signUp) * secondsPerDay
  const millions = (number: number) => number / 1e6
  return {
    count: (begin + answer + signUp) * secondsPerDay,
    functionsUsd:
      millions(invoked) * prices.invocations + concurrency * memory * secondsPerDay * prices.gigabyteSecond,
    tableUsd: millions(
      rounds * (units.write * prices.writeUnits + units.read * prices.readUnits) +
        signUp * secondsPerDay * units.signUp * prices.writeUnits,
    ),
    logsUsd: ((invoked * logBytes) / 1e9) * prices.logs,
  }
}
