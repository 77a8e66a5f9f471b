// The sandbox as the programmatic API gives it: a local AWS account and a local WhatsApp for tests.
import type { Unsettled } from '../sandbox/account/unsettled.ts'

export interface SandboxOptions {
  /** On 127.0.0.1; a free one when left out. */
  port?: number
  /** `us-east-1` when left out. */
  region?: string
  /** Twelve digits. */
  account?: string
  /** What ids of pools and clients are derived from, so that they are the same at each start; random without. */
  seed?: string
  /** True: as slow as AWS really is. */
  lifelike?: boolean
  /** How AWS and SendZen are where nobody knows: see docs/assumptions.md. As is usually assumed when left out. */
  world?: Partial<Unsettled>
}

/** A message that the local WhatsApp has taken. */
export interface InboxMessage {
  id: string
  /** E.164. */
  to: string
  /** Digits. */
  from: string
  template: string
  language: string
  code: string
  status: 'queued' | 'sent' | 'delivered' | 'read' | 'failed'
  /** ISO 8601, by the sandbox's clock. */
  at: string
}

export interface Sandbox {
  /** As in `http://127.0.0.1:4580`: an AWS endpoint, and a page for people. */
  endpoint: string
  region: string
  account: string
  /** The variables that point an AWS SDK, and every function here as its `env`, at the sandbox. */
  env(): Record<string, string>
  inbox: {
    /** Oldest first; all numbers unless one is named. */
    list(to?: string): InboxMessage[]
    clear(to?: string): void
  }
  /** Epoch milliseconds; `advance` moves it on, past a cooldown or the life of a code. */
  clock: { now(): number; advance(ms: number): void }
  /** Every resource that exists; empty when nothing was left behind. */
  inventory(): { kind: string; name: string }[]
  /** Everything in it is gone then. */
  close(): Promise<void>
}
