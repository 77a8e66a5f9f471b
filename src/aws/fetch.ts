// `fetch` that goes through the proxy of the environment, by the same rules as calls to AWS.
import http from 'node:http'
import https from 'node:https'
import { Readable } from 'node:stream'
import { callLimits } from './calls.ts'
import type { Env } from './env.ts'
import { proxyFor } from './proxies.ts'

/** Answers that have no body, which a Response may not be given then. */
const bodiless = new Set([204, 205, 304])

/**
 * Node's own `fetch` where no proxy is set for an address. Through a proxy it takes what a JSON call needs: a
 * method, plain headers, a text as body and a signal. Redirects are never followed there.
 * @param env the process's own variables
 */
export function fetchByEnv(env: Env): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const url = new URL(String(input))
    const proxy = proxyFor(url, env)
    if (!proxy) return globalThis.fetch(input, init)
    const { agentsThrough } = await import('./proxy-agents.ts')
    const { httpAgent, httpsAgent } = agentsThrough(proxy, { connectMs: callLimits.connectMs })
    return exchange(url, url.protocol === 'https:' ? httpsAgent : httpAgent, init)
  }
}

function exchange(url: URL, agent: http.Agent, init: RequestInit): Promise<Response> {
  const { signal } = init
  return new Promise((resolve, reject) => {
    const { request: ask } = url.protocol === 'https:' ? https : http
    const request = ask(url, {
      method: init.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init.headers)),
      agent,
    })
    const end = () => request.destroy(signal?.reason)
    const fail = (error: Error) => {
      // As Node's own fetch fails.
      reject(signal?.aborted ? signal.reason : new TypeError('fetch failed', { cause: error }))
    }
    request.once('error', fail)
    request.once('close', () => signal?.removeEventListener('abort', end))
    request.once('response', (answer) => {
      const status = answer.statusCode ?? 0
      const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)])
      signal?.addEventListener('abort', () => answer.destroy(signal.reason))
      const body = bodiless.has(status) ? null : (Readable.toWeb(answer) as ReadableStream)
      if (body === null) answer.resume()
      resolve(new Response(body, { status, headers: headers as [string, string][] }))
    })
    if (signal?.aborted) return end()
    signal?.addEventListener('abort', end)
    request.end(init.body === undefined || init.body === null ? undefined : String(init.body))
  })
}
