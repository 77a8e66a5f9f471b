// What the triggers did lately, counted from the events that they log.

import type { Aws } from '../aws/clients.ts'
import { logPages } from '../aws/log-events.ts'
import { type EventName, isEventName } from '../core/events.ts'
import { eventOf, type LoggedEvent, parseLine } from '../core/log-line.ts'
import { type FunctionName, names, triggerNames } from '../names.ts'

export interface Activity {
  /** Messages that went out; `unknown` ones were cut off and may have arrived. */
  sent: number
  unknown: number
  failed: number
  /** Messages that a limit held back. */
  suppressed: number
  verified: number
  /** Answers that were not accepted. */
  rejected: number
  /** Numbers that were locked for too many wrong answers. */
  locked: number
  /** Times that a known device lifted what strangers had used up. */
  unlocked: number
  /** Accounts that had taken a number without proof, and lost it to whoever proved it. */
  putBack: number
  signUpsRefused: number
  /** Of the provider's delivery reports: messages that WhatsApp has taken, that are on the phone, read, or failed. */
  reportedSent: number
  delivered: number
  read: number
  undelivered: number
  /** SMS in place of messages that did not arrive. */
  followed: number
  /** Requests to the address of the reports that were none; each container tells one a minute at most. */
  reportsRefused: number
  /** Milliseconds from the provider's answer to the phone, for half and for 95 % of the messages; of no report undefined. */
  deliveryMs: { p50: number; p95: number } | undefined
  /** Rounds that failed for a reason of our own: table, secrets, a defect, a crash or a time-out. */
  errors: number
  /** Why messages failed or were held back, answers rejected, and what the errors were; most frequent first. */
  reasons: {
    event: EventName | 'platform.report'
    reason: string
    count: number
    /** Of a send that got an answer. */
    httpStatus?: number
    /** Of one that did not go by WhatsApp. */
    channel?: 'sms'
  }[]
  /** True when there was more to read than was read: the counts are then at least what they say. */
  partial: boolean
}

type Reason = Activity['reasons'][number]
type Count = Exclude<keyof Activity, 'reasons' | 'partial' | 'deliveryMs'>

/** What each event counts as; undefined for those that say nothing about how the stage does. */
const countedAs: Record<EventName, Count | undefined> = {
  otp_sent: 'sent',
  otp_unknown: 'unknown',
  otp_failed: 'failed',
  otp_suppressed: 'suppressed',
  otp_adopted: undefined,
  otp_decoy: undefined,
  otp_verified: 'verified',
  otp_rejected: 'rejected',
  otp_locked: 'locked',
  otp_dormant_signin: undefined,
  otp_store_error: 'errors',
  otp_secrets_error: 'errors',
  otp_internal_error: 'errors',
  number_verified: undefined,
  number_not_marked: 'errors',
  otp_test_number: undefined,
  otp_unlocked: 'unlocked',
  number_changed: undefined,
  number_taken: undefined,
  number_put_back: 'putBack',
  account_disabled: 'putBack',
  signup_accepted: undefined,
  signup_refused: 'signUpsRefused',
  former_failed: undefined,
  report_sent: 'reportedSent',
  report_delivered: 'delivered',
  report_read: 'read',
  report_failed: 'undelivered',
  report_refused: 'reportsRefused',
  fallback_sent: 'followed',
  fallback_failed: undefined,
  fallback_skipped: undefined,
}

/** How long to read on: a busy stage writes more in a day than anybody waits for. */
const budgetMs = 2_000

/** Counts since `from` (epoch milliseconds). A stage without log groups has done nothing. */
export async function readActivity(
  aws: Aws,
  from: number,
  functions: readonly FunctionName[] = triggerNames,
): Promise<Activity> {
  const tally = createTally()
  const until = aws.clock.steady() + budgetMs
  let partial = false
  await Promise.all(
    functions.map(async (trigger) => {
      const group = names.logGroup(aws.place.stage, trigger)
      for await (const { events, isLast } of logPages(aws, group, { from })) {
        for (const { message } of events) tally.add(message)
        if (isLast || aws.clock.steady() < until) continue
        partial = true
        return
      }
    }),
  )
  return tally.result(partial)
}

/** Counts log lines; whatever is not one of our events, nor a failure that Lambda reports, is passed over. */
export function createTally() {
  const counts: Record<Count, number> = {
    sent: 0,
    unknown: 0,
    failed: 0,
    suppressed: 0,
    verified: 0,
    rejected: 0,
    locked: 0,
    unlocked: 0,
    putBack: 0,
    signUpsRefused: 0,
    reportedSent: 0,
    delivered: 0,
    read: 0,
    undelivered: 0,
    followed: 0,
    reportsRefused: 0,
    errors: 0,
  }
  const reasons = new Map<string, Reason>()
  const deliveryTimes: number[] = []
  /** Requests whose failure a line of ours has told, and those that Lambda reports as failed. */
  const told = new Set<unknown>()
  const failed: { requestId: unknown; status: string }[] = []
  const note = (event: Reason['event'], why: unknown, how: Pick<Reason, 'httpStatus' | 'channel'> = {}) => {
    const reason = String(why)
    const key = JSON.stringify([event, reason, how])
    reasons.set(key, { event, reason, count: (reasons.get(key)?.count ?? 0) + 1, ...how })
  }
  return {
    add(message: string): void {
      const line = parseLine(message) ?? {}
      const { event = '', fields = {} } = eventOf(line) ?? {}
      const count = isEventName(event) && countedAs[event]
      if (count) {
        counts[count]++
        if (event === 'report_delivered' && typeof fields.latencyMs === 'number')
          deliveryTimes.push(fields.latencyMs)
        if (count === 'signUpsRefused' || count === 'errors') told.add(fields.requestId)
        const reason = fields.providerCode ?? fields.reason
        if (reason !== undefined && reason !== '') note(event, reason, howOf(event, fields))
      }
      if (line.type !== 'platform.report') return
      const { status = 'success', requestId } = (line.record ?? {}) as { status?: string; requestId?: string }
      if (status !== 'success') failed.push({ status, requestId })
    },
    result(partial = false): Activity {
      // PreSignUp refuses by an error: what has been counted as a refusal is no failure besides.
      for (const { status, requestId } of failed) {
        if (requestId !== undefined && told.has(requestId)) continue
        counts.errors++
        note('platform.report', status)
      }
      failed.length = 0
      return {
        ...counts,
        deliveryMs: spreadOf(deliveryTimes),
        reasons: [...reasons.values()].sort((a, b) => b.count - a.count),
        partial,
      }
    },
  }
}

/** Without it the same word would mean two things: `refused` is what the provider says, or a connection that failed. */
function howOf(
  event: EventName,
  { httpStatus, channel }: LoggedEvent['fields'],
): Pick<Reason, 'httpStatus' | 'channel'> {
  if (event !== 'otp_failed' && event !== 'otp_unknown') return {}
  return {
    ...(typeof httpStatus === 'number' ? { httpStatus } : {}),
    ...(channel === 'sms' ? { channel } : {}),
  }
}

/** The times that half and that 95 % do not exceed. */
function spreadOf(times: readonly number[]): Activity['deliveryMs'] {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return sorted.length === 0 ? undefined : { p50: at(0.5), p95: at(0.95) }
}
