// How a request gets to AWS: directly or through a proxy, and within a time for each attempt.
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { usageError } from '../errors.ts'
import { refuseUnreadable } from './answers.ts'
import { type CallLimits, callLimits, ending } from './calls.ts'
import { attempt, type ConnectionOptions, PlainAgent, SecureAgent, timedOut, watched } from './connections.ts'
import type { Env } from './env.ts'
import { proxyFor } from './proxies.ts'

export interface TransportOptions {
  limits?: CallLimits
  /** Where proxies are read from: the process's own variables. */
  env?: Env
  /** The file of certificates to trust instead of Node's own. */
  caBundle?: string | undefined
}

/** One for all clients of a run: connections are kept and shared. */
export class Transport extends NodeHttpHandler {
  readonly #connections: ConnectionOptions
  readonly #attemptMs: number
  readonly #env: Env
  readonly #byProxy = new Map<string, Promise<NodeHttpHandler>>()

  /** Throws CA_BUNDLE_UNREADABLE. */
  constructor({ limits = callLimits, env = {}, caBundle }: TransportOptions = {}) {
    const connections = {
      connectMs: limits.connectMs,
      ca: caBundle === undefined ? undefined : readBundle(caBundle),
    }
    super({
      httpAgent: watched(new PlainAgent(connections)),
      httpsAgent: watched(new SecureAgent(connections)),
    })
    this.#connections = connections
    this.#attemptMs = limits.attemptMs
    this.#env = env
  }

  /**
   * Ends an attempt that takes too long, whichever part of it does; the SDK may then try again. Throws
   * UnreadableAnswer where it was not AWS that answered.
   */
  override async handle(...[request, options = {}]: Parameters<NodeHttpHandler['handle']>) {
    const late = new AbortController()
    const error = timedOut('no answer', this.#attemptMs)
    const timer = setTimeout(() => late.abort(error), this.#attemptMs)
    const signals = [late.signal, ending.getStore(), options.abortSignal]
    const over = AbortSignal.any(signals.filter((one) => one instanceof AbortSignal))
    try {
      const answer = await attempt.run(over, async () => {
        const through = await this.#throughProxy(request)
        const given = { ...options, abortSignal: over }
        return through ? through.handle(request, given) : super.handle(request, given)
      })
      const { response } = answer
      if (response.body instanceof Readable) {
        const bytes = await wholeOf(response.body, over)
        refuseUnreadable(request, response.statusCode, bytes)
        response.body = Readable.from([bytes])
      }
      return answer
    } catch (thrown) {
      throw late.signal.aborted ? error : thrown
    } finally {
      clearTimeout(timer)
    }
  }

  override destroy(): void {
    super.destroy()
    for (const handler of this.#byProxy.values()) void handler.then((one) => one.destroy())
  }

  #throughProxy(request: { protocol: string; hostname: string; port?: number }) {
    const { protocol, hostname, port } = request
    const proxy = proxyFor(new URL(`${protocol}//${hostname}${port ? `:${port}` : ''}`), this.#env)
    if (!proxy) return undefined
    const known = this.#byProxy.get(proxy.href)
    if (known) return known
    const handler = import('./proxy-agents.ts').then(
      ({ agentsThrough }) => new NodeHttpHandler(agentsThrough(proxy, this.#connections)),
    )
    this.#byProxy.set(proxy.href, handler)
    return handler
  }
}

/** A page of log lines is the longest answer, at a megabyte. Throws the signal's reason once that aborts. */
async function wholeOf(stream: Readable, signal: AbortSignal): Promise<Buffer> {
  const giveUp = () => stream.destroy(signal.reason)
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  try {
    return Buffer.concat(await stream.toArray())
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

function readBundle(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw usageError('CA_BUNDLE_UNREADABLE', `The certificates in ${path} cannot be read`, {
      why: (error as Error).message,
      next: ['correct AWS_CA_BUNDLE, or ca_bundle of the profile'],
      cause: error,
    })
  }
}
