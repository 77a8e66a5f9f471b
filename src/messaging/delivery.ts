// Follows one message through the account's log until it is read, has failed or time is up.
import type { Clock } from '../clock.ts'
import { AppError, cancelled } from '../errors.ts'
import type { SendzenApi } from './sendzen/api.ts'
import { explainMetaError, type MetaError } from './sendzen/meta-errors.ts'

export interface Delivery {
  status: 'sent' | 'delivered' | 'read' | 'failed' | 'timeout'
  /** Epoch milliseconds at Meta; for `timeout` our own. */
  at: number
  /** How the entry was found: an equal id is proof, an equal number and time is likely. */
  matchedBy: 'id' | 'recipient and time' | undefined
  /** Why it failed. */
  error?: MetaError & { code: number }
}

export interface FollowOptions {
  api: Pick<SendzenApi, 'readLogs'>
  /** As the acceptance named it; without one, the number and the time have to do. */
  id: string | undefined
  to: string
  /** Epoch milliseconds when the message was handed over. */
  sentAt: number
  phoneNumberId?: string | undefined
  clock: Clock
  /** How long to look; a message without news by then counts as `timeout`. */
  capMs: number
  signal?: AbortSignal | undefined
}

const ranks = { sent: 1, delivered: 2, read: 3, failed: 4 } as const
type Ranked = keyof typeof ranks

interface Status {
  id: string
  status: Ranked
  at: number
  recipient: string
  error?: MetaError & { code: number }
}

/** Clocks differ and Meta counts whole seconds. */
const slackMs = 30_000
const maxPages = 10

/**
 * Yields each rise of the status once. `delivered` may be skipped; `failed` counts only while nothing was
 * delivered. The last value is `read`, `failed` or `timeout`; who needs no `read` leaves the loop earlier.
 */
export async function* followDelivery(options: FollowOptions): AsyncGenerator<Delivery> {
  const { clock, sentAt, capMs, signal } = options
  const started = clock.now()
  let best: Status | undefined
  let id = options.id
  let matchedBy: Delivery['matchedBy']
  for (let round = 0; ; round++) {
    const statuses = (await readStatuses(options)) ?? []
    let ours = statuses.filter((status) => status.id === id)
    if (ours.length > 0 && matchedBy === undefined) matchedBy = 'id'
    if (ours.length === 0 && matchedBy === undefined) {
      // The id of the acceptance and the id in the log are not promised to be the same.
      const likely = statuses
        .filter(({ recipient, at }) => isSameNumber(recipient, options.to) && at >= sentAt - slackMs)
        .sort((a, b) => Math.abs(a.at - sentAt) - Math.abs(b.at - sentAt))[0]
      if (likely) {
        id = likely.id
        matchedBy = 'recipient and time'
        ours = statuses.filter((status) => status.id === id)
      }
    }
    for (const status of ours.sort((a, b) => ranks[a.status] - ranks[b.status])) {
      if (best && (ranks[status.status] <= ranks[best.status] || isSettled(best, status))) continue
      best = status
      const { status: word, at, error } = status
      yield { status: word, at, matchedBy, ...(error ? { error } : {}) }
    }
    if (best?.status === 'read' || best?.status === 'failed') return
    if (signal?.aborted) throw cancelled('while the message was followed; it is on its way all the same')
    const pause = Math.min(1_000 + round * 500, 5_000)
    if (clock.now() + pause - started > capMs) {
      yield { status: 'timeout', at: clock.now(), matchedBy }
      return
    }
    await clock.sleep(pause, signal)
  }
}

/** A message that arrived cannot fail any more. */
function isSettled(best: Status, next: Status): boolean {
  return next.status === 'failed' && best.status !== 'sent'
}

/** Undefined when the log could not be read just now; a refused key is thrown. */
async function readStatuses(options: FollowOptions): Promise<Status[] | undefined> {
  const { api, sentAt, phoneNumberId, clock } = options
  const statuses: Status[] = []
  let page: string | undefined
  try {
    for (let count = 0; count < maxPages; count++) {
      const range = { from: sentAt - slackMs, to: clock.now() + slackMs, phoneNumberId, page }
      const { entries, nextPage } = await api.readLogs(range)
      statuses.push(...entries.flatMap(({ payload }) => statusesIn(payload)))
      if (!nextPage || nextPage === page) break
      page = nextPage
    }
  } catch (error) {
    const passes = ['SENDZEN_BUSY', 'SENDZEN_FAILED', 'SENDZEN_UNREACHABLE']
    if (!(error instanceof AppError) || !passes.includes(error.code)) throw error
    return undefined
  }
  return statuses
}

interface WebhookBody {
  entry?: { changes?: { value?: { statuses?: Record<string, unknown>[] } }[] }[]
}

/** The statuses in one webhook body of Meta; whatever else it is gives none. */
function statusesIn(payload: string): Status[] {
  let body: WebhookBody | null
  try {
    body = JSON.parse(payload)
  } catch {
    return []
  }
  const found = (body?.entry ?? []).flatMap((entry) =>
    (entry?.changes ?? []).flatMap((change) => change?.value?.statuses ?? []),
  )
  return found.flatMap(({ id, status, timestamp, recipient_id, errors }): Status[] => {
    if (!(String(status) in ranks)) return []
    const code = Number((errors as { code?: unknown }[] | undefined)?.[0]?.code)
    return [
      {
        id: String(id),
        status: status as Ranked,
        at: Number(timestamp) * 1000,
        recipient: String(recipient_id),
        ...(status === 'failed' && Number.isFinite(code) ? { error: explainMetaError(code) } : {}),
      },
    ]
  })
}

/** WhatsApp writes some numbers with a digit more or less behind the country (Brazil, Mexico). */
function isSameNumber(one: string, other: string): boolean {
  const [a, b] = [one.replace(/\D/g, ''), other.replace(/\D/g, '')]
  return a === b || (a.length > 9 && a.slice(-8) === b.slice(-8) && a.slice(0, 2) === b.slice(0, 2))
}
