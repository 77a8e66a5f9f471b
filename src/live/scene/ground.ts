// What the probes stand on: the connection, the list of what is made, numbers, and what is done only once.
import type { Connection } from '../../aws/account.ts'
import type { ProviderAccount } from '../../messaging/provider.ts'
import { Made } from './made.ts'
import type { Mark } from './things.ts'

export interface GroundOptions {
  aws: Connection
  /** All names begin with it. */
  prefix: string
  /** The id of this run, which everything is tagged with. */
  runId: string
  /** How long the function takes that is slow: longer than Cognito's five seconds. */
  slowMs: number
  /** The user's number, E.164. */
  phone?: string | undefined
  /** Who sends messages to it. */
  sending?: Sending | undefined
  /** A text message to that number may be sent. */
  texts: boolean
}

export interface Sending {
  account: ProviderAccount
  /** E.164. */
  phone: string
  from: string
  template: string
  language: string
  /** What was answered to messages, oldest first. */
  answers: readonly Answered[]
}

export interface Answered {
  /** HTTP. */
  status: number
  /** How it gives the recipient back; undefined where it does not. */
  recipient: 'as-sent' | 'digits' | undefined
}

export class Ground {
  readonly aws: Connection
  readonly made = new Made()
  readonly mark: Mark
  readonly options: GroundOptions
  readonly #kept = new Map<string, Promise<unknown>>()
  #numbers = 0

  constructor(options: GroundOptions) {
    this.options = options
    this.aws = options.aws
    this.mark = { place: options.aws.place, runId: options.runId }
  }

  /** Done once, however many probes ask for it. */
  once<T>(what: string, work: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(what) ?? work()
    this.#kept.set(what, known)
    return known as Promise<T>
  }

  /** Area code 555 is not given out, so that nobody can ever have the number; another one each time. */
  newNumber(): string {
    return `+1555${String(2_000_000 + this.#numbers++)}`
  }

  /** Milliseconds that a piece of work took, with what it gave. */
  async timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
    const began = this.aws.clock.now()
    const value = await work()
    return { ms: this.aws.clock.now() - began, value }
  }
}
