// Delivery reports of SendZen: bodies of Meta's webhook, posted, or kept in the account's log.
import { sendzen } from '../../core/messaging/sendzen.ts'
import { explainMetaError } from '../meta-errors.ts'
import type { DeliveryReport, ReportQuery } from '../provider.ts'

export interface LogEntry {
  /** The JSON text of Meta's webhook body. */
  payload: string
  /** Epoch milliseconds; undefined where the entry does not say. */
  createdAt: number | undefined
}

export interface LogQuery {
  /** Epoch milliseconds. */
  from: number
  to: number
  page?: string | undefined
}

export interface LogPage {
  entries: LogEntry[]
  nextPage: string | undefined
}

/** At most this many pages of the log, 20 entries each. */
const maxPages = 10

/** Of everything that was sent in that time: the log cannot be asked for one message. */
export async function readReports(
  readLogs: (query: LogQuery) => Promise<LogPage>,
  { from, to }: ReportQuery,
): Promise<DeliveryReport[]> {
  const reports: DeliveryReport[] = []
  let page: string | undefined
  for (let count = 0; count < maxPages; count++) {
    const { entries, nextPage } = await readLogs({ from, to, page })
    reports.push(...entries.flatMap(({ payload }) => parseReports(payload)))
    if (!nextPage || nextPage === page) break
    page = nextPage
  }
  return reports
}

/** The statuses in one webhook body of Meta; whatever else it is gives none. */
export function parseReports(payload: string): DeliveryReport[] {
  let body: unknown
  try {
    body = JSON.parse(payload)
  } catch {
    return []
  }
  const statuses = listIn(body, 'entry')
    .flatMap((entry) => listIn(entry, 'changes'))
    .flatMap((change) => listIn((change as { value?: unknown } | null)?.value, 'statuses'))
  return statuses.flatMap((one): DeliveryReport[] => {
    const { id, status, timestamp, recipient_id } = (one ?? {}) as Record<string, unknown>
    if (!isStatus(status)) return []
    const code = Number((listIn(one, 'errors')[0] as { code?: unknown } | null | undefined)?.code)
    return [
      {
        id: String(id),
        status,
        at: Number(timestamp) * 1000,
        recipient: String(recipient_id),
        ...(status === 'failed' && Number.isFinite(code) ? { error: explainMetaError(code, sendzen) } : {}),
      },
    ]
  })
}

function listIn(value: unknown, name: string): unknown[] {
  const list = (value as Record<string, unknown> | null | undefined)?.[name]
  return Array.isArray(list) ? list : []
}

function isStatus(word: unknown): word is DeliveryReport['status'] {
  return word === 'sent' || word === 'delivered' || word === 'read' || word === 'failed'
}
