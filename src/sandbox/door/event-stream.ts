// Live events over an open answer, as `EventSource` reads them.
import type { ServerResponse } from 'node:http'

/** All that are open, so that they can be ended with the server. */
export type Streams = Set<ServerResponse>

const heartbeatMs = 20_000

/** Begins the answer; gives what tells an event. Ends by itself when the other side has gone. */
export function openStream(
  response: ServerResponse,
  streams: Streams,
  headers: Record<string, string> = {},
): (event: string, data: object) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', ...headers })
  response.write('retry: 1000\n\n')
  const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMs)
  heartbeat.unref()
  streams.add(response)
  response.on('close', () => {
    clearInterval(heartbeat)
    streams.delete(response)
  })
  return (event, data) => {
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }
}
