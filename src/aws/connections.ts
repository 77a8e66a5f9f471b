// Connections to AWS: given up when they do not come about, and written to only after a last look.
import { AsyncLocalStorage } from 'node:async_hooks'
import http, { type ClientRequest } from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import { type Gate, leaving } from './gate.ts'

/** The attempt that a connection is made for: once it is over, nobody waits for the connection. */
export const attempt = new AsyncLocalStorage<AbortSignal>()

type Done = (error: Error | null, socket?: Duplex) => void

/**
 * Has the gate look once more in the turn in which a request is written, whether its connection is new or was kept:
 * between the look of the client and this one a process can be stopped for hours.
 */
export function watched<A extends http.Agent>(agent: A): A {
  // Every request of an agent begins here; Node's types leave it out.
  const inner = agent as unknown as { addRequest(request: ClientRequest, options: object): void }
  const add = inner.addRequest.bind(agent)
  inner.addRequest = (request, options) => {
    const gate = leaving.getStore()
    // Node emits it, and writes what there is of the request right after its listeners. A tick later than those that
    // the SDK adds, and one before Node's: the last of them.
    if (gate) process.nextTick(() => request.once('socket', () => endUnless(gate, request)))
    add(request, options)
  }
  return agent
}

function endUnless(gate: Gate, request: ClientRequest): void {
  try {
    gate.check()
  } catch (error) {
    request.destroy(error as Error)
  }
}

/** Hands a connection out only once it stands, TLS included. Gives `connectMs` to it. */
export function whenConnected(
  socket: Duplex,
  event: 'connect' | 'secureConnect',
  connectMs: number,
  done: Done,
): void {
  const over = attempt.getStore()
  const timer = setTimeout(() => socket.destroy(timedOut('no connection', connectMs)), connectMs)
  const onOver = () => socket.destroy(over?.reason)
  const settle = (error?: Error) => {
    clearTimeout(timer)
    over?.removeEventListener('abort', onOver)
    socket.off('error', settle)
    socket.off(event, onConnected)
    done(error ?? null, socket)
  }
  const onConnected = () => settle()
  over?.addEventListener('abort', onOver)
  socket.once('error', settle)
  socket.once(event, onConnected)
}

export interface ConnectionOptions {
  /** Milliseconds until a connection stands. */
  connectMs: number
  /** The certificates to trust, in PEM; Node's own where absent. */
  ca?: string | undefined
}

/** Connections are kept and shared. */
export const kept = { keepAlive: true, maxSockets: 50 }

type Create = (options: object, done?: Done) => Duplex

export class PlainAgent extends http.Agent {
  readonly #connectMs: number
  constructor({ connectMs }: ConnectionOptions) {
    super(kept)
    this.#connectMs = connectMs
  }
  override createConnection(options: object, done: Done): undefined {
    whenConnected((super.createConnection as Create)(options), 'connect', this.#connectMs, done)
  }
}

export class SecureAgent extends https.Agent {
  readonly #connectMs: number
  constructor({ connectMs, ca }: ConnectionOptions) {
    super({ ...kept, ...(ca === undefined ? {} : { ca }) })
    this.#connectMs = connectMs
  }
  override createConnection(options: object, done: Done): undefined {
    whenConnected((super.createConnection as Create)(options), 'secureConnect', this.#connectMs, done)
  }
}

export function timedOut(what: string, ms: number): Error {
  const error = new Error(`${what} within ${ms / 1000} s`)
  // The SDK repeats what bears this name.
  return Object.assign(error, { name: 'TimeoutError', code: 'ETIMEDOUT' })
}
