// Calls of the SDK to a sandbox of the same process, handed over without sockets: they are half of what a call costs.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { STSClient } from '@aws-sdk/client-sts'

/** A request as the SDK has signed it. */
interface Signed {
  port?: number
  method: string
  path: string
  query?: Record<string, string | string[] | null>
  headers: Record<string, string>
  body?: string | Uint8Array
}

interface Answered {
  response: { statusCode: number; headers: Record<string, string>; body: Uint8Array }
}

type Handle = (request: Signed, options: unknown) => Promise<Answered>

/** Those that are reached directly, by their ports. */
const servers = new Map<number, Server>()

/** From now on, what the SDK sends to `endpoint` goes straight to the server that listens there. */
export async function reachDirectly(endpoint: string): Promise<void> {
  install()
  const port = Number(new URL(endpoint).port)
  // Node tells of each request which server it has reached.
  const look = (message: unknown) => {
    const { server } = message as { server: Server }
    const address = server.address()
    if (typeof address === 'object' && address?.port === port) servers.set(port, server)
  }
  subscribe('http.server.request.start', look)
  await fetch(`${endpoint}/_sandbox/clock`).then((response) => response.text())
  unsubscribe('http.server.request.start', look)
  servers.get(port)?.once('close', () => servers.delete(port))
}

let isInstalled = false

/** All clients send with handlers of one class. */
function install(): void {
  if (isInstalled) return
  isInstalled = true
  const { requestHandler } = new STSClient({}).config
  const prototype = Object.getPrototypeOf(requestHandler) as { handle: Handle }
  const { handle } = prototype
  prototype.handle = function (this: unknown, request, options) {
    const server = servers.get(request.port ?? 0)
    return server ? hand(server, request) : handle.call(this, request, options)
  }
}

let underWay = 0

/** How many calls have no answer yet. */
export const callsUnderWay = () => underWay

function hand(server: Server, request: Signed): Promise<Answered> {
  underWay++
  return new Promise<Answered>((resolve, reject) => {
    let statusCode = 200
    const headers: Record<string, string> = {}
    const setHeader = (name: string, value: unknown) => {
      headers[name.toLowerCase()] = String(value)
    }
    const response = {
      setHeader,
      writeHead(status: number, more: Record<string, unknown> = {}) {
        statusCode = status
        for (const [name, value] of Object.entries(more)) setHeader(name, value)
        return response
      },
      end: (body = '') => resolve({ response: { statusCode, headers, body: Buffer.from(body) } }),
      // What Node says of a connection that was cut before the answer.
      destroy: () => reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })),
    }
    server.emit('request', messageOf(request), response as unknown as ServerResponse)
  }).finally(() => {
    underWay--
  })
}

function messageOf(request: Signed): IncomingMessage {
  const headers = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])
  const message = Object.assign(Readable.from(request.body ? [Buffer.from(request.body)] : []), {
    method: request.method,
    url: urlOf(request),
    headers: Object.fromEntries(headers),
    complete: true,
  })
  return message as unknown as IncomingMessage
}

function urlOf({ path, query = {} }: Signed): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one ?? '')}`),
  )
  return parts.length > 0 ? `${path}?${parts.join('&')}` : path
}
