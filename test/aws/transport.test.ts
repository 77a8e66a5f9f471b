// Every call ends: whatever a server does or leaves undone, within the time of its attempts and of the call.
import { createServer, type Server, type Socket } from 'node:net'
import { CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CallLimits, callLimits, type WaitEvent } from '../../src/aws/calls.ts'
import { createClients } from '../../src/aws/clients.ts'
import { once, UnclearOutcome } from '../../src/aws/once.ts'
import { toAppError } from '../../src/aws/words.ts'

let server: Server
let sockets: Socket[]
/** What happens to a request; a connection that is made for TLS never gets any. */
let onRequest: (socket: Socket) => void
let address: string
beforeEach(async () => {
  sockets = []
  onRequest = () => {}
  server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.once('data', () => onRequest(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `127.0.0.1:${(server.address() as { port: number }).port}`
})
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

interface Case {
  url?: string
  attempts?: number
  limits?: Partial<CallLimits>
  signal?: AbortSignal
  onWait?: (event: WaitEvent) => void
}

function iamOf({ url = `http://${address}`, attempts = 1, limits, signal, onWait }: Case) {
  return createClients({
    env: {
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL: url,
      AWS_MAX_ATTEMPTS: String(attempts),
    },
    region: 'us-east-1',
    limits: { ...callLimits, ...limits },
    signal,
    onWait,
  }).iam
}

const look = (options: Case) =>
  iamOf(options)
    .send(new GetRoleCommand({ RoleName: 'one' }))
    .then(
      () => expect.unreachable(),
      (error) => toAppError(error, 'read the role'),
    )

const unanswered = {
  code: 'AWS_UNREACHABLE',
  exitCode: 1,
  message: 'Could not read the role',
  why: expect.stringMatching(/^IAM did not answer GetRole in (less than a second|\d+ s) \(ETIMEDOUT\)$/),
}
const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 100000\r\n\r\n'

describe('an attempt', () => {
  it('ends when no connection comes about', async () => {
    expect(await look({ url: `https://${address}`, limits: { connectMs: 30 } })).toMatchObject(unanswered)
  })

  it('ends when the request is not answered', async () => {
    expect(await look({ limits: { attemptMs: 30 } })).toMatchObject(unanswered)
  })

  it('ends when the body of the answer never does', async () => {
    onRequest = (socket) => socket.write(`${head}<GetRole`)
    expect(await look({ limits: { attemptMs: 30 } })).toMatchObject(unanswered)
  })

  it('ends when the body trickles', async () => {
    onRequest = (socket) => {
      socket.write(head)
      const drip = setInterval(() => socket.write(' '), 5)
      socket.on('close', () => clearInterval(drip))
    }
    expect(await look({ limits: { attemptMs: 60 } })).toMatchObject(unanswered)
  })

  it('is repeated as often as AWS_MAX_ATTEMPTS says', async () => {
    expect(await look({ attempts: 3, limits: { attemptMs: 20 } })).toMatchObject(unanswered)
    expect(sockets).toHaveLength(3)
  })

  it('leaves no connection behind', async () => {
    await look({ limits: { attemptMs: 20 } })
    const [socket] = sockets
    if (!socket?.closed) await new Promise((resolve) => socket?.once('close', resolve))
    expect(socket?.closed).toBe(true)
  })
})

describe('an answer that is not AWS’s', () => {
  const answering = (status: string, type: string, body: string) => {
    onRequest = (socket) =>
      socket.end(
        `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
  }

  it.each([
    ['200 OK', 'text/html', '<html><body>Please sign in</body></html>'],
    ['200 OK', 'text/xml', 'nothing of this is XML'],
    ['502 Bad Gateway', 'text/html', '<!doctype html><html></html>'],
    ['403 Forbidden', 'text/plain', 'blocked by policy'],
    ['200 OK', 'application/json', '{"half":'],
  ])('%s %s is told with its status and its address', async (status, type, body) => {
    answering(status, type, body)
    expect(await look({})).toMatchObject({
      code: 'AWS_ANSWER_UNREADABLE',
      message: 'Could not read the role',
      why: `http://${address} answered HTTP ${status.slice(0, 3)} in no form of AWS's, to IAM GetRole`,
    })
  })

  it('is asked for again, since what stands in between may be gone by then', async () => {
    answering('200 OK', 'text/html', '<html></html>')
    await look({ attempts: 2 })
    expect(sockets).toHaveLength(2)
  })

  it('leaves open whether a call was carried out that must not be made twice', async () => {
    answering('200 OK', 'text/html', '<html></html>')
    const role = once(new CreateRoleCommand({ RoleName: 'one', AssumeRolePolicyDocument: '{}' }))
    await expect(iamOf({ attempts: 3 }).send(role)).rejects.toThrow(UnclearOutcome)
    expect(sockets).toHaveLength(1)
  })

  it.each(['501 Not Implemented', '400 Bad Request'])(
    'of somebody who lacks the operation is no invitation to repeat it: %s',
    async (status) => {
      const code = status.startsWith('501') ? 'NotImplemented' : 'InvalidAction'
      answering(
        status,
        'text/xml',
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no such thing</Message></Error></ErrorResponse>`,
      )
      const error = await look({})
      expect(error).toMatchObject({
        code: 'AWS_UNSUPPORTED',
        why: expect.stringContaining('IAM does not offer GetRole here'),
      })
      expect([error.why, ...error.next].join()).not.toMatch(/safe to repeat|same command again/)
    },
  )
})

describe('a call', () => {
  it('ends with all its attempts at its bound', async () => {
    expect(await look({ attempts: 100, limits: { attemptMs: 20, boundMs: 400 } })).toMatchObject(unanswered)
    const count = sockets.length
    // No attempt begins after it.
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect([count > 1 && count < 25, sockets.length]).toEqual([true, count])
  })

  it('that only looks ends soon after Ctrl-C', async () => {
    const abort = new AbortController()
    onRequest = () => abort.abort()
    const error = await look({ signal: abort.signal, limits: { lookGraceMs: 10 } })
    expect(error).toMatchObject({
      code: 'CANCELLED',
      exitCode: 130,
      why: 'while waiting for IAM: get role',
    })
  })

  it('that changes something may finish after Ctrl-C', async () => {
    const abort = new AbortController()
    onRequest = (socket) => {
      abort.abort()
      const body = '<CreateRoleResponse><CreateRoleResult/></CreateRoleResponse>'
      socket.end(`HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
    }
    const role = new CreateRoleCommand({ RoleName: 'one', AssumeRolePolicyDocument: '{}' })
    await expect(iamOf({ signal: abort.signal }).send(role)).resolves.toBeDefined()
  })

  it('that changes something and is not answered is left, and what that means is said', async () => {
    const abort = new AbortController()
    onRequest = () => abort.abort()
    const events: WaitEvent[] = []
    const role = new CreateRoleCommand({ RoleName: 'one', AssumeRolePolicyDocument: '{}' })
    const iam = iamOf({
      signal: abort.signal,
      limits: { graceMs: 10 },
      onWait: (event) => events.push(event),
    })
    await expect(iam.send(role)).rejects.toMatchObject({
      code: 'CANCELLED',
      why: 'IAM: create role was under way; whether AWS carried it out is not known',
      next: ['run the same command again; it is safe to repeat'],
    })
    expect(events).toEqual([{ type: 'abandoned', what: 'IAM: create role' }])
  })

  it('tells after a silence what is waited for, and when it is over', async () => {
    const events: WaitEvent[] = []
    await look({ limits: { silenceMs: 10, attemptMs: 60 }, onWait: (event) => events.push(event) })
    expect(events).toEqual([
      { type: 'waiting', what: 'IAM: get role' },
      { type: 'over', what: 'IAM: get role' },
    ])
  })
})
