// A WhatsApp provider as both programs know it: its names, its settings, and its one message on the wire.
import type { TemplateMessage } from './template-message.ts'

/**
 * What became of one attempt to send:
 * - `sent`: accepted.
 * - `unknown`: it may have gone out; never repeated, so that nobody gets two messages.
 * - `retry`: it certainly did not, and trying again at once may help.
 * - `failed`: it certainly did not, and trying again at once will not help.
 *
 * It is logged as it is: no member may hold a key, a number or words of the provider.
 */
export interface SendResult {
  outcome: 'sent' | 'unknown' | 'retry' | 'failed'
  /** Who can mend it: the operator, nobody (this number cannot get it), or the provider with time. */
  blame?: 'operator' | 'recipient' | 'provider'
  httpStatus?: number
  /**
   * The kind of a failed connection, or what the provider says: digits alone are a code of Meta; a code of its
   * own has a letter in it.
   */
  code?: string
  messageId?: string
}

/** The HTTP request of one message. */
export interface WireRequest {
  url: string
  method: 'POST'
  /** Names in lower case. */
  headers: Record<string, string>
  body: string
}

export interface WireAnswer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  text: string
}

/** Pure: the functions and the CLI each have a way of their own to reach a network. */
export interface ProviderDescription {
  /** Lower-case letters; begins the names of its findings and errors. */
  name: string
  title: string
  /** Where people look after their account. */
  dashboard: string
  /** The address that messages are posted to: its setting, and the variable that the functions read. */
  address: { setting: string; variable: string; flag: string; default: string }
  /** The API key: its setting, under which the stage's secrets hold it as well, and the CLI's variable. */
  key: { setting: string; variable: string }
  request(account: { url: string; key: string }, message: TemplateMessage): WireRequest
  /** Judges any answer, also one whose text is cut off or missing. Never throws. */
  readReply(answer: WireAnswer): SendResult
}
