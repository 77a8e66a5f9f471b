// The contract of the port: what any provider's message comes to, however the provider and the network behave.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { SendResult } from '../../../src/core/messaging/provider.ts'
import { sendzen } from '../../../src/core/messaging/sendzen.ts'
import { deadlineIn, systemClock } from '../../../triggers/outside/clock.ts'
import { HttpFailure, request } from '../../../triggers/outside/http.ts'
import { createWhatsApp } from '../../../triggers/outside/whatsapp.ts'
import type { ProviderBench, Whim } from '../../messaging/providers/bench.ts'
import { benches } from '../../messaging/providers/benches.ts'

const to = '+15550100001'
const code = '012345'

describe.each(benches)('one message through %s', (_name, start) => {
  let bench: ProviderBench
  beforeAll(async () => {
    bench = await start()
  })
  afterAll(() => bench.close())

  /** Sends one message; whatever comes of it, it is short enough and safe to log. */
  async function send(given: { url?: string; apiKey?: string; ms?: number } = {}): Promise<SendResult> {
    const { url = bench.url, apiKey = bench.key, ms = 3_000 } = given
    const { sender: from, template, language } = bench.account
    const whatsapp = createWhatsApp(request, bench.provider, { url, from, template, languages: [language] })
    const started = performance.now()
    const result = await whatsapp({ to, code, language, apiKey }, deadlineIn(systemClock, ms))
    expect(performance.now() - started).toBeLessThan(ms + 1_000)
    const logged = JSON.stringify(result)
    for (const secret of [apiKey, to, to.slice(1), code]) expect(logged).not.toContain(secret)
    return result
  }

  it('arrives with its code, and its id comes back', async () => {
    const result = await send()
    expect(result).toMatchObject({ outcome: 'sent', messageId: expect.any(String) })
    const { template, language } = bench.account
    expect(bench.lastMessage()).toMatchObject({ id: result.messageId, to, code, template, language })
  })

  it.each<[Whim, Partial<SendResult>]>([
    ['no such recipient', { outcome: 'failed', blame: 'recipient' }],
    ['too busy, try at once', { outcome: 'retry', blame: 'provider' }],
    ['server error', { outcome: 'unknown', blame: 'provider' }],
    ['cut connection', { outcome: 'unknown', blame: 'provider', code: 'reset' }],
    ['garbage', { outcome: 'unknown' }],
    ['late failure', { outcome: 'sent' }],
  ])('that meets «%s» is judged so, after one attempt', async (whim, expected) => {
    const before = bench.attempts()
    bench.meetNext(whim)
    expect(await send()).toMatchObject(expected)
    expect(bench.attempts()).toBe(before + 1)
  })

  it('with a key that is refused is for the operator to mend', async () => {
    expect(await send({ apiKey: 'a-key-of-nobody' })).toMatchObject({ outcome: 'failed', blame: 'operator' })
  })

  it('is cut off at the deadline, and may have gone out', async () => {
    bench.meetNext('slow answer')
    expect(await send({ ms: 300 })).toMatchObject({ outcome: 'unknown', blame: 'provider', code: 'timeout' })
  })

  it('may be tried again when the connection did not stand before the request', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await send({ url: `http://127.0.0.1:${port}/messages` })).toMatchObject({
      outcome: 'retry',
      blame: 'provider',
      code: 'refused',
    })
  })

  it('does not follow a redirect, which would take the key along', async () => {
    let reached = 0
    const elsewhere = createServer((_request, response) => {
      reached++
      response.end('{}')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void elsewhere.close())
    bench.meetNext({ redirectTo: `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/` })
    expect(await send()).toMatchObject({ outcome: 'failed', blame: 'operator' })
    expect(reached).toBe(0)
  })

  it.each(['', 'null', '[]', '"x"', '{"error":1}', '{"data":[null],"code":{}}', '{"status":{"toString":1}}'])(
    'gets a result for any answer: %s',
    (text) => {
      for (const status of [200, 204, 302, 400, 401, 404, 408, 429, 500, 503]) {
        const { outcome } = bench.provider.readReply({ status, headers: {}, text })
        expect(['sent', 'unknown', 'retry', 'failed']).toContain(outcome)
        // What the provider did not accept is never taken for accepted.
        if (status >= 300) expect(outcome).not.toBe('sent')
      }
    },
  )
})

it.each<[string, HttpFailure, SendResult['outcome']]>([
  ['nothing was written', new HttpFailure('refused', false), 'retry'],
  ['the connection broke after the request', new HttpFailure('reset', true), 'unknown'],
  ['no answer came', new HttpFailure('timeout', true), 'unknown'],
  ['only the status of a refusal came', new HttpFailure('timeout', true, 401), 'failed'],
  ['only the status of a success came', new HttpFailure('timeout', true, 200), 'unknown'],
])('when %s', async (_name, failure, outcome) => {
  const config = { url: 'https://api.example/', from: '15550009999', template: 'otp', languages: ['en'] }
  const whatsapp = createWhatsApp(() => Promise.reject(failure), sendzen, config)
  const message = { to, code, language: 'en', apiKey: 'key' }
  expect((await whatsapp(message, deadlineIn(systemClock, 1000))).outcome).toBe(outcome)
})
