// The client of a page whose server signs in (`whatsapp-otp/server`): the same calls and the same states, and no token.
import { OtpError, type OtpErrorCode } from './errors.ts'
import type { Client } from './options.ts'
import type { Challenge, State, Texts } from './state.ts'
import { watched } from './watched.ts'

export interface RemoteOptions {
  /** Where the server's `handle` is mounted; `/auth` unless given. */
  path?: string | undefined
  texts?: Partial<Texts> | undefined
  fetch?: typeof fetch | undefined
}

/** The challenge with the times of this device, whose clock may be wrong, for those of a server where it is `itsTime`. */
function byThisClock(challenge: Challenge, itsTime: number): Challenge {
  const here = <T extends number | undefined>(at: T) => (at && at - itsTime + Date.now()) as T
  const { expiresAt, resendAt, smsAt } = challenge
  return { ...challenge, expiresAt: here(expiresAt), resendAt: here(resendAt), smsAt: here(smsAt) }
}

/**
 * Asks the server at once how the sign-in stands: it is `restoring` until then, and stays so where a server draws the
 * page.
 */
export function createRemoteClient({ path = '/auth', texts, fetch: given }: RemoteOptions = {}): Client {
  const now = watched()
  const send = given ?? fetch
  const hasPage = given !== undefined || typeof location === 'object' || !path.startsWith('/')
  const set = (next: State) => now.set({ ...next, text: (next.says && texts?.[next.says]) ?? next.text })

  async function ask(name: string, body?: Record<string, unknown>): Promise<State> {
    let code: OtpErrorCode = 'network'
    try {
      const answer = await send(`${path}/${name}`, {
        ...(body && {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
        credentials: 'same-origin',
      })
      code = 'unavailable'
      const { now: itsTime, ...found } = await answer.json()
      const error = found.error && new OtpError(found.error.code)
      if (found.challenge) found.challenge = byThisClock(found.challenge, itsTime)
      // A refusal does not say how the sign-in stands: what is known of it holds.
      return set({ ...(answer.ok ? {} : now.state), ...found, ...(error ? { error } : {}) })
    } catch (cause) {
      const error = new OtpError(code, undefined, cause)
      return set({ ...now.state, step: 'failed', next: 'retry', text: '', says: code, error })
    }
  }

  let running: Promise<State> | undefined
  /** One call at a time: whoever clicks twice gets the answer to the first. */
  function run(step: State['step'], name: string, body: Record<string, unknown>): Promise<State> {
    if (!running) {
      set({ ...now.state, step, next: 'wait', text: '', says: undefined, error: undefined })
      running = ask(name, body).finally(() => {
        running = undefined
      })
    }
    return running
  }

  // The other tabs.
  const tabs =
    hasPage && typeof BroadcastChannel === 'function' ? new BroadcastChannel(`otp.${path}`) : undefined
  if (tabs) tabs.onmessage = () => void ask('state')
  const tell = (next: State) => {
    tabs?.postMessage('')
    return next
  }
  const told = async (asked: Promise<State>) => {
    const next = await asked
    return next.step === 'signedIn' ? tell(next) : next
  }

  const ready = hasPage ? ask('state') : Promise.resolve(now.state)
  return {
    get state() {
      return now.state
    },
    subscribe: now.subscribe,
    ready: () => ready,
    start: (phone) => run('sending', 'start', { phone }),
    answer: (code, wish) => told(run('verifying', 'answer', { code, ...wish })),
    resend: (channel) => run('sending', 'resend', { channel }),
    unlock: () => run('verifying', 'unlock', {}),
    changeNumber: (phone, code) => run('verifying', 'change', { phone, code }),
    tokens: () => Promise.reject(new OtpError('not_signed_in')),
    reset: () => run('sending', 'reset', {}),
    signOut: async (options) => tell(await run('verifying', 'signout', { ...options })),
    close: () => tabs?.close(),
  }
}
