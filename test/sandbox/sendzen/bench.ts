// SendZen and the inbox behind a real HTTP server, with a clock that tests move.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chanceOf } from '../../../src/sandbox/account/chance.ts'
import { assumed } from '../../../src/sandbox/account/unsettled.ts'
import { noDelays, type World } from '../../../src/sandbox/account/world.ts'
import { createWeb } from '../../../src/sandbox/door/web.ts'
import { account } from '../../../src/sandbox/sendzen/account.ts'
import type { SendZenOptions } from '../../../src/sandbox/sendzen/control.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, as JSON.
type Answer = { status: number; body: any }

export const otp = (to: string, code = '123456', change: Record<string, unknown> = {}) => ({
  from: account.senders[0].phone,
  to,
  type: 'template',
  template: {
    name: account.template,
    lang_code: 'en_US',
    components: [
      { type: 'body', parameters: [{ type: 'text', text: code }] },
      { type: 'button', sub_type: 'url', index: 0, parameters: [{ type: 'text', text: code }] },
    ],
    ...change,
  },
})

export async function messagingBench(options: SendZenOptions = {}) {
  let time = Date.parse('2026-01-01T00:00:00Z')
  /** What was waited for, in milliseconds; `hold` makes waiting last until it is released. */
  const waits: number[] = []
  const held: (() => void)[] = []
  const mode = { hold: false }
  const world: World = {
    account: '123456789012',
    region: 'eu-west-1',
    partition: 'aws',
    chance: chanceOf(),
    endpoint: '',
    delays: { ...noDelays },
    unsettled: { ...assumed },
    pageSize: 3,
    now: () => time,
    sleep: async (ms) => {
      waits.push(ms)
      if (mode.hold) await new Promise<void>((resolve) => held.push(resolve))
    },
  }
  const web = createWeb(world, options)
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (!(await web.handle(request, response, Buffer.concat(chunks).toString())))
      response.writeHead(418).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  world.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const request = (method: string, path: string, body?: unknown, key: string = account.apiKey) =>
    fetch(world.endpoint + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const json = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await request(method, path, body)
    return { status: response.status, body: await response.json() }
  }

  return {
    ...web,
    world,
    waits,
    request,
    json,
    send: (body: unknown) => json('POST', '/v1/messages', body),
    hold: () => {
      mode.hold = true
    },
    release: () =>
      held.splice(0).forEach((resolve) => {
        resolve()
      }),
    pass: (ms: number) => {
      time += ms
    },
    stop: async () => {
      web.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
