// A SendZen of a few lines: answers what a test puts into it and remembers what it was asked.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Clock } from '../../../src/clock.ts'
import { createSendzenApi, type SendzenApi } from '../../../src/messaging/sendzen/api.ts'

export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  authorization: string | undefined
  body: unknown
}

type Reply = { status?: number; body?: unknown; text?: string; headers?: Record<string, string> }

/** Time that passes only while somebody sleeps. */
export function jumpClock(start = 1_700_000_000_000): Clock & { time: number } {
  return {
    time: start,
    steady() {
      return this.time
    },
    now() {
      return this.time
    },
    async sleep(ms) {
      this.time += ms
    },
  }
}

export const testKey = 'key-that-nobody-may-see'

/** Starts it for one test; `answer` gets each request and the number of requests before it. */
export async function startSendzen(
  answer: (asked: Asked, before: number) => Reply | 'hang' | 'drop',
): Promise<{ api: SendzenApi; asked: Asked[]; url: string }> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const one: Asked = {
      method: request.method ?? '',
      path: pathname,
      query: searchParams,
      authorization: request.headers.authorization,
      body: text ? JSON.parse(text) : undefined,
    }
    asked.push(one)
    const reply = answer(one, asked.length - 1)
    if (reply === 'hang') return
    if (reply === 'drop') return void request.socket.destroy()
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
    response.end(reply.text ?? JSON.stringify(reply.body ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/messages`
  return { api: createSendzenApi({ url, key: testKey, clock: jumpClock(), timeoutMs: 2_000 }), asked, url }
}
