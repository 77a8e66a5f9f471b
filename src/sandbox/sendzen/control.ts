// How a test or a person decides what SendZen does.

import type { TemplateStatus } from './account.ts'
import type { Fate, FateName } from './fates.ts'

export interface SendZenOptions {
  /** Hears of each request to send, before anything becomes of its message. */
  told?(attempt: SendAttempt): void
  /** The one key that SendZen takes; the sandbox's own unless given. */
  apiKey?: string
  /** Real milliseconds between two statuses of a message; with 0, the default, it is delivered at once. */
  stepMs?: number
}

/** Where SendZen posts what becomes of messages, and the secret that it signs this with. */
export interface Webhook {
  url: string
  secret: string
}

/** One request to send, and what was answered. */
export interface SendAttempt {
  /** Epoch milliseconds by the sandbox's clock. */
  at: number
  /** As it was asked for; empty where the request cannot be read. */
  to: string
  /** Of the message, where there is one. */
  id?: string
  /** What was answered instead; `details` in words. */
  refusal?: { status: number; code: string; details: string }
}

export interface SendZenControl {
  /** As in SendZen's dashboard; undefined, as at first, posts nothing. */
  setWebhook(webhook: Webhook | undefined): void
  /** Marks a message as read by its recipient; false when it cannot be. */
  read(id: string): boolean
  /** Decides the next messages, whatever their recipient; `times` is 1 unless said. */
  failNext(fate: FateName | Fate, times?: number): void
  /** While true every call is answered 503; false at first. */
  outage: boolean
  /** While true no key is taken any more, as after somebody has revoked it: 401. False at first. */
  revoked: boolean
  /** Gives every language of a template another state, as Meta does; false where there is none of that name. */
  setTemplate(name: string, status: TemplateStatus): boolean
  /** Real milliseconds that every call takes; 0 at first. */
  slowMs: number
  /** Requests to send that arrived, refused ones included. */
  attempts: number
  /** Requests to send that were refused, or got no answer and sent nothing: the newest 1,000, oldest first. */
  refused: SendAttempt[]
}
