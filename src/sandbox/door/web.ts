// What is no AWS service over plain HTTP: SendZen, the inbox with its live events, and the page.
import type { ServerResponse } from 'node:http'
import type { World } from '../account/world.ts'
import { urlOf, type WebHandler } from '../protocol/request.ts'
import { account } from '../sendzen/account.ts'
import type { SendZenOptions } from '../sendzen/control.ts'
import { createInbox, type WritableInbox } from '../sendzen/inbox.ts'
import { createSendZen, type SendZen } from '../sendzen/service.ts'
import { openStream, type Streams } from './event-stream.ts'
import { loadPage, pagePolicy } from './page.ts'

export interface Web {
  inbox: WritableInbox
  sendzen: SendZen
  /** What the page works with: the ids of a stage, by the names of its variables. */
  showStage(ids: Record<string, string>): void
  stage(): Record<string, string>
  /** The variables that point a program at it: SENDZEN_*, WHATSAPP_* and the inbox's URL. */
  env(): Record<string, string>
  handle: WebHandler
  /** Ends the open event streams, so that the server can close. */
  close(): void
}

export function createWeb(world: World, options: SendZenOptions = {}): Web {
  const inbox = createInbox()
  const sendzen = createSendZen(world, inbox, options)
  const streams: Streams = new Set()
  let stage: Record<string, string> = {}

  function stream(response: ServerResponse, headers: Record<string, string>): void {
    const tell = openStream(response, streams, headers)
    const silence = inbox.listen((event) => tell(event.type, 'message' in event ? event.message : {}))
    response.on('close', silence)
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
    stage: () => stage,
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
