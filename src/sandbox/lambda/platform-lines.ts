// The lines that Lambda itself writes around an invocation, in both of its log formats.

import type { FunctionSettings } from './function/settings.ts'
import type { Outcome } from './function-process.ts'

const statuses = { answer: 'success', 'function-error': 'error', timeout: 'timeout' } as const

/** Lines for the start and the end of one request; `now` is the sandbox's clock. */
export function platformLines(settings: FunctionSettings, requestId: string, now: () => number) {
  const { LogFormat, SystemLogLevel = 'INFO' } = settings.logging
  const json = (type: string, record: object) =>
    JSON.stringify({ time: new Date(now()).toISOString(), type, record: { requestId, ...record } })

  return {
    start(): string[] {
      if (LogFormat === 'Text') return [`START RequestId: ${requestId} Version: $LATEST`]
      return SystemLogLevel === 'WARN' ? [] : [json('platform.start', { version: '$LATEST' })]
    },

    /** `ms` is how long it ran; `cold` says that a process was started for it. */
    end(outcome: Outcome, ms: number, cold: boolean): string[] {
      const duration = Number(ms.toFixed(2))
      const billed = Math.ceil(ms)
      if (LogFormat === 'JSON') {
        const status = statuses[outcome.kind]
        if (SystemLogLevel === 'WARN' && status === 'success') return []
        const metrics = {
          durationMs: duration,
          billedDurationMs: billed,
          memorySizeMB: settings.memory,
          maxMemoryUsedMB: Math.min(settings.memory, 80),
          ...(cold && { initDurationMs: duration }),
        }
        const errorType = outcome.kind === 'function-error' ? { errorType: outcome.type } : {}
        return [json('platform.report', { metrics, status, ...errorType })]
      }
      const late =
        outcome.kind === 'timeout'
          ? [
              `${new Date(now()).toISOString()} ${requestId} Task timed out after ${settings.timeout.toFixed(2)} seconds`,
            ]
          : []
      return [
        ...late,
        `END RequestId: ${requestId}`,
        `REPORT RequestId: ${requestId}\tDuration: ${duration} ms\tBilled Duration: ${billed} ms\tMemory Size: ${settings.memory} MB\tMax Memory Used: ${Math.min(settings.memory, 80)} MB`,
      ]
    },
  }
}
