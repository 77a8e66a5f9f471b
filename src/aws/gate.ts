// The gate in front of every call that changes something in AWS: it opens only while this run holds the stage.
// It stands in the SDK clients themselves, so that no resource can go around it.
import { AsyncLocalStorage } from 'node:async_hooks'
import type {
  DeserializeMiddleware,
  FinalizeRequestMiddleware,
  MetadataBearer,
  Pluggable,
} from '@smithy/types'
import { AppError, runAgain } from '../errors.ts'

/** Confirmations that come too late to be of use, one after the other, before a call is given up. */
const mostRounds = 3

/** What entitles a run to change a stage for a while: see src/stage/lock/lock.ts. */
export interface Tenure {
  /** True while the last confirmation, counted from when it was sent, is young enough for a call to leave. */
  isFresh(): boolean
  /**
   * Asks AWS whether the stage is still this run's. Resolves when it is. Throws STAGE_TAKEN_OVER once it is
   * lost, or what AWS answered.
   */
  confirm(): Promise<void>
  /** Hears of each changing call before it leaves, as in `DeleteTable`. */
  onCall?(operation: string): void
}

/** A call that was about to leave when the confirmation grew old. It certainly has not left, and may be tried again. */
export class NotConfirmed extends Error {
  override name = 'NotConfirmed'
  /** Makes the SDK repeat the attempt, which confirms anew. */
  readonly $retryable = { throttling: false }
  constructor() {
    super('the stage was not confirmed lately enough to change it')
  }
}

export class Gate {
  #tenure: Tenure | undefined

  /** From now on changing calls pass by this tenure; undefined shuts the gate. */
  hold(tenure: Tenure | undefined): void {
    this.#tenure = tenure
  }

  /** Resolves when a changing call may leave. Throws when the stage is not, or no longer, this run's. */
  async pass(operation: string): Promise<void> {
    const tenure = this.#tenure
    if (!tenure) throw new Error(`${operation} would change AWS while no stage is held`)
    for (let round = 0; !tenure.isFresh(); round++) {
      if (round === mostRounds) throw tooSlow(operation)
      await tenure.confirm()
    }
    tenure.onCall?.(operation)
  }

  /** The last look, right before the first byte leaves. Throws NotConfirmed. */
  check(): void {
    if (!this.#tenure?.isFresh()) throw new NotConfirmed()
  }
}

/**
 * Calls that only look, and those that an app makes: everything else counts as a change, so that an operation
 * that is new here must be held back first and not found out later.
 */
const harmless =
  /^(Admin)?(Get|List|Describe|Filter|BatchGet|Query|Scan|Simulate|Lookup)|^(SignUp|ConfirmSignUp|InitiateAuth|RespondToAuthChallenge|AssumeRole(WithWebIdentity)?)$/

/** True for a call that changes something of a stage. */
export const isChange = (operation: string) => !harmless.test(operation)

/** Marks a command that needs no stage: the lock's own calls, and what concerns one user only. */
export function ungated<C extends { middlewareStack: { use(plugin: never): void } }>(command: C): C {
  const plugin: Pluggable<object, MetadataBearer> = {
    applyToStack: (stack) => {
      stack.add(
        (next, context) => (args) => {
          ;(context as Marked)[free] = true
          return next(args)
        },
        { step: 'initialize', name: 'ungated', priority: 'high' },
      )
    },
  }
  command.middlewareStack.use(plugin as never)
  return command
}

const free = Symbol('ungated')
interface Marked {
  [free]?: boolean
}

/** Whose last look is taken in the turn in which a request is written; see `watched` in connections.ts. */
export const leaving = new AsyncLocalStorage<Gate>()

/** Puts the gate into a client: before each attempt, and again when its request is ready to leave. */
export function gatePlugin(gate: Gate): Pluggable<object, MetadataBearer> {
  const needsGate = (context: object) => isChange(operationOf(context)) && !(context as Marked)[free]
  const before: FinalizeRequestMiddleware<object, MetadataBearer> = (next, context) => async (args) => {
    if (needsGate(context)) await gate.pass(operationOf(context))
    return next(args)
  }
  const last: DeserializeMiddleware<object, MetadataBearer> = (next, context) => (args) => {
    if (!needsGate(context)) return next(args)
    gate.check()
    return leaving.run(gate, () => next(args))
  }
  return {
    applyToStack: (stack) => {
      stack.addRelativeTo(before, { relation: 'after', toMiddleware: 'retryMiddleware', name: 'gate' })
      // The innermost of all: signing, which may have to fetch credentials first, lies behind it.
      stack.add(last, { step: 'deserialize', priority: 'low', name: 'lastLook' })
    },
  }
}

function tooSlow(operation: string): AppError {
  return new AppError('AWS_UNREACHABLE', `Could not call ${operation}`, {
    why: 'AWS answers so slowly that nobody can tell whether this run still holds the stage',
    next: [runAgain],
  })
}

/** The operation that a middleware's context belongs to, as in `DeleteTable`. */
export function operationOf(context: object): string {
  return String((context as { commandName?: string }).commandName).replace(/Command$/, '')
}
