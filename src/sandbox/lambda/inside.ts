// What tests may do to functions from inside, and see of them.

import type { FunctionTrouble } from './function/trouble.ts'

export interface RunnerLimits {
  /** The most processes that live at once, idle ones included; the one that idles longest makes room. */
  processes: number
  /** Real milliseconds after which an idle process is ended. */
  idleMs: number
  /** The most packages that stay unpacked while nothing runs from them. */
  packages: number
}

export interface LambdaInside {
  /** How many executions the account may have at once: a young one's ten until told. */
  executions: { account: number }
  /** Lets something befall a function, or nothing any more; throws where there is none of this name. */
  trouble(functionName: string, trouble: FunctionTrouble | undefined): void
  /** May be changed at any time, for what begins from then on. */
  limits: RunnerLimits
  /** How many processes live. */
  processes(): number
  /**
   * Resolves when no message is due that a function could be given, and no function works on one. Never while one
   * that fails is seen again at once.
   */
  settleQueues(): Promise<void>
}
