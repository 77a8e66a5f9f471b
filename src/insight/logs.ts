// What the functions of a stage wrote, merged by time: all of it, or what belongs to one message.
import type { Aws } from '../aws/clients.ts'
import { followLogEvents, type LogEvent, readLogEvents } from '../aws/log-events.ts'
import { toAppError } from '../aws/words.ts'
import { type FieldName, refusedSignUp } from '../core/events.ts'
import { type FunctionName, names } from '../names.ts'
import { entryOf, isRoutine, type LogEntry } from './log-entry.ts'

export interface LogWish {
  triggers: readonly FunctionName[]
  /** Epoch milliseconds. */
  from: number
  /** Only lines with this text; `{…}` is a filter pattern of CloudWatch. */
  text?: string | undefined
  /** Only lines about one of these numbers, by what the logs call them. */
  numbers?: readonly string[] | undefined
  /** Only what belongs to this message or code (messageId or cid). */
  message?: string | undefined
  /** Lambda's own lines about each invocation too. */
  all: boolean
  /** Takes secrets and numbers out of lines that we did not write. */
  redacted(text: string): string
}

/** What is there, in batches that hold something, as CloudWatch answers. Throws what it answered. */
export async function* readLogs(aws: Aws, wish: LogWish): AsyncGenerator<LogEntry[]> {
  try {
    if (wish.message !== undefined && !wish.text && !wish.numbers) {
      yield* readTrail(aws, wish, wish.message)
      return
    }
    const { query, pick } = prepare(aws, wish)
    for await (const events of readLogEvents(aws, query)) {
      const entries = pick(events)
      if (entries.length > 0) yield entries
    }
  } catch (error) {
    throw toAppError(error, 'read the logs')
  }
}

/** What is there and then what comes, in batches, until the signal aborts. Throws what CloudWatch answered. */
export async function* followLogs(aws: Aws, wish: LogWish): AsyncGenerator<LogEntry[]> {
  const { query, pick } = prepare(aws, wish)
  try {
    for await (const events of followLogEvents(aws, query)) yield pick(events)
  } catch (error) {
    throw toAppError(error, 'read the logs')
  }
}

/** As many ids as a filter pattern has room for; a message has a few. */
const mostIds = 20

/** CloudWatch itself finds the few lines among all, again with every id that they lead to. */
async function* readTrail(aws: Aws, wish: LogWish, message: string): AsyncGenerator<LogEntry[]> {
  const { query, entriesOf } = prepare(aws, wish)
  const known = new Set([message])
  const belongs = trail(known)
  for (;;) {
    const asked = [...known].slice(0, mostIds)
    const pattern = asked.map((id) => `?${patternOf(id)}`).join(' ')
    const found: LogEntry[][] = []
    for await (const events of readLogEvents(aws, { ...query, pattern })) found.push(entriesOf(events))
    const entries = found.flat().filter(belongs)
    if (known.size > asked.length && asked.length < mostIds) continue
    const isEcho = echoes()
    const shown = entries.filter((entry) => wish.all || !(isEcho(entry) || isRoutine(entry)))
    if (shown.length > 0) yield shown
    return
  }
}

function prepare({ place }: Aws, wish: LogWish) {
  const { triggers, from, text, numbers, message, all, redacted } = wish
  const byGroup = new Map(triggers.map((one) => [names.logGroup(place.stage, one), one]))
  const entriesOf = (events: LogEvent[]) =>
    events.map((event) => entryOf(event, byGroup.get(event.group)!, redacted))
  const belongs = message === undefined ? () => true : trail(new Set([message]))
  const isEcho = echoes()
  const pattern = numbers ? numbers.map((one) => `?${patternOf(one)}`).join(' ') : patternOf(text)
  const isAbout = ({ fields }: LogEntry) =>
    !numbers || [fields.number, fields.toNumber].some((one) => numbers.includes(String(one)))
  return {
    query: { groups: [...byGroup.keys()], from, pattern },
    entriesOf,
    pick(events: LogEvent[]): LogEntry[] {
      const entries = entriesOf(events).filter(isAbout)
      // Twice: an id may lead to a code that older lines name too.
      for (const entry of entries) belongs(entry)
      const echoed = entries.filter((entry) => isEcho(entry))
      return entries.filter(
        (entry) => belongs(entry) && (all || !(echoed.includes(entry) || isRoutine(entry))),
      )
    },
  }
}

/**
 * Lines with which Lambda says once more what a line of ours has said: PreSignUp refuses by an error, there is no
 * other way, and so a refusal that is no failure looks like one. To be asked in the order of time.
 */
function echoes(): (entry: LogEntry) => boolean {
  const refused = new Set<unknown>()
  return ({ event, fields }) => {
    if (event === 'signup_refused' || event === refusedSignUp) refused.add(fields.requestId)
    return event === refusedSignUp || (event === 'platform.report' && refused.has(fields.requestId))
  }
}

const idFields = ['messageId', 'cid', 'requestId'] as const satisfies readonly FieldName[]

/** Lines of one message: those that name it, and all that share its code or its request, which become known. */
function trail(known: Set<string>): (entry: LogEntry) => boolean {
  return ({ fields }) => {
    const ids = idFields
      .map((name) => fields[name])
      .filter((one) => one !== undefined)
      .map(String)
    if (!ids.some((one) => known.has(one))) return false
    for (const one of ids) known.add(one)
    return true
  }
}

/** Plain text is looked for as it stands; CloudWatch would take a hyphen or a quote in it as an operator. */
function patternOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  return text.startsWith('{') ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
