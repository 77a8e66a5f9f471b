// The contract of an account: what the CLI may rely on with any provider, and that both programs send the same.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { checkAccount } from '../../src/messaging/check.ts'
import { type Delivery, followDelivery } from '../../src/messaging/delivery.ts'
import { type AccountOptions, isOutage, ProviderError } from '../../src/messaging/provider.ts'
import { deadlineIn, systemClock } from '../../triggers/outside/clock.ts'
import type { HttpRequest } from '../../triggers/outside/http.ts'
import { createWhatsApp } from '../../triggers/outside/whatsapp.ts'
import type { ProviderBench } from './providers/bench.ts'
import { benches } from './providers/benches.ts'
import { jumpClock } from './sendzen/server.ts'

const to = '+15550100001'
const code = '012345'

describe.each(benches)('an account at %s', (_name, start) => {
  let bench: ProviderBench
  beforeAll(async () => {
    bench = await start()
  })
  afterAll(() => bench.close())

  const connect = (options: Partial<AccountOptions> = {}) =>
    bench.connect({ url: bench.url, key: bench.key, clock: jumpClock(), ...options })

  const message = () => {
    const { sender: from, template, language } = bench.account
    return { from, to, template, language, code }
  }

  /** The error of a call that must fail; it can be shown to anybody. */
  async function failureOf(call: Promise<unknown>, key = bench.key): Promise<AppError> {
    const error = await call.then(
      () => expect.fail('it did not fail'),
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof AppError)) throw error
    const shown = JSON.stringify([error.message, error.why, error.next])
    for (const secret of [key, to, to.slice(1), code]) expect(shown).not.toContain(secret)
    return error
  }

  it('takes its key, and refuses another one for good', async () => {
    await connect().checkKey()
    const key = 'a-key-of-nobody'
    const error = await failureOf(connect({ key }).checkKey(), key)
    expect(error).toMatchObject({ refusal: 'key' })
    expect(isOutage(error)).toBe(false)
    expect(error.next.length).toBeGreaterThan(0)
  })

  it('in an outage says that it could not be asked, whatever it is asked', async () => {
    bench.trouble('outage')
    onTestFinished(() => bench.trouble(undefined))
    const api = connect()
    for (const ask of [api.checkKey, api.listSenders, () => api.sendTemplate(message())]) {
      expect(isOutage(await failureOf(ask()))).toBe(true)
    }
  })

  it('has the sender and the template that a stage sends with', async () => {
    const { sender, template, language, expiryMinutes } = bench.account
    const checked = await checkAccount(connect(), {
      whatsappFrom: sender,
      whatsappTemplateName: template,
      whatsappLanguages: [language],
      otpExpiryMinutes: expiryMinutes,
    })
    expect(checked).toMatchObject({
      sender: { phone: sender, status: 'CONNECTED' },
      template: { name: template, usable: true },
      warnings: [],
    })
  })

  it('lists a template that it was asked to create', async () => {
    const api = connect()
    const wabaId = (await api.listSenders())[0]?.wabaId ?? ''
    const wanted = { name: 'fresh_otp', language: 'pt_BR', expiryMinutes: 7 }
    expect(['PENDING', 'APPROVED']).toContain((await api.createTemplate(wabaId, wanted)).status)
    const listed = (await api.listTemplates(wabaId)).find(({ name }) => name === wanted.name)
    expect(listed).toMatchObject({ language: 'pt_BR', category: 'AUTHENTICATION' })
  })

  it('sends a message that is followed to its phone', async () => {
    const api = connect()
    const sentAt = Date.now()
    const { id } = await api.sendTemplate(message())
    const { template, language } = bench.account
    expect(bench.lastMessage()).toMatchObject({ id, to, code, template, language })
    expect(await lastNews(id, sentAt)).toMatchObject({ status: 'delivered', matchedBy: 'id' })
  })

  it('says why a message failed that it had accepted', async () => {
    bench.meetNext('late failure')
    const sentAt = Date.now()
    const { id } = await connect().sendTemplate(message())
    const { status, error } = await lastNews(id, sentAt)
    expect([status, error?.class]).toEqual(['failed', 'recipient'])
    // Digits alone would be looked up among Meta's codes.
    expect(typeof error?.code === 'number' || /\D/.test(String(error?.code))).toBe(true)
    expect([error?.why, error?.next]).toEqual([expect.stringMatching(/.{10}/), expect.stringMatching(/.{5}/)])
  })

  async function lastNews(id: string | undefined, sentAt: number): Promise<Delivery> {
    const follow = { api: connect(), id, to, sentAt, clock: jumpClock(sentAt), capMs: 10_000 }
    for await (const news of followDelivery(follow)) if (news.status !== 'sent') return news
    return expect.fail('no news')
  }

  it('refuses a message to nobody, and that is no outage', async () => {
    bench.meetNext('no such recipient')
    const error = await failureOf(connect().sendTemplate(message()))
    expect(error).toMatchObject({ refusal: 'refused', why: expect.any(String) })
    expect(isOutage(error)).toBe(false)
  })

  it.each([
    ['cut connection', 'unreachable'],
    ['server error', 'broken'],
    ['garbage', 'unreadable'],
  ] as const)('never repeats a message (%s)', async (whim, refusal) => {
    const before = bench.attempts()
    bench.meetNext(whim)
    const error = await failureOf(connect().sendTemplate(message()))
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ refusal })
    expect(bench.attempts()).toBe(before + 1)
  })

  it('does not take the key along to where a redirect points', async () => {
    let reached = 0
    const elsewhere = createServer((_request, response) => {
      reached++
      response.end('{}')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void elsewhere.close())
    bench.meetNext({ redirectTo: `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/` })
    expect(await failureOf(connect().sendTemplate(message()))).toMatchObject({ refusal: 'refused' })
    expect(reached).toBe(0)
  })

  it('ends every call with Ctrl-C', async () => {
    bench.trouble(1_500)
    onTestFinished(() => bench.trouble(undefined))
    for (const ask of ['checkKey', 'listSenders'] as const) {
      const abort = new AbortController()
      const call = connect({ signal: abort.signal })[ask]()
      abort.abort()
      expect((await failureOf(call)).code).toBe('CANCELLED')
    }
    const abort = new AbortController()
    const call = connect({ signal: abort.signal }).sendTemplate(message())
    abort.abort()
    expect((await failureOf(call)).code).toBe('CANCELLED')
  })

  it('reads what is posted to a webhook, and nothing into what is not a report', () => {
    const api = connect()
    expect(api.parseReports(bench.deliveredBody('msg_7', to))).toMatchObject([
      { id: 'msg_7', status: 'delivered', at: 1_700_000_000_000, recipient: expect.stringContaining('0001') },
    ])
    for (const body of ['', 'null', '[]', '{"entry":1}', '{"entry":[null]}', '<html>', 'state=typing']) {
      expect(api.parseReports(body), body).toEqual([])
    }
  })

  it('is sent the same message by the functions and by the CLI', async () => {
    const fromFunction: HttpRequest[] = []
    const http = async (request: HttpRequest) => {
      fromFunction.push(request)
      return { status: 500, headers: {}, text: '', truncated: false }
    }
    const { url, key, provider, account } = bench
    const config = { url, from: account.sender, template: account.template, languages: [] }
    const { language } = account
    const whatsapp = createWhatsApp(http, provider, config)
    await whatsapp({ to, code, language, apiKey: key }, deadlineIn(systemClock, 1_000))

    const fromCli: Request[] = []
    const fetch: typeof globalThis.fetch = async (...call) => {
      fromCli.push(new Request(...call))
      return new Response('', { status: 500 })
    }
    await failureOf(connect({ fetch }).sendTemplate(message()))

    expect([fromFunction.length, fromCli.length]).toEqual([1, 1])
    const { method, body, headers } = fromFunction[0]!
    const other = fromCli[0]!
    expect([other.url, other.method, await other.text()]).toEqual([url, method, body])
    expect(Object.fromEntries(other.headers)).toMatchObject(headers)
  })
})
