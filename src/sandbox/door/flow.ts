// The sequence of one sign-in: what its parts said to one another, in the order in which they did.

/** Who takes part. A trigger goes by its name in a pool's LambdaConfig. */
export type Place = 'app' | 'cognito' | 'sendzen' | 'sns' | 'phone' | (string & {})

export interface Step {
  /** From 1, in its flow. */
  n: number
  /** Epoch milliseconds by the sandbox's clock. */
  at: number
  /** The same place twice for what happens inside it. */
  from: Place
  to: Place
  /**
   * `call` and `answer` between app and Cognito, `invoke` and `return` of a trigger, `send` to a provider and its
   * `reply`, `arrival` on a phone, `status` as it is reported, `note` of what a trigger has logged.
   */
  kind: 'call' | 'answer' | 'invoke' | 'return' | 'send' | 'reply' | 'arrival' | 'status' | 'note'
  /** The operation, the status or the sentence. */
  name: string
  isOk: boolean
  /** Real milliseconds, of an answer and a return. */
  ms?: number
  /** What else is worth seeing, label to value: never a token, a session, a password or a device's secret. */
  about: Record<string, string>
}

/** One sign-in: from the first call for a number to its tokens, or to the next first call. */
export interface Flow {
  id: string
  /** What the app signs in with, as it gave it. */
  name: string
  /** Epoch milliseconds by the sandbox's clock. */
  at: number
  state: 'open' | 'signed-in' | 'refused'
  /** The last thing that matters, in words. */
  outcome: string
  steps: Step[]
}

/** A step that is new in its flow, told without the others; `clear` means that all are gone. */
export type FlowEvent = { type: 'step'; flow: Omit<Flow, 'steps'>; step: Step } | { type: 'clear' }

/** What a line that a trigger logged means; undefined where it says nothing to people. */
export type Explain = (line: string) => { text: string; isOk: boolean } | undefined

/** The newest sign-ins of everybody from the first `listen` or `setExplain` on; whatever it gives is a copy. */
export interface Flows {
  /** Oldest first. */
  list(): Flow[]
  /** Calls the listener at every step, until the returned function is called. */
  listen(listener: (event: FlowEvent) => void): () => void
  /** Forgets all. */
  clear(): void
  /** Says what the triggers' lines mean; the sandbox knows nobody's. */
  setExplain(explain: Explain): void
}
