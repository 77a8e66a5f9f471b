// How many executions a function may have at once, and how many the account has.

import { AwsFault } from '../account/aws-fault.ts'
import { optionalNumber } from '../protocol/fields.ts'
import { at, type RestOperation } from '../protocol/rest.ts'
import { invalidParameter } from './function/settings.ts'
import type { FunctionStore } from './functions.ts'
import { unreadable } from './wire.ts'

const path = '/2017-10-31/functions/{FunctionName}/concurrency'
const newerPath = '/2019-09-30/functions/{FunctionName}/concurrency'

/** The operations on reserved executions, and the account's limits. */
export function concurrencyOperations(
  store: FunctionStore,
  limits: { account: number },
): Record<string, RestOperation> {
  const unreserved = (besides?: string) =>
    store.all().reduce((left, fn) => left - (fn.name === besides ? 0 : (fn.concurrency ?? 0)), limits.account)

  return {
    PutFunctionConcurrency: at({ method: 'PUT', path }, (input, call) => {
      const fn = store.functionFor(input, call)
      const wanted = optionalNumber(input, 'ReservedConcurrentExecutions')
      if (wanted === undefined || !Number.isInteger(wanted)) throw unreadable()
      if (wanted < 0) {
        throw new AwsFault(
          'ValidationException',
          `1 validation error detected: Value '${wanted}' at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 0`,
        )
      }
      // A young account has ten executions and must keep them all unreserved; others must keep a hundred.
      const least = Math.min(limits.account, 100)
      if (wanted > 0 && unreserved(fn.name) - wanted < least) {
        throw invalidParameter(
          `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${least}].`,
        )
      }
      fn.concurrency = wanted
      return { ReservedConcurrentExecutions: wanted }
    }),

    GetFunctionConcurrency: at({ method: 'GET', path: newerPath }, (input, call) => {
      const { concurrency } = store.functionFor(input, call)
      return concurrency === undefined ? {} : { ReservedConcurrentExecutions: concurrency }
    }),

    DeleteFunctionConcurrency: at({ method: 'DELETE', path, status: 204 }, (input, call) => {
      store.functionFor(input, call).concurrency = undefined
      return {}
    }),

    GetAccountSettings: at({ method: 'GET', path: '/2016-08-19/account-settings' }, (_input, call) => {
      call.authorize('lambda:GetAccountSettings', '*')
      const live = store.all()
      return {
        AccountLimit: {
          TotalCodeSize: 80_530_636_800,
          CodeSizeUnzipped: 262_144_000,
          CodeSizeZipped: 52_428_800,
          ConcurrentExecutions: limits.account,
          UnreservedConcurrentExecutions: unreserved(),
        },
        AccountUsage: {
          TotalCodeSize: live.reduce((sum, fn) => sum + fn.code.zip.length, 0),
          FunctionCount: live.length,
        },
      }
    }),
  }
}
