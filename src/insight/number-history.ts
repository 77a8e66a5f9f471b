// What happened to one number lately, in words, out of the functions' logs.
import type { Connection } from '../aws/account.ts'
import { toAppError } from '../aws/words.ts'
import { providerOf } from '../core/messaging/providers.ts'
import { triggerNames } from '../names.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { logNamesOf } from '../users/log-names.ts'
import { wordsOf } from './event-words.ts'
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

/** What became of a message, or of the wish for one. */
const outcomes: ReadonlySet<string> = new Set([
  'otp_sent',
  'otp_unknown',
  'otp_failed',
  'otp_suppressed',
  'otp_decoy',
  'otp_locked',
  'otp_test_number',
  'delivery_report',
])

/** The last of them; undefined where there was none. */
export const lastOutcome = ({ events }: History) => events.findLast(({ event }) => outcomes.has(event))

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
    const wish = { triggers: triggerNames, from, numbers, all: false, redacted }
    for await (const entries of readLogs(aws, wish)) {
      all.push(...entries.map((one) => ({ ...one, says: wordsOf(one, provider)?.words ?? one.event })))
      partial = aws.clock.steady() > until
      if (partial) break
    }
  } catch (error) {
    const { code, why, message } = toAppError(error, 'read the logs')
    if (code === 'CANCELLED') throw error
    return { events: [], earlier: 0, partial: true, unknown: why ?? message }
  }
  const events = all.slice(-mostEvents)
  return { events, earlier: all.length - events.length, partial }
}
