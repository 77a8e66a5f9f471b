// How a request gets to AWS: connections that are looked at once more before they are used, and a time for all.
import http from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { leaving } from './gate.ts'

/** Milliseconds until a connection stands, TLS included. */
const connectMs = 10_000
/** Milliseconds for one attempt, from its first byte to the last of its answer; an upload takes a few of them. */
const attemptMs = 20_000

type Done = (error: Error | null, socket?: Duplex) => void

/**
 * Hands a connection out only once it stands, and asks whoever wants to use it whether the request may still
 * leave: between the two a process can be stopped for hours.
 */
function whenConnected(socket: Duplex, event: 'connect' | 'secureConnect', done: Done): void {
  const gate = leaving.getStore()
  const timer = setTimeout(() => socket.destroy(timedOut('no connection', connectMs)), connectMs)
  const settle = (error?: Error) => {
    clearTimeout(timer)
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
  socket.once('error', settle)
  socket.once(event, onConnected)
}

type Create = (options: object, done?: Done) => Duplex

class PlainAgent extends http.Agent {
  override createConnection(options: object, done: Done): undefined {
    whenConnected((super.createConnection as Create)(options), 'connect', done)
  }
}

class SecureAgent extends https.Agent {
  override createConnection(options: object, done: Done): undefined {
    whenConnected((super.createConnection as Create)(options), 'secureConnect', done)
  }
}

/** One for all clients of a run: connections are kept and shared. */
export class Transport extends NodeHttpHandler {
  constructor() {
    const kept = { keepAlive: true, maxSockets: 50 }
    super({ httpAgent: new PlainAgent(kept), httpsAgent: new SecureAgent(kept) })
  }

  /** Ends an attempt that takes too long, whichever part of it does; the SDK may then try again. */
  override async handle(...[request, options = {}]: Parameters<NodeHttpHandler['handle']>) {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), attemptMs)
    const signals = [late.signal, options.abortSignal].filter((one) => one instanceof AbortSignal)
    try {
      const answer = await super.handle(request, { ...options, abortSignal: AbortSignal.any(signals) })
      const { body } = answer.response
      // A body that never ends is given up by the same timer.
      body?.once?.('close', () => clearTimeout(timer))
      return answer
    } catch (error) {
      clearTimeout(timer)
      throw late.signal.aborted ? timedOut('no answer', attemptMs) : error
    }
  }
}

function timedOut(what: string, ms: number): Error {
  const error = new Error(`${what} within ${ms / 1000} s`)
  // The SDK repeats what bears this name.
  return Object.assign(error, { name: 'TimeoutError', code: 'ETIMEDOUT' })
}
