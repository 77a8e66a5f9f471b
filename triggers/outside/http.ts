// One bounded HTTP request that says, when it fails, whether the other side may have seen it.
import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'

export interface HttpRequest {
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body: string
  /** Until the connection, TLS included, stands. */
  connectMs: number
  /** Until the last byte of the answer. */
  totalMs: number
  /** The answer is cut here; the rest is neither read nor kept. */
  maxBytes: number
  /** Keeps the connection for the next request. Only for requests that can be repeated, or with `restMs`. */
  keepAlive?: boolean
  /**
   * A kept connection that has rested longer is not used: by then it may have died, while the function was frozen, too.
   */
  restMs?: number
}

export interface HttpAnswer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  text: string
  truncated: boolean
}

export type HttpFailureKind = 'dns' | 'refused' | 'tls' | 'connect-timeout' | 'timeout' | 'reset'

/** No complete answer. `written` is false only when the other side cannot have received anything. */
export class HttpFailure extends Error {
  readonly kind: HttpFailureKind
  readonly written: boolean
  /** Set when the status line arrived before the failure. */
  readonly status: number | undefined
  constructor(kind: HttpFailureKind, written: boolean, status?: number) {
    super(`HTTP request failed: ${kind}`)
    this.name = 'HttpFailure'
    this.kind = kind
    this.written = written
    this.status = status
  }
}

export type Http = (request: HttpRequest) => Promise<HttpAnswer>

/**
 * Two agents a protocol. Without keep-alive each request gets a fresh socket: one that died while the function
 * was frozen would look like a request that may have been received. TLS sessions are resumed either way.
 */
const agents = {
  'http:': { fresh: new http.Agent(), kept: new http.Agent({ keepAlive: true }) },
  'https:': { fresh: new https.Agent(), kept: new https.Agent({ keepAlive: true }) },
}

/** When a kept connection was used last, in epoch milliseconds: the steady clock may stand still while frozen. */
const usedAt = new WeakMap<Socket, number>()

function endRested(agent: http.Agent, restMs: number): void {
  for (const socket of Object.values(agent.freeSockets).flat()) {
    if (socket && Date.now() - (usedAt.get(socket) ?? 0) > restMs) socket.destroy()
  }
}

function kindOf(code: string | undefined, connected: boolean): HttpFailureKind {
  if (connected) return 'reset'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns'
  if (code === 'ETIMEDOUT') return 'connect-timeout'
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'refused'
  return 'tls'
}

/** Sends one request; follows no redirects. Resolves for every status, throws only HttpFailure. */
export const request: Http = (options) =>
  new Promise((resolve, reject) => {
    const url = new URL(options.url)
    const secure = url.protocol === 'https:'
    const agent = agents[secure ? 'https:' : 'http:'][options.keepAlive ? 'kept' : 'fresh']
    if (options.restMs !== undefined) endRested(agent, options.restMs)
    const headers = { ...options.headers, 'content-length': String(Buffer.byteLength(options.body)) }
    const call = (secure ? https : http).request(url, { method: options.method, headers, agent })

    // Node queues the request until the connection stands, so nothing is written before that.
    let connected = false
    let status: number | undefined
    const fail = (kind: HttpFailureKind) => {
      clearTimeout(connectTimer)
      clearTimeout(totalTimer)
      reject(new HttpFailure(kind, connected, status))
      call.destroy()
    }
    const connectTimer = setTimeout(() => fail('connect-timeout'), options.connectMs)
    const totalTimer = setTimeout(() => fail(connected ? 'timeout' : 'connect-timeout'), options.totalMs)
    const onConnected = () => {
      connected = true
      clearTimeout(connectTimer)
    }
    call.on('socket', (socket) => {
      if (call.reusedSocket) onConnected()
      else socket.once(secure ? 'secureConnect' : 'connect', onConnected)
    })
    call.on('error', (error: NodeJS.ErrnoException) => fail(kindOf(error.code, connected)))
    call.on('response', (response) => {
      status = response.statusCode ?? 0
      const chunks: Buffer[] = []
      let size = 0
      const finish = (truncated: boolean) => {
        clearTimeout(totalTimer)
        if (call.socket) usedAt.set(call.socket, Date.now())
        const text = Buffer.concat(chunks).subarray(0, options.maxBytes).toString('utf8')
        resolve({ status: status ?? 0, headers: flatten(response.headers), text, truncated })
        if (truncated) call.destroy()
      }
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size > options.maxBytes) finish(true)
      })
      response.on('end', () => finish(false))
      response.on('error', () => fail('reset'))
    })
    call.end(options.body)
  })

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
