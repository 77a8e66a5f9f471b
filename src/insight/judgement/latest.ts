// How the latest messages of a stage went, and what kept its functions from sending any: read from their logs.
import type { Aws } from '../../aws/clients.ts'
import { type LogEvent, logPages } from '../../aws/log-events.ts'
import type { EventName } from '../../core/events.ts'
import { dayMs, hourMs } from '../../core/ledger/ledger.ts'
import { eventOf, parseLine } from '../../core/log-line.ts'
import type { DeliveryReport } from '../../messaging/provider.ts'
import type { FailedSend } from '../../messaging/send-failures.ts'
import { type FunctionName, names, reportFunction, type Trigger } from '../../names.ts'
import { onlyWithReports } from '../../settings/parts.ts'

/** One message that was handed to the provider, or was to be. */
export interface Sent {
  /** Epoch milliseconds. */
  at: number
  /** The provider took it. */
  went: boolean
  /** What is known of a message that failed, then or later. */
  failed?: FailedSend
  /** It arrived at a phone, as a delivery report says. */
  arrived?: true
  /** The provider's name for it; an SMS has none, since nobody reports what becomes of it. */
  messageId?: string
}

/** A round that failed for a reason of our own. */
export interface Trouble {
  at: number
  trigger: FunctionName
  /** `crash`: the function was cut off, or ended by itself. */
  of: 'table' | 'secrets' | 'defect' | 'crash'
  /** AWS's error code, the kind of a failed connection, or an error's name. */
  reason: string
}

export interface Latest {
  /** Of the last day, oldest first. */
  sends: Sent[]
  troubles: Trouble[]
  /** Epoch milliseconds of the latest delivery report; undefined where there is none. */
  reportedAt: number | undefined
  /** The same of a request to the address of the reports that was not taken. */
  refusedAt: number | undefined
}

const sendEvents: readonly string[] = ['otp_sent', 'otp_unknown', 'otp_failed'] satisfies EventName[]
const troubleEvents: Record<string, Trouble['of']> = {
  otp_store_error: 'table',
  otp_secrets_error: 'secrets',
  otp_internal_error: 'defect',
} satisfies Partial<Record<EventName, Trouble['of']>>
/** What WhatsApp said later of a message, where the stage takes such reports. */
const reportEvents: readonly string[] = [
  'report_sent',
  'report_delivered',
  'report_read',
  'report_failed',
] satisfies EventName[]
const refusedEvent = 'report_refused' satisfies EventName
const crashes = ['timeout', 'error', 'failure']

/** Only these lines: a function writes many more. */
const pattern = `{ ${[
  ...[...sendEvents, ...Object.keys(troubleEvents), ...reportEvents, refusedEvent].map(
    (name) => `$.event = "${name}"`,
  ),
  ...crashes.map((status) => `$.record.status = "${status}"`),
].join(' || ')} }`

/** The functions that send; the reports come to one of their own. */
const senders: readonly Trigger[] = ['createAuthChallenge', 'verifyAuthChallenge']

/** How long to read on. Of a stage that writes more than that in a day, the last hour is read. */
const budgetMs = 1_500

/** The functions whose logs tell of the messages of a stage with these settings. */
export const tellersOf = (settings: object, sending: readonly Trigger[] = senders): FunctionName[] => [
  ...sending,
  ...(onlyWithReports.isWanted(settings) ? ([reportFunction] as const) : []),
]

/** How one log is read: at once, or in its turn among those of many stages. */
export type ReadingLogs = <T>(begin: () => Promise<T>) => Promise<T>

/** One call for each function, mostly. Changes nothing. Throws what CloudWatch answered. */
export async function readLatest(
  aws: Aws,
  functions: readonly FunctionName[],
  reading: ReadingLogs = (begin) => begin(),
): Promise<Latest> {
  const now = aws.clock.now()
  const read = async (group: string) =>
    (await readSince(aws, group, now - dayMs, budgetMs)) ?? (await readSince(aws, group, now - hourMs)) ?? []
  const lines = functions.map(async (trigger) => ({
    trigger,
    events: await reading(() => read(names.logGroup(aws.place.stage, trigger))),
  }))
  return latestOf(await Promise.all(lines))
}

/** Undefined where there is more than can be read in time: then its end, which matters most, is not reached. */
async function readSince(
  aws: Aws,
  group: string,
  from: number,
  capMs = Number.POSITIVE_INFINITY,
): Promise<LogEvent[] | undefined> {
  const until = aws.clock.steady() + capMs
  const all: LogEvent[] = []
  for await (const { events, isLast } of logPages(aws, group, { from, pattern })) {
    all.push(...events)
    if (!isLast && aws.clock.steady() > until) return undefined
  }
  return all
}

/** Adds what the provider itself has kept of these messages, where it knows them by the same ids. */
export function withReports(latest: Latest, reports: readonly DeliveryReport[]): Latest {
  const sends = latest.sends.map((one) => ({ ...one }))
  const byId = new Map(sends.map((one) => [one.messageId, one]))
  for (const { id, status, error } of reports) noteReport(byId.get(id), { status, providerCode: error?.code })
  return { ...latest, sends }
}

/** Pure: what the lines of the functions say. A report counts for the message that it names. */
export function latestOf(
  lines: readonly { trigger: FunctionName; events: readonly Pick<LogEvent, 'at' | 'message'>[] }[],
): Latest {
  const sends: Sent[] = []
  const troubles: Trouble[] = []
  const reports: { at: number; fields: Record<string, unknown> }[] = []
  const refused: number[] = []
  for (const { trigger, events } of lines) {
    for (const { at, message } of events) {
      const line = parseLine(message) ?? {}
      const { event = '', fields = {} } = eventOf(line) ?? {}
      const of = troubleEvents[event]
      if (sendEvents.includes(event)) sends.push(sentOf(at, event, fields))
      else if (of) troubles.push({ at, trigger, of, reason: String(fields.reason ?? '') })
      else if (reportEvents.includes(event)) reports.push({ at, fields })
      else if (event === refusedEvent) refused.push(at)
      else if (line.type === 'platform.report') {
        const { status = '' } = (line.record ?? {}) as { status?: string }
        if (crashes.includes(status)) troubles.push({ at, trigger, of: 'crash', reason: status })
      }
    }
  }
  const byId = new Map(sends.map((one) => [one.messageId, one]))
  for (const { fields } of reports) noteReport(byId.get(String(fields.messageId)), fields)
  return {
    sends: sends.sort((a, b) => a.at - b.at),
    troubles: troubles.sort((a, b) => a.at - b.at),
    reportedAt: lastOf(reports.map(({ at }) => at)),
    refusedAt: lastOf(refused),
  }
}

const lastOf = (times: readonly number[]) =>
  times.length > 0 ? times.reduce((latest, at) => Math.max(latest, at)) : undefined

function sentOf(at: number, event: string, fields: Record<string, unknown>): Sent {
  const { channel, reason, httpStatus, providerCode, messageId } = fields
  const id = messageId === undefined || channel === 'sms' ? {} : { messageId: String(messageId) }
  if (event === 'otp_sent') return { at, went: true, ...id }
  return { at, went: false, failed: { channel, reason, httpStatus, providerCode }, ...id }
}

/** What arrived has not failed, in whatever order the reports come. */
function noteReport(
  sent: Sent | undefined,
  { status, providerCode }: { status?: unknown; providerCode?: unknown },
): void {
  if (!sent) return
  if (status === 'delivered' || status === 'read') {
    sent.arrived = true
    delete sent.failed
  }
  if (status === 'failed' && !sent.arrived) sent.failed = { providerCode }
}
