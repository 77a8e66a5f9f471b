// SendZen: only what it documents is taken, and every documented way to fail can be met.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Unsettled } from '../../../src/sandbox/account/unsettled.ts'
import { account } from '../../../src/sandbox/sendzen/account.ts'
import { fatefulNumbers } from '../../../src/sandbox/sendzen/fates.ts'
import { messagingBench, otp } from './bench.ts'

const ann = '+15550100001'
let s: Awaited<ReturnType<typeof messagingBench>>
beforeEach(async () => {
  s = await messagingBench()
})
afterEach(() => s.stop())

const statusOf = (to = ann) => s.inbox.list(to).map((m) => m.status)
const failureOf = (to = ann) => s.inbox.list(to)[0]?.error?.code

describe('a message', () => {
  it('is queued in the answer, and on the phone with its code afterwards', async () => {
    const { status, body } = await s.send(otp(ann))
    expect(status).toBe(200)
    expect(body.data).toEqual([
      {
        message_id: expect.stringMatching(/^msg_/),
        status: 'queued',
        timestamp: '2026-01-01T00:00:00.000Z',
        to: ann,
      },
    ])
    expect(s.inbox.list()).toEqual([
      {
        id: body.data[0].message_id,
        to: ann,
        from: account.senders[0].phone,
        template: 'otp_login',
        language: 'en_US',
        code: '123456',
        status: 'delivered',
        at: '2026-01-01T00:00:00.000Z',
      },
    ])
  })

  it('may name its sender with a plus', async () => {
    expect((await s.send({ ...otp(ann), from: `+${account.senders[0].phone}` })).status).toBe(200)
  })

  const otherShapes: [string, unknown][] = [
    ['no JSON', '{"from":'],
    ['a recipient without its plus', otp('15550100001')],
    ['a sender that is not the project’s', { ...otp(ann), from: '15550199999' }],
    ['another type', { ...otp(ann), type: 'image' }],
    ['Meta’s nested language', otp(ann, '1', { lang_code: undefined, language: { code: 'en_US' } })],
    [
      'a button index that is a string',
      otp(ann, '1', {
        components: [
          { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '1' }] },
        ],
      }),
    ],
    [
      'the coupon button',
      otp(ann, '1', { components: [{ type: 'button', sub_type: 'copy_code', index: 0, parameters: [] }] }),
    ],
    ['a parameter that is a number', otp(ann, 123456 as unknown as string)],
  ]
  it.each(otherShapes)('is refused with 400 for %s', async (_what, body) => {
    expect((await s.send(body)).status).toBe(400)
    expect(s.inbox.list()).toEqual([])
  })

  it('names the wrong field in the refusal', async () => {
    const { body } = await s.send(otp(ann, '1', { lang_code: undefined }))
    expect(body).toMatchObject({ status: 400, errors: { 'template.lang_code': [expect.any(String)] } })
  })

  it.each([
    ['a template that is not there in that language', otp(ann, '1', { lang_code: 'en_GB' }), 132001],
    ['a template that is still pending', otp(ann, '1', { name: 'otp_pending' }), 132001],
    ['a template that was rejected', otp(ann, '1', { name: 'otp_rejected' }), 132001],
    [
      'a missing button parameter',
      otp(ann, '1', { components: [{ type: 'body', parameters: [{ type: 'text', text: '1' }] }] }),
      132000,
    ],
    ['a button for a template without one', otp(ann, '1', { name: 'otp_no_button' }), 132000],
    ['a code of over 15 characters', otp(ann, '1234567890123456'), 132005],
    ['a text outside a conversation', { ...otp(ann), type: 'text', text: { body: 'hi' } }, 131047],
    ['a sender that is not connected', { ...otp(ann), from: account.senders[1].phone }, 133010],
    ['the sender itself as recipient', otp(`+${account.senders[0].phone}`), 131021],
  ])('is accepted, and fails afterwards, for %s', async (_what, body, code) => {
    expect((await s.send(body)).status).toBe(200)
    expect(s.inbox.list()).toMatchObject([{ status: 'failed', error: { code } }])
  })

  it('moves on step by step when steps take time', async () => {
    await s.stop()
    s = await messagingBench({ stepMs: 400 })
    s.hold()
    const seen: string[] = []
    s.inbox.listen((event) => seen.push('message' in event ? event.message.status : event.type))
    await s.send(otp(ann))
    expect(statusOf()).toEqual(['queued'])
    while (statusOf()[0] !== 'delivered') {
      s.release()
      await new Promise(setImmediate)
    }
    expect(seen).toEqual(['queued', 'sent', 'delivered'])
    expect(s.waits).toEqual([400, 400])
  })

  it('is read when its reader says so, and never goes back', async () => {
    const { body } = await s.send(otp(ann))
    const id = body.data[0].message_id
    expect((await s.json('POST', `/inbox/${id}/read`)).body).toEqual({ read: true })
    expect(statusOf()).toEqual(['read'])
    expect(s.inbox.move(id, 'sent')).toBe(false)
    expect(s.inbox.move(id, 'failed')).toBe(false)
  })
})

describe('the fateful numbers', () => {
  const number = (fate: string) => fatefulNumbers.find((one) => one.fate === fate)?.number as string

  it.each([
    ['notOnWhatsApp', 400, '131026'],
    ['pairRateLimit', 400, '131056'],
    ['countryNotAllowed', 403, '130497'],
    ['serverError', 500, 'INTERNAL_ERROR'],
    ['keyInvalid', 401, 'UNAUTHORIZED'],
    ['keyForbidden', 403, 'FORBIDDEN'],
    ['rateLimited', 429, 'RATE_LIMITED'],
  ])('%s answers %i with code %s, and sends nothing', async (fate, status, code) => {
    const answer = await s.send(otp(number(fate)))
    expect(answer).toMatchObject({ status, body: { message: expect.any(String), error: { code } } })
    expect(s.inbox.list()).toEqual([])
  })

  it('a rate limit says when to come back', async () => {
    const response = await s.request('POST', '/v1/messages', otp(number('rateLimited')))
    expect(response.headers.get('retry-after')).toBe('1')
  })

  it('one is not on WhatsApp, which shows only afterwards', async () => {
    const to = number('notOnWhatsAppLate')
    expect(to).toBe('+15550109026')
    expect((await s.send(otp(to))).status).toBe(200)
    expect([statusOf(to), failureOf(to)]).toEqual([['failed'], 131026])
  })

  it('one is never delivered, one is read at once', async () => {
    await s.send(otp(number('neverDelivered')))
    await s.send(otp(number('readAtOnce')))
    expect(s.inbox.list().map((m) => m.status)).toEqual(['sent', 'read'])
  })

  it.each([
    ['slow', 3000],
    ['verySlow', 6000],
  ])('%s answers after %i ms, with the message on its way at once', async (fate, ms) => {
    s.hold()
    const answer = s.send(otp(number(fate)))
    while (s.waits.length === 0) await new Promise(setImmediate)
    expect(s.waits).toEqual([ms])
    expect(statusOf(number(fate))).toEqual(['delivered'])
    s.release()
    expect((await answer).status).toBe(200)
  })

  it('one gets an answer that is cut short, one an answer without an id; both get the message', async () => {
    const cutShort = await s.request('POST', '/v1/messages', otp(number('malformedAnswer')))
    expect(cutShort.status).toBe(200)
    await expect(cutShort.json()).rejects.toThrow(SyntaxError)
    const { status, body } = await s.send(otp(number('answerWithoutId')))
    expect([status, body.data]).toEqual([202, []])
    expect(s.inbox.list()).toHaveLength(2)
  })

  it('one is refused inside a 200, one by a gateway in HTML', async () => {
    const { status, body } = await s.send(otp(number('errorInOkAnswer')))
    expect([status, body.statuscode]).toEqual([200, 400])
    const gateway = await s.request('POST', '/v1/messages', otp(number('badGateway')))
    expect([gateway.status, await gateway.text()]).toEqual([502, expect.stringContaining('<html>')])
    expect(s.inbox.list()).toEqual([])
  })

  it('two lose the connection: for one nothing was sent, for the other the message went out', async () => {
    await expect(s.send(otp(number('cut')))).rejects.toThrow()
    expect(s.inbox.list()).toEqual([])
    await expect(s.send(otp(number('answerLost')))).rejects.toThrow()
    expect(statusOf(number('answerLost'))).toEqual(['delivered'])
  })

  it('one never gets an answer', async () => {
    const signal = AbortSignal.timeout(50)
    const url = `${s.world.endpoint}/v1/messages`
    const body = JSON.stringify(otp(number('hangs')))
    const headers = { authorization: `Bearer ${account.apiKey}` }
    await expect(fetch(url, { method: 'POST', headers, body, signal })).rejects.toThrow(/timeout/i)
    expect(s.sendzen.attempts).toBe(1)
  })
})

describe('faults on request', () => {
  it('hit the next messages only', async () => {
    s.sendzen.failNext('serverError', 2)
    const statuses = []
    for (let i = 0; i < 3; i++) statuses.push((await s.send(otp(ann))).status)
    expect(statuses).toEqual([500, 500, 200])
    s.sendzen.failNext({ fails: { code: 131000, title: 'Something went wrong' } })
    await s.send(otp('+15550100002'))
    expect(failureOf('+15550100002')).toBe(131000)
  })

  it('can be an outage of everything, or slowness', async () => {
    s.sendzen.outage = true
    expect((await s.send(otp(ann))).status).toBe(503)
    expect((await s.json('GET', '/v1/waba')).status).toBe(503)
    s.sendzen.outage = false
    s.sendzen.slowMs = 1234
    expect((await s.send(otp(ann))).status).toBe(200)
    expect(s.waits).toEqual([1234])
  })
})

describe('the account', () => {
  it('takes its own key only, everywhere', async () => {
    expect((await s.json('GET', '/v1/auth/api_key')).status).toBe(200)
    const wanted = [
      ['GET', '/v1/auth/api_key'],
      ['GET', '/v1/waba'],
      ['POST', '/v1/messages'],
    ] as const
    for (const [method, path] of wanted) {
      const response = await s.request(method, path, method === 'POST' ? otp(ann) : undefined, 'another')
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ error: { code: 'UNAUTHORIZED' } })
    }
    expect((await s.json('GET', '/v1/nothing')).status).toBe(404)
  })

  it('lists its senders with their WhatsApp account', async () => {
    const { body } = await s.json('GET', '/v1/waba')
    expect(body.data.projects[0].wabas).toMatchObject([
      { waba_id: account.wabaId, phone_number: account.senders[0].phone, number_status: 'CONNECTED' },
      { waba_id: account.wabaId, phone_number: account.senders[1].phone, number_status: 'PENDING' },
    ])
  })
})

describe('templates', () => {
  const path = `/v1/${account.wabaId}/message_templates`
  async function all() {
    const found: {
      name: string
      language: string
      status: string
      category: string
      components: unknown[]
    }[] = []
    for (let after: string | undefined = ''; after !== undefined; ) {
      const { body } = await s.json('GET', `${path}?limit=100${after && `&after=${after}`}`)
      expect(body.data.data.length).toBeLessThanOrEqual(3)
      found.push(...body.data.data)
      after = body.data.paging.cursors.after
    }
    return found
  }
  const wanted = {
    name: 'my_otp',
    language: 'fr',
    category: 'AUTHENTICATION',
    message_send_ttl_seconds: 300,
    components: [
      { type: 'BODY', add_security_recommendation: true },
      { type: 'FOOTER', code_expiration_minutes: 5 },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copier' }] },
    ],
  }

  it.each(['limit=0', 'limit=-3', 'limit=x', 'after=-1'])(
    'are not listed by pages without end: %s',
    async (query) => {
      expect((await s.json('GET', `${path}?${query}`)).status).toBe(400)
    },
  )

  it('come in short pages, of every state and category', async () => {
    const found = await all()
    const langs = found.filter((t) => t.name === account.template).map((t) => `${t.language} ${t.status}`)
    expect(langs).toEqual(['en APPROVED', 'en_US APPROVED', 'es APPROVED', 'pt_BR APPROVED'])
    expect(new Set(found.map((t) => t.status))).toEqual(new Set(['APPROVED', 'PENDING', 'REJECTED']))
    expect(found.map((t) => t.category)).toContain('MARKETING')
  })

  it('are created by Meta’s rules, read back with a URL button, and can be sent', async () => {
    expect((await s.json('POST', path, wanted)).body.data).toMatchObject({ status: 'APPROVED' })
    const made = (await all()).find((t) => t.name === 'my_otp')
    expect(made?.components).toMatchObject([
      { type: 'BODY', text: expect.stringContaining('{{1}}') },
      { type: 'FOOTER', code_expiration_minutes: 5 },
      { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Copier', url: expect.stringContaining('{{1}}') }] },
    ])
    await s.send(otp(ann, '1', { name: 'my_otp', lang_code: 'fr' }))
    expect(statusOf()).toEqual(['delivered'])
    expect((await s.json('POST', path, wanted)).status).toBe(400)
  })

  const [body, footer, buttons] = wanted.components
  it.each([
    ['an upper-case name', { name: 'My-OTP' }],
    ['a body with a text', { components: [{ type: 'BODY', text: 'Code {{1}}' }, buttons] }],
    ['a header', { components: [{ type: 'HEADER' }, body, buttons] }],
    [
      'an expiry of over 90 minutes',
      { components: [body, { ...footer, code_expiration_minutes: 91 }, buttons] },
    ],
    ['a life of over 15 minutes', { message_send_ttl_seconds: 901 }],
    [
      'a button of another kind',
      { components: [body, { type: 'BUTTONS', buttons: [{ type: 'URL', otp_type: 'COPY_CODE' }] }] },
    ],
    ['no button', { components: [body, footer] }],
  ])('are refused for %s', async (_what, change) => {
    const refused = await s.json('POST', path, { ...wanted, ...change })
    expect(refused.status).toBe(400)
    expect(Object.keys(refused.body.errors)).toHaveLength(1)
  })

  it('are deleted by name, and belong to their account', async () => {
    await s.json('DELETE', `${path}?name=${account.template}`)
    expect((await all()).map((t) => t.name)).not.toContain(account.template)
    expect((await s.json('DELETE', `${path}?name=nope`)).status).toBe(404)
    expect((await s.json('GET', '/v1/999/message_templates')).status).toBe(404)
  })
})

describe('the log', () => {
  const statuses = (logs: { payload: string }[]) =>
    logs.map((log) => JSON.parse(log.payload).entry[0].changes[0].value.statuses[0])

  it('holds each status as Meta’s webhook, newest first, in short pages, with exact ticks', async () => {
    await s.send(otp(ann))
    await s.send(otp('+15550109026'))
    const response = await s.request('GET', '/v1/logs?pageSize=20')
    const raw = await response.text()
    const first = JSON.parse(raw)
    // 2026-01-01 in 100 ns units since the year 1: more digits than a JavaScript number keeps.
    expect(raw).toContain('"created_at":639028224000000000')
    const rest = await s.json('GET', `/v1/logs?nextPageToken=${first.data.next_page_token}`)
    expect(rest.body.data.next_page_token).toBeNull()
    const seen = statuses([...first.data.logs, ...rest.body.data.logs])
    expect(seen.map((status) => status.status)).toEqual(['failed', 'queued', 'delivered', 'sent', 'queued'])
    expect(seen[0]).toMatchObject({ recipient_id: '15550109026', errors: [{ code: 131026 }] })
    expect(seen[2].id).toBe(s.inbox.list(ann)[0]?.id)
  })

  it('is narrowed by event type, time and sender', async () => {
    await s.send(otp(ann))
    s.pass(1000)
    const since = 639028224010000000n
    const count = async (query: string) => (await s.json('GET', `/v1/logs?${query}`)).body.data.logs.length
    expect(await count('eventTypes=Message%20Status')).toBe(3)
    expect(await count('eventTypes=Incoming%20Message&eventTypes=Other')).toBe(0)
    expect(await count(`fromDate=${since}`)).toBe(0)
    expect(await count(`toDate=${since}`)).toBe(3)
    expect(await count(`phoneNumberId=${account.senders[1].phoneNumberId}`)).toBe(0)
    expect((await s.json('GET', '/v1/logs?pageSize=21')).status).toBe(400)
  })
})

describe('what nobody knows of SendZen', () => {
  async function sent(unsettled: Partial<Unsettled>) {
    Object.assign(s.world.unsettled, unsettled)
    const { status, body } = await s.send(otp(ann))
    const { logs } = (await s.json('GET', '/v1/logs')).body.data
    const value = JSON.parse(logs[0].payload).entry[0].changes[0].value
    return { status, to: body.data[0].to, inLog: value.statuses[0].recipient_id }
  }
  const digits = ann.slice(1)

  it.each(['200', '202'] as const)('sendzenStatus: %s answers a message that is accepted', async (way) => {
    expect((await sent({ sendzenStatus: way })).status).toBe(Number(way))
  })

  it.each([
    ['mixed', ann, digits],
    ['as-sent', ann, ann],
    ['digits', digits, digits],
  ] as const)(
    'sendzenRecipient: %s gives it back as %s in the answer and %s in the log',
    async (way, to, inLog) => {
      expect(await sent({ sendzenRecipient: way })).toMatchObject({ to, inLog })
    },
  )
})
