// One line of a function's log, as an entry and as columns: our own events, Lambda's own lines, and the rest.
import type { LogEvent } from '../aws/log-events.ts'
import type { FieldName } from '../core/events.ts'
import { eventOf, parseLine } from '../core/log-line.ts'
import type { Trigger } from '../names.ts'
import { widthOf, wrap } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'

export interface LogEntry {
  /** ISO 8601, UTC. */
  time: string
  trigger: Trigger
  level: string
  /** One of our events, a type of Lambda's (`platform.report`), an error's name, or `text`. */
  event: string
  fields: Record<string, unknown>
}

/** The names that fit into a column; `logs` takes them as arguments too. */
export const shortNames: Record<Trigger, string> = {
  preSignUp: 'preSignUp',
  defineAuthChallenge: 'define',
  createAuthChallenge: 'create',
  verifyAuthChallenge: 'verify',
  postConfirmation: 'confirm',
}

/** `redacted` is used on lines that we did not write: nobody promises what stands in them. */
export function entryOf(
  { message, at }: LogEvent,
  trigger: Trigger,
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

/** Time (UTC), trigger, event, and what else is known; wrapped under the event where it does not fit. */
export function entryLines(
  entry: LogEntry,
  { theme, dataWidth: width }: Pick<Output, 'theme' | 'dataWidth'>,
): string[] {
  const { paint } = theme
  const mark =
    entry.level === 'ERROR' || entry.level === 'FATAL'
      ? theme.failed
      : entry.level === 'WARN'
        ? theme.warning
        : ' '
  const head = `${paint.dim(entry.time.slice(11, 23))} ${mark} ${shortNames[entry.trigger].padEnd(9)}`
  const name = entry.event === 'text' ? '' : entry.event
  const rest = Object.entries(entry.fields)
    .filter(([field, value]) => !hiddenFields.has(field) && value !== undefined && value !== false)
    .map(([field, value]) => (field === 'text' ? String(value) : `${field}=${show(value)}`))
    .join(' ')
  const indent = ' '.repeat(widthOf(head) + 1)
  const line = name ? `${head} ${name}` : head
  if (rest === '') return [line.trimEnd()]
  if (widthOf(line) + 1 + widthOf(rest) <= width) return [`${line} ${paint.dim(rest)}`]
  const room = width - widthOf(indent) < 40 ? '  ' : indent
  return [line, ...wrap(`${room}${rest}`, width, room).map((part) => paint.dim(part))]
}

/** True for lines that say nothing but that a function ran. */
export function isRoutine({ event, level }: LogEntry): boolean {
  return event.startsWith('platform.') && level === 'DEBUG'
}

/** The same in every line of a sign-in, or of use to nobody who reads along. */
const hiddenFields = new Set<string>([
  'userPoolId',
  'client',
  'requestId',
  'number',
  'coldStart',
  'decoy',
] satisfies FieldName[])

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
