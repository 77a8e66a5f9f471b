// A proxy before an endpoint that notes each call: what, when, until when, and how many bytes went up.
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Call {
  service: string
  operation: string
  start: number
  end: number
  bytes: number
}

export interface Recorder {
  endpoint: string
  /** The calls since the last `take`, in the order of their beginning. */
  take(): Call[]
  close(): Promise<void>
}

/** AWS JSON names the operation in a header, the Query protocol in the form, REST by method and path. */
function operationOf(message: IncomingMessage, body: Buffer): string {
  const target = message.headers['x-amz-target']
  if (typeof target === 'string') return target.split('.')[1] ?? target
  const action = new URLSearchParams(body.toString('latin1')).get('Action')
  return action ?? `${message.method} ${message.url?.split('?')[0]}`
}

function serviceOf(message: IncomingMessage): string {
  const signed = /Credential=[^/]+\/\d+\/[^/]*\/([^/]+)\//.exec(message.headers.authorization ?? '')?.[1]
  return signed ?? 'unsigned'
}

export async function startRecorder(target: string): Promise<Recorder> {
  let calls: Call[] = []
  const server = createServer(async (message, response) => {
    const start = performance.now()
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const operation = operationOf(message, body)
    const call: Call = { service: serviceOf(message), operation, start, end: start, bytes: body.length }
    calls.push(call)
    const { method, headers } = message
    const passed = request(new URL(message.url ?? '/', target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
      answer.once('end', () => {
        call.end = performance.now()
      })
    })
    passed.once('error', () => response.destroy())
    passed.end(body)
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = calls
      calls = []
      return taken
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The most calls of which each began after the one before it had ended: what parallel work cannot shorten. */
export function longestChain(calls: readonly Call[]): number {
  const byEnd = [...calls].sort((a, b) => a.end - b.end)
  const lengths = new Map<Call, number>()
  for (const call of byEnd) {
    const before = byEnd.filter((other) => other.end <= call.start).map((other) => lengths.get(other) ?? 0)
    lengths.set(call, 1 + Math.max(0, ...before))
  }
  return Math.max(0, ...lengths.values())
}

/** `iam 27, lambda 20, …`, the most first. */
export function byService(calls: readonly Call[]): string {
  const counts = new Map<string, number>()
  for (const { service } of calls) counts.set(service, (counts.get(service) ?? 0) + 1)
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([service, count]) => `${service} ${count}`)
    .join(', ')
}
