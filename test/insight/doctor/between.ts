// A server between doctor and the sandbox: it answers what a test says, and passes on everything else.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { RunOptions, Terminal } from '../../cli/terminal.ts'

/** Its address; it is gone with the test. */
export async function between(
  target: string,
  answer: (path: string) => { status?: number; body: string } | undefined,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const own = answer(request.url ?? '')
    if (own) return void response.writeHead(own.status ?? 200).end(own.body)
    const { authorization = '' } = request.headers
    const passed = await fetch(`${target}${request.url}`, { headers: { authorization } })
    response.writeHead(passed.status).end(await passed.text())
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** SendZen with one answer of its own. */
export async function sendzenWith(
  terminal: Terminal,
  path: RegExp,
  change: (body: string) => string,
): Promise<RunOptions> {
  const { endpoint } = terminal.sandbox
  const authorization = `Bearer ${terminal.sandbox.env().SENDZEN_API_KEY}`
  const cache = new Map<string, string>()
  for (const known of ['/v1/waba', `/v1/100000000000001/message_templates?limit=100`]) {
    cache.set(known, await (await fetch(endpoint + known, { headers: { authorization } })).text())
  }
  const url = await between(endpoint, (asked) =>
    path.test(asked) ? { body: change(cache.get(asked) ?? '{}') } : undefined,
  )
  return { env: { SENDZEN_API_URL: `${url}/v1/messages` } }
}
