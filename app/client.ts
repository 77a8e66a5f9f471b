// The sign-in of one user as a state machine: each call moves it on, and every change is told.

import { codeIn } from './code.ts'
import { call, type Reply, type Tokens } from './cognito.ts'
import { OtpError } from './errors.ts'
import { isFresh, userOf } from './jwt.ts'
import { createKeep, random } from './keep.ts'
import type { Client, ClientOptions } from './options.ts'
import { toE164 } from './phone.ts'
import { createRefresh, tokensOf } from './refresh.ts'
import { challengeOf, nextOf, type State } from './state.ts'
import { storesOf } from './storage.ts'
import { watched } from './watched.ts'

/** What may be done again as it was. */
const passing = ['network', 'unavailable', 'too_many_requests']

/** Makes no call until it is asked to. What was kept of a sign-in, or of a user, is there at once. */
export function createClient(options: ClientOptions): Client {
  const { clientId, signUpClientId, existingPool, country, locale, now = Date.now } = options
  const userIn = (idToken: string) => userOf(idToken, !existingPool)
  const keep = createKeep(storesOf(options.stores), clientId, now)
  const told = watched()

  function set(step: State['step'], changes: Partial<State> = {}): State {
    const { says } = changes
    const user = keep.tokens && userIn(keep.tokens.idToken)
    const text = (says && options.texts?.[says]) ?? ''
    return told.set({ ...told.state, next: 'wait', error: undefined, ...changes, user, step, says, text })
  }

  /** As it stands by what is kept. */
  function settle(error?: OtpError): State {
    const { signIn, tokens } = keep
    if (signIn) {
      const { challenge, phone } = signIn
      const { status, channel } = challenge
      const says = error?.code ?? (status === 'sent' && channel === 'sms' ? 'sent_sms' : status)
      return set('code', { phone, challenge, next: nextOf(challenge, now()), says, error })
    }
    const rest = { challenge: undefined, error, says: error?.code }
    return tokens ? set('signedIn', { ...rest, next: 'done' }) : set('idle', { ...rest, next: 'phone' })
  }

  const loading = keep.load()
  const ready: Promise<State> = loading ? loading.then(() => settle()) : Promise.resolve(settle())

  // One call at a time: whoever clicks twice gets the answer to the first.
  let running: Promise<State> | undefined
  function run(work: () => Promise<State>): Promise<State> {
    running ??= ready
      .then(work)
      .catch(async (error: unknown) => {
        if (!(error instanceof OtpError)) throw error
        if (error.code === 'session_expired') await keep.setSignIn(undefined)
        const next = passing.includes(error.code) ? 'retry' : 'phone'
        return set('failed', { next, error, says: error.code, challenge: keep.signIn?.challenge })
      })
      .finally(() => {
        running = undefined
      })
    return running
  }

  const refresh = createRefresh(options, keep)

  async function took(reply: Reply, phone: string, isChange: boolean): Promise<State> {
    const { AuthenticationResult: result, ChallengeParameters: parameters = {}, Session: session } = reply
    if (result?.IdToken) {
      await Promise.all([keep.setSignIn(undefined), keep.setTokens(tokensOf(result))])
      // It is not known whether the tokens of the sign-in that proves a number say so already.
      if (!userIn(result.IdToken).isVerified) await refresh().catch(() => undefined)
      tell('in')
      return settle()
    }
    if (!session || reply.ChallengeName !== 'CUSTOM_CHALLENGE') {
      throw new OtpError('misconfigured', reply.ChallengeName)
    }
    const at = now()
    const before = keep.signIn?.challenge
    const challenge = challengeOf(parameters, at, { before, isChange, hasSms: options.sms })
    await keep.setSignIn({ phone, username: parameters.USERNAME ?? phone, session, challenge, at })
    return settle()
  }

  async function respond(
    answer: string,
    wish: Record<string, string>,
    isChange = keep.signIn?.challenge.isChange ?? false,
  ): Promise<State> {
    if (!keep.signIn) throw new OtpError('session_expired')
    const { username, session, phone } = keep.signIn
    const reply = await call(options, 'RespondToAuthChallenge', {
      ChallengeName: 'CUSTOM_CHALLENGE',
      ClientId: clientId,
      Session: session,
      ChallengeResponses: { USERNAME: username, ANSWER: answer },
      ClientMetadata: { device: await keep.device(), ...(locale ? { locale } : {}), ...wish },
    })
    return took(reply, phone, isChange)
  }

  function phoneIn(typed: string): string {
    const phone = toE164(typed, country)
    if (!phone) throw new OtpError('invalid_phone')
    return phone
  }

  /** Cognito wants a password; nobody can sign in with it, and nobody knows it. */
  async function signUp(client: string, phone: string): Promise<void> {
    const input = { ClientId: client, Username: phone, Password: `Aa1!${random(24)}` }
    await call(options, 'SignUp', input).catch((error: OtpError) => {
      if (error.cognito !== 'UsernameExistsException') throw error
    })
  }

  async function forget(error?: OtpError): Promise<State> {
    await Promise.all([keep.setSignIn(undefined), keep.setTokens(undefined)])
    return settle(error)
  }

  // The other tabs.
  const tabs = typeof BroadcastChannel === 'function' ? new BroadcastChannel(`otp.${clientId}`) : undefined
  const tell = (what: 'in' | 'out') => tabs?.postMessage(what)
  if (tabs) {
    // Else a process of Node would wait for it.
    ;(tabs as { unref?(): void }).unref?.()
    tabs.onmessage = async ({ data }) => {
      if (data === 'out') await forget()
      else if (!running) {
        await keep.loadTokens()
        if (keep.tokens) settle()
      }
    }
  }

  return {
    get state() {
      return told.state
    },
    subscribe: told.subscribe,
    ready: () => ready,

    start: (typed) =>
      run(async () => {
        const phone = (existingPool === 'name' && typed.trim()) || phoneIn(typed)
        await keep.setSignIn(undefined)
        set('sending', { phone, challenge: undefined })
        if (signUpClientId && !keep.tokens) await signUp(signUpClientId, phone)
        const reply = await call(options, 'InitiateAuth', {
          AuthFlow: 'CUSTOM_AUTH',
          ClientId: clientId,
          AuthParameters: { USERNAME: phone },
        })
        return took(reply, phone, false)
      }),

    answer: (typed, { forgetOtherDevices = false } = {}) =>
      run(async () => {
        const length = keep.signIn?.challenge.codeLength ?? 0
        const code = codeIn(typed, length)
        if (keep.signIn && !code) return settle(new OtpError('invalid_code'))
        set('verifying')
        return respond(code ?? '', forgetOtherDevices ? { action: 'forget_devices' } : {})
      }),

    resend: (channel) =>
      run(() => {
        set('sending')
        return respond('resend', { action: 'resend', ...(channel === 'sms' ? { channel } : {}) })
      }),

    unlock: () =>
      run(() => {
        set('verifying')
        return respond('unlock', { action: 'unlock' })
      }),

    changeNumber: (typed, code = '') =>
      run(async () => {
        const phoneNumber = phoneIn(typed)
        set('verifying')
        const answer = codeIn(code, keep.signIn?.challenge.codeLength ?? 0) ?? 'change_number'
        return respond(answer, { action: 'change_number', phoneNumber }, true)
      }),

    async tokens({ refresh: isForced = false } = {}): Promise<Tokens> {
      await ready
      if (!keep.tokens) throw new OtpError('not_signed_in')
      if (!isForced && isFresh(keep.tokens.idToken, now())) return keep.tokens
      try {
        const fresh = await refresh()
        if (told.state.step === 'signedIn') settle()
        return fresh
      } catch (error) {
        if (!(error instanceof OtpError) || error.code !== 'session_expired') throw error
        const gone = new OtpError('not_signed_in', error.cognito)
        await forget(gone)
        tell('out')
        throw gone
      }
    },

    reset: () => keep.setSignIn(undefined).then(() => settle()),

    async signOut({ everywhere = false } = {}) {
      const { accessToken, refreshToken } = keep.tokens ?? {}
      const work = everywhere
        ? accessToken && call(options, 'GlobalSignOut', { AccessToken: accessToken })
        : refreshToken && call(options, 'RevokeToken', { ClientId: clientId, Token: refreshToken })
      // Signed out here in any case; what Cognito could not be told ends by itself.
      await Promise.resolve(work).catch(() => undefined)
      await forget()
      tell('out')
      return told.state
    },

    close: () => tabs?.close(),
  }
}
