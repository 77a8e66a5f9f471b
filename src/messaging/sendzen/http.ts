// One call to the SendZen API: deadline, bounded answer, no redirects, and failures in the user's words.
import { type CallBounds, withinBounds } from '../../aws/calls.ts'
import type { Clock } from '../../clock.ts'
import type { WireAnswer } from '../../core/messaging/provider.ts'
import { authorizationOf, sendzen } from '../../core/messaging/sendzen.ts'
import { AppError, cancelled } from '../../errors.ts'
import { ProviderError } from '../provider.ts'
import { refused, type Said, type Telling } from './refusals.ts'

export interface Connection {
  key: string
  fetch: typeof globalThis.fetch
  clock: Clock
  /** Milliseconds for one attempt, its whole answer included. */
  timeoutMs: number
  signal?: AbortSignal | undefined
  bounds?: CallBounds | undefined
}

export interface Call {
  method: 'GET' | 'POST'
  url: string
  /** JSON. */
  body?: string
  /** Completes «Could not …». */
  doing: string
  /** For a call that writes: what a lost answer leaves open. */
  ifLost?: string
  /** Looks closer at a 2xx answer in JSON; without it any is a success. */
  isDone?: (answer: WireAnswer) => boolean
  /** Knows some refusals of this call better than Meta's general words do. */
  explain?: (said: Said) => Telling | undefined
}

/** Lists of templates are the longest answers, at some kilobytes each. */
const maxBytes = 4 * 1024 * 1024

interface Answer extends WireAnswer {
  retryAfterMs: number
  /** The text itself where it is not JSON. */
  body: unknown
}

/**
 * Makes the call and gives the parsed JSON of a 2xx answer. Reads are tried once more after a lost
 * connection, 429 or 5xx; writes never are, because SendZen knows no idempotency key. Throws ProviderError
 * SENDZEN_KEY_REFUSED, SENDZEN_BUSY, SENDZEN_FAILED, SENDZEN_REFUSED, SENDZEN_UNREACHABLE,
 * SENDZEN_ANSWER_UNREADABLE or CANCELLED.
 */
export async function callSendzen(connection: Connection, call: Call): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const mayRetry = call.method === 'GET' && attempt === 1
    let answer: Answer
    try {
      answer = await heard(connection, call)
    } catch (error) {
      if (connection.signal?.aborted) throw cancelled(`while SendZen was asked to ${call.doing}`)
      if (error instanceof AppError) throw error
      if (!mayRetry) throw unreachable(call, error)
      await connection.clock.sleep(500, connection.signal)
      continue
    }
    if (mayRetry && (answer.status === 429 || answer.status >= 500)) {
      await connection.clock.sleep(answer.retryAfterMs, connection.signal)
      continue
    }
    if (answer.status < 200 || answer.status > 299) throw refused(connection.key, call, answer)
    return readBody(connection, call, answer)
  }
}

/** The user hears what is waited for; the deadline of the attempt is its own. */
function heard(connection: Connection, call: Call): Promise<Answer> {
  const work = () => exchange(connection, call)
  const { bounds } = connection
  if (!bounds) return work()
  return withinBounds(
    { name: `${sendzen.title}: ${call.doing}`, isChange: false, bound: false },
    bounds,
    work,
  )
}

async function exchange({ key, fetch, timeoutMs, signal }: Connection, call: Call): Promise<Answer> {
  const deadline = AbortSignal.timeout(timeoutMs)
  const response = await fetch(call.url, {
    method: call.method,
    // A redirect would carry the key to somebody else.
    redirect: 'manual',
    headers: {
      authorization: authorizationOf(key),
      accept: 'application/json',
      ...(call.body ? { 'content-type': 'application/json' } : {}),
    },
    ...(call.body ? { body: call.body } : {}),
    signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
  })
  const seconds = Number(response.headers.get('retry-after'))
  const text = await readText(response, call)
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text,
    retryAfterMs: seconds > 0 ? Math.min(seconds * 1000, 10_000) : 1_000,
    body: parse(text),
  }
}

async function readText(response: Response, call: Call): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > maxBytes) throw unreadable(call, `its answer is longer than ${maxBytes / 1024 / 1024} MB`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A 2xx body; an older API put the real outcome into `statuscode` inside it. */
function readBody(connection: Connection, call: Call, answer: Answer): unknown {
  const { body } = answer
  if (typeof body !== 'object' || body === null) throw unreadable(call, 'its answer is not JSON')
  const inner = Number((body as { statuscode?: unknown }).statuscode)
  if (inner >= 300) throw refused(connection.key, call, { ...answer, status: inner })
  if (call.isDone?.(answer) === false) throw refused(connection.key, call, answer)
  return body
}

function unreachable({ url, doing, ifLost }: Call, error: unknown): ProviderError {
  const { host } = new URL(url)
  const late = (error as Error).name === 'TimeoutError'
  const cause = (error as { cause?: { code?: string } }).cause?.code
  const reason = late ? 'did not answer in time' : `cannot be reached${cause ? ` (${cause})` : ''}`
  return new ProviderError('unreachable', 'SENDZEN_UNREACHABLE', `Could not ${doing}`, {
    why: `${host} ${reason}${ifLost ? `; ${ifLost}` : ''}`,
    next: ['check the network and SENDZEN_API_URL, then run the same command again'],
    cause: error,
  })
}

function unreadable({ doing }: Call, why: string): ProviderError {
  return new ProviderError('unreadable', 'SENDZEN_ANSWER_UNREADABLE', `Could not ${doing}`, {
    why,
    next: ['check that SENDZEN_API_URL is the SendZen API'],
  })
}
