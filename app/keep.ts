// What is kept of one user between pages: the sign-in under way, and the tokens.
import type { Tokens } from './cognito.ts'
import type { Challenge } from './state.ts'
import type { Stores } from './storage.ts'

/** What a sign-in under way needs to go on. */
export interface SignIn {
  phone: string
  /** As Cognito wants to be given it in every round. */
  username: string
  /** The newest: each answer uses one up. */
  session: string
  challenge: Challenge
  /** Epoch milliseconds. */
  at: number
}

export interface Keep {
  signIn: SignIn | undefined
  tokens: Tokens | undefined
  /** Reads what was kept; a promise only where a store is one that answers later. */
  load(): void | Promise<void>
  /** Tokens alone: another tab may have got new ones. */
  loadTokens(): void | Promise<void>
  setSignIn(signIn: SignIn | undefined): Promise<void>
  /** A refresh token that is not given anew stays. */
  setTokens(tokens: Tokens | undefined): Promise<void>
  /** By what the stage knows this device; made once. */
  device(): Promise<string>
}

/** Cognito forgets a session after 15 minutes at most. */
const sessionLifeMs = 15 * 60_000

/** As Base64, which the stage takes for a device's secret as it is. */
export const random = (bytes: number): string =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes))))

type Kept = string | null | undefined

function parse<T>(text: Kept): T | undefined {
  try {
    return text ? (JSON.parse(text) as T) : undefined
  } catch {
    return undefined
  }
}

export function createKeep(stores: Stores, clientId: string, now: () => number): Keep {
  const sessionKey = `otp.${clientId}.session`
  const tokensKey = `otp.${clientId}.tokens`
  const deviceKey = 'otp.device'

  /** At once where the value is there at once: nothing flashes then. */
  const then = (value: Kept | Promise<Kept>, take: (text: Kept) => void): void | Promise<void> =>
    typeof (value as Promise<Kept> | null)?.then === 'function'
      ? (value as Promise<Kept>).then(take, () => take(null))
      : take(value as Kept)

  const self: Keep = {
    signIn: undefined,
    tokens: undefined,
    loadTokens: () =>
      then(stores.tokens.getItem(tokensKey), (text) => {
        const found = parse<Tokens>(text)
        self.tokens = found?.idToken ? found : undefined
      }),
    load() {
      const session = then(stores.session.getItem(sessionKey), (text) => {
        const found = parse<SignIn>(text)
        self.signIn = found && now() - found.at < sessionLifeMs ? found : undefined
      })
      const tokens = self.loadTokens()
      return session || tokens ? Promise.all([session, tokens]).then(() => undefined) : undefined
    },
    async setSignIn(signIn) {
      self.signIn = signIn
      if (signIn) await stores.session.setItem(sessionKey, JSON.stringify(signIn))
      else await stores.session.removeItem(sessionKey)
    },
    async setTokens(tokens) {
      self.tokens = tokens && { ...tokens, refreshToken: tokens.refreshToken ?? self.tokens?.refreshToken }
      if (tokens) await stores.tokens.setItem(tokensKey, JSON.stringify(self.tokens))
      else await stores.tokens.removeItem(tokensKey)
    },
    async device() {
      const known = await stores.device.getItem(deviceKey)
      const device = known ?? random(16)
      if (!known) await stores.device.setItem(deviceKey, device)
      return device
    },
  }
  return self
}
