// Delivery reports as Meta's webhook has them, which providers pass on as they are.
import { type ReportStatus, reportStatuses } from './table-messages.ts'

export interface DeliveryReport {
  messageId: string
  status: ReportStatus
  /** Epoch milliseconds, in whole seconds; undefined where it does not say. */
  at: number | undefined
  /** Meta's code of a failure. */
  code: string | undefined
}

const membersOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Those in a body, in its order; anything else in it is passed over. Undefined for what is no JSON. */
export function deliveryReportsIn(text: string): DeliveryReport[] | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  return listOf(membersOf(body).entry)
    .flatMap((entry) => listOf(membersOf(entry).changes))
    .flatMap((change) => listOf(membersOf(membersOf(change).value).statuses))
    .flatMap(readReport)
}

function readReport(value: unknown): DeliveryReport[] {
  const { id, status: word, timestamp, errors } = membersOf(value)
  const status = reportStatuses.find((one) => one === word)
  if (!status || typeof id !== 'string' || !/^[\w.:=+/-]{1,200}$/.test(id)) return []
  const seconds = /^\d{9,11}$/.test(String(timestamp)) ? Number(timestamp) : undefined
  const code = String(membersOf(listOf(errors)[0]).code ?? '')
  return [
    {
      messageId: id,
      status,
      at: seconds && seconds * 1000,
      code: /^\d{1,9}$/.test(code) ? code : undefined,
    },
  ]
}
