// A proxy that notes what the tool asks of an emulator. The emulator's own functions do not pass through it.
import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Recorder {
  endpoint: string
  /** Operations since the last `clear`, in the order of their beginning. */
  calls: string[]
  /** The calls that change something. */
  writes(): string[]
  clear(): void
  /** Resolves when the operation is asked for, before the emulator hears of it. */
  next(operation: string): Promise<void>
  close(): Promise<void>
}

const reading = /^(Get|List|Describe|GET )/

/** AWS JSON names the operation in a header, the Query protocol in the form, REST by method and path. */
function operationOf(message: IncomingMessage, body: Buffer): string {
  const target = message.headers['x-amz-target']
  if (typeof target === 'string') return target.split('.')[1] ?? target
  const action = new URLSearchParams(body.toString('latin1')).get('Action')
  return action ?? `${message.method} ${message.url?.split('?')[0]}`
}

export async function startRecorder(target: string): Promise<Recorder> {
  const calls: string[] = []
  const arrivals = new EventEmitter()
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const operation = operationOf(message, body)
    calls.push(operation)
    arrivals.emit(operation)
    const { method, url = '/', headers } = message
    const forward = request(new URL(url, target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    forward.on('error', () => response.destroy())
    forward.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    writes: () => calls.filter((call) => !reading.test(call)),
    clear: () => calls.splice(0),
    next: async (operation) => {
      await once(arrivals, operation)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
