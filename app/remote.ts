// The client of a page whose server signs in (`whatsapp-otp/server`): the same calls and the same states, and no token.
import { OtpError, type OtpErrorCode } from './errors.ts'
import type { Client } from './options.ts'
import type { State, Texts } from './state.ts'
import { watched } from './watched.ts'

export interface RemoteOptions {
  /** Where the server's `handle` is mounted; `/auth` unless given. */
  path?: string | undefined
  texts?: Partial<Texts> | undefined
  fetch?: typeof fetch | undefined
}

/** Asks the server at once how the sign-in stands: it is `restoring` until then. */
export function createRemoteClient({
  path = '/auth',
  texts,
  fetch: send = fetch,
}: RemoteOptions = {}): Client {
  const now = watched()
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
      const found = await answer.json()
      const error = found.error && new OtpError(found.error.code)
      return set({ ...found, ...(error ? { error } : {}) })
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
  const tabs = typeof BroadcastChannel === 'function' ? new BroadcastChannel(`otp.${path}`) : undefined
  if (tabs) tabs.onmessage = () => void ask('state')
  const tell = (next: State) => {
    tabs?.postMessage('')
    return next
  }
  const told = async (asked: Promise<State>) => {
    const next = await asked
    return next.step === 'signedIn' ? tell(next) : next
  }

  const ready = ask('state')
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
