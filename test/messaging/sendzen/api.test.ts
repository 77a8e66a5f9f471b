import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { baseOf } from '../../../src/messaging/sendzen/address.ts'
import { createSendzenApi } from '../../../src/messaging/sendzen/api.ts'
import { fromTicks, toTicks } from '../../../src/messaging/sendzen/ticks.ts'
import { correctHost } from '../../../src/settings/sendzen-host.ts'
import { jumpClock, startSendzen, testKey } from './server.ts'

const failureOf = async (work: Promise<unknown>) => {
  const error = (await work.catch((thrown) => thrown)) as AppError
  expect(error).toBeInstanceOf(AppError)
  expect(JSON.stringify([error.message, error.why, error.next])).not.toContain(testKey)
  return error
}

const message = { from: '+15550100000', to: '15550100001', template: 'otp', language: 'en_US' }

describe('addresses', () => {
  it('of account calls lie beside the one for messages', () => {
    expect(baseOf('https://api.sendzen.io/v1/messages')).toBe('https://api.sendzen.io')
    expect(baseOf('https://proxy.example/sendzen/v1/messages/')).toBe('https://proxy.example/sendzen')
    expect(baseOf('https://api.sendzen.io')).toBe('https://api.sendzen.io')
  })

  it('of old guides are put right with a warning', () => {
    for (const host of ['api.sendzen.com', 'api.sendzen.net']) {
      const corrected = correctHost(`https://${host}/v1/messages`)
      expect(corrected.url).toBe('https://api.sendzen.io/v1/messages')
      expect(corrected.warning).toContain(host)
    }
    expect(correctHost('https://api.sendzen.io/v1/messages')).toEqual({
      url: 'https://api.sendzen.io/v1/messages',
    })
  })
})

describe('the key', () => {
  it('is sent as a bearer token to the probe', async () => {
    const { api, asked } = await startSendzen(() => ({ body: { message: 'ok' } }))
    await api.checkKey()
    expect(asked).toMatchObject([
      { method: 'GET', path: '/v1/auth/api_key', authorization: `Bearer ${testKey}` },
    ])
  })

  it.each([401, 403])('refused with %i is an error that says where to get one', async (status) => {
    const { api } = await startSendzen(() => ({ status, body: { message: `bad key ${testKey}` } }))
    const error = await failureOf(api.checkKey())
    expect(error.code).toBe('SENDZEN_KEY_REFUSED')
    expect(error.next.join()).toContain('SENDZEN_API_KEY')
  })
})

describe('senders', () => {
  it('are listed from all projects, with their digits', async () => {
    const { api } = await startSendzen(() => ({
      body: {
        data: {
          projects: [
            {
              project_name: 'A',
              wabas: [{ waba_id: 11, phone_number: '+1 555-010-0000', number_status: 'CONNECTED' }],
            },
            { project_name: 'B', wabas: [{ waba_id: '22', phone_number: null }] },
            { project_name: 'C', wabas: null },
          ],
        },
      },
    }))
    expect(await api.listSenders()).toEqual([
      {
        phone: '15550100000',
        wabaId: '11',
        phoneNumberId: undefined,
        business: '',
        project: 'A',
        status: 'CONNECTED',
      },
    ])
  })

  it('in another form than documented are an error, not a crash', async () => {
    const { api } = await startSendzen(() => ({ body: { data: 'nothing' } }))
    expect((await failureOf(api.listSenders())).code).toBe('SENDZEN_ANSWER_UNREADABLE')
  })
})

describe('templates', () => {
  const template = (name: string) => ({
    name,
    language: 'en_US',
    status: 'APPROVED',
    category: 'AUTHENTICATION',
  })

  it('are read page by page, however deep the list lies', async () => {
    const { api, asked } = await startSendzen(({ query }) =>
      query.get('after') === 'two'
        ? { body: { data: [template('second')] } }
        : { body: { data: { data: [template('first')], paging: { cursors: { after: 'two' }, next: 'x' } } } },
    )
    expect((await api.listTemplates('11')).map(({ name }) => name)).toEqual(['first', 'second'])
    expect(asked.map(({ path }) => path)).toEqual(['/v1/11/message_templates', '/v1/11/message_templates'])
  })

  it('do not loop where the cursor is ignored', async () => {
    const { api, asked } = await startSendzen((_, before) => ({
      body: { data: { data: [template('same')], paging: { cursors: { after: `c${before}` }, next: 'x' } } },
    }))
    expect(await api.listTemplates('11')).toHaveLength(1)
    expect(asked).toHaveLength(2)
  })

  it('are created for codes, with footer and life as long as the code lives', async () => {
    const { api, asked } = await startSendzen(() => ({ body: { data: { id: '1', status: 'pending' } } }))
    expect(await api.createTemplate('11', { name: 'otp', language: 'de', expiryMinutes: 7 })).toEqual({
      status: 'PENDING',
    })
    expect(asked[0]?.body).toMatchObject({
      name: 'otp',
      language: 'de',
      category: 'AUTHENTICATION',
      message_send_ttl_seconds: 420,
      components: [
        { type: 'BODY', add_security_recommendation: true },
        { type: 'FOOTER', code_expiration_minutes: 7 },
        { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
      ],
    })
  })

  it('that the account may not create say so', async () => {
    const { api } = await startSendzen(() => ({
      status: 400,
      body: { message: 'no', error: { code: '10', details: 'no permission' } },
    }))
    const error = await failureOf(api.createTemplate('11', { name: 'otp', language: 'de', expiryMinutes: 5 }))
    expect(error.why).toContain('young accounts')
  })

  it.each([
    ['is there already', 'There is already content in this language for this template.', 'already'],
    ['is still being deleted', 'Content cannot be added while it is being deleted.', 'being deleted'],
    ['has something wrong', 'Invalid parameter: footer', 'Invalid parameter: footer'],
  ])('with code 100 say what is so: one that %s', async (_, details, words) => {
    const { api } = await startSendzen(() => ({
      status: 400,
      body: { message: 'Bad Request', error: { code: '100', details } },
    }))
    const error = await failureOf(api.createTemplate('11', { name: 'otp', language: 'de', expiryMinutes: 5 }))
    expect(error.why).toContain(words)
    expect(error.why).not.toContain('of the message')
    expect(error.next.join()).not.toBe('')
  })

  it('are known to be there by the subcode, whatever language the words are in', async () => {
    const { api } = await startSendzen(() => ({
      status: 400,
      body: { error: { code: 100, error_subcode: 2388024, message: 'Ungültiger Parameter' } },
    }))
    const error = await failureOf(api.createTemplate('11', { name: 'otp', language: 'de', expiryMinutes: 5 }))
    expect(error.why).toBe('there is already a template otp in de')
  })
})

describe('a message', () => {
  const send = { ...message, code: '123456' }

  it('carries the code in text and button, from digits, to a number with a plus', async () => {
    const { api, asked } = await startSendzen(() => ({
      body: { data: [{ message_id: 'msg_1', status: 'queued' }] },
    }))
    expect(await api.sendTemplate(send)).toEqual({ id: 'msg_1', status: 'queued' })
    const parameters = [{ type: 'text', text: '123456' }]
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/v1/messages',
      body: {
        from: '15550100000',
        to: '+15550100001',
        type: 'template',
        template: {
          name: 'otp',
          lang_code: 'en_US',
          components: [
            { type: 'body', parameters },
            { type: 'button', sub_type: 'url', index: 0, parameters },
          ],
        },
      },
    })
  })

  it.each([
    ['in data itself', { data: { message_id: 'a' } }, 'a'],
    ['as Meta writes it', { messages: [{ id: 'b' }] }, 'b'],
    ['nowhere', { message: 'accepted' }, undefined],
  ])('is accepted with its id %s', async (_, body, id) => {
    const { api } = await startSendzen(() => ({ status: 202, body }))
    expect((await api.sendTemplate(send)).id).toBe(id)
  })

  it.each(['drop', 'busy', 'broken'] as const)('is never repeated (%s)', async (fault) => {
    const { api, asked } = await startSendzen(() =>
      fault === 'drop' ? 'drop' : { status: fault === 'busy' ? 429 : 503 },
    )
    const error = await failureOf(api.sendTemplate(send))
    expect(asked).toHaveLength(1)
    if (fault === 'drop') expect(error.why).toContain('may have been sent')
  })

  it('refused with a code of Meta is explained', async () => {
    const { api } = await startSendzen(() => ({
      status: 404,
      body: { message: 'x', error: { code: '132001', details: 'y' } },
    }))
    expect((await failureOf(api.sendTemplate(send))).why).toContain('not approved, in this language')
  })

  it.each([
    ['130497', 'may not message users in that country'],
    ['131031', 'locked'],
    ['190', 'access to Meta has expired'],
  ])('refused by Meta (%s) with 403 is no refused key', async (code, why) => {
    const { api } = await startSendzen(() => ({ status: 403, body: { error: { code, details: 'no' } } }))
    const error = await failureOf(api.sendTemplate(send))
    expect(error.code).toBe('SENDZEN_REFUSED')
    expect(error.why).toContain(why)
  })

  it('refused by a page on the way is no refused key', async () => {
    const { api } = await startSendzen(() => ({ status: 403, text: '<html>Request blocked</html>' }))
    const error = await failureOf(api.sendTemplate(send))
    expect(error.code).toBe('SENDZEN_REFUSED')
    expect(error.why).toContain('web page')
  })

  it.each([
    ['SendZen’s own', { message: 'no', error: { code: 'BAD', details: 'the number is odd' } }],
    ['ASP.NET’s', { title: 'Bad', status: 400, errors: { from: ['the number is odd'] } }],
    ['an older 200', { statuscode: 400, response: 'x', message: 'the number is odd' }],
  ])('refused in %s form keeps the words', async (form, body) => {
    const { api } = await startSendzen(() => ({ status: form === 'an older 200' ? 200 : 400, body }))
    const error = await failureOf(api.sendTemplate(send))
    expect(error.code).toBe('SENDZEN_REFUSED')
    expect(error.why).toContain('the number is odd')
  })

  it('refused with words that repeat the number shows it masked', async () => {
    const { api } = await startSendzen(() => ({
      status: 400,
      body: { message: 'cannot reach +15550100001' },
    }))
    expect((await failureOf(api.sendTemplate(send))).why).toBe(
      'SendZen answered 400: cannot reach +*********01',
    )
  })
})

describe('the wire', () => {
  it.each(['drop', 'busy', 'broken'] as const)('is tried once more for reads (%s)', async (fault) => {
    const { api, asked } = await startSendzen((_, before) => {
      if (before > 0) return { body: { data: { projects: [] } } }
      return fault === 'drop' ? 'drop' : { status: fault === 'busy' ? 429 : 502, text: '<html>' }
    })
    expect(await api.listSenders()).toEqual([])
    expect(asked).toHaveLength(2)
  })

  it('that stays down is an outage with the host in its reason', async () => {
    const { api, asked } = await startSendzen(() => 'drop')
    const error = await failureOf(api.checkKey())
    expect(error.code).toBe('SENDZEN_UNREACHABLE')
    expect(error.why).toContain('127.0.0.1')
    expect(asked).toHaveLength(2)
  })

  it('that hangs ends at the deadline', async () => {
    const { url, asked } = await startSendzen(() => 'hang')
    const api = createSendzenApi({ url, key: testKey, clock: jumpClock(), timeoutMs: 50 })
    expect((await failureOf(api.checkKey())).why).toContain('did not answer in time')
    expect(asked.length).toBeLessThanOrEqual(2)
  })

  it('that hangs ends with Ctrl-C', async () => {
    const abort = new AbortController()
    const { url } = await startSendzen(() => {
      abort.abort()
      return 'hang'
    })
    const api = createSendzenApi({ url, key: testKey, signal: abort.signal })
    expect((await failureOf(api.checkKey())).code).toBe('CANCELLED')
  })

  it('does not take the key along to where a redirect points', async () => {
    const { api, asked } = await startSendzen(() => ({ status: 302, headers: { location: '/elsewhere' } }))
    expect((await failureOf(api.checkKey())).why).toContain('redirect')
    expect(asked).toHaveLength(1)
  })

  it('does not take an answer without end', async () => {
    const { api } = await startSendzen(() => ({ text: ' '.repeat(5 * 1024 * 1024) }))
    expect((await failureOf(api.listSenders())).why).toContain('longer than 4 MB')
  })

  it('that answers with a page of a gateway is told apart from SendZen', async () => {
    const { api } = await startSendzen(() => ({ text: '<html>hello</html>' }))
    expect((await failureOf(api.listSenders())).code).toBe('SENDZEN_ANSWER_UNREADABLE')
  })
})

describe('the log', () => {
  it('is asked in ticks, exactly, and gives its times in milliseconds', async () => {
    const { api, asked } = await startSendzen(() => ({
      text: '{"data":{"logs":[{"payload":"{}","created_at":638355968000000000}],"next_page_token":"p2"}}',
    }))
    const page = await api.readLogs({ from: 1_700_000_000_123, to: 1_700_000_060_000, page: 'p1' })
    expect(Object.fromEntries(asked[0]!.query)).toEqual({
      eventTypes: 'Message Status',
      fromDate: '638355968001230000',
      toDate: '638355968600000000',
      pageSize: '20',
      nextPageToken: 'p1',
    })
    expect(page).toEqual({ entries: [{ payload: '{}', createdAt: 1_700_000_000_000 }], nextPage: 'p2' })
  })

  it('counts ticks there and back', () => {
    expect(fromTicks(toTicks(1_700_000_000_123))).toBe(1_700_000_000_123)
    expect(fromTicks('soon')).toBeUndefined()
  })
})
