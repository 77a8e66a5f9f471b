// A proxy, and a server that speaks TLS with a certificate of our own; both in this process.
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join } from 'node:path'

const certificates = join(import.meta.dirname, 'certificates')
/** Who has signed the certificate of `startSecure`: localhost, 127.0.0.1, two hosts of STS and api.sendzen.io. */
export const caFile = join(certificates, 'ca.pem')

export interface TestProxy {
  url: string
  /** `host:port` of every tunnel, and the address of every plain request, in their order. */
  asked: string[]
  /** The last `proxy-authorization`. */
  authorization: string | undefined
  close(): Promise<void>
}

/**
 * Leads what is for `host:port` to the local port that `portOf` gives; answers 502 where it gives none, `refuse`
 * to everything where that is set, and nothing to a tunnel where it is `silent`.
 */
export async function startProxy(
  portOf: (target: string) => number | undefined,
  { refuse, silent }: { refuse?: number; silent?: boolean } = {},
): Promise<TestProxy> {
  const asked: string[] = []
  const tunnels: Socket[] = []
  const close = () => {
    for (const socket of tunnels) socket.destroy()
    return end(server)
  }
  const proxy: TestProxy = { url: '', asked, authorization: undefined, close }
  const server = createServer((message, response) => {
    const { url = '' } = message
    asked.push(url)
    const { host, pathname, search } = new URL(url)
    const port = portOf(host)
    if (refuse || port === undefined) return response.writeHead(refuse ?? 502).end()
    forward(message, response, `http://127.0.0.1:${port}${pathname}${search}`)
  })
  server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Socket) => {
    asked.push(url)
    proxy.authorization = headers['proxy-authorization']
    tunnels.push(socket)
    socket.on('error', () => {})
    if (silent) return
    const port = portOf(url)
    if (refuse || port === undefined) return socket.end(`HTTP/1.1 ${refuse ?? 502} No\r\n\r\n`)
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(target).pipe(socket)
    })
    target.on('error', () => socket.destroy())
    socket.on('close', () => target.destroy())
  })
  proxy.url = `http://127.0.0.1:${await listen(server)}`
  return proxy
}

/** Hands everything to `handle`, or to a plain server where it is an address. */
export async function startSecure(
  handle: string | ((message: IncomingMessage, response: ServerResponse) => void),
): Promise<{ port: number; close(): Promise<void> }> {
  const [key, cert] = ['server.key', 'server.pem'].map((name) => readFileSync(join(certificates, name)))
  const server = createSecureServer({ key, cert }, (message, response) =>
    typeof handle === 'string'
      ? forward(message, response, new URL(message.url ?? '/', handle).href)
      : handle(message, response),
  )
  return { port: await listen(server), close: () => end(server) }
}

function forward(message: IncomingMessage, response: ServerResponse, to: string): void {
  const { method, headers } = message
  // The sandbox answers to its own name only, and is told which one was signed.
  const own = { ...headers, host: new URL(to).host, 'x-forwarded-host': headers.host }
  const onward = request(to, { method, headers: own }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  message.pipe(onward)
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

function end(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  return closed
}
