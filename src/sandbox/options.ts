// What a sandbox may be told when it is started.
import type { PolicyDocument } from './account/policy.ts'
import type { Unsettled } from './account/unsettled.ts'
import type { Delays } from './account/world.ts'
import type { SendZenOptions } from './sendzen/control.ts'

export interface SandboxOptions {
  /** On 127.0.0.1; 0, the default, picks a free one. */
  port?: number
  /** `us-east-1` unless given. */
  region?: string
  /** Twelve digits; `123456789012` unless given. */
  account?: string
  /** Milliseconds; what is left out takes no time. */
  delays?: Partial<Delays>
  /** How AWS and SendZen are where nobody knows; what is left out is as is usually assumed. */
  world?: Partial<Unsettled>
  /** Restricts whoever calls with keys that are no function's to this policy; administrator without it. */
  callerPolicy?: PolicyDocument
  /**
   * The developer's own, which `env()` tells; derived from `secrets`, or new ones, unless given. Only what is signed with
   * them, or with the keys of a running function, is taken.
   */
  credentials?: { accessKeyId: string; secretAccessKey: string }
  /** What ids are derived from, so that they are the same at each start; they are random without. No secret. */
  seed?: string
  /** The same for keys, which nobody else should be able to tell: who has the developer's runs code as him. */
  secrets?: {
    seed: string
    /** Gives the private key that tokens are signed with, as PKCS #8 in PEM; asked for when it is needed. */
    tokenKey(): Promise<string>
  }
  /** What an earlier one has given as `save()`, to go on from it; empty without. */
  saved?: unknown
  /** The most entries that a list answers at once, of AWS as of SendZen; 5 unless given, so that callers page. */
  pageSize?: number
  sendzen?: SendZenOptions
  /** SNS keeps the account in its sandbox: text messages reach verified numbers alone. */
  smsSandbox?: boolean
  /** Milliseconds for a request to arrive whole, and 408 after that; 30,000 unless given. */
  requestTimeoutMs?: number
  /** Gives the time in epoch milliseconds; the machine's clock unless given. `clock.advance` adds to it. */
  now?(): number
}
