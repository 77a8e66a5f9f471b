// Connections to AWS that are looked at once more before they are used, and are given up when they do not come about.
import { AsyncLocalStorage } from 'node:async_hooks'
import http from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import { leaving } from './gate.ts'

/** The attempt that a connection is made for: once it is over, nobody waits for the connection. */
export const attempt = new AsyncLocalStorage<AbortSignal>()

type Done = (error: Error | null, socket?: Duplex) => void

/**
 * Hands a connection out only once it stands, TLS included, and asks whoever wants to use it whether the request
 * may still leave: between the two a process can be stopped for hours. Gives `connectMs` to it.
 */
export function whenConnected(
  socket: Duplex,
  event: 'connect' | 'secureConnect',
  connectMs: number,
  done: Done,
): void {
  const gate = leaving.getStore()
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
  const onConnected = () => {
    try {
      gate?.check()
      settle()
    } catch (error) {
      socket.destroy()
      settle(error as Error)
    }
  }
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
