// Connections through a proxy. Loaded only where one is set.
import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { AgentConnectOpts } from 'agent-base'
import { HttpProxyAgent } from 'http-proxy-agent'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { attempt, type ConnectionOptions, kept, timedOut, watched, whenConnected } from './connections.ts'

/** The proxy itself refused, or could not reach whom it was asked for. Its credentials are in no text. */
export class ProxyRefused extends Error {
  override name = 'ProxyRefused'
  readonly code = 'EPROXY'
  readonly proxy: string
  /** Undefined where it hung up without an answer. */
  readonly status: number | undefined
  constructor({ host }: URL, status?: number) {
    super(`the proxy ${host} ${status ? `answered ${status}` : 'closed the connection'}`)
    this.proxy = host
    this.status = status
  }
}

/** A tunnel for `https:` addresses. */
class Tunnel extends HttpsProxyAgent<string> {
  readonly #connectMs: number
  /** For what is inside; the agent itself keeps its options for the proxy. */
  readonly #trust: { ca?: string }
  constructor(proxy: URL, { connectMs, ca }: ConnectionOptions) {
    const trust = ca === undefined ? {} : { ca }
    super(proxy, { ...kept, ...trust })
    this.#connectMs = connectMs
    this.#trust = trust
  }

  override async connect(request: ClientRequest, options: AgentConnectOpts): Promise<Socket> {
    let status: number | undefined
    request.once('proxyConnect', (answer: { statusCode?: number }) => {
      status = answer.statusCode
    })
    const socket = await bounded(this, this.#connectMs, () =>
      super.connect(request, { ...options, ...this.#trust }),
    ).catch((error) => {
      throw /^Proxy connection ended/.test(error.message) ? new ProxyRefused(this.proxy) : error
    })
    if (status !== 200) {
      socket.destroy()
      throw new ProxyRefused(this.proxy, status)
    }
    if (!(socket instanceof TLSSocket) || !options.secureEndpoint) return socket
    return new Promise((resolve, reject) => {
      whenConnected(socket, 'secureConnect', this.#connectMs, (error) =>
        error ? reject(error) : resolve(socket),
      )
    })
  }
}

/** Carries requests to `http:` addresses, which name their host in full. */
class Relay extends HttpProxyAgent<string> {
  readonly #connectMs: number
  constructor(proxy: URL, { connectMs }: ConnectionOptions) {
    super(proxy, kept)
    this.#connectMs = connectMs
  }

  override connect(...[request, options]: Parameters<HttpProxyAgent<string>['connect']>) {
    return bounded(this, this.#connectMs, () => super.connect(request, options))
  }
}

/** Ends a connection to the proxy that does not come about, or that nobody waits for any more. */
async function bounded(
  agent: { connectOpts: object },
  ms: number,
  connect: () => Promise<Socket>,
): Promise<Socket> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), ms)
  const over = attempt.getStore()
  const signal = over ? AbortSignal.any([late.signal, over]) : late.signal
  // Read at once, before anything is awaited: the next connection has a signal of its own.
  agent.connectOpts = { ...agent.connectOpts, signal }
  try {
    return await connect()
  } catch (error) {
    throw late.signal.aborted ? timedOut('no connection through the proxy', ms) : error
  } finally {
    clearTimeout(timer)
  }
}

export function agentsThrough(
  proxy: URL,
  options: ConnectionOptions,
): { httpAgent: HttpProxyAgent<string>; httpsAgent: HttpsProxyAgent<string> } {
  return { httpAgent: watched(new Relay(proxy, options)), httpsAgent: watched(new Tunnel(proxy, options)) }
}
