// The sign-in behind a server: what a page may ask, what its cookies hold, and what is refused.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limitOf, type ServerOptions } from '../../app/server.ts'
import { keepsItsSecrets, Stage } from '../flow/stage.ts'
import { browser, origin, serverOf } from './browser.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())

const open = (options: Partial<ServerOptions> = {}) => serverOf(stage, options)

async function signedIn(server = open()) {
  const phone = stage.newPhone()
  const page = browser(server)
  await page.ask('start', { phone })
  const { state } = await page.ask('answer', { code: stage.app.code(phone) })
  return { page, phone, state, server }
}

describe('a page', () => {
  it('signs up and in, and sees no token', async () => {
    const server = open()
    const page = browser(server)
    const phone = stage.newPhone()
    expect((await page.ask('state')).state).toMatchObject({ step: 'idle' })
    const asked = await page.ask('start', { phone })
    expect(asked.state).toMatchObject({ step: 'code', next: 'code', challenge: { status: 'sent' } })
    // Nothing is kept in the server: another process answers as well.
    const done = await browser(open()).ask('state')
    expect(done.state.step).toBe('idle')
    const signed = await page.ask('answer', { code: stage.app.code(phone) })
    expect(signed.state).toMatchObject({ step: 'signedIn', user: { phone, isVerified: true } })
    expect((await page.ask('state')).state).toMatchObject({ step: 'signedIn', user: { phone } })
    for (const { text } of [asked, signed]) expect(text).not.toMatch(/ey[\w-]+\.ey/)
  })

  it('has cookies that no script, no other site and no plain connection gets', async () => {
    const { page } = await signedIn()
    expect([...page.jar.keys()].sort()).toEqual([
      '__Host-otp_access',
      '__Host-otp_device',
      '__Host-otp_id',
      '__Host-otp_refresh',
    ])
    for (const line of page.lines) {
      expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
      expect(line.length).toBeLessThan(4096)
    }
    const local = browser(open(), 'http://127.0.0.1:3000')
    await local.ask('start', { phone: await stage.app.signUp() })
    expect(local.lines.join()).toMatch(/^otp_/)
    expect(local.lines.join()).not.toContain('Secure')
  })

  it('signs out: the cookies go, and the refresh token counts no more', async () => {
    const { page, server } = await signedIn()
    const before = page.request('state')
    expect((await page.ask('signout', {})).state).toMatchObject({ step: 'idle' })
    expect([...page.jar.keys()]).toEqual(['__Host-otp_device'])
    stage.clock.advance(61 * 60_000)
    expect((await server.session(before)).user).toBeUndefined()
  })

  it.each([
    ['of another site', { origin: 'https://evil.example' }, 403],
    ['that a browser calls foreign', { 'sec-fetch-site': 'cross-site' }, 403],
    ['that is a form', { 'content-type': 'application/x-www-form-urlencoded' }, 403],
  ])('%s is refused, and nothing is sent', async (_, headers, status) => {
    const phone = await stage.app.signUp()
    const { status: found } = await browser(open()).ask('start', { phone }, headers)
    expect([found, stage.app.messages(phone).length]).toEqual([status, 0])
  })

  it('is taken for the server’s own by what the browser knows of both, behind a proxy as well', async () => {
    const phone = await stage.app.signUp()
    const inside = browser(open(), 'http://localhost:3000')
    const ask = async (headers: Record<string, string>, server = inside) =>
      (await server.ask('reset', { phone }, headers)).status
    expect(await ask({ origin: 'https://shop.example', 'sec-fetch-site': 'same-origin' })).toBe(200)
    expect(await ask({ origin: 'https://shop.example', host: 'shop.example' })).toBe(200)
    expect(await ask({ origin: 'https://evil.example', host: 'shop.example' })).toBe(403)
    expect(await ask({ origin: 'null', host: 'shop.example' })).toBe(403)
    const named = browser(open({ origins: ['https://shop.example'] }), 'http://localhost:3000')
    expect(await ask({ origin: 'https://shop.example' }, named)).toBe(200)
    expect(await ask({ origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }, named)).toBe(403)
  })

  it('is answered 404, 405, 400 for what is no request, and not at all elsewhere', async () => {
    const server = open()
    const page = browser(server)
    expect((await page.ask('nothing', {})).status).toBe(404)
    expect((await page.ask('constructor', {})).status).toBe(404)
    expect((await page.ask('start')).status).toBe(405)
    expect((await page.ask('start', { phone: 'x'.repeat(5000) })).status).toBe(400)
    expect(await server.handle(new Request(`${origin}/authors/start`))).toBeUndefined()
  })

  it('may ask for so many messages, whoever the others are', async () => {
    const visitor = (request: Request) => request.headers.get('x-visitor') ?? undefined
    const server = open({ visitor, messages: limitOf(2, 600, stage.clock.now) })
    const page = browser(server)
    const ask = (who: string, phone: string) => page.ask('start', { phone }, { 'x-visitor': who })
    const phones = await Promise.all([1, 2, 3, 4].map(() => stage.app.signUp()))
    for (const phone of phones.slice(0, 2)) expect((await ask('one', phone)).status).toBe(200)
    expect(await ask('one', phones[2]!)).toMatchObject({ status: 429, state: { says: 'too_many_requests' } })
    expect(stage.app.messages(phones[2]!)).toEqual([])
    expect((await ask('two', phones[3]!)).status).toBe(200)
    stage.clock.advance(601_000)
    expect((await ask('one', phones[2]!)).status).toBe(200)
  })
})

describe('a server', () => {
  it('knows its user, and refreshes what ends', async () => {
    const { page, phone, server } = await signedIn()
    const now = await server.session(page.request('anything'))
    expect(now).toMatchObject({ user: { phone, isVerified: true }, cookies: [] })
    stage.clock.advance(61 * 60_000)
    const later = await server.session(page.request('anything'))
    expect(later.user?.phone).toBe(phone)
    expect(later.cookies.join()).toContain('__Host-otp_id=')
    expect(later.accessToken).not.toBe(now.accessToken)
  })

  it('takes no token that another has made, or that was made for another', async () => {
    const { page, server } = await signedIn()
    const idToken = decodeURIComponent(page.jar.get('__Host-otp_id')!)
    const access = decodeURIComponent(page.jar.get('__Host-otp_access')!)
    expect((await server.verify(idToken)).isVerified).toBe(true)
    expect((await server.verifyNumber(idToken)).isVerified).toBe(true)
    const [head = '', body = '', signature = ''] = idToken.split('.')
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
    const with_ = (more: object) => Buffer.from(JSON.stringify({ ...claims, ...more })).toString('base64url')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    for (const token of [
      `${head}.${with_({ sub: 'another' })}.${signature}`,
      `${none}.${body}.`,
      access,
      'no token',
      '',
    ]) {
      await expect(server.verify(token)).rejects.toMatchObject({ code: 'not_signed_in' })
    }
    const other = open({ clientId: 'another', signUpClientId: undefined })
    await expect(other.verify(idToken)).rejects.toMatchObject({ code: 'not_signed_in' })
    page.jar.set('__Host-otp_id', encodeURIComponent(`${head}.${with_({ sub: 'another' })}.${signature}`))
    expect((await server.session(page.request('x'))).user).toBeUndefined()
  })

  it('is made without ids, as while an app is built, and says which are missing once it is asked', async () => {
    const server = open({ region: '', userPoolId: '' })
    const request = new Request(`${origin}/auth/state`)
    for (const asked of [server.handle(request), server.session(request)]) {
      await expect(asked).rejects.toThrow('was given no region, userPoolId: `npx whatsapp-otp outputs`')
    }
    expect(await server.handle(new Request(origin))).toBeUndefined()
  })

  it('does not take an unreachable pool for a user who is not signed in', async () => {
    const { page } = await signedIn()
    const idToken = decodeURIComponent(page.jar.get('__Host-otp_id')!)
    const away = open({ endpoint: 'http://127.0.0.1:9' })
    await expect(away.verify(idToken)).rejects.toMatchObject({ code: 'network' })
    const state = await away.handle(page.request('state'))
    expect([state?.status, await state?.json()]).toMatchObject([503, { step: 'failed', next: 'retry' }])
    expect(state?.headers.getSetCookie()).toEqual([])
  })
})

describe('app clients with a secret', () => {
  it('are served by the server alone', async () => {
    const own = await Stage.open({ CLIENT_SECRET: 'true' })
    try {
      const { DescribeUserPoolClientCommand } = await import('@aws-sdk/client-cognito-identity-provider')
      const secretOf = async (ClientId: string) =>
        (await own.aws.cognito.send(new DescribeUserPoolClientCommand({ UserPoolId: own.poolId, ClientId })))
          .UserPoolClient?.ClientSecret
      const server = serverOf(own, {
        clientSecret: await secretOf(own.clientIds.login),
        signUpClientSecret: await secretOf(own.clientIds.signup),
      })
      const page = browser(server)
      const phone = own.newPhone()
      await page.ask('start', { phone })
      const code = own.sandbox.inbox.list(phone).at(-1)!.code
      expect((await page.ask('answer', { code })).state).toMatchObject({ step: 'signedIn', user: { phone } })
      own.clock.advance(61 * 60_000)
      expect((await server.session(page.request('x'))).user?.phone).toBe(phone)
      expect((await page.ask('signout', {})).state.step).toBe('idle')
    } finally {
      await own.close()
    }
  })
})

keepsItsSecrets(() => stage)
