// A proxy that writes down whole calls, requests and answers, for whoever judges them afterwards.
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Bodies as base64, since some are ZIP files. */
export interface Entry {
  method: string
  url: string
  headers: Record<string, unknown>
  body: string
  status: number
  answerHeaders: Record<string, unknown>
  answer: string
}

export interface Transcript {
  endpoint: string
  /** In the order in which they ended. */
  entries: Entry[]
  close(): Promise<void>
}

export async function startTranscript(target: string): Promise<Transcript> {
  const entries: Entry[] = []
  const server = createServer(async (incoming, outgoing) => {
    const sent: Buffer[] = []
    for await (const chunk of incoming) sent.push(chunk as Buffer)
    const { method = '', url = '/', headers } = incoming
    const forward = request(new URL(url, target), { method, headers }, async (answer) => {
      const got: Buffer[] = []
      for await (const chunk of answer) got.push(chunk as Buffer)
      const status = answer.statusCode ?? 502
      entries.push({
        ...{ method, url, headers, body: Buffer.concat(sent).toString('base64') },
        ...{ status, answerHeaders: answer.headers, answer: Buffer.concat(got).toString('base64') },
      })
      outgoing.writeHead(status, answer.headers)
      outgoing.end(Buffer.concat(got))
    })
    forward.on('error', () => outgoing.destroy())
    forward.end(Buffer.concat(sent))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    entries,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
