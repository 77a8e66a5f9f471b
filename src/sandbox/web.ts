// The plain HTTP side of the sandbox: SendZen, the inbox, its page, and the public keys of the pools.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Cognito } from './cognito.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { loadPage, pagePolicy } from './page.ts'
import { createSendZen, type SendZen } from './sendzen.ts'
import { AwsFault, type World } from './world.ts'

export interface WebOptions {
  /** The one key that SendZen takes. */
  apiKey?: string
  /** Real milliseconds between two statuses of a message; 0 delivers at once. */
  stepMs?: number
  /** What the page shows above the messages, label to value, once it is known. */
  stage?: () => Record<string, string> | undefined
}

export interface Web {
  /** Answers what is not an AWS call, OPTIONS included; false leaves the request untouched. */
  handle(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<boolean>
  inbox: Inbox
  sendzen: SendZen
  /** Ends the open event streams, so that the server can close. */
  close(): void
}

/**
 * The headers that let a page of another origin read an answer. Cognito and the public keys are open to
 * all, as on AWS; the inbox only to pages of this machine.
 */
export function crossOrigin(path: string, origin: string | undefined): Record<string, string> {
  const exposed = {
    'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date',
  }
  if (!path.startsWith('/inbox')) return { 'access-control-allow-origin': '*', ...exposed }
  return origin && isLocal(origin)
    ? { 'access-control-allow-origin': origin, vary: 'Origin', ...exposed }
    : {}
}

function isLocal(origin: string): boolean {
  const host = URL.canParse(origin) ? new URL(origin).hostname : ''
  return ['localhost', '127.0.0.1', '[::1]'].includes(host)
}

const heartbeatMs = 20_000

export function createWeb(world: World, cognito: Cognito, options: WebOptions = {}): Web {
  const inbox = createInbox()
  const sendzen = createSendZen(world, inbox, options)
  const streams = new Set<ServerResponse>()

  async function handle(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<boolean> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://sandbox')
    const method = request.method ?? 'GET'
    const open = crossOrigin(path, request.headers.origin)
    const reply = (status: number, content: string, headers: Record<string, string>) => {
      response.writeHead(status, headers).end(method === 'HEAD' ? undefined : content)
      return true
    }
    const answer = (status: number, content: object) =>
      reply(status, JSON.stringify(content), {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        ...open,
      })

    if (method === 'OPTIONS') {
      return reply(204, '', {
        ...open,
        'access-control-allow-methods': 'GET,POST,DELETE,OPTIONS',
        'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
        'access-control-max-age': '600',
      })
    }
    if (path.startsWith('/v1/')) {
      const { authorization } = request.headers
      const outcome = await sendzen.handle({ method, path, query, authorization, body: body.toString() })
      if (outcome === 'cut') request.socket.destroy()
      if (typeof outcome !== 'string') reply(outcome.status, outcome.body, outcome.headers)
      return true
    }
    const isRead = method === 'GET' || method === 'HEAD'
    if (path === '/' && isRead && !query.size) {
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy }
      return reply(200, await loadPage(), headers)
    }
    if (path === '/inbox' || path.startsWith('/inbox/')) {
      const to = query.get('to') ?? undefined
      if (path === '/inbox' && isRead) return answer(200, { messages: inbox.list(to) })
      if (path === '/inbox' && method === 'DELETE') {
        inbox.clear(to)
        return answer(200, { messages: inbox.list() })
      }
      if (path === '/inbox/events' && method === 'GET') return stream(response, open)
      if (path === '/inbox/stage' && isRead) return answer(200, { stage: options.stage?.() ?? {} })
      const read = /^\/inbox\/([\w-]+)\/read$/.exec(path)?.[1]
      if (read && method === 'POST') return answer(200, { read: sendzen.read(read) })
      return answer(404, { message: `There is no ${method} ${path}.` })
    }
    const known = /^\/([\w-]+_[0-9a-zA-Z]+)\/\.well-known\/(jwks\.json|openid-configuration)$/.exec(path)
    if (!known?.[1] || !isRead) return false
    try {
      if (known[2] === 'jwks.json') return answer(200, await cognito.jwks(known[1]))
      return answer(200, {
        issuer: cognito.issuer(known[1]),
        jwks_uri: `${world.endpoint}/${known[1]}/.well-known/jwks.json`,
        id_token_signing_alg_values_supported: ['RS256'],
        subject_types_supported: ['public'],
        response_types_supported: ['code', 'token'],
      })
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error
      return answer(404, { message: error.message })
    }
  }

  function stream(response: ServerResponse, open: Record<string, string>): boolean {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', ...open })
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
    return true
  }

  return {
    handle,
    inbox,
    sendzen,
    close: () => {
      for (const response of streams) response.end()
    },
  }
}
