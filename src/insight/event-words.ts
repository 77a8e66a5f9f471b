// An event of the log in words: its sentence, and the reason with the provider's codes explained.
import { type EventWords, eventWords as table } from '../core/event-words.ts'
import type { FieldName } from '../core/events.ts'
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

/** Undefined for what is none of our events: a line of Lambda's own, or of a version that knows other events. */
export function wordsOf({ event, fields }: Line, provider: ProviderDescription): Told | undefined {
  if (!Object.hasOwn(table, event)) return undefined
  const { says, reasons } = table[event as keyof typeof table]
  if (event === 'otp_failed' || (event === 'otp_unknown' && hasText(fields.providerCode))) {
    const words = `${says}: ${explainFailedSend(fields, provider).why}`
    return { words, fields: new Set(['reason', 'providerCode', 'httpStatus']) }
  }
  // The code says more than whose fault it is.
  const name = hasText(fields.providerCode) ? 'providerCode' : 'reason'
  const reason = fields[name]
  if (!hasText(reason)) return { words: says, fields: new Set() }
  return {
    words: `${says}: ${reasonWords(reasons, String(reason), provider)}`,
    fields: new Set(['reason', name]),
  }
}

const hasText = (value: unknown) => value !== undefined && value !== ''

/** Digits alone are a code of Meta; what nobody has put into words is shown as it is. */
function reasonWords(reasons: EventWords['reasons'], reason: string, provider: ProviderDescription): string {
  if (/^\d+$/.test(reason)) return `${reason}, ${explainMetaError(Number(reason), provider).why}`
  return (reasons && Object.hasOwn(reasons, reason) && reasons[reason]) || reason
}
