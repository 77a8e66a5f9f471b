// How the latest messages of a stage went, and what kept its functions from sending any: read from their logs.
import type { Aws } from '../../aws/clients.ts'
import { type LogEvent, logPages } from '../../aws/log-events.ts'
import { dayMs, hourMs } from '../../core/ledger/ledger.ts'
import { eventOf, parseLine } from '../../core/log-line.ts'
import type { DeliveryReport } from '../../messaging/provider.ts'
import type { FailedSend } from '../../messaging/send-failures.ts'
import { names, type Trigger } from '../../names.ts'

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
  messageId?: string
}

/** A round that failed for a reason of our own. */
export interface Trouble {
  at: number
  trigger: Trigger
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
}

const sendEvents: readonly string[] = ['otp_sent', 'otp_unknown', 'otp_failed']
const troubleEvents: Record<string, Trouble['of']> = {
  otp_store_error: 'table',
  otp_secrets_error: 'secrets',
  otp_internal_error: 'defect',
}
/** What WhatsApp said later of a message, where the stage takes such reports. */
const reportEvent = 'delivery_report'
const crashes = ['timeout', 'error', 'failure']

/** Only these lines: a function writes many more. */
const pattern = `{ ${[
  ...[...sendEvents, ...Object.keys(troubleEvents), reportEvent].map((name) => `$.event = "${name}"`),
  ...crashes.map((status) => `$.record.status = "${status}"`),
].join(' || ')} }`

/** The functions that send; the reports come to one of their own. */
const senders: readonly Trigger[] = ['createAuthChallenge', 'verifyAuthChallenge']

/** How long to read on. Of a stage that writes more than that in a day, the last hour is read. */
const budgetMs = 1_500

export interface LatestWish {
  /** Of these functions; of all that have to do with messages unless said. One call each, mostly. */
  triggers?: readonly Trigger[]
  /** The log group of the function that takes delivery reports, where the stage has one. */
  reports?: string | undefined
}

/** True where the stage has its delivery reports sent to it. */
export const takesReports = (settings: object): boolean =>
  (settings as { deliveryWebhook?: unknown }).deliveryWebhook === true

/** What to read of a stage with these settings. */
export const latestWish = ({ place }: Pick<Aws, 'place'>, settings: object): LatestWish => ({
  reports: takesReports(settings) ? `/aws/lambda/whatsapp-otp-${place.stage}-deliveryStatus` : undefined,
})

/** Changes nothing. Throws what CloudWatch answered. A group that does not exist has nothing. */
export async function readLatest(
  aws: Aws,
  { triggers = senders, reports }: LatestWish = {},
): Promise<Latest> {
  const now = aws.clock.now()
  const { stage } = aws.place
  const groups: [string, Trigger][] = triggers.map((one) => [names.logGroup(stage, one), one])
  const read = async (group: string) =>
    (await readSince(aws, group, now - dayMs, budgetMs)) ?? (await readSince(aws, group, now - hourMs)) ?? []
  const [lines, reported] = await Promise.all([
    Promise.all(groups.map(async ([group, trigger]) => ({ trigger, events: await read(group) }))),
    reports === undefined ? [] : read(reports),
  ])
  return latestOf([...lines, { trigger: 'createAuthChallenge', events: reported }])
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
  lines: readonly { trigger: Trigger; events: readonly Pick<LogEvent, 'at' | 'message'>[] }[],
): Latest {
  const sends: Sent[] = []
  const troubles: Trouble[] = []
  const reports: { at: number; fields: Record<string, unknown> }[] = []
  for (const { trigger, events } of lines) {
    for (const { at, message } of events) {
      const line = parseLine(message) ?? {}
      const { event = '', fields = {} } = eventOf(line) ?? {}
      const of = troubleEvents[event]
      if (sendEvents.includes(event)) sends.push(sentOf(at, event, fields))
      else if (of) troubles.push({ at, trigger, of, reason: String(fields.reason ?? '') })
      else if (event === reportEvent) reports.push({ at, fields })
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
    reportedAt: reports.length > 0 ? Math.max(...reports.map(({ at }) => at)) : undefined,
  }
}

function sentOf(at: number, event: string, fields: Record<string, unknown>): Sent {
  const { channel, reason, httpStatus, providerCode, messageId } = fields
  const id = messageId === undefined ? {} : { messageId: String(messageId) }
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
