// One JSON line per event, built from a list of allowed fields: what is not on the list cannot be logged.
import type { LogLevel } from './config.ts'

/** The events, how loud each is, and the CloudWatch metric it counts towards. */
const events = {
  otp_sent: { level: 'info', metric: 'otp_sent' },
  /** Cut off after the request was written: it may arrive. */
  otp_unknown: { level: 'warn', metric: 'otp_unknown' },
  otp_failed: { level: 'error', metric: 'otp_failed' },
  /** A limit held a message back; `reason` says which. */
  otp_suppressed: { level: 'warn', metric: 'otp_suppressed' },
  /** Cognito invoked again for a message that was already permitted. */
  otp_adopted: { level: 'info', metric: 'otp_adopted' },
  /** Nothing was sent because there is nobody to send to. */
  otp_decoy: { level: 'info', metric: undefined },
  otp_verified: { level: 'info', metric: 'otp_verified' },
  otp_rejected: { level: 'info', metric: 'otp_rejected' },
  otp_locked: { level: 'error', metric: 'otp_locked' },
  otp_dormant_signin: { level: 'warn', metric: undefined },
  otp_store_error: { level: 'error', metric: 'otp_store_error' },
  otp_secrets_error: { level: 'error', metric: 'otp_store_error' },
  /** A defect of this code, whatever it was. */
  otp_internal_error: { level: 'error', metric: 'otp_store_error' },
  number_verified: { level: 'info', metric: undefined },
  number_not_marked: { level: 'error', metric: undefined },
  signup_accepted: { level: 'info', metric: undefined },
  signup_refused: { level: 'warn', metric: 'signup_refused' },
  signup_not_marked: { level: 'error', metric: undefined },
} as const satisfies Record<string, { level: LogLevel; metric: string | undefined }>

export type EventName = keyof typeof events

const allowed = [
  'requestId',
  'trigger',
  'userPoolId',
  'client',
  'cid',
  'n',
  'number',
  'phone',
  'country',
  'channel',
  'language',
  'status',
  'reason',
  'attemptsLeft',
  'sendsToday',
  'latencyMs',
  'httpStatus',
  'providerCode',
  'messageId',
  'coldStart',
  'decoy',
] as const

export type Fields = { [name in (typeof allowed)[number]]?: string | number | boolean | undefined }
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
