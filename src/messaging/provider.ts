// The port: what the CLI wants of an account at a WhatsApp provider. Each provider fills it in a folder of its own.
import type { CallBounds } from '../aws/calls.ts'
import type { Clock } from '../clock.ts'
import type { Fault } from '../core/messaging/meta-codes.ts'
import type { ProviderDescription } from '../core/messaging/provider.ts'
import type { TemplateMessage } from '../core/messaging/template-message.ts'
import { AppError, type AppErrorOptions } from '../errors.ts'

export interface AccountOptions {
  /** The address that messages are posted to; account calls lie beside it. */
  url: string
  key: string
  clock?: Clock
  fetch?: typeof globalThis.fetch
  /** Milliseconds for one attempt, its whole answer included. */
  timeoutMs?: number
  /** Ends every call with CANCELLED. */
  signal?: AbortSignal | undefined
  /** Says whom the run waits for when it takes long. */
  bounds?: CallBounds | undefined
}

export type ConnectAccount = (options: AccountOptions) => ProviderAccount

/** Every call throws ProviderError or CANCELLED, and nothing with the key or a whole number in it. */
export interface ProviderAccount {
  /** The names and settings that texts speak of. */
  readonly provider: ProviderDescription
  /** Resolves when the key is good. */
  checkKey(): Promise<void>
  /** Every sender that the key sees. */
  listSenders(): Promise<Sender[]>
  listTemplates(wabaId: string): Promise<Template[]>
  /** Asks Meta for an authentication template with a copy-code button; it is usable once `APPROVED`. */
  createTemplate(wabaId: string, template: NewTemplate): Promise<{ status: string }>
  /** Sends one message, once. Resolves when the provider has accepted it; that is not delivery. */
  sendTemplate(message: TemplateMessage): Promise<Acceptance>
  /** What became of messages: of this one, or of everything in its time where the provider cannot ask for one. */
  readReports(message: ReportQuery): Promise<DeliveryReport[]>
  /** The reports in one body that the provider posts to a webhook; none where it is something else. */
  parseReports(body: string): DeliveryReport[]
}

export interface Sender {
  /** Digits, as `from` of a message wants them. */
  phone: string
  /** The WhatsApp business account that the number and its templates belong to. */
  wabaId: string
  business: string
  project: string
  /** `CONNECTED` is the one that is known to send. */
  status: string | undefined
}

/** A template in one language, in the words in which Meta itself describes it. */
export interface Template {
  name: string
  language: string
  /** `APPROVED` is the one that can be sent. */
  status: string | undefined
  category: string | undefined
  /** Empty where the provider does not tell them. */
  components: Record<string, unknown>[]
  /** Seconds in which WhatsApp tries to deliver; negative for 30 days. */
  message_send_ttl_seconds?: number | null | undefined
}

export interface NewTemplate {
  name: string
  language: string
  /** Printed below the code. */
  expiryMinutes: number
  /** How long WhatsApp tries to deliver it; as long as the code lives where absent. */
  lifeSeconds?: number
}

export interface Acceptance {
  /** Undefined where the provider gave none: the message can be found by its number and time only. */
  id: string | undefined
  status: string
}

export interface ReportQuery {
  id: string | undefined
  /** Epoch milliseconds. */
  from: number
  to: number
}

/** One thing that WhatsApp said about a message; may come late, twice, or not at all. */
export interface DeliveryReport {
  /** The message's, not promised to be the one of the acceptance. */
  id: string
  status: 'sent' | 'delivered' | 'read' | 'failed'
  /** Epoch milliseconds. */
  at: number
  recipient: string
  /** Why it failed. */
  error?: Failure
}

/** Why a message failed, in the user's words. */
export interface Failure {
  /** A number is Meta's code, a text the provider's own. */
  code: number | string
  class: Fault
  why: string
  next: string
}

/**
 * - `key`: the key is no good.
 * - `refused`: it understood, and said no.
 * - `unreachable`, `busy`, `broken`: it could not be asked just now.
 * - `unreadable`: what answered does not speak its language.
 */
export type Refusal = 'key' | 'refused' | 'unreachable' | 'busy' | 'broken' | 'unreadable'

export class ProviderError extends AppError {
  readonly refusal: Refusal

  constructor(refusal: Refusal, code: string, message: string, options: AppErrorOptions = {}) {
    super(code, message, options)
    this.refusal = refusal
  }
}

/** True when the provider could not be asked, as opposed to having said no. */
export function isOutage(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.refusal !== 'key' && error.refusal !== 'refused'
}
