// Courier's service in a few lines, for the contracts.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { ProviderBench, Whim } from './bench.ts'
import { courier, recipientCode, signIn } from './courier.ts'
import { connectCourier } from './courier-api.ts'

const key = 'courier-token-of-nobody'
const sender = '15550100700'

interface Stored {
  sid: string
  to: string
  state: string
  at: number
  error?: number
  form: URLSearchParams
}

type Answer =
  | { status: number; headers?: Record<string, string>; body?: object | string }
  /** No answer: the connection is cut, or kept open. */
  | 'cut'
  | 'hang'

export async function startCourierBench(): Promise<ProviderBench> {
  const templates = [{ name: 'otp', language: 'en-US', state: 'live', minutes: 5 }]
  const messages: Stored[] = []
  const whims: Whim[] = []
  let trouble: 'outage' | number | undefined
  let attempts = 0

  function send(form: URLSearchParams): Answer {
    attempts++
    const whim = whims.shift()
    if (typeof whim === 'object') return { status: 307, headers: { location: whim.redirectTo } }
    if (whim === 'no such recipient') return { status: 400, body: { code: recipientCode } }
    if (whim === 'too busy, try at once') return { status: 429, body: { code: 20429 } }
    if (whim === 'server error') return { status: 500, body: { code: 20500 } }
    const sid = `CM${attempts}`
    const late =
      whim === 'late failure' ? { state: 'undelivered', error: recipientCode } : { state: 'delivered' }
    messages.push({ sid, to: form.get('To') ?? '', at: Date.now(), ...late, form })
    if (whim === 'cut connection') return 'cut'
    if (whim === 'slow answer') return 'hang'
    return { status: 201, body: whim === 'garbage' ? '<html>' : { sid, state: 'queued' } }
  }

  function route(path: string, form: URLSearchParams | undefined): Answer {
    if (path === '/messages' && form) return send(form)
    if (path === '/account') return { status: 200 }
    if (path === '/senders') {
      const senders = [{ address: `whatsapp:+${sender}`, account: 'AC1', online: true }]
      return { status: 200, body: { senders } }
    }
    if (path === '/templates' && form) {
      const [name = '', language = '', minutes] = ['name', 'language', 'minutes'].map(
        (key) => form.get(key) ?? '',
      )
      templates.push({ name, language, state: 'waiting', minutes: Number(minutes) })
      return { status: 201 }
    }
    if (path === '/templates') return { status: 200, body: { templates } }
    const message = messages.find(({ sid }) => path === `/messages/${sid}`)
    return message ? { status: 200, body: { ...message, form: undefined } } : { status: 404 }
  }

  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    if (typeof trouble === 'number') await wait(trouble)
    const isKnown = request.headers.authorization === signIn(key)
    const form = request.method === 'POST' ? new URLSearchParams(text) : undefined
    const answer: Answer =
      trouble === 'outage' ? { status: 503 } : isKnown ? route(request.url ?? '', form) : { status: 401 }
    if (answer === 'cut') request.socket.destroy()
    if (typeof answer === 'string') return
    const { status, headers, body = {} } = answer
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    provider: courier,
    connect: connectCourier,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`,
    key,
    account: { sender, template: 'otp', language: 'en_US', expiryMinutes: 5 },
    meetNext: (whim) => {
      whims.push(whim)
    },
    trouble: (what) => {
      trouble = what
    },
    attempts: () => attempts,
    lastMessage: () => {
      const last = messages.at(-1)
      return (
        last && {
          id: last.sid,
          to: last.to.replace('whatsapp:', ''),
          code: String(JSON.parse(last.form.get('Variables') ?? '{}')[1]),
          template: last.form.get('Template') ?? '',
          language: (last.form.get('Language') ?? '').replace('-', '_'),
        }
      )
    },
    deliveredBody: (sid, to) =>
      new URLSearchParams({ sid, to: `whatsapp:${to}`, state: 'delivered', at: '1700000000000' }).toString(),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
