// What a contract needs of a provider: its two halves, an account with a sender and a template, and its whims.
import type { ProviderDescription } from '../../../src/core/messaging/provider.ts'
import type { ConnectAccount } from '../../../src/messaging/provider.ts'

/** What the next message meets at the provider. */
export type Whim =
  | 'no such recipient'
  | 'late failure'
  | 'too busy, try at once'
  | 'server error'
  | 'slow answer'
  | 'cut connection'
  | 'garbage'
  | { redirectTo: string }

export interface ProviderBench {
  provider: ProviderDescription
  connect: ConnectAccount
  /** The address that messages are posted to. */
  url: string
  key: string
  account: { sender: string; template: string; language: string; expiryMinutes: number }
  meetNext(whim: Whim): void
  /** While set, every call is answered as in an outage, or after these milliseconds. */
  trouble(what: 'outage' | number | undefined): void
  /** Requests to send that arrived so far. */
  attempts(): number
  /** The last message that went out. */
  lastMessage(): { id: string; to: string; code: string; template: string; language: string } | undefined
  /** A body that the provider posts to a webhook when this message was delivered. */
  deliveredBody(id: string, to: string): string
  close(): Promise<void>
}
