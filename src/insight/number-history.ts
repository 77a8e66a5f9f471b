// What happened to one number lately, in words, out of the functions' logs.
import type { Connection } from '../aws/account.ts'
import { toAppError } from '../aws/words.ts'
import { type EventName, events as eventTable } from '../core/events.ts'
import type { ProviderDescription } from '../core/messaging/provider.ts'
import { providerOf } from '../core/messaging/providers.ts'
import { reportFunction } from '../names.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { functionsOf } from '../settings/parts.ts'
import { logNamesOf } from '../users/log-names.ts'
import { wordsOf } from './event-words.ts'
import type { Latest } from './judgement/latest.ts'
import type { LogEntry } from './log-entry.ts'
import { readLogs } from './logs.ts'

/** One event of a number. */
export interface Happening extends LogEntry {
  says: string
}

export interface History {
  /** Oldest first; the latest ones where there are many. */
  events: Happening[]
  /** How many came before them in the span that was asked for. */
  earlier: number
  /** There was more to read than was read. */
  partial: boolean
  /** Why the logs could not be read. */
  unknown?: string
}

/** What became of the wish for a message. */
const beginnings: ReadonlySet<string> = new Set([
  'otp_sent',
  'otp_unknown',
  'otp_failed',
  'otp_suppressed',
  'otp_decoy',
  'otp_locked',
  'otp_test_number',
] satisfies EventName[])

/** What became of a message that was accepted, each knowing more than those before it. */
const sequels = [
  'report_failed',
  'report_delivered',
  'report_read',
  'fallback_skipped',
  'fallback_failed',
  'fallback_sent',
  'otp_verified',
] as const satisfies readonly EventName[]

/** One message, from the wish for it on. */
export interface Course {
  begun: Happening
  /** What is known of it by now; `begun` where that is all. */
  latest: Happening
  /** Why WhatsApp did not bring it, at once or later. */
  failed: Happening | undefined
}

/** That of the last message, or of the wish for one; undefined where there was none. */
export function lastCourse({ events }: Pick<History, 'events'>): Course | undefined {
  const begun = events.findLast(({ event }) => beginnings.has(event))
  if (!begun) return undefined
  const { cid, n } = begun.fields
  const isOfIt = ({ event, fields }: Happening) =>
    fields.cid === cid && (fields.n === n || event === 'otp_verified')
  const later = cid === undefined ? [] : events.filter(isOfIt)
  const has = (name: EventName) => later.find(({ event }) => event === name)
  // Reports come in any order.
  const known = sequels.flatMap((name) => has(name) ?? [])
  const arrived = has('report_delivered') ?? has('report_read')
  const failed = begun.event === 'otp_failed' ? begun : arrived ? undefined : has('report_failed')
  return { begun, latest: known.at(-1) ?? begun, failed }
}

/**
 * With what the provider has kept of the message, where the stage itself has no report of it. At the message's own
 * time, since nobody has noted when that was.
 */
export function withKept(
  course: Course | undefined,
  kept: Latest | undefined,
  provider: ProviderDescription,
): Course | undefined {
  const { messageId, cid, n } = course?.begun.fields ?? {}
  if (!course || course.latest !== course.begun || messageId === undefined) return course
  const sent = kept?.sends.find((one) => one.messageId === messageId)
  if (!sent?.arrived && !(sent?.went && sent.failed)) return course
  const event = sent.arrived ? 'report_delivered' : 'report_failed'
  const fields = { cid, n, messageId, ...sent.failed }
  const level = eventTable[event].level.toUpperCase()
  const says = saysOf({ event, fields }, provider)
  const latest: Happening = { time: course.begun.time, level, trigger: reportFunction, event, fields, says }
  return { ...course, latest, failed: sent.arrived ? undefined : latest }
}

const mostEvents = 15
/** Who waits at the terminal has somebody on the phone. */
const budgetMs = 10_000

/** Events of a number since `from` (epoch milliseconds). Never throws but for CANCELLED. */
export async function readHistory(
  aws: Connection,
  record: StageRecord,
  phone: string,
  { from, redacted }: { from: number; redacted(text: string): string },
): Promise<History> {
  const provider = providerOf(record.settings)
  const until = aws.clock.steady() + budgetMs
  const all: Happening[] = []
  let partial = false
  try {
    const numbers = await logNamesOf(aws, record, phone)
    const wish = { triggers: functionsOf(record.settings), from, numbers, all: false, redacted }
    for await (const entries of readLogs(aws, wish)) {
      all.push(...entries.map((one) => ({ ...one, says: saysOf(one, provider) })))
      partial = aws.clock.steady() > until
      if (partial) break
    }
  } catch (error) {
    const { code, why, message } = toAppError(error, 'read the logs')
    if (code === 'CANCELLED') throw error
    return { events: [], earlier: 0, partial: true, unknown: why ?? message }
  }
  const shown = all.slice(-mostEvents)
  return { events: shown, earlier: all.length - shown.length, partial }
}

const saysOf = (line: Pick<LogEntry, 'event' | 'fields'>, provider: ProviderDescription) =>
  wordsOf(line, provider)?.words ?? line.event
