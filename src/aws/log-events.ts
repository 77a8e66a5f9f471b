// Reads CloudWatch log groups merged by time, once or for ever.
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { Aws } from './clients.ts'
import { ifFound } from './errors.ts'

export interface LogEvent {
  id: string
  /** Epoch milliseconds. */
  at: number
  group: string
  stream: string
  message: string
}

export interface LogQuery {
  groups: readonly string[]
  /** Epoch milliseconds, inclusive. */
  from: number
  to?: number
  /** CloudWatch's own filter pattern. */
  pattern?: string | undefined
  /** Stops after so many pages of a group and says so; everything when left out. */
  maxPages?: number
  onCut?: () => void
}

type Logs = Pick<Aws, 'logs' | 'clock' | 'signal'>

/** Late lines: CloudWatch shows most within seconds, and stamps them with the time at which they were written. */
const overlapMs = 30_000
const pauseMs = 2_000

/** Every event of the groups in that stretch, oldest first. A group that does not exist has none. */
export async function readLogEvents(aws: Logs, query: LogQuery): Promise<LogEvent[]> {
  const perGroup = await Promise.all(query.groups.map((group) => readGroup(aws, group, query)))
  return perGroup.flat().sort(inOrder)
}

/**
 * Yields what is there since `from`, then what comes, in batches that are in order within themselves. Ends
 * when the signal aborts. Looks back half a minute each time, since lines arrive late, and yields each once.
 */
export async function* followLogEvents(aws: Logs, query: LogQuery): AsyncGenerator<LogEvent[]> {
  const seen = new Map<string, number>()
  let from = query.from
  while (!aws.signal?.aborted) {
    const now = aws.clock.now()
    const fresh = (await readLogEvents(aws, { ...query, from })).filter(({ id }) => !seen.has(id))
    for (const { id, at } of fresh) seen.set(id, at)
    if (fresh.length > 0) yield fresh
    from = Math.max(query.from, now - overlapMs)
    for (const [id, at] of seen) if (at < from) seen.delete(id)
    await aws.clock.sleep(pauseMs, aws.signal)
  }
}

/** A page may be empty although more follow: CloudWatch answers while it is still looking. */
async function readGroup({ logs, signal }: Logs, group: string, query: LogQuery): Promise<LogEvent[]> {
  const { from, to, pattern, maxPages = Number.POSITIVE_INFINITY } = query
  const found: LogEvent[] = []
  let nextToken: string | undefined
  for (let page = 0; page < maxPages && !signal?.aborted; page++) {
    const answer = await ifFound(
      logs.send(
        new FilterLogEventsCommand({
          logGroupName: group,
          startTime: Math.floor(from),
          ...(to === undefined ? {} : { endTime: Math.floor(to) }),
          ...(pattern ? { filterPattern: pattern } : {}),
          ...(nextToken ? { nextToken } : {}),
        }),
      ),
    )
    for (const { eventId, timestamp, logStreamName, message } of answer?.events ?? []) {
      found.push({
        id: eventId ?? '',
        at: timestamp ?? 0,
        group,
        stream: logStreamName ?? '',
        message: message ?? '',
      })
    }
    nextToken = answer?.nextToken
    if (!nextToken) return found
  }
  query.onCut?.()
  return found
}

function inOrder(a: LogEvent, b: LogEvent): number {
  return a.at - b.at || (a.id < b.id ? -1 : 1)
}
