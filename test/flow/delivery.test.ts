// What becomes of a message when SendZen, or the way to it, fails: repeated only where it cannot have gone out.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fate, FateName } from '../../src/sandbox/sendzen/fates.ts'
import type { Asked } from './app.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())

const refusal = (status: number, code: string, headers?: Record<string, string>): Fate => ({
  refusal: { status, code, details: 'refused', ...(headers ? { headers } : {}) },
})

/** Starts a sign-in while SendZen meets the message like this; gives what was shown, tried, sent and logged. */
async function startWhile(fate: Fate | FateName, times = 1) {
  const { app, sandbox } = stage
  const phone = await app.signUp()
  const before = sandbox.sendzen.attempts
  const from = stage.invocations.length
  sandbox.sendzen.failNext(fate, times)
  const asked: Asked = await app.start(phone)
  const attempts = sandbox.sendzen.attempts - before
  const invocations = stage.invocations.slice(from).filter(({ trigger }) => trigger === 'createAuthChallenge')
  const entries = await stage.evidence.entries('createAuthChallenge')
  return {
    asked,
    attempts,
    invocations: invocations.length,
    entry: entries.at(-1),
    shown: { status: asked.parameters.status, resendIn: asked.parameters.resendIn },
    messages: app.messages(phone),
  }
}

const failed = { status: 'delivery_failed', resendIn: '5' }
const sent = { status: 'sent', resendIn: '45' }

describe('a message that certainly did not go out', () => {
  it('is tried once more when SendZen says that it may be, at once (65)', async () => {
    const run = await startWhile(refusal(429, 'RATE_LIMITED', { 'retry-after': '0' }))
    expect(run).toMatchObject({ attempts: 2, shown: sent })
    expect(run.messages).toHaveLength(1)
  })

  it('is tried twice at most', async () => {
    const run = await startWhile(refusal(503, 'UNAVAILABLE', { 'retry-after': '0' }), 3)
    expect(run).toMatchObject({ attempts: 2, shown: failed, messages: [] })
    // The third refusal would meet the next test.
    expect((await startWhile({})).attempts).toBe(2)
  })

  it('is given up at once when SendZen asks for ten seconds (68)', async () => {
    const run = await startWhile(refusal(429, 'RATE_LIMITED', { 'retry-after': '10' }))
    expect(run).toMatchObject({ attempts: 1, shown: failed, messages: [] })
  })

  it.each([
    ['the key is wrong (69)', 'keyInvalid', 'operator'],
    ['the key has no rights (69)', 'keyForbidden', 'operator'],
    ['the body of an HTTP 200 says so (70)', 'errorInOkAnswer', 'operator'],
    ['Meta wants a pause for this pair', 'pairRateLimit', 'provider'],
  ] as const)('is given up at once when %s', async (_when, fate, blame) => {
    const run = await startWhile(fate)
    expect(run).toMatchObject({ attempts: 1, shown: failed, messages: [] })
    expect(run.entry).toMatchObject({ event: 'otp_failed', otp_failed: 1, reason: blame })
  })

  it.each([
    ['the number is not on WhatsApp (71)', 'notOnWhatsApp'],
    ['the country may not be written to', 'countryNotAllowed'],
  ] as const)(
    'is given up at once when %s, and looks to strangers as if it had gone out',
    async (_when, fate) => {
      const run = await startWhile(fate)
      expect(run).toMatchObject({ attempts: 1, shown: sent, messages: [] })
      expect(run.entry).toMatchObject({ event: 'otp_failed', otp_failed: 1, reason: 'recipient' })
    },
  )

  it('is given up after a second try when nobody listens (65)', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    await stage.restart('createAuthChallenge', { SENDZEN_API_URL: `http://127.0.0.1:${port}/v1/messages` })
    const run = await startWhile({}, 0)
    expect(run).toMatchObject({ attempts: 0, shown: failed })
    expect(run.entry).toMatchObject({ event: 'otp_failed', reason: 'provider', providerCode: 'refused' })
    await stage.deploy()
  })

  it('may be followed by another after 5 seconds, and counts as a send all the same (74)', async () => {
    const { app } = stage
    let { asked } = await startWhile('keyInvalid')
    for (let n = 1; n < 5; n++) {
      stage.clock.advance(4_000)
      expect((await app.resend(asked)).parameters).toMatchObject({ status: 'cooldown', resendIn: '1' })
      stage.clock.advance(1_500)
      stage.sandbox.sendzen.failNext('keyInvalid')
      asked = await app.start(asked.phone)
      expect(asked.parameters.status).toBe('delivery_failed')
    }
    stage.clock.advance(5_500)
    expect((await app.start(asked.phone)).parameters.status).toBe('rate_limited')
  })

  it('leaves its code valid, should it come after all', async () => {
    const { app } = stage
    const phone = await app.signUp()
    stage.sandbox.sendzen.failNext('keyInvalid')
    const asked = await app.start(phone)
    stage.clock.advance(5_500)
    const again = await app.resend(asked)
    expect(again.parameters).toMatchObject({ ...sent, attemptsLeft: '3' })
    expect((await app.answer(again, app.code(phone))).kind).toBe('tokens')
  })
})

describe('a message that may have gone out', () => {
  it.each([
    ['the connection was cut after it was written (66)', 'answerLost'],
    ['SendZen answered 500 (67)', { ...refusal(500, 'INTERNAL_ERROR') }],
    ['a gateway answered 502 (67)', 'badGateway'],
    ['a gateway answered 504 (67)', { body: { status: 504, type: 'text/html', text: '<h1>504</h1>' } }],
    ['the answer is not JSON (72)', 'malformedAnswer'],
    [
      'the answer has a megabyte (72)',
      { body: { status: 200, type: 'text/plain', text: 'x'.repeat(1_000_000) } },
    ],
  ] as [string, Fate | FateName][])('is not repeated when %s', async (_when, fate) => {
    const run = await startWhile(fate)
    expect(run).toMatchObject({ attempts: 1, shown: sent })
    expect(run.entry).toMatchObject({ event: 'otp_unknown', otp_unknown: 1 })
    const [message] = run.messages
    if (message) expect((await stage.app.answer(run.asked, message.code)).kind).toBe('tokens')
  })

  it('is waited for only so long that Cognito does not ask again (66, 73)', async () => {
    const run = await startWhile('hangs')
    expect(run).toMatchObject({ attempts: 1, invocations: 1, shown: { status: 'sent' } })
    expect(run.entry).toMatchObject({ event: 'otp_unknown', providerCode: 'timeout' })
  })
})

describe('SendZen', () => {
  it('cannot lead the key elsewhere by a redirect (72)', async () => {
    let visits = 0
    const elsewhere = createServer((_request, response) => {
      visits++
      response.end('{}')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/v1/messages`
    for (const status of [302, 307, 308]) {
      const run = await startWhile(refusal(status, 'MOVED', { location }))
      expect(run).toMatchObject({ attempts: 1, shown: failed, messages: [] })
    }
    expect(visits).toBe(0)
    elsewhere.close()
  })

  it('that accepts a message without naming it has accepted it', async () => {
    const run = await startWhile('answerWithoutId')
    expect(run).toMatchObject({ attempts: 1, shown: sent })
    expect(run.entry).toMatchObject({ event: 'otp_sent' })
    expect((await stage.app.answer(run.asked, run.messages[0]!.code)).kind).toBe('tokens')
  })

  it('gets the number with its plus, and the code for the text and for the button', async () => {
    const { asked, messages } = await startWhile({})
    expect(messages).toMatchObject([
      { to: asked.phone, template: 'otp_login', language: 'en_US', status: 'delivered' },
    ])
  })
})

keepsItsSecrets(() => stage)
