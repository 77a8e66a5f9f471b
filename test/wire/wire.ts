// A wire between the program and a server: it hears of every request, and breaks or alters what comes of it.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/**
 * What becomes of one request:
 * - `reset`: the connection breaks before it is passed on.
 * - `lost`: it is carried out, and the connection breaks without an answer.
 * - `half`: it is carried out, and the connection breaks within the answer.
 * - `garbage`: it is carried out, and something answers 200 with a page.
 * - `gateway`: it is not passed on, and something answers 502 with a page.
 * - `late`: it is carried out, and answered after a second.
 * - `silent`: it is carried out, and nothing comes back.
 * - `unheard`: it is not passed on, and nothing comes back.
 */
export const faults = ['reset', 'lost', 'half', 'garbage', 'gateway', 'late', 'silent', 'unheard'] as const
export type WireFault = (typeof faults)[number]

/** An error that AWS answers with instead, as `ExpiredTokenException` with 403. */
export interface Refusal {
  status: number
  name: string
}

export interface Passing {
  /** Counted from 1, since the wire was made or `restart` was called; undefined where the SDK asks once more. */
  nth: number | undefined
  /** As in `CreateRole`; for REST the method and the path. */
  operation: string
}

export interface WireOptions {
  /** Where to listen; 127.0.0.1 unless said. */
  host?: string
  /** Asked before each request is passed on. */
  breaks?: ((passing: Passing) => WireFault | Refusal | undefined) | undefined
  /** Answers by itself, and passes nothing on, where it gives a text. */
  answers?: (operation: string, body: string) => string | undefined
  /** Alters the text of an answer. */
  alter?: (operation: string, body: string) => string
}

export interface Wire extends WireOptions {
  url: string
  /** Every request since the wire was made, or since `restart`. */
  passed: Passing[]
  restart(): void
  close(): Promise<void>
}

const page = '<html><head><title>502 Bad Gateway</title></head><body>\u001b[2J</body></html>'

/** Leads everything to `target`, under its own name. */
export async function startWire(target: string, options: WireOptions = {}): Promise<Wire> {
  const server = createServer((message, response) => {
    carry(wire, target, message, response).catch(() => response.destroy())
  })
  const { host = '127.0.0.1' } = options
  await new Promise<void>((done) => server.listen(0, host, done))
  const wire: Wire = {
    ...options,
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    passed: [],
    restart() {
      wire.passed = []
    },
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()))
      server.closeAllConnections()
      await closed
    },
  }
  return wire
}

async function carry(
  wire: Wire,
  target: string,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await buffer(message)
  const operation = operationOf(message, body.toString('latin1'))
  const isAgain = /attempt=([2-9]|\d\d)/.test(String(message.headers['amz-sdk-request']))
  const passing = { nth: isAgain ? undefined : firstsOf(wire).length + 1, operation }
  wire.passed.push(passing)
  const fault = wire.breaks?.(passing)
  if (fault === 'reset') return void message.socket.resetAndDestroy()
  if (fault === 'unheard') return
  if (fault === 'gateway') return void response.writeHead(502, { 'content-type': 'text/html' }).end(page)
  const own = wire.answers?.(operation, body.toString())
  if (own !== undefined) {
    return void response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(own)
  }
  if (typeof fault === 'object') return refuse(fault, message, response)
  const answer = await pass(target, message, body)
  if (fault === 'silent') return
  if (fault === 'lost') return void message.socket.resetAndDestroy()
  if (fault === 'garbage') return void response.writeHead(200, { 'content-type': 'text/html' }).end(page)
  if (fault === 'late') await new Promise((done) => setTimeout(done, 1_000))
  const text = wire.alter ? Buffer.from(wire.alter(operation, answer.body.toString())) : answer.body
  const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers
  response.writeHead(answer.status, { ...headers, 'content-length': text.length })
  if (fault !== 'half') return void response.end(text)
  response.write(text.subarray(0, Math.floor(text.length / 2)), () => message.socket.resetAndDestroy())
}

/** Those that were not asked once more. */
export const firstsOf = ({ passed }: Wire) => passed.filter(({ nth }) => nth !== undefined)

function refuse({ status, name }: Refusal, { headers }: IncomingMessage, response: ServerResponse): void {
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const error = `<Error><Type>Sender</Type><Code>${name}</Code><Message>no</Message></Error>`
    response.writeHead(status, { 'content-type': 'text/xml' }).end(`<ErrorResponse>${error}</ErrorResponse>`)
    return
  }
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': name })
    .end(JSON.stringify({ __type: name, message: 'no' }))
}

interface Answer {
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}

function pass(target: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // The sandbox answers to its own name only.
    const own = { ...headers, host: new URL(target).host, 'x-forwarded-host': headers.host }
    const onward = request(new URL(url ?? '/', target), { method, headers: own }, (answer) => {
      buffer(answer).then(
        (text) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: text }),
        reject,
      )
    })
    onward.on('error', reject)
    onward.end(body)
  })
}

function operationOf({ method, url = '', headers }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target']
  if (typeof target === 'string') return target.replace(/.*\./, '')
  return /^Action=(\w+)|&Action=(\w+)/.exec(body)?.slice(1).find(Boolean) ?? `${method} ${url}`
}
