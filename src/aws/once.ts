// Calls that AWS offers no idempotency token for: never repeated by the SDK while their outcome is unclear.
import type { FinalizeRequestMiddleware, MetadataBearer, Pluggable } from '@smithy/types'
import { isOutcomeUnclear } from './errors.ts'

/** Thrown instead of the SDK's own error, which is not its `cause`: the SDK would find it there and retry. */
export class UnclearOutcome extends Error {
  override name = 'UnclearOutcome'
  readonly reason: unknown
  constructor(reason: unknown) {
    super('AWS gave no answer, so it is not known whether the call was carried out')
    this.reason = reason
  }
}

/**
 * Marks a command so that a lost answer surfaces as UnclearOutcome at once; whoever sent it looks whether it
 * was carried out. Throttled calls were certainly not, and are retried as always.
 */
export function once<C extends { middlewareStack: { use(plugin: never): void } }>(command: C): C {
  command.middlewareStack.use(plugin as never)
  return command
}

const surface: FinalizeRequestMiddleware<object, MetadataBearer> = (next) => async (args) => {
  try {
    return await next(args)
  } catch (error) {
    throw isOutcomeUnclear(error) ? new UnclearOutcome(error) : error
  }
}

const plugin: Pluggable<object, MetadataBearer> = {
  applyToStack: (stack) => {
    stack.addRelativeTo(surface, { relation: 'after', toMiddleware: 'retryMiddleware', name: 'once' })
  },
}
