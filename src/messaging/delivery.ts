// Follows one message by its delivery reports until it is read, has failed or time is up.
import type { Clock } from '../clock.ts'
import { cancelled } from '../errors.ts'
import { type DeliveryReport, type Failure, isOutage, type ProviderAccount } from './provider.ts'

export interface Delivery {
  status: DeliveryReport['status'] | 'timeout'
  /** Epoch milliseconds at Meta; for `timeout` our own. */
  at: number
  /** How the report was found: an equal id is proof, an equal number and time is likely. */
  matchedBy: 'id' | 'recipient and time' | undefined
  /** Why it failed. */
  error?: Failure
}

export interface FollowOptions {
  api: Pick<ProviderAccount, 'readReports'>
  /** As the acceptance named it; without one, the number and the time have to do. */
  id: string | undefined
  to: string
  /** Epoch milliseconds when the message was handed over. */
  sentAt: number
  clock: Clock
  /** How long to look; a message without news by then counts as `timeout`. */
  capMs: number
  signal?: AbortSignal | undefined
}

const ranks: Record<DeliveryReport['status'], number> = { sent: 1, delivered: 2, read: 3, failed: 4 }

/** Clocks differ and Meta counts whole seconds. */
const slackMs = 30_000

/**
 * Yields each rise of the status once. `delivered` may be skipped; `failed` counts only while nothing was
 * delivered. The last value is `read`, `failed` or `timeout`; who needs no `read` leaves the loop earlier.
 */
export async function* followDelivery(options: FollowOptions): AsyncGenerator<Delivery> {
  const { clock, sentAt, capMs, signal } = options
  const started = clock.now()
  let best: DeliveryReport | undefined
  let id = options.id
  let matchedBy: Delivery['matchedBy']
  for (let round = 0; ; round++) {
    const reports = (await readReports(options)) ?? []
    let ours = reports.filter((report) => report.id === id)
    if (ours.length > 0 && matchedBy === undefined) matchedBy = 'id'
    if (ours.length === 0 && matchedBy === undefined) {
      // The id of the acceptance and the id in the reports are not promised to be the same.
      const likely = reports
        .filter(({ recipient, at }) => isSameNumber(recipient, options.to) && at >= sentAt - slackMs)
        .sort((a, b) => Math.abs(a.at - sentAt) - Math.abs(b.at - sentAt))[0]
      if (likely) {
        id = likely.id
        matchedBy = 'recipient and time'
        ours = reports.filter((report) => report.id === id)
      }
    }
    for (const report of ours.sort((a, b) => ranks[a.status] - ranks[b.status])) {
      if (best && (ranks[report.status] <= ranks[best.status] || isSettled(best, report))) continue
      best = report
      const { status, at, error } = report
      yield { status, at, matchedBy, ...(error ? { error } : {}) }
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
function isSettled(best: DeliveryReport, next: DeliveryReport): boolean {
  return next.status === 'failed' && best.status !== 'sent'
}

/** Undefined when they could not be read just now; a refused key is thrown, and what is not understood. */
async function readReports({ api, id, sentAt, clock }: FollowOptions): Promise<DeliveryReport[] | undefined> {
  try {
    return await api.readReports({ id, from: sentAt - slackMs, to: clock.now() + slackMs })
  } catch (error) {
    if (!isOutage(error) || error.refusal === 'unreadable') throw error
    return undefined
  }
}

/** WhatsApp writes some numbers with a digit more or less behind the country (Brazil, Mexico). */
function isSameNumber(one: string, other: string): boolean {
  const [a, b] = [one.replace(/\D/g, ''), other.replace(/\D/g, '')]
  return a === b || (a.length > 9 && a.slice(-8) === b.slice(-8) && a.slice(0, 2) === b.slice(0, 2))
}
