// What a probe is: a question to AWS or SendZen that settles one matter, what it costs, and what it finds.
import type { Scene } from './scene.ts'

/** What a probe needs to be there: made when the first one asks for it. */
export type Need =
  /** A user pool with nothing behind it. */
  | 'pool'
  /** A user pool whose triggers are one small function. */
  | 'triggers'
  /** A key of the provider, and a number that gets a message. */
  | 'message'
  /** The user's word that a text message may be sent. */
  | 'sms'

export interface Cost {
  users?: number
  /** Calls of AWS's operations and of the function, roughly. */
  requests?: number
  /** WhatsApp messages. */
  messages?: number
  texts?: number
}

export interface Finding {
  /** Of the ways that the table of assumptions has; absent where nobody can tell. */
  way?: string
  /** What was seen, in words: operation, error code, counts, milliseconds. Nothing that names anybody. */
  evidence: string
  /** Why it is not settled. */
  why?: string
}

export interface Probe {
  /** As in the table of assumptions. */
  matter: string
  needs: Need
  cost: Cost
  run(scene: Scene): Promise<Finding>
}
