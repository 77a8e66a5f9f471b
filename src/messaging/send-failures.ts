// Why one send of the functions came to nothing, in words, from what their log line says of it.
import type { ProviderDescription } from '../core/messaging/provider.ts'
import { explainMetaError } from './meta-errors.ts'

/** The fields of `otp_failed`, `otp_unknown` and of a failed delivery report, as they stand in the log. */
export interface FailedSend {
  /** `sms` where it was not the provider's. */
  channel?: unknown
  /** Whose fault it is, as the functions saw it. */
  reason?: unknown
  /** Missing where nothing was answered. */
  httpStatus?: unknown
  /** Meta's number, the provider's own word, or how the connection failed. */
  providerCode?: unknown
}

/**
 * - `recipient`: of this one number; everybody else gets messages.
 * - `key`: the provider does not take the key.
 * - `configuration`: of the stage's account, sender or template; nobody gets messages until somebody acts.
 * - `passing`: of the provider or the way to it, and may end by itself.
 */
export type FailureKind = 'recipient' | 'key' | 'configuration' | 'passing'

export interface SendFailure {
  kind: FailureKind
  /** Short, and without a number or a key in it. */
  why: string
  /** What ends it, for whoever runs the stage. */
  next: string
}

/** Too many messages to one number: a passing matter, but of that number alone. */
const pairRate = 131056

type Provider = Pick<ProviderDescription, 'title' | 'dashboard'>

/** How a connection ended without an answer: nothing of it was said by the provider. */
const broken: Record<string, (title: string) => string> = {
  dns: (title) => `the address of ${title} was not found`,
  refused: (title) => `no connection to ${title}: nothing listens at its address`,
  tls: (title) => `no secure connection to ${title}`,
  'connect-timeout': (title) => `no connection to ${title} in time`,
  timeout: (title) => `${title} did not answer in time`,
  reset: (title) => `${title} ended the connection without an answer`,
  no_time: (title) => `no time was left to ask ${title}: the table or the secrets took too long`,
}

/** What a failed or lost send means. Never more than what was answered says. */
export function explainFailedSend(send: FailedSend, provider: Provider): SendFailure {
  const { title, dashboard } = provider
  const code = send.providerCode === undefined ? '' : String(send.providerCode)
  const status = Number(send.httpStatus ?? 0)
  const passing = (why: string): SendFailure => ({ kind: 'passing', why, next: tryLater(title) })
  if (send.channel === 'sms') return explainSms(code)
  if (/^\d+$/.test(code)) {
    const { class: fault, why, next } = explainMetaError(Number(code), provider)
    const ofNumber = fault === 'recipient' || Number(code) === pairRate
    return {
      kind: ofNumber ? 'recipient' : fault === 'transient' ? 'passing' : fault,
      why: `${why} (${code})`,
      next,
    }
  }
  if (status === 401 || status === 403) {
    return {
      kind: 'key',
      why: `${title} refuses the key (${status})`,
      next: `make a key at ${dashboard}, then whatsapp-otp rotate-key`,
    }
  }
  if (status === 429) return passing(`${title} limits how often it may be asked (429)`)
  if (status >= 500 || status === 408) return passing(`${title} has a fault of its own (${status})`)
  const way = broken[code]
  if (way) return passing(way(title))
  const words = [status || undefined, code || undefined].filter((one) => one !== undefined).join(', ')
  if (send.reason === 'recipient') {
    return {
      kind: 'recipient',
      why: `${title} cannot reach this number${words ? ` (${words})` : ''}`,
      next: otherWay,
    }
  }
  if (send.reason === 'operator') {
    return {
      kind: 'configuration',
      why: `${title} refused the message${words ? ` (${words})` : ''}`,
      next: `whatsapp-otp test-send <phone>   says in ${title}'s words why`,
    }
  }
  return passing(words ? `${title} answered ${words}` : `${title} gave no answer that says what became of it`)
}

const otherWay = 'let this user sign in another way; sending again will not help'
const tryLater = (title: string) => `wait a few minutes; if it stays, ask ${title} whether it has an outage`

/** SNS answers with AWS's error codes. */
function explainSms(code: string): SendFailure {
  if (/AccessDenied|AuthorizationError/.test(code)) {
    return {
      kind: 'configuration',
      why: 'the function may not send SMS (sns:Publish)',
      next: 'whatsapp-otp deploy',
    }
  }
  if (/OptedOut/.test(code)) return { kind: 'recipient', why: 'this number wants no SMS', next: otherWay }
  const why = code ? `the SMS did not go out (${code})` : 'the SMS did not go out'
  return {
    kind: 'passing',
    why,
    next: 'look at SNS, Text messaging, in the AWS console: sandbox and spend limit',
  }
}
