// One entry of a function's log as columns: when, where, what happened in words, and what else is known.
import type { FieldName } from '../core/events.ts'
import type { ProviderDescription } from '../core/messaging/provider.ts'
import { wordsOf } from '../insight/event-words.ts'
import type { LogEntry } from '../insight/log-entry.ts'
import { shortNames } from '../names.ts'
import { widthOf, wrap } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'
import { oneLine } from '../terminal/text.ts'

/** Time (UTC), trigger, sentence, the rest with the event's name; wrapped under the sentence where it does not fit. */
export function entryLines(
  entry: LogEntry,
  { theme, dataWidth: width }: Pick<Output, 'theme' | 'dataWidth'>,
  provider: ProviderDescription,
): string[] {
  const { paint } = theme
  const mark =
    entry.level === 'ERROR' || entry.level === 'FATAL'
      ? theme.failed
      : entry.level === 'WARN'
        ? theme.warning
        : ' '
  const head = `${paint.dim(entry.time.slice(11, 23))} ${mark} ${shortNames[entry.trigger].padEnd(9)}`
  const said = wordsOf(entry, provider)
  const name = entry.event === 'text' ? '' : oneLine(entry.event)
  const fields = Object.entries(entry.fields)
    .filter(([field, value]) => !hiddenFields.has(field) && value !== undefined && value !== false)
    .filter(([field]) => !said?.fields.has(field as FieldName))
    .map(([field, value]) => (field === 'text' ? String(value) : `${field}=${show(value)}`))
  const what = said ? oneLine(said.words) : name
  const rest = oneLine([...(said ? [name] : []), ...fields].join(' '))
  const indent = ' '.repeat(widthOf(head) + 1)
  const room = width - widthOf(indent) < 40 ? '  ' : indent
  const lines = what ? wrap(`${head} ${what}`, width, room) : [head]
  if (rest === '') return lines.map((line) => line.trimEnd())
  const last = lines.at(-1) ?? ''
  if (widthOf(last) + 2 + widthOf(rest) <= width)
    return [...lines.slice(0, -1), `${last}${what ? '  ' : ' '}${paint.dim(rest)}`]
  return [...lines, ...wrap(`${room}${rest}`, width, room).map((part) => paint.dim(part))]
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
