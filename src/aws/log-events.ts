// Reads CloudWatch log groups page by page, merged by time, once or for ever: never more than a page of each is held.
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
  /** CloudWatch's own filter pattern. */
  pattern?: string | undefined
}

export interface LogPage {
  events: LogEvent[]
  /** There is nothing after it. */
  isLast: boolean
}

type Logs = Pick<Aws, 'logs' | 'clock' | 'signal'>

/** Late lines: CloudWatch shows most within seconds, and stamps them with the time at which they were written. */
const overlapMs = 30_000
const pauseMs = 2_000

/**
 * Yields every event of the groups since then in batches, oldest first as far as CloudWatch answers in that order.
 * A group that does not exist has none.
 */
export async function* readLogEvents(aws: Logs, query: LogQuery): AsyncGenerator<LogEvent[]> {
  let sources = query.groups.map((group) => ({ pages: logPages(aws, group, query), held: [] as LogEvent[] }))
  while (sources.length > 0) {
    const goesOn = await Promise.all(
      sources.map(async (source) => {
        while (source.held.length === 0) {
          const { done, value } = await source.pages.next()
          if (done) return false
          source.held = value.events
        }
        return true
      }),
    )
    sources = sources.filter((_, at) => goesOn[at])
    // Nothing older is to come of any group.
    const until = Math.min(...sources.map(({ held }) => latestOf(held)))
    const batch = sources.flatMap(({ held }) => held.filter(({ at }) => at <= until)).sort(inOrder)
    for (const source of sources) source.held = source.held.filter(({ at }) => at > until)
    if (batch.length > 0) yield batch
  }
}

/**
 * Yields what is there since `from`, then what comes, in batches that are in order within themselves. Ends
 * when the signal aborts. Looks back half a minute each time, since lines arrive late, and yields each once.
 */
export async function* followLogEvents(aws: Logs, query: LogQuery): AsyncGenerator<LogEvent[]> {
  const seen = new Map<string, number>()
  let from = query.from
  while (!aws.signal?.aborted) {
    const next = Math.max(query.from, aws.clock.now() - overlapMs)
    for await (const batch of readLogEvents(aws, { ...query, from })) {
      const fresh = batch.filter(({ id }) => !seen.has(id))
      for (const { id, at } of fresh) if (at >= next) seen.set(id, at)
      if (fresh.length > 0) yield fresh
    }
    from = next
    for (const [id, at] of seen) if (at < from) seen.delete(id)
    await aws.clock.sleep(pauseMs, aws.signal)
  }
}

/** Every page of one group, until the signal aborts. One may be empty although more follow: CloudWatch is still looking. */
export async function* logPages(
  { logs, signal }: Pick<Aws, 'logs' | 'signal'>,
  group: string,
  { from, pattern }: Omit<LogQuery, 'groups'>,
): AsyncGenerator<LogPage> {
  let nextToken: string | undefined
  do {
    const answer = await ifFound(
      logs.send(
        new FilterLogEventsCommand({
          logGroupName: group,
          startTime: Math.floor(from),
          ...(pattern ? { filterPattern: pattern } : {}),
          ...(nextToken ? { nextToken } : {}),
        }),
      ),
    )
    const events = (answer?.events ?? []).map(({ eventId, timestamp, logStreamName, message }) => ({
      id: eventId ?? '',
      at: timestamp ?? 0,
      group,
      stream: logStreamName ?? '',
      message: message ?? '',
    }))
    nextToken = answer?.nextToken
    yield { events, isLast: !nextToken }
  } while (nextToken && !signal?.aborted)
}

const latestOf = (events: readonly LogEvent[]) => events.reduce((latest, { at }) => Math.max(latest, at), 0)

function inOrder(a: LogEvent, b: LogEvent): number {
  return a.at - b.at || (a.id < b.id ? -1 : 1)
}
