// One entry of a function's log as columns.
import type { FieldName } from '../core/events.ts'
import type { LogEntry } from '../insight/log-entry.ts'
import { shortNames } from '../names.ts'
import { widthOf, wrap } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'
import { oneLine } from '../terminal/text.ts'

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
  const name = entry.event === 'text' ? '' : oneLine(entry.event)
  const told = Object.entries(entry.fields)
    .filter(([field, value]) => !hiddenFields.has(field) && value !== undefined && value !== false)
    .map(([field, value]) => (field === 'text' ? String(value) : `${field}=${show(value)}`))
  const rest = oneLine(told.join(' '))
  const indent = ' '.repeat(widthOf(head) + 1)
  const line = name ? `${head} ${name}` : head
  if (rest === '') return [line.trimEnd()]
  if (widthOf(line) + 1 + widthOf(rest) <= width) return [`${line} ${paint.dim(rest)}`]
  const room = width - widthOf(indent) < 40 ? '  ' : indent
  return [line, ...wrap(`${room}${rest}`, width, room).map((part) => paint.dim(part))]
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
