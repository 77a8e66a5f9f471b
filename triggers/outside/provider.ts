// The port: what the functions want of whoever sends WhatsApp messages.
import type { SendResult } from '../../src/core/messaging/provider.ts'
import type { Deadline } from './clock.ts'

export interface CodeMessage {
  /** E.164 with its plus. */
  to: string
  code: string
  /** One of the template's languages. */
  language: string
  /** The key of the stage's account at the provider. */
  apiKey: string
}

/**
 * Sends one message of the stage's template, once, and answers before the deadline; what would take longer is
 * cut off, and is `unknown` as soon as the request may have been received. Never throws for what the network or
 * the provider does.
 */
export type SendWhatsApp = (message: CodeMessage, deadline: Deadline) => Promise<SendResult>
