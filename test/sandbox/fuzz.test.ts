// Whatever it is sent, the sandbox answers like AWS, keeps its stack to itself and lives: no 500, no growth.
// FUZZ=20000 sends that many requests of each protocol, FUZZ_SEED=<n> other ones.

import { Agent } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenSandbox, startOpenSandbox } from '../../src/sandbox/server.ts'
import { exchange, mutate, pick, randomOf, signWire, startRecorder, type Wire } from './fuzz.ts'
import { type Keys, keysOf } from './lambda/signed.ts'
import { sdkClientOf } from './sdk-clients.ts'
import type { Seen } from './sdk-scene.ts'
import { scenes } from './sdk-scenes.ts'
import { answerTriggers } from './sdk-scenes-cognito.ts'

const count = Number(process.env.FUZZ ?? 250)
const seed = Number(process.env.FUZZ_SEED ?? 1)

let sandbox: OpenSandbox
let keys: Keys
let port: number
const agent = new Agent({ keepAlive: true, maxSockets: 8 })
const seeds = {
  json: [] as Wire[],
  rest: [] as Wire[],
  query: [] as Wire[],
  sendzen: [] as Wire[],
  admin: [] as Wire[],
  web: [] as Wire[],
}

const plain = (method: string, target: string, body: unknown = '', headers: Wire['headers'] = []): Wire => ({
  method,
  target,
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
})

beforeAll(async () => {
  sandbox = await startOpenSandbox()
  sandbox.inside.functions.limits.processes = 4
  keys = keysOf(sandbox)
  port = Number(new URL(sandbox.endpoint).port)
  answerTriggers(sandbox)
  // What deletes is kept for later: there is more to break while things exist.
  let isDeleting = false
  const recorder = await startRecorder(sandbox.endpoint, () => isDeleting)
  const seen: Seen = {}
  for (const [service, operation, input = {}] of await scenes()) {
    const client = sdkClientOf(service, { ...sandbox, endpoint: recorder.endpoint })
    isDeleting = /^(Admin)?Delete/.test(operation)
    const given = typeof input === 'function' ? input(seen) : input
    await client.call(operation, given).then(
      ({ output }) => {
        seen[operation] = output
      },
      () => undefined,
    )
    client.close()
  }
  recorder.close()
  for (const wire of recorder.recorded) {
    const isJson = wire.headers.some(([name]) => name === 'x-amz-target')
    const protocol = isJson ? 'json' : wire.service === 'lambda' ? 'rest' : 'query'
    // What deletes is sent seldom.
    const target = wire.headers.find(([name]) => name === 'x-amz-target')?.[1] ?? wire.body.toString()
    const deletes = wire.method === 'DELETE' || /(\.|Action=)(Admin)?Delete/.test(target)
    for (let times = deletes ? 1 : 10; times > 0; times--) seeds[protocol].push(wire)
  }
  const env = sandbox.env()
  const bearer: Wire['headers'] = [['authorization', `Bearer ${env.SENDZEN_API_KEY}`]]
  const message = {
    from: env.WHATSAPP_FROM,
    to: '+15550100001',
    type: 'template',
    template: {
      name: env.WHATSAPP_TEMPLATE_NAME,
      lang_code: 'en_US',
      components: [
        { type: 'body', parameters: [{ type: 'text', text: '123456' }] },
        { type: 'button', sub_type: 'url', index: 0, parameters: [{ type: 'text', text: '123456' }] },
      ],
    },
  }
  seeds.sendzen = [
    plain('POST', '/v1/messages', message, bearer),
    plain('POST', '/v1/messages', { ...message, type: 'text', text: { body: 'Hello' } }, bearer),
    ...[
      '/v1/auth/api_key',
      '/v1/waba',
      '/v1/logs?limit=5&page=1',
      '/v1/100000000000001/message_templates',
    ].map((target) => plain('GET', target, '', bearer)),
    plain(
      'POST',
      '/v1/100000000000001/message_templates',
      { name: 'a', language: 'en_US', category: 'UTILITY', components: [{ type: 'BODY', text: 'A' }] },
      bearer,
    ),
    plain('DELETE', '/v1/100000000000001/message_templates?name=a', '', bearer),
  ]
  seeds.admin = [
    ...['clock', 'calls', 'inventory', 'text-messages'].map((name) => plain('GET', `/_sandbox/${name}`)),
    plain('POST', '/_sandbox/clock', { advanceMs: 1 }),
    plain('POST', '/_sandbox/faults', [{ service: 'ssm', kind: 'throttle', nth: 1, times: 2, ms: 1 }]),
    plain('DELETE', '/_sandbox/faults'),
  ]
  const origin: Wire['headers'] = [
    ['origin', 'https://example.com'],
    ['access-control-request-method', 'POST'],
  ]
  seeds.web = [
    ...['/', '/inbox', '/inbox?to=%2B15550100001', '/inbox/stage', '/a_b/.well-known/jwks.json'].map(
      (target) => plain('GET', target, '', origin),
    ),
    plain('POST', '/inbox/msg_1/read'),
    plain('DELETE', '/inbox?to=1'),
    plain('OPTIONS', '/', '', origin),
  ]
})
afterAll(async () => {
  agent.destroy()
  await sandbox.close()
})

/** What one of the mutated requests shows that none may; undefined when all is well. */
async function faultOf(wire: Wire, protocol: string): Promise<string | undefined> {
  const answer = await exchange(port, agent, wire)
  const shown = () =>
    `${wire.method} ${wire.target.slice(0, 200)} ${JSON.stringify(wire.headers).slice(0, 600)} ${wire.body.toString().slice(0, 600)}`
  if (!answer) return `${protocol}: no answer to ${shown()}`
  const where = sandbox.calls.findLast((call) => call.defect)?.defect
  if (answer.status === 500) return `${protocol}: 500 ${answer.body.slice(0, 300)} ${where} to ${shown()}`
  if (/\n\s+at \S+.*:\d+:\d+/.test(answer.body)) return `${protocol}: a stack in the answer to ${shown()}`
  return undefined
}

async function fuzz(protocol: keyof typeof seeds, signs: boolean): Promise<string[]> {
  const random = randomOf(seed * 1_000 + protocol.length)
  const faults: string[] = []
  let left = count
  const worker = async () => {
    while (left-- > 0 && faults.length < 5) {
      const original = pick(random, seeds[protocol])
      const mutated = mutate(random, original)
      const isSigned = signs && original.service !== undefined && random() < 0.9
      const wire = isSigned ? signWire(mutated, original.service ?? '', keys, `127.0.0.1:${port}`) : mutated
      const fault = await faultOf(wire, protocol)
      if (fault) faults.push(fault)
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return faults
}

const limit = 60_000 + count * 30

describe('mutated requests', () => {
  it.each([
    ['json', true],
    ['query', true],
    ['rest', true],
    ['sendzen', false],
    ['web', false],
    ['admin', false],
  ] as const)(
    'of %s are answered',
    async (protocol, signs) => {
      expect(seeds[protocol].length).toBeGreaterThan(4)
      expect(await fuzz(protocol, signs)).toEqual([])
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
      expect(Object.keys(Object.prototype)).toEqual([])
      sandbox.faults.clear()
      sandbox.calls.length = 0
      const alive = await exchange(port, agent, plain('GET', '/_sandbox/clock'))
      expect(alive?.status).toBe(200)
    },
    limit,
  )
})
