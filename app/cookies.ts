// What a server keeps of a user in his browser: cookies that no script can read.
import type { Store } from './storage.ts'

/** A cookie holds about 4 kB, and each of the three tokens up to 2. */
const names = ['id', 'access', 'refresh', 'session', 'device'] as const
type Name = (typeof names)[number]

/** Seconds. The refresh token lives 30 days, a device is known for 400, which is as long as browsers keep any. */
const lives: Record<Name, number> = {
  id: 30 * 86_400,
  access: 30 * 86_400,
  refresh: 30 * 86_400,
  session: 900,
  device: 400 * 86_400,
}

export interface CookieJar {
  stores: { session: Store; tokens: Store; device: Store }
  /** `Set-Cookie` lines for what has changed since. */
  changes(): string[]
}

/** `https` decides by what name and how: on an address without it browsers take no `Secure` cookie. */
export function cookieJar(request: Pick<Request, 'headers' | 'url'>, isSecure: boolean): CookieJar {
  const prefix = isSecure ? '__Host-otp_' : 'otp_'
  const given = new Map(
    (request.headers.get('cookie') ?? '').split(/; */).flatMap((one): [string, string][] => {
      const at = one.indexOf('=')
      return at > 0 ? [[one.slice(0, at), one.slice(at + 1)]] : []
    }),
  )
  const read = (name: Name): string | undefined => {
    const value = given.get(prefix + name)
    try {
      return value === undefined || value === '' ? undefined : decodeURIComponent(value)
    } catch {
      return undefined
    }
  }
  const before = new Map(names.map((name) => [name, read(name)]))
  const now = new Map(before)
  const put = (name: Name, value: string | undefined) => void now.set(name, value)

  const plain = (name: Name): Store => ({
    getItem: () => now.get(name),
    setItem: (_, value) => put(name, value),
    removeItem: () => put(name, undefined),
  })

  return {
    stores: {
      session: plain('session'),
      device: plain('device'),
      tokens: {
        getItem() {
          const [idToken, accessToken, refreshToken] = [now.get('id'), now.get('access'), now.get('refresh')]
          return idToken ? JSON.stringify({ idToken, accessToken, refreshToken }) : undefined
        },
        setItem(_, value) {
          const { idToken, accessToken, refreshToken } = JSON.parse(value)
          put('id', idToken)
          put('access', accessToken)
          put('refresh', refreshToken)
        },
        removeItem: () => {
          for (const name of ['id', 'access', 'refresh'] as const) put(name, undefined)
        },
      },
    },
    changes: () =>
      names
        .filter((name) => now.get(name) !== before.get(name))
        .map((name) => {
          const value = now.get(name)
          const life = value === undefined ? 0 : lives[name]
          return [
            `${prefix}${name}=${encodeURIComponent(value ?? '')}`,
            ...[`Max-Age=${life}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'],
            ...(isSecure ? ['Secure'] : []),
          ].join('; ')
        }),
  }
}
