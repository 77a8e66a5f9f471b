// What is no AWS service over plain HTTP: SendZen, the inbox with its live events, and the page.
import type { ServerResponse } from 'node:http'
import type { World } from '../account/world.ts'
import { urlOf, type WebHandler } from '../protocol/request.ts'
import { account } from '../sendzen/account.ts'
import type { SendZenOptions } from '../sendzen/control.ts'
import { createInbox, type WritableInbox } from '../sendzen/inbox.ts'
import { createSendZen, type SendZen } from '../sendzen/service.ts'
import { loadPage, pagePolicy } from './page.ts'

export interface Web {
  inbox: WritableInbox
  sendzen: SendZen
  /** What the page shows above the messages, label to value. */
  showStage(ids: Record<string, string>): void
  /** The variables that point a program at it: SENDZEN_*, WHATSAPP_* and the inbox's URL. */
  env(): Record<string, string>
  handle: WebHandler
  /** Ends the open event streams, so that the server can close. */
  close(): void
}

const heartbeatMs = 20_000

export function createWeb(world: World, options: SendZenOptions = {}): Web {
  const inbox = createInbox()
  const sendzen = createSendZen(world, inbox, options)
  const streams = new Set<ServerResponse>()
  let stage: Record<string, string> = {}

  function stream(response: ServerResponse, headers: Record<string, string>): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', ...headers })
    response.write('retry: 1000\n\n')
    const silence = inbox.listen((event) => {
      response.write(
        `event: ${event.type}\ndata: ${JSON.stringify('message' in event ? event.message : {})}\n\n`,
      )
    })
    const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMs)
    heartbeat.unref()
    streams.add(response)
    response.on('close', () => {
      silence()
      clearInterval(heartbeat)
      streams.delete(response)
    })
  }

  /** What the inbox answers, undefined when it has no such path. */
  function inboxAnswer(method: string, path: string, to: string | undefined): object | undefined {
    if (method === 'GET' && path === '/inbox') return { messages: inbox.list(to) }
    if (method === 'GET' && path === '/inbox/stage') return { stage }
    if (method === 'DELETE' && path === '/inbox') {
      inbox.clear(to)
      return { messages: inbox.list() }
    }
    const read = /^\/inbox\/([\w-]+)\/read$/.exec(path)?.[1]
    return method === 'POST' && read ? { read: sendzen.read(read) } : undefined
  }

  return {
    inbox,
    sendzen,
    showStage: (ids) => {
      stage = ids
    },
    env: () => ({
      SENDZEN_API_URL: `${world.endpoint}/v1/messages`,
      SENDZEN_API_KEY: options.apiKey ?? account.apiKey,
      WHATSAPP_FROM: account.senders[0].phone,
      SMS_ORIGINATION_NUMBER: `+${account.senders[0].phone}`,
      WHATSAPP_TEMPLATE_NAME: account.template,
      WHATSAPP_LANG_CODE: 'en_US',
      WHATSAPP_OTP_INBOX_URL: `${world.endpoint}/inbox`,
    }),
    close: () => {
      for (const response of streams) response.end()
    },
    async handle(request, response, body) {
      const { pathname: path, searchParams: query } = urlOf(request.url)
      const { method = 'GET', headers } = request
      if (path.startsWith('/v1/')) {
        const call = { method, path, query, authorization: headers.authorization, body }
        const outcome = await sendzen.handle(call)
        if (outcome === 'cut') request.socket.destroy()
        if (typeof outcome !== 'string') response.writeHead(outcome.status, outcome.headers).end(outcome.body)
        return true
      }
      if (path === '/' && method === 'GET') {
        response.writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': pagePolicy,
        })
        response.end(await loadPage())
        return true
      }
      if (path !== '/inbox' && !path.startsWith('/inbox/')) return false
      const open = readableBy(headers.origin)
      if (method === 'GET' && path === '/inbox/events') {
        stream(response, open)
        return true
      }
      const answer = inboxAnswer(method, path, query.get('to') ?? undefined)
      response.writeHead(answer ? 200 : 404, {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        ...open,
      })
      response.end(JSON.stringify(answer ?? { message: `The inbox has no ${method} ${path}.` }))
      return true
    },
  }
}

/** Lets pages of this machine, as those of an app under test, read the inbox; no others. */
function readableBy(origin: string | undefined): Record<string, string> {
  const host = origin && URL.canParse(origin) ? new URL(origin).hostname : ''
  if (!origin || !['localhost', '127.0.0.1', '[::1]'].includes(host)) return {}
  return { 'access-control-allow-origin': origin, vary: 'Origin' }
}
