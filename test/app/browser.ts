// A browser in front of a server, as far as cookies go.
import { createOtpServer, type OtpServer, type ServerOptions } from '../../app/server.ts'
import type { Stage } from '../flow/stage.ts'

export const origin = 'https://shop.example'

/** The server of an app that signs in to this stage. */
export const serverOf = (
  { sandbox, poolId, clientIds, clock }: Stage,
  options: Partial<ServerOptions> = {},
): OtpServer =>
  createOtpServer({
    region: sandbox.region,
    endpoint: sandbox.endpoint,
    userPoolId: poolId,
    clientId: clientIds.login,
    signUpClientId: clientIds.signup,
    now: clock.now,
    ...options,
  })

/** Keeps what it is given, and sends it along. */
export function browser(server: OtpServer, base = origin) {
  const jar = new Map<string, string>()
  const lines: string[] = []
  function keep(set: readonly string[]) {
    for (const line of set) {
      lines.push(line)
      const [pair = ''] = line.split('; ')
      const at = pair.indexOf('=')
      if (/Max-Age=0/.test(line)) jar.delete(pair.slice(0, at))
      else jar.set(pair.slice(0, at), pair.slice(at + 1))
    }
  }
  const request = (name: string, body?: object, headers: Record<string, string> = {}) =>
    new Request(`${base}/auth/${name}`, {
      headers: {
        cookie: [...jar].map(([key, value]) => `${key}=${value}`).join('; '),
        ...(body ? { 'content-type': 'application/json', origin: base } : {}),
        ...headers,
      },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    })
  return {
    jar,
    lines,
    request,
    keep,
    async ask(name: string, body?: object, headers?: Record<string, string>) {
      const response = (await server.handle(request(name, body, headers)))!
      keep(response.headers.getSetCookie())
      const text = await response.text()
      return { status: response.status, text, state: text ? JSON.parse(text) : undefined }
    },
  }
}
