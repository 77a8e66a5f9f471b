// `whatsapp-otp/server`: the sign-in behind a server of yours. The browser holds cookies that no script can read, and
// tokens never reach a page. Takes web-standard requests, as Next.js, Hono, SvelteKit, Astro and Deno hand them over.
import { createClient } from './client.ts'
import { cookieJar } from './cookies.ts'
import { OtpError, type OtpErrorCode } from './errors.ts'
import { type Limit, limitOf } from './limit.ts'
import type { Client, ClientOptions } from './options.ts'
import { prepareWith } from './secret-hash.ts'
import type { State, User } from './state.ts'
import { createVerifier } from './verify.ts'

export type { Tokens } from './cognito.ts'
export { OtpError, type OtpErrorCode } from './errors.ts'
export { type Limit, limitOf } from './limit.ts'
export type { State, User } from './state.ts'

export interface ServerOptions extends Omit<ClientOptions, 'stores' | 'prepare'> {
  userPoolId: string
  /** Of `clientId`, where the stage was made with CLIENT_SECRET=true. */
  clientSecret?: string | undefined
  signUpClientSecret?: string | undefined
  /** Where `handle` is mounted; `/auth` unless given. */
  path?: string | undefined
  /**
   * Who asks, to be counted: the address of the visitor as your host gives it (`request.headers.get('cf-connecting-ip')`,
   * `x-vercel-forwarded-for`, …). Never a header that the visitor himself may set. Without it all visitors count as one.
   */
  visitor?: ((request: Request) => string | undefined) | undefined
  /** Of messages that one visitor may ask for: 10 in 10 minutes unless given. */
  messages?: Limit | undefined
  /** Of answers that one visitor may give: 30 in 10 minutes unless given. */
  answers?: Limit | undefined
  /** Where pages may be that ask, as `https://example.org`; where the browser found this server unless given. */
  origins?: readonly string[] | undefined
}

export interface Session {
  /** Undefined where nobody is signed in. */
  user: User | undefined
  /** For calls of AWS in the user's name; undefined as `user`. */
  accessToken: string | undefined
  /** `Set-Cookie` lines that have to go out with the answer: the tokens may have been refreshed. */
  cookies: string[]
}

export interface OtpServer {
  /** Answers what the page asks below `path`; undefined for everything else. */
  handle(request: Request): Promise<Response | undefined>
  /** Who is signed in: the token is checked, and refreshed where it ends within a minute. Throws OtpError `network`. */
  session(request: Request): Promise<Session>
  /** Checks an id token from elsewhere, as an `Authorization` header. Throws OtpError `not_signed_in` or `network`. */
  verify(idToken: string): Promise<User>
  /** The same, and refuses a user whose number is not proven: both claims are looked at. */
  verifyNumber(idToken: string): Promise<User>
}

/** What a page may ask for, by the last part of the address. */
const actions = {
  start: (client, { phone }) => client.start(phone),
  answer: (client, { code, forgetOtherDevices }) =>
    client.answer(code, { forgetOtherDevices: forgetOtherDevices === 'true' }),
  resend: (client, { channel }) => client.resend(channel === 'sms' ? 'sms' : 'whatsapp'),
  unlock: (client) => client.unlock(),
  change: (client, { phone, code }) => client.changeNumber(phone, code),
  reset: (client) => client.reset(),
  signout: (client, { everywhere }) => client.signOut({ everywhere: everywhere === 'true' }),
} satisfies Record<string, (client: Client, body: Body) => Promise<State>>

type Action = keyof typeof actions
type Body = Record<'phone' | 'code' | 'channel' | 'everywhere' | 'forgetOtherDevices', string>

const sending: readonly string[] = ['start', 'resend', 'change']
const mostBytes = 4096

export function createOtpServer(options: ServerOptions): OtpServer {
  const { clientId, signUpClientId, now = Date.now } = options
  const path = (options.path ?? '/auth').replace(/\/$/, '')
  const messages = options.messages ?? limitOf(10, 600, now)
  const answers = options.answers ?? limitOf(30, 600, now)
  const clientIds = [clientId, ...(signUpClientId ? [signUpClientId] : [])]
  let verifier: ReturnType<typeof createVerifier> | undefined
  const verify = async (idToken: string) => {
    verifier ??= createVerifier({ ...options, clientIds })
    return verifier(idToken)
  }
  const secretOf = (id: string) => (id === clientId ? options.clientSecret : options.signUpClientSecret)

  /** The machine of one visitor, by what his cookies say. */
  function clientOf(request: Request) {
    // Not before somebody asks: frameworks load the app while they build it, where no ids are known yet.
    const missing = (['region', 'userPoolId', 'clientId'] as const).filter((name) => !options[name])
    if (missing.length > 0) {
      throw new TypeError(
        `createOtpServer was given no ${missing.join(', ')}: \`npx whatsapp-otp outputs\` prints them`,
      )
    }
    const jar = cookieJar(request, new URL(request.url).protocol === 'https:')
    const idToken = () => {
      const text = jar.stores.tokens.getItem('')
      return typeof text === 'string' ? (JSON.parse(text).idToken as string) : undefined
    }
    const prepare = prepareWith(secretOf, idToken)
    return { jar, idToken, client: createClient({ ...options, stores: jar.stores, prepare }) }
  }

  /** Another site's page may send a form here, but no JSON, and its browser says whose page it is. */
  function isOwn({ headers, url }: Request): boolean {
    const origin = headers.get('origin')
    const site = headers.get('sec-fetch-site')
    // Behind a proxy, and in Next.js, the request's address is not the one that the browser knows.
    const isHere = (page: string) =>
      site === 'same-origin' ||
      [url, `http://${headers.get('host')}`].some((one) => URL.parse(one)?.host === URL.parse(page)?.host)
    return (
      (origin === null || (options.origins?.includes(origin) ?? isHere(origin))) &&
      /^application\/json\b/.test(headers.get('content-type') ?? '') &&
      ['same-origin', 'none', null].includes(site)
    )
  }

  function answer(state: State, cookies: string[], status = 200): Response {
    const { error, user, ...rest } = state
    const shown = {
      ...rest,
      ...(user ? { user } : {}),
      ...(error ? { error: { code: error.code } } : {}),
      // The times of the challenge are this clock's, which need not be the device's.
      now: now(),
    }
    const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' })
    for (const line of cookies) headers.append('set-cookie', line)
    return new Response(JSON.stringify(shown), { status, headers })
  }

  const refused = (code: OtpErrorCode, status: number) => {
    const error = new OtpError(code)
    return answer(
      { step: 'failed', next: 'retry', text: options.texts?.[code] ?? '', says: code, error },
      [],
      status,
    )
  }

  async function bodyOf(request: Request): Promise<Body | undefined> {
    const text = await request.text()
    if (text.length > mostBytes) return undefined
    try {
      const body: unknown = JSON.parse(text || '{}')
      const strings = Object.entries(body as object).map(([name, value]) => [name, String(value)])
      return { phone: '', code: '', ...Object.fromEntries(strings) }
    } catch {
      return undefined
    }
  }

  async function sessionOf({ jar, client, idToken }: ReturnType<typeof clientOf>): Promise<Session> {
    const nobody = () => ({ user: undefined, accessToken: undefined, cookies: jar.changes() })
    try {
      if (!idToken()) return nobody()
      const { idToken: fresh, accessToken } = await client.tokens()
      return { user: await verify(fresh), accessToken, cookies: jar.changes() }
    } catch (error) {
      if (!(error instanceof OtpError) || error.code !== 'not_signed_in') throw error
      jar.stores.tokens.removeItem('')
      return nobody()
    } finally {
      client.close()
    }
  }

  return {
    session: async (request) => sessionOf(clientOf(request)),
    verify,
    async verifyNumber(idToken) {
      const user = await verify(idToken)
      if (!user.isVerified) throw new OtpError('not_signed_in')
      return user
    },

    async handle(request) {
      const { pathname } = new URL(request.url)
      if (!pathname.startsWith(`${path}/`)) return undefined
      const name = pathname.slice(path.length + 1)
      if (name === 'state' && request.method === 'GET') {
        const visit = clientOf(request)
        const { state } = visit.client
        const found = await sessionOf(visit).catch((error: OtpError) => error)
        // Not known is not signed out.
        if (found instanceof Error) return refused(found.code, 503)
        const { user, cookies } = found
        const nobody: State = { step: 'idle', next: 'phone', text: '' }
        const shown = user ? { ...state, user } : state.step === 'signedIn' ? nobody : state
        return answer(shown, cookies)
      }
      if (!Object.hasOwn(actions, name)) return new Response(null, { status: 404 })
      if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } })
      if (!isOwn(request)) return new Response(null, { status: 403 })
      const visitor = options.visitor?.(request) ?? ''
      const limit = sending.includes(name) ? messages : answers
      if (!(await limit.take(visitor))) return refused('too_many_requests', 429)
      const body = await bodyOf(request)
      if (!body) return new Response(null, { status: 400 })
      const { jar, client } = clientOf(request)
      const state = await actions[name as Action](client, body)
      client.close()
      return answer(state, jar.changes())
    },
  }
}
