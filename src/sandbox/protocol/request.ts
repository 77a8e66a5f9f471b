// A request as it comes over HTTP, read whole, and the way an answer goes back.

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

export interface Request {
  method: string
  /** Path and query as they came, which is what a signature covers. */
  target: string
  url: URL
  headers: Record<string, string>
  body: Buffer
}

/** An answer as it is written. */
export interface Encoded {
  status: number
  headers: Record<string, string>
  body: string | Buffer
}

/** Answers a request that is no AWS call; false leaves it to the next one. The body is read already. */
export type WebHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
) => Promise<boolean> | boolean

export function send(response: ServerResponse, answer: Encoded, requestId: string): void {
  response.writeHead(answer.status, {
    ...answer.headers,
    'x-amzn-requestid': requestId,
    'content-length': Buffer.byteLength(answer.body),
  })
  response.end(answer.body)
}

/** A body that is larger than what it is for may be. */
export class TooLarge extends Error {}

/** Reads a request whole, no more than `mostBytes` of its body; throws TooLarge. */
export async function readRequest(
  message: IncomingMessage,
  mostBytes: (headers: Record<string, string>) => number = () => Number.POSITIVE_INFINITY,
): Promise<Request> {
  // Without a prototype: names of headers come from outside.
  const headers: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  // Through a proxy it may come with the address before it.
  const target = (message.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '') || '/'
  const most = mostBytes(headers)
  if (Number(headers['content-length']) > most) throw new TooLarge()
  const body = await readBody(message, most)
  return {
    method: message.method ?? 'GET',
    target,
    url: urlOf(target),
    headers,
    body,
  }
}

/** By events: iterating over the message would cost as much as the rest of reading it. */
function readBody(message: IncomingMessage, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= most) chunks.push(chunk)
      else reject(new TooLarge())
    })
    message.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    message.once('error', reject)
    message.once('close', () => {
      if (!message.complete) reject(new Error('The connection ended within a request.'))
    })
  })
}

/** Of a target that cannot be read, one that nothing has. */
export function urlOf(target = '/'): URL {
  const base = 'http://sandbox'
  try {
    return new URL(target, base)
  } catch {
    return new URL('/%', base)
  }
}

/** Whatever is asked: it is too much to be read. */
export function refuseLarge(headers: IncomingHttpHeaders, response: ServerResponse): void {
  const code = 'RequestEntityTooLargeException'
  const message = 'The request is larger than what it is for may be.'
  const isForm = headers['content-type']?.startsWith('application/x-www-form')
  response.writeHead(413, {
    'content-type': isForm ? 'text/xml' : 'application/json',
    'x-amzn-errortype': code,
    connection: 'close',
  })
  response.end(
    isForm
      ? `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`
      : JSON.stringify({ __type: code, Type: 'User', message, Message: message }),
  )
}
