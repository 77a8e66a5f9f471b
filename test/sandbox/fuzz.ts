// Requests that nobody would send: real ones of every protocol, changed by a seeded hand, and signed as they are then.

import { createHash, createHmac } from 'node:crypto'
import { type Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Keys } from './lambda/signed.ts'

/** A request as it is written to the wire; `service` is whom it is to be signed for. */
export interface Wire {
  method: string
  target: string
  /** In order, and a name may occur twice. */
  headers: [name: string, value: string][]
  body: Buffer
  service?: string
}

export type Random = () => number

/** Numbers from 0 to 1, the same ones for the same seed. */
export function randomOf(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const pick = <T>(random: Random, all: readonly T[]): T => all[Math.floor(random() * all.length)] as T

const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'valueOf']
const words = [
  ...inherited,
  '',
  ' ',
  '0',
  '-1',
  'null',
  'x'.repeat(5_000),
  '\u0000',
  '\ud800',
  'ü€😀',
  '%',
  '%00',
  '../..',
  '*'.repeat(200),
  '{}',
  '<a>&"\'',
  '+15550100001',
  'arn:aws:iam::123456789012:role/',
  ':::::::',
  '9'.repeat(400),
]
const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  2 ** 53,
  [],
  {},
  [null],
  [[]],
  [{}],
  { a: null },
  [1, 'a', null],
  JSON.parse('{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}'),
  ...words,
]
/** Bodies that are no object, or one that nests deeper than a stack is. */
const bodies = [
  '',
  'null',
  '[]',
  '"text"',
  '0',
  '{',
  '{"a":',
  '\u0000',
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  '{"__proto__":{"polluted":"yes"}}',
  'a=1&a.b=2&a.b.c=3&__proto__.polluted=yes&constructor.prototype.polluted=yes',
  `${'a.'.repeat(5_000)}b=1`,
  'Tags.member.1=a&Tags.member.2.Key=b&Tags.member.__proto__.polluted=yes',
]
const targets = [
  '/%',
  '/%ff',
  '//',
  '//a',
  '/..',
  '/?%',
  '/%2e%2e/',
  '/?__proto__=1&__proto__=2',
  `/${'a'.repeat(3_000)}`,
]

/** Changes a value somewhere, or the name of a member; what it does not change it shares. */
function mutateValue(random: Random, value: unknown): unknown {
  if (typeof value === 'string' && random() < 0.3) return value + pick(random, words)
  if (typeof value !== 'object' || value === null || random() < 0.2) return pick(random, values)
  if (Array.isArray(value)) {
    const at = Math.floor(random() * (value.length + 1))
    return [...value.slice(0, at), mutateValue(random, value[at]), ...value.slice(at + 1)]
  }
  const entries = Object.entries(value)
  const at = Math.floor(random() * entries.length)
  const [name = 'a', member] = entries[at] ?? []
  const fate = random()
  const changed: [string, unknown][] =
    fate < 0.1
      ? []
      : fate < 0.25
        ? [[pick(random, words), member]]
        : fate < 0.35
          ? [
              [name, member],
              [pick(random, words), pick(random, values)],
            ]
          : [[name, mutateValue(random, member)]]
  return Object.fromEntries([...entries.slice(0, at), ...changed, ...entries.slice(at + 1)])
}

function mutateForm(random: Random, body: string): string {
  const pairs = [...new URLSearchParams(body)]
  const at = Math.floor(random() * pairs.length)
  const [name = 'a', value = ''] = pairs[at] ?? []
  const changed: [string, string][] = [
    random() < 0.6
      ? [name, pick(random, words)]
      : [random() < 0.5 ? pick(random, words) : `${name}.${pick(random, words)}`, value],
  ]
  if (random() < 0.3) changed.push([`${pick(random, inherited)}.${pick(random, inherited)}`, 'yes'])
  return new URLSearchParams([...pairs.slice(0, at), ...changed, ...pairs.slice(at + 1)]).toString()
}

function mutateBody(random: Random, body: Buffer): Buffer {
  const fate = random()
  if (fate < 0.08) return Buffer.from(pick(random, bodies))
  if (fate < 0.14) return body.subarray(0, Math.floor(random() * body.length))
  if (fate < 0.2) {
    const flipped = Buffer.from(body)
    for (let count = 0; count < 3 && body.length > 0; count++) {
      flipped[Math.floor(random() * body.length)] = Math.floor(random() * 256)
    }
    return flipped
  }
  const text = body.toString()
  try {
    return Buffer.from(JSON.stringify(mutateValue(random, JSON.parse(text))))
  } catch {
    return text.includes('=')
      ? Buffer.from(mutateForm(random, text))
      : Buffer.from(text + pick(random, words))
  }
}

/** What Node's own client refuses to write is left out. */
const writable = (text: string) => Buffer.from(text.replace(/[^\x20-\x7e]/g, ''))

function mutateTarget(random: Random, target: string): string {
  if (random() < 0.3) return pick(random, targets)
  const parts = target.split(/(?=[/?&=])/)
  const at = Math.floor(random() * parts.length)
  parts[at] =
    `${parts[at]?.[0] ?? '/'}${encodeURI(writable(pick(random, words)).toString()).replaceAll('%25', '%')}`
  return parts.join('') || '/'
}

function mutateHeaders(random: Random, headers: Wire['headers']): Wire['headers'] {
  const at = Math.floor(random() * headers.length)
  const [name = 'a', value = ''] = headers[at] ?? []
  const word = writable(pick(random, words)).toString()
  const changes: Wire['headers'][] = [
    [],
    [[name, word]],
    [[name, value.replace(/\w+$/, word)]],
    [
      [name, value],
      [name, word],
    ],
    [
      [name, value],
      [pick(random, inherited), 'x'],
    ],
  ]
  return [...headers.slice(0, at), ...pick(random, changes), ...headers.slice(at + 1)]
}

/** One to three changes. */
export function mutate(random: Random, wire: Wire): Wire {
  const mutated = { ...wire }
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
    const fate = random()
    if (fate < 0.7 && wire.body.length > 0) mutated.body = mutateBody(random, mutated.body)
    else if (fate < 0.85) mutated.headers = mutateHeaders(random, mutated.headers)
    else if (fate < 0.97) mutated.target = mutateTarget(random, mutated.target)
    else mutated.method = pick(random, ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])
  }
  return mutated
}

const hash = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** Adds the signature that this very request must have; its host alone is signed, and when. */
export function signWire(wire: Wire, service: string, keys: Keys, host: string): Wire {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = [stamp.slice(0, 8), 'us-east-1', service, 'aws4_request']
  const [path = '', query = ''] = wire.target.split(/\?(.*)/s)
  const sorted = query
    .split('&')
    .filter(Boolean)
    .map((pair) =>
      pair
        .split(/=(.*)/s)
        .slice(0, 2)
        .map((part) => encode(decode(part))),
    )
    .map(([name, value = '']) => `${name}=${value}`)
    .sort((a, b) => (a < b ? -1 : 1))
  const signed = `host:${host}\nx-amz-date:${stamp}\n\nhost;x-amz-date`
  const canonical = [
    wire.method,
    encode(path).replaceAll('%2F', '/'),
    sorted.join('&'),
    signed,
    hash(wire.body),
  ]
  const text = ['AWS4-HMAC-SHA256', stamp, scope.join('/'), hash(canonical.join('\n'))].join('\n')
  const key = scope.reduce<string | Buffer>(
    (last, part) => createHmac('sha256', last).update(part).digest(),
    `AWS4${keys.secretAccessKey}`,
  )
  const signature = createHmac('sha256', key).update(text).digest('hex')
  const credential = `${keys.accessKeyId}/${scope.join('/')}`
  const value = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${signature}`
  const headers: Wire['headers'] = [
    ['x-amz-date', stamp],
    ['authorization', value],
  ]
  return { ...wire, headers: [...wire.headers, ...headers] }
}

/** Sends it; undefined where the connection was cut. */
export function exchange(
  port: number,
  agent: Agent,
  { method, target, headers, body }: Wire,
): Promise<{ status: number; body: string } | undefined> {
  const raw = [...headers, ['host', `127.0.0.1:${port}`], ['content-length', String(body.length)]].flat()
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, agent, method, path: target, headers: raw }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() })
      })
    })
    sent.on('error', () => resolve(undefined))
    sent.end(body)
  })
}

/** Stands before a sandbox, and keeps what passes; what `holds` says is kept and not passed on. */
export async function startRecorder(endpoint: string, holds: () => boolean) {
  const recorded: Wire[] = []
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const { method = 'GET', url: target = '/', headers } = message
    const body = Buffer.concat(chunks)
    const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)/.exec(headers.authorization ?? '')?.[1]
    const kept = Object.entries(headers).filter(([name]) =>
      /^(content-type|x-amz-(target|invocation|log))/.test(name),
    )
    recorded.push({ method, target, headers: kept as Wire['headers'], body, ...(service && { service }) })
    if (holds()) return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    const own = { ...headers, host: new URL(endpoint).host, 'x-forwarded-host': headers.host }
    const onward = request(new URL(target, endpoint), { method, headers: own }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    onward.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    recorded,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
