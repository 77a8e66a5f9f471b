// A request as it comes over HTTP, read whole, and the way an answer goes back.

import type { IncomingMessage, ServerResponse } from 'node:http'

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

/** Reads a request whole. */
export async function readRequest(message: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return {
    method: message.method ?? 'GET',
    // Through a proxy it may come with the address before it.
    target: (message.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '') || '/',
    url: new URL(message.url ?? '/', 'http://sandbox'),
    headers,
    body: Buffer.concat(chunks),
  }
}
