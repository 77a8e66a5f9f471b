// The phones of the sandbox: every message that SendZen accepted, for people and for tests.

import { IndexOf } from '../account/index-of.ts'
import { most, Recent } from '../account/recent.ts'

export type MessageStatus = 'queued' | 'sent' | 'delivered' | 'read' | 'failed'

export interface Message {
  id: string
  /** E.164 with its plus. */
  to: string
  /** As the senders are listed: digits only. */
  from: string
  template: string
  language: string
  /** The one-time code, or the text of a message without one. */
  code: string
  status: MessageStatus
  /** ISO time of acceptance by the sandbox's clock. */
  at: string
  /** Why it failed, as Meta numbers it. */
  error?: { code: number; title: string }
}

/** `message` is new, `status` has changed, `clear` means that messages are gone: read the list again. */
export type InboxEvent = { type: 'message' | 'status'; message: Message } | { type: 'clear' }

/** What has arrived, to be read and thrown away; whatever it gives is a copy. */
export interface Inbox {
  /** Oldest first; all numbers unless one is named, written with or without its plus. */
  list(to?: string): Message[]
  /** Throws messages away; all numbers' unless one is named. */
  clear(to?: string): void
  /** Calls the listener at every change, until the returned function is called. */
  listen(listener: (event: InboxEvent) => void): () => void
}

/** The same for who delivers. */
export interface WritableInbox extends Inbox {
  add(message: Message): void
  get(id: string): Message | undefined
  /** Moves a message on. A status never goes back, and `failed` is final. */
  move(id: string, status: MessageStatus, error?: Message['error']): boolean
}

const rank: MessageStatus[] = ['queued', 'sent', 'delivered', 'read']

/** A number as people and query strings write it; `+` in a query string arrives as a space. */
export function phoneOf(written: string): string {
  const digits = written.replace(/\D/g, '')
  return digits && `+${digits}`
}

/** @param remembered how many messages; the oldest go first */
export function createInbox(remembered = most): WritableInbox {
  const byNumber = new IndexOf<Message>()
  const messages = new Recent<string, Message>(remembered, (message) => byNumber.delete(message))
  const listeners = new Set<(event: InboxEvent) => void>()
  const tell = (event: InboxEvent) => {
    for (const listener of listeners) listener(event)
  }
  const of = (to?: string) => (to === undefined ? [...messages.values()] : byNumber.get(phoneOf(to)))
  return {
    add(message) {
      messages.set(message.id, message)
      byNumber.put(message, [message.to])
      tell({ type: 'message', message: { ...message } })
    },
    get(id) {
      const message = messages.get(id)
      return message && { ...message }
    },
    move(id, status, error) {
      const message = messages.get(id)
      if (!message || message.status === 'failed') return false
      const late = status === 'failed' && rank.indexOf(message.status) >= rank.indexOf('delivered')
      if (late || (status !== 'failed' && rank.indexOf(status) <= rank.indexOf(message.status))) return false
      message.status = status
      if (error) message.error = error
      tell({ type: 'status', message: { ...message } })
      return true
    },
    list: (to) => of(to).map((message) => ({ ...message })),
    clear(to) {
      for (const { id } of of(to)) messages.delete(id)
      tell({ type: 'clear' })
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
