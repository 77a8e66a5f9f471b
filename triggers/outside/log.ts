// One JSON line per event, built from a list of allowed fields: what is not on the list cannot be logged.
import { type EventName, events, type Fields, type LogLevel } from '../../src/core/events.ts'
import { eventLine } from '../../src/core/log-line.ts'

export type Log = (event: EventName, fields?: Fields) => void

const loudness: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }

export interface LogOptions {
  stage: string
  logLevel: LogLevel
  now: () => number
  write?: (line: string) => void
}

/** A log whose lines all carry `context`. Events with a metric are written whatever the level is. */
export function createLog(options: LogOptions, context: Fields = {}): Log {
  const write = options.write ?? ((line) => void process.stdout.write(line))
  return (event, fields = {}) => {
    const { level, metric } = events[event]
    if (!metric && loudness[level] < loudness[options.logLevel]) return
    const moment = { stage: options.stage, at: options.now() }
    write(`${eventLine(moment, event, { ...context, ...fields })}\n`)
  }
}

/** Logs why a round could not be carried out; the name tells an outage from a defect. */
export function logFailure(log: Log, error: unknown): void {
  const { name, code }: { name: string; code?: string } = error instanceof Error ? error : { name: 'unknown' }
  const event =
    name === 'StoreError'
      ? 'otp_store_error'
      : name === 'SecretsError' || name === 'AwsError'
        ? 'otp_secrets_error'
        : 'otp_internal_error'
  log(event, { reason: code ?? name })
}
