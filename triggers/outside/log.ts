// One JSON line per event, built from a list of allowed fields: what is not on the list cannot be logged.
import { allowed, type EventName, events, type Fields, type LogLevel } from '../../src/core/events.ts'

export type Log = (event: EventName, fields?: Fields) => void

const loudness: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }
const namespace = 'WhatsAppOtp'

export interface LogOptions {
  stage: string
  logLevel: LogLevel
  now: () => number
  write?: (line: string) => void
}

/** CloudWatch's embedded metric format: the line itself carries the numbers, no call is made. */
function metricsOf(event: EventName, fields: Fields, now: number): Record<string, unknown> {
  const { metric } = events[event]
  if (!metric) return {}
  const metrics: { Name: string; Unit: string }[] = [{ Name: metric, Unit: 'Count' }]
  const values: Record<string, number> = { [metric]: 1 }
  if ((event === 'otp_sent' || event === 'otp_unknown') && typeof fields.latencyMs === 'number') {
    metrics.push({ Name: 'delivery_latency', Unit: 'Milliseconds' })
    values.delivery_latency = fields.latencyMs
  }
  const directive = { Namespace: namespace, Dimensions: [['stage']], Metrics: metrics }
  return { _aws: { Timestamp: now, CloudWatchMetrics: [directive] }, ...values }
}

/** A log whose lines all carry `context`. Events with a metric are written whatever the level is. */
export function createLog(options: LogOptions, context: Fields = {}): Log {
  const write = options.write ?? ((line) => void process.stdout.write(line))
  return (event, fields = {}) => {
    const { level, metric } = events[event]
    if (!metric && loudness[level] < loudness[options.logLevel]) return
    const now = options.now()
    const line: Record<string, unknown> = {
      timestamp: new Date(now).toISOString(),
      level: level.toUpperCase(),
      event,
      stage: options.stage,
    }
    const all: Fields = { ...context, ...fields }
    for (const name of allowed) {
      const value = all[name]
      if (value !== undefined) line[name] = typeof value === 'string' ? value.slice(0, 200) : value
    }
    write(`${JSON.stringify({ ...line, ...metricsOf(event, all, now) })}\n`)
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
