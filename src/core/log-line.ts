// One line of a log: how the functions and the deployer write their events, and how all lines are read.
import {
  type AuditEvent,
  type AuditFields,
  allowed,
  auditEvents,
  auditFields,
  type EventName,
  events,
  type FieldName,
  type Fields,
  type LogLevel,
  narrowerMetrics,
} from './events.ts'

/** Where and when something happened; `at` is epoch milliseconds. */
export interface Moment {
  stage: string
  at: number
}

/** Of the metrics that the lines carry, each by its stage. */
export const metricNamespace = 'WhatsAppOtp'

function headOf({ stage, at }: Moment, level: LogLevel, event: string) {
  return { timestamp: new Date(at).toISOString(), level: level.toUpperCase(), event, stage }
}

/** A line of the functions: what is not on the list of allowed fields is left out, and long texts are cut. */
export function eventLine(moment: Moment, event: EventName, fields: Fields): string {
  const line: Record<string, unknown> = headOf(moment, events[event].level, event)
  for (const name of allowed) {
    const value = fields[name]
    if (value !== undefined) line[name] = typeof value === 'string' ? value.slice(0, 200) : value
  }
  return JSON.stringify({ ...line, ...metricsOf(event, fields, moment.at) })
}

function narrowerOf(event: EventName, fields: Fields): string[] {
  return Object.entries(narrowerMetrics)
    .filter(([, { of, when }]) => of === event && when(fields))
    .map(([name]) => name)
}

/** CloudWatch's embedded metric format: the line itself carries the numbers, no call is made. */
function metricsOf(event: EventName, fields: Fields, at: number): Record<string, unknown> {
  const { metric } = events[event]
  if (!metric) return {}
  const counted = [metric, ...narrowerOf(event, fields)]
  const metrics: { Name: string; Unit: string }[] = counted.map((Name) => ({ Name, Unit: 'Count' }))
  const values: Record<string, number> = Object.fromEntries(counted.map((name) => [name, 1]))
  if ((event === 'otp_sent' || event === 'otp_unknown') && typeof fields.latencyMs === 'number') {
    metrics.push({ Name: 'delivery_latency', Unit: 'Milliseconds' })
    values.delivery_latency = fields.latencyMs
  }
  if (event === 'report_delivered' && typeof fields.latencyMs === 'number') {
    metrics.push({ Name: 'delivery_time', Unit: 'Milliseconds' })
    values.delivery_time = fields.latencyMs
  }
  const directive = { Namespace: metricNamespace, Dimensions: [['stage']], Metrics: metrics }
  return { _aws: { Timestamp: at, CloudWatchMetrics: [directive] }, ...values }
}

/** A line of the deployer about what somebody did by hand. */
export function auditLine(moment: Moment, event: AuditEvent, fields: AuditFields): string {
  const values = Object.fromEntries(auditFields.map((name) => [name, fields[name]]))
  return JSON.stringify({ ...headOf(moment, auditEvents[event], event), ...values })
}

/** The object in a line, whoever wrote it; undefined for a text. */
export function parseLine(message: string): Record<string, unknown> | undefined {
  try {
    const line: unknown = JSON.parse(message)
    return typeof line === 'object' && line !== null ? (line as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** What `eventLine` or `auditLine` wrote. Another version of this tool may know other events, levels and fields. */
export interface LoggedEvent {
  event: string
  /** As in `WARN`. */
  level: string
  /** Without the metrics, which say the same again. */
  fields: { [name in FieldName]?: unknown }
}

/** Reads one of our events; undefined for a line of Lambda's own, or of anybody else. */
export function eventOf(line: Record<string, unknown>): LoggedEvent | undefined {
  const { timestamp: _t, level, event, stage: _s, _aws: metrics, ...fields } = line
  if (typeof event !== 'string') return undefined
  for (const name of metricNames(metrics)) delete fields[name]
  return { event, level: String(level ?? 'INFO'), fields }
}

function metricNames(metrics: unknown): string[] {
  const { CloudWatchMetrics = [] } = (metrics ?? {}) as {
    CloudWatchMetrics?: { Metrics?: { Name: string }[] }[]
  }
  return CloudWatchMetrics.flatMap(({ Metrics = [] }) => Metrics.map(({ Name }) => Name))
}
