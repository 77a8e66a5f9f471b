// One line of a function's log as an entry: our own events, Lambda's own lines, and the rest.
import type { LogEvent } from '../aws/log-events.ts'
import { eventOf, parseLine } from '../core/log-line.ts'
import type { FunctionName } from '../names.ts'

export interface LogEntry {
  /** ISO 8601, UTC. */
  time: string
  trigger: FunctionName
  level: string
  /** One of our events, a type of Lambda's (`platform.report`), an error's name, or `text`. */
  event: string
  fields: Record<string, unknown>
}

/** `redacted` is used on lines that we did not write: nobody promises what stands in them. */
export function entryOf(
  { message, at }: LogEvent,
  trigger: FunctionName,
  redacted: (text: string) => string,
): LogEntry {
  const base = { time: new Date(at).toISOString(), trigger }
  const line = parseLine(message)
  if (!line) return { ...base, level: 'INFO', event: 'text', fields: { text: redacted(message.trim()) } }
  const ours = eventOf(line)
  if (ours) {
    const { trigger: _, ...fields } = ours.fields
    return { ...base, level: ours.level, event: ours.event, fields }
  }
  if (typeof line.type === 'string') {
    const record = (line.record ?? {}) as Record<string, unknown>
    const { metrics, ...rest } = record
    const bad = record.status !== undefined && record.status !== 'success'
    const fields = { ...rest, ...(metrics as object) }
    return { ...base, level: bad ? 'ERROR' : 'DEBUG', event: line.type, fields }
  }
  const error = (typeof line.message === 'object' && line.message ? line.message : line) as Record<
    string,
    unknown
  >
  const words = redacted(String(error.errorMessage ?? error.message ?? message).slice(0, 500))
  return {
    ...base,
    level: String(line.level ?? 'ERROR'),
    event: String(error.errorType ?? 'text'),
    fields: { text: words, ...(line.requestId ? { requestId: line.requestId } : {}) },
  }
}

/** True for lines that say nothing but that a function ran. */
export function isRoutine({ event, level }: LogEntry): boolean {
  return event.startsWith('platform.') && level === 'DEBUG'
}
