// The client of an app against the sandbox: every way that a sign-in may go, as the app sees it.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '../../app/client.ts'
import { US } from '../../app/countries.ts'
import { en } from '../../app/en.ts'
import type { Client, ClientOptions } from '../../app/options.ts'
import { memory } from '../../app/storage.ts'
import { keepsItsSecrets, Stage } from '../flow/stage.ts'

let stage: Stage
const clients: Client[] = []
beforeAll(async () => {
  stage = await Stage.open({ SMS_FALLBACK: 'true', SMS_ORIGINATION_NUMBER: '+12065550100' })
})
afterAll(() => stage?.close())
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  stage.sandbox.faults.clear()
})

const storesOfOneTab = () => ({ session: memory(), tokens: memory(), device: memory() })

function open(options: Partial<ClientOptions> = {}): Client {
  const client = createClient({
    region: stage.sandbox.region,
    endpoint: stage.sandbox.endpoint,
    clientId: stage.clientIds.login,
    signUpClientId: stage.clientIds.signup,
    country: US,
    texts: en,
    stores: storesOfOneTab(),
    now: stage.clock.now,
    ...options,
  })
  clients.push(client)
  return client
}

const codeFor = (phone: string) => stage.app.code(phone)
const wrongFor = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

describe('a sign-in', () => {
  it('signs up and in with one code, from a number as it is typed', async () => {
    const phone = stage.newPhone()
    const client = open()
    const steps: string[] = []
    client.subscribe(({ step }) => steps.push(step))
    expect(client.state).toMatchObject({ step: 'idle', next: 'phone', text: '' })
    const typed = `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`
    const asked = await client.start(typed)
    expect(asked).toMatchObject({ step: 'code', next: 'code', phone, text: en.sent })
    expect(asked.challenge).toMatchObject({
      status: 'sent',
      channel: 'whatsapp',
      codeLength: 6,
      attemptsLeft: 3,
    })
    expect(asked.challenge!.expiresAt - stage.clock.now()).toBeGreaterThan(290_000)
    const done = await client.answer(`${codeFor(phone)} is your verification code.`)
    expect(done).toMatchObject({ step: 'signedIn', next: 'done', challenge: undefined })
    expect(done.user).toMatchObject({ phone, isVerified: true })
    expect(steps).toEqual(['sending', 'code', 'verifying', 'signedIn'])
    expect((await client.tokens()).accessToken).toMatch(/^ey/)
    const again = open()
    expect(await again.start(phone)).toMatchObject({ step: 'code' })
  })

  it('sends one message for a double click', async () => {
    const phone = await stage.app.signUp()
    const client = open()
    const both = await Promise.all([client.start(phone), client.start(phone)])
    expect(both[0]).toBe(both[1])
    expect(stage.app.messages(phone)).toHaveLength(1)
  })

  it('survives a reload: the newest session is kept', async () => {
    const stores = storesOfOneTab()
    const phone = await stage.app.signUp()
    const client = open({ stores })
    await client.start(phone)
    const code = codeFor(phone)
    expect(await client.answer(wrongFor(code))).toMatchObject({ step: 'code', next: 'code', text: en.wrong })
    const reloaded = open({ stores })
    // At once, before anything is awaited.
    expect(reloaded.state).toMatchObject({
      step: 'code',
      phone,
      challenge: { status: 'wrong', attemptsLeft: 2 },
    })
    expect((await reloaded.answer(code)).step).toBe('signedIn')
    expect(open({ stores }).state).toMatchObject({ step: 'signedIn', user: { phone } })
  })

  it('is «restoring» where the store answers later, and never «signed out» meanwhile', async () => {
    const stores = storesOfOneTab()
    const phone = await stage.app.signUp()
    const first = open({ stores })
    await first.start(phone)
    await first.answer(codeFor(phone))
    const late = { ...stores.tokens, getItem: async (key: string) => stores.tokens.getItem(key) }
    const client = open({ stores: { ...stores, tokens: late } })
    expect(client.state.step).toBe('restoring')
    const steps: string[] = []
    client.subscribe(({ step }) => steps.push(step))
    expect((await client.ready()).step).toBe('signedIn')
    expect(steps).toEqual(['signedIn'])
  })

  it('tells what to do when tries or time are used up', async () => {
    const phone = await stage.app.signUp()
    const client = open()
    await client.start(phone)
    const wrong = wrongFor(codeFor(phone))
    for (let tries = 0; tries < 2; tries++) await client.answer(wrong)
    expect(await client.answer(wrong)).toMatchObject({ next: 'resend', says: 'exhausted' })
    stage.clock.advance(60_000)
    expect(await client.resend()).toMatchObject({ step: 'code', next: 'code', says: 'sent' })
    stage.clock.advance(6 * 60_000)
    expect(await client.answer(codeFor(phone))).toMatchObject({ next: 'resend', says: 'expired' })
  })

  it('asks for the code again where none of its length was typed, without a try', async () => {
    const phone = await stage.app.signUp()
    const client = open()
    await client.start(phone)
    const asked = await client.answer('12345')
    expect(asked).toMatchObject({ step: 'code', says: 'invalid_code', error: { code: 'invalid_code' } })
    expect(asked.challenge?.attemptsLeft).toBe(3)
    expect((await client.answer(codeFor(phone))).step).toBe('signedIn')
  })

  it('refuses what is no number before any call', async () => {
    const client = open()
    const before = stage.sandbox.calls.length
    expect(await client.start('hello')).toMatchObject({
      step: 'failed',
      next: 'phone',
      says: 'invalid_phone',
    })
    expect(stage.sandbox.calls.length).toBe(before)
  })

  it('looks the same for a number without an account', async () => {
    const known = await open({ signUpClientId: undefined }).start(await stage.app.signUp())
    const unknown = await open({ signUpClientId: undefined }).start(stage.newPhone())
    const plain = ({ step, next, text, challenge }: typeof known) => ({
      ...{ step, next, text },
      ...{ ...challenge, expiresAt: 0, resendAt: 0 },
    })
    expect(plain(unknown)).toEqual(plain(known))
  })

  it('offers an SMS after a while, where the app says that there are any', async () => {
    const phone = await stage.app.signUp()
    const client = open({ sms: true })
    const { challenge } = await client.start(phone)
    expect(challenge!.smsAt! - stage.clock.now()).toBeGreaterThan(29_000)
    expect((await open().start(await stage.app.signUp())).challenge?.smsAt).toBeUndefined()
    stage.clock.advance(60_000)
    expect(await client.resend('sms')).toMatchObject({ challenge: { channel: 'sms' }, text: en.sent_sms })
    expect(stage.sandbox.textMessages.filter(({ to }) => to === phone)).toHaveLength(1)
  })

  it('keeps its session over a lost connection, and goes on by the same call', async () => {
    const phone = await stage.app.signUp()
    let isOffline = false
    const send: typeof fetch = (...call) =>
      isOffline ? Promise.reject(new TypeError('offline')) : fetch(...call)
    const client = open({ fetch: send })
    await client.start(phone)
    isOffline = true
    expect(await client.answer(codeFor(phone))).toMatchObject({
      ...{ step: 'failed', next: 'retry', says: 'network' },
      challenge: { status: 'sent' },
    })
    isOffline = false
    expect((await client.answer(codeFor(phone))).step).toBe('signedIn')
  })

  it('begins anew where Cognito has forgotten the session', async () => {
    const phone = await stage.app.signUp()
    const stores = storesOfOneTab()
    const client = open({ stores })
    await client.start(phone)
    const kept = JSON.parse(String(stores.session.getItem(`otp.${stage.clientIds.login}.session`)))
    stores.session.setItem(
      `otp.${stage.clientIds.login}.session`,
      JSON.stringify({ ...kept, session: 'x'.repeat(40) }),
    )
    expect(await open({ stores }).answer('123456')).toMatchObject({
      ...{ step: 'failed', next: 'phone', says: 'session_expired', challenge: undefined },
    })
  })
})

describe('a user who is signed in', () => {
  async function signedIn(stores = storesOfOneTab()) {
    const phone = await stage.app.signUp()
    const client = open({ stores })
    await client.start(phone)
    await client.answer(codeFor(phone))
    return { client, phone, stores }
  }

  it('gets fresh tokens when they end, once for all who ask, and stays signed in meanwhile', async () => {
    const { client } = await signedIn()
    const before = await client.tokens()
    expect(await client.tokens()).toEqual(before)
    stage.clock.advance(61 * 60_000)
    const from = stage.sandbox.calls.length
    const steps: string[] = []
    client.subscribe(({ step }) => steps.push(step))
    const [one, other] = await Promise.all([client.tokens(), client.tokens()])
    expect(one.idToken).not.toBe(before.idToken)
    expect(other).toEqual(one)
    expect(one.refreshToken).toBe(before.refreshToken)
    const calls = stage.sandbox.calls.slice(from).filter(({ operation }) => operation === 'InitiateAuth')
    expect(calls).toHaveLength(1)
    expect(new Set(steps)).toEqual(new Set(['signedIn']))
  })

  it('is signed out in every tab, and nowhere else', async () => {
    const { client, stores } = await signedIn()
    const tab = open({ stores })
    expect(tab.state.step).toBe('signedIn')
    const left = new Promise<void>((resolve) => {
      tab.subscribe(({ step }) => step === 'idle' && resolve())
    })
    const { refreshToken } = await client.tokens()
    expect(await client.signOut()).toMatchObject({ step: 'idle', next: 'phone', user: undefined })
    await left
    await expect(tab.tokens()).rejects.toMatchObject({ code: 'not_signed_in' })
    stores.tokens.setItem(
      `otp.${stage.clientIds.login}.tokens`,
      JSON.stringify({ idToken: 'e.e.e', accessToken: 'a', refreshToken }),
    )
    await expect(open({ stores }).tokens()).rejects.toMatchObject({ code: 'not_signed_in' })
  })

  it('is signed out everywhere where he asks for it', async () => {
    const { client, phone } = await signedIn()
    stage.clock.advance(60_000)
    const other = open()
    await other.start(phone)
    await other.answer(codeFor(phone))
    await client.signOut({ everywhere: true })
    await expect(other.tokens({ refresh: true })).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(other.state).toMatchObject({ step: 'idle', says: 'not_signed_in' })
  })

  it('changes his number: a code to the old one, then one to the new one', async () => {
    const { client, phone } = await signedIn()
    stage.clock.advance(60_000)
    const next = stage.newPhone()
    expect(await client.start(phone)).toMatchObject({ step: 'code', user: { phone } })
    const wrong = await client.changeNumber(next, wrongFor(codeFor(phone)))
    expect(wrong).toMatchObject({ says: 'wrong', challenge: { isChange: false } })
    const asked = await client.changeNumber(next, codeFor(phone))
    expect(asked).toMatchObject({ step: 'code', says: 'sent', challenge: { isChange: true } })
    const done = await client.answer(codeFor(next))
    expect(done).toMatchObject({ step: 'signedIn', user: { phone: next, isVerified: true } })
  })

  it('is told where the new number is another account’s', async () => {
    const taken = (await signedIn()).phone
    const { client, phone } = await signedIn()
    stage.clock.advance(60_000)
    await client.start(phone)
    await client.changeNumber(taken, codeFor(phone))
    expect(await client.answer(codeFor(taken))).toMatchObject({ says: 'taken', next: 'other_number' })
    const next = stage.newPhone()
    await client.changeNumber(next)
    expect((await client.answer(codeFor(next))).user?.phone).toBe(next)
  })

  it('keeps his device: it has messages of its own where strangers have used up the number’s', async () => {
    const { client, phone } = await signedIn()
    for (let n = 0; n < 6; n++) {
      stage.clock.advance(61_000)
      await stage.app.start(phone)
    }
    const own = await client.start(phone)
    stage.clock.advance(5_000)
    const again = await client.resend()
    expect([own.challenge?.status, again.challenge?.status]).toContain('sent')
  })
})

keepsItsSecrets(() => stage)
