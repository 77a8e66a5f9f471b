// dynalite in this process, without a port of its own.

import { EventEmitter } from 'node:events'
import { AwsFault } from '../account/aws-fault.ts'
import type { World } from '../account/world.ts'

/** Performs one operation; its errors are AwsFaults. */
export type Engine = (operation: string, input: object) => Promise<Record<string, unknown>>

/** Loads dynalite at the first call: most runs of the CLI never need a table. */
export async function startEngine(world: World): Promise<Engine> {
  const { default: dynalite } = await import('dynalite')
  // It reads the account and region of its ARNs from the environment, once, when it is made.
  const before = { AWS_ACCOUNT_ID: process.env.AWS_ACCOUNT_ID, AWS_REGION: process.env.AWS_REGION }
  Object.assign(process.env, { AWS_ACCOUNT_ID: world.account, AWS_REGION: world.region })
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  for (const [key, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[key]
    else process.env[key] = value
  }
  // It never listens, so there is no socket to close; its store is plain memory.
  return (operation, input) =>
    new Promise((resolve, reject) => ask(server, operation, withoutNulls(input) as object, resolve, reject))
}

/** Null is as good as nothing where there are names; as an element of a list it is none that dynalite could read. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    if (value.includes(null))
      throw new AwsFault('SerializationException', 'A list has an element that is null.')
    return value.map(withoutNulls)
  }
  const given = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(given.map(([name, member]) => [name, withoutNulls(member)]))
}

/** Hands dynalite's HTTP server a request without a socket, so the sandbox keeps to its one port. */
function ask(
  server: EventEmitter,
  operation: string,
  input: object,
  resolve: (output: Record<string, unknown>) => void,
  reject: (error: Error) => void,
): void {
  const request = Object.assign(new EventEmitter(), {
    method: 'POST',
    url: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20200101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=a',
    },
  })
  const response = {
    statusCode: 200,
    setHeader() {},
    end(body: string) {
      const output = JSON.parse(body) as Record<string, unknown>
      if (response.statusCode === 200) return resolve(output)
      const code = String(output.__type).replace(/^.*#/, '')
      reject(new AwsFault(code, String(output.message ?? output.Message ?? ''), response.statusCode))
    },
  }
  server.emit('request', request, response)
  request.emit('data', Buffer.from(JSON.stringify(input)))
  request.emit('end')
}
