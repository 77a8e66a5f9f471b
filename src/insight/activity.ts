// What the triggers did lately, counted from the events that they log.

import type { Aws } from '../aws/clients.ts'
import { readLogEvents } from '../aws/log-events.ts'
import type { EventName } from '../core/events.ts'
import { names, triggerNames } from '../names.ts'

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
  signUpsRefused: number
  /** Rounds that failed for a reason of our own: table, secrets, a defect, a crash or a time-out. */
  errors: number
  /** Why messages failed or were held back, answers rejected, and what the errors were; most frequent first. */
  reasons: { event: string; reason: string; count: number }[]
  /** True when there was more to read than was read: the counts are then at least what they say. */
  partial: boolean
}

type Count = Exclude<keyof Activity, 'reasons' | 'partial'>

/** A map, since a line may call its event anything. */
const countedAs = new Map<string, Count>([
  ['otp_sent', 'sent'],
  ['otp_unknown', 'unknown'],
  ['otp_failed', 'failed'],
  ['otp_suppressed', 'suppressed'],
  ['otp_verified', 'verified'],
  ['otp_rejected', 'rejected'],
  ['otp_locked', 'locked'],
  ['signup_refused', 'signUpsRefused'],
  ['otp_store_error', 'errors'],
  ['otp_secrets_error', 'errors'],
  ['otp_internal_error', 'errors'],
  ['number_not_marked', 'errors'],
  ['signup_not_marked', 'errors'],
] satisfies [EventName, Count][])

/** A page holds up to 10,000 events or 1 MB; a stage at its default caps stays far below this. */
const maxPages = 40

/** Counts since `from` (epoch milliseconds). A stage without log groups has done nothing. */
export async function readActivity(aws: Aws, from: number): Promise<Activity> {
  const groups = triggerNames.map((trigger) => names.logGroup(aws.place.stage, trigger))
  let partial = false
  const onCut = () => {
    partial = true
  }
  const events = await readLogEvents(aws, { groups, from, maxPages, onCut })
  return countActivity(
    events.map(({ message }) => message),
    partial,
  )
}

/** Counts log lines; whatever is not one of our events, nor a failure that Lambda reports, is passed over. */
export function countActivity(messages: readonly string[], partial = false): Activity {
  const counts: Record<Count, number> = {
    sent: 0,
    unknown: 0,
    failed: 0,
    suppressed: 0,
    verified: 0,
    rejected: 0,
    locked: 0,
    signUpsRefused: 0,
    errors: 0,
  }
  const reasons = new Map<string, number>()
  const note = (event: string, reason: unknown) => {
    const key = JSON.stringify([event, String(reason)])
    reasons.set(key, (reasons.get(key) ?? 0) + 1)
  }
  for (const message of messages) {
    const line = parse(message)
    const count = countedAs.get(String(line.event))
    if (count) {
      counts[count]++
      const reason = line.providerCode ?? line.reason
      if (reason !== undefined && reason !== '') note(String(line.event), reason)
    }
    if (line.type !== 'platform.report') continue
    const { status = 'success' } = (line.record ?? {}) as { status?: string }
    if (status === 'success') continue
    counts.errors++
    note('platform.report', status)
  }
  return {
    ...counts,
    reasons: [...reasons]
      .map(([key, count]) => {
        const [event = '', reason = ''] = JSON.parse(key) as string[]
        return { event, reason, count }
      })
      .sort((a, b) => b.count - a.count),
    partial,
  }
}

function parse(message: string): Record<string, unknown> {
  try {
    const line: unknown = JSON.parse(message)
    return typeof line === 'object' && line !== null ? (line as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
