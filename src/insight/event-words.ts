// An event of the log in words: its sentence, and the reason with the provider's codes explained.
import { type EventWords, eventWords as table } from '../core/event-words.ts'
import type { EventName, FieldName } from '../core/events.ts'
import type { ProviderDescription } from '../core/messaging/provider.ts'
import { explainMetaError } from '../messaging/meta-errors.ts'
import { explainFailedSend } from '../messaging/send-failures.ts'

export interface Told {
  /** As in «the message was held back by a limit: the messages of an hour (MAX_SENDS_PER_HOUR)». */
  words: string
  /** The fields that the words say. */
  fields: ReadonlySet<FieldName>
}

type Line = { event: string; fields: { readonly [name: string]: unknown } }

/** Lines whose fields say what became of one message; the rest of them may say it. */
const failedSends: readonly string[] = ['otp_failed', 'fallback_failed'] satisfies EventName[]
const maybeFailedSends: readonly string[] = ['otp_unknown', 'report_failed'] satisfies EventName[]

/** True where `explainFailedSend` knows what the line means. */
export const tellsOfFailedSend = (event: string): boolean =>
  failedSends.includes(event) || maybeFailedSends.includes(event)

/** Undefined for what is none of our events: a line of Lambda's own, or of a version that knows other events. */
export function wordsOf({ event, fields }: Line, provider: ProviderDescription): Told | undefined {
  if (!Object.hasOwn(table, event)) return undefined
  const { says, saysUnknown, reasons } = table[event as keyof typeof table]
  const { status, reason, providerCode } = fields
  const head = (status === 'unknown' && saysUnknown) || says
  const told = (words: string, ...more: FieldName[]): Told => ({
    words,
    fields: new Set([...more, ...(head === says ? [] : (['status'] as const))]),
  })
  if (failedSends.includes(event) || (maybeFailedSends.includes(event) && hasText(providerCode))) {
    return told(`${head}: ${explainFailedSend(fields, provider).why}`, 'reason', 'providerCode', 'httpStatus')
  }
  // The code says more than whose fault it is.
  if (hasText(providerCode) && head === says) {
    return told(`${head}: ${reasonWords(reasons, String(providerCode), provider)}`, 'reason', 'providerCode')
  }
  if (!hasText(reason)) return told(head)
  return told(`${head}: ${reasonWords(reasons, String(reason), provider)}`, 'reason')
}

const hasText = (value: unknown) => value !== undefined && value !== ''

/** Digits alone are a code of Meta; what nobody has put into words is shown as it is. */
function reasonWords(reasons: EventWords['reasons'], reason: string, provider: ProviderDescription): string {
  if (/^\d+$/.test(reason)) return `${reason}, ${explainMetaError(Number(reason), provider).why}`
  return (reasons && Object.hasOwn(reasons, reason) && reasons[reason]) || reason
}
