// The one HTTP request: bounded in time and size, and honest about whether anything was written.
import { createServer, type Server } from 'node:http'
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { type HttpFailure, type HttpRequest, request } from '../../../triggers/outside/http.ts'

const servers: (Server | TcpServer)[] = []
const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

function listen(server: Server | TcpServer): Promise<string> {
  servers.push(server)
  server.on('connection', (socket: Socket) => sockets.add(socket))
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`),
    )
  })
}

const send = (url: string, changes: Partial<HttpRequest> = {}) =>
  request({
    url,
    method: 'POST',
    headers: { 'x-test': 'yes' },
    body: '{"öl":1}',
    connectMs: 2000,
    totalMs: 2000,
    maxBytes: 1000,
    ...changes,
  })
const failureOf = (sent: Promise<unknown>): Promise<HttpFailure> =>
  sent.then(
    () => expect.fail('The request should have failed'),
    (error) => error as HttpFailure,
  )

it('sends the body with its length in bytes and reads the answer', async () => {
  const url = await listen(
    createServer((incoming, outgoing) => {
      let body = ''
      incoming.on('data', (chunk) => {
        body += String(chunk)
      })
      incoming.on('end', () => {
        outgoing.writeHead(202, {
          'x-seen': `${incoming.headers['content-length']} ${incoming.headers['x-test']}`,
        })
        outgoing.end(body)
      })
    }),
  )
  expect(await send(url)).toMatchObject({
    status: 202,
    text: '{"öl":1}',
    truncated: false,
    headers: { 'x-seen': '9 yes' },
  })
})

it('reads no more than it was told to of an endless answer', async () => {
  const url = await listen(
    createServer((_incoming, outgoing) => {
      outgoing.writeHead(200)
      const more = () => {
        if (!outgoing.destroyed) outgoing.write('x'.repeat(10_000), more)
      }
      more()
    }),
  )
  const answer = await send(url)
  expect(answer).toMatchObject({ status: 200, truncated: true })
  expect(answer.text).toHaveLength(1000)
})

it('does not follow a redirect', async () => {
  let reached = false
  const other = await listen(
    createServer((_incoming, outgoing) => {
      reached = true
      outgoing.end()
    }),
  )
  const url = await listen(
    createServer((_incoming, outgoing) => outgoing.writeHead(307, { location: other }).end()),
  )
  expect((await send(url)).status).toBe(307)
  expect(reached).toBe(false)
})

it('says that nothing was written when the connection is refused', async () => {
  const server = createServer()
  const url = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  expect(await failureOf(send(url))).toMatchObject({ kind: 'refused', written: false })
})

it('says that nothing was written when there is no such host', async () => {
  expect(await failureOf(send('http://nowhere.invalid/'))).toMatchObject({ kind: 'dns', written: false })
})

it('says that nothing was written when TLS does not come about', async () => {
  const url = await listen(createTcpServer((socket) => void socket.end('not TLS')))
  const failure = await failureOf(send(url.replace('http:', 'https:')))
  expect(failure).toMatchObject({ kind: 'tls', written: false })
  const silent = await listen(createTcpServer())
  const timeout = await failureOf(send(silent.replace('http:', 'https:'), { connectMs: 50 }))
  expect(timeout).toMatchObject({ kind: 'connect-timeout', written: false })
})

it('says that the request may have been received when the answer is late or cut off', async () => {
  const silent = await listen(createServer(() => {}))
  expect(await failureOf(send(silent, { totalMs: 50 }))).toMatchObject({ kind: 'timeout', written: true })
  const cut = await listen(createServer((incoming) => void incoming.socket.destroy()))
  expect(await failureOf(send(cut))).toMatchObject({ kind: 'reset', written: true, status: undefined })
})

it('knows the status of an answer whose body never ends', async () => {
  const url = await listen(createServer((_incoming, outgoing) => void outgoing.writeHead(401).write('{')))
  expect(await failureOf(send(url, { totalMs: 100 }))).toMatchObject({
    kind: 'timeout',
    written: true,
    status: 401,
  })
})

it('opens a new connection for each request unless told to keep it', async () => {
  let connections = 0
  const server = createServer((_incoming, outgoing) => outgoing.end())
  server.on('connection', () => connections++)
  const url = await listen(server)
  await send(url)
  await send(url)
  expect(connections).toBe(2)
  await send(url, { keepAlive: true })
  await send(url, { keepAlive: true })
  expect(connections).toBe(3)
})

it('does not use a kept connection that has rested for too long', async () => {
  let connections = 0
  const server = createServer((_incoming, outgoing) => outgoing.end())
  server.on('connection', () => connections++)
  const url = await listen(server)
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const again = async (afterMs: number) => {
      vi.setSystemTime(Date.now() + afterMs)
      await send(url, { keepAlive: true, restMs: 5000 })
      return connections
    }
    expect([await again(0), await again(4000), await again(4000), await again(6000)]).toEqual([1, 1, 1, 2])
  } finally {
    vi.useRealTimers()
  }
})

it('says that a request on a kept connection may have been received', async () => {
  let requests = 0
  const url = await listen(
    createServer((incoming, outgoing) => {
      requests++
      if (requests === 1) outgoing.end()
      else if (requests === 2) incoming.socket.destroy()
    }),
  )
  await send(url, { keepAlive: true })
  expect(await failureOf(send(url, { keepAlive: true }))).toMatchObject({ kind: 'reset', written: true })
})
