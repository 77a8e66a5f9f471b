// The request of one message through SendZen, and what every answer means for the person who waits.
import { describe, expect, it } from 'vitest'
import type { SendResult, WireAnswer } from '../../../src/core/messaging/provider.ts'
import { acceptanceOf, sendzen } from '../../../src/core/messaging/sendzen.ts'

const apiKey = 'sz_live_not-a-real-key'
const phone = '+12025550123'

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): WireAnswer => ({
  status,
  headers,
  text: typeof body === 'string' ? body : JSON.stringify(body),
})
const failing = (code: string, details = 'x') => ({ message: 'no', error: { code, details } })

it('the request carries the code twice, the sender as digits and the recipient with its plus', () => {
  const url = 'https://api.example/v1/messages'
  const request = sendzen.request(
    { url, key: apiKey },
    { from: '+1 555 000 9999', to: '12025550123', template: 'otp', language: 'en_US', code: '012345' },
  )
  expect(request).toMatchObject({
    url,
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
  })
  const parameters = [{ type: 'text', text: '012345' }]
  expect(JSON.parse(request.body)).toEqual({
    from: '15550009999',
    to: '+12025550123',
    type: 'template',
    template: {
      name: 'otp',
      lang_code: 'en_US',
      components: [
        { type: 'body', parameters },
        { type: 'button', sub_type: 'url', index: 0, parameters },
      ],
    },
  })
})

describe('the answer', () => {
  it.each<[string, WireAnswer, Partial<SendResult>]>([
    [
      'an accepted message',
      answer(200, { data: [{ message_id: 'msg_1', status: 'queued' }] }),
      { outcome: 'sent', messageId: 'msg_1' },
    ],
    ['an id in an object', answer(202, { data: { message_id: 'm' } }), { outcome: 'sent', messageId: 'm' }],
    [
      "Meta's own shape",
      answer(200, { messages: [{ id: 'wamid.x' }] }),
      { outcome: 'sent', messageId: 'wamid.x' },
    ],
    ['acceptance without an id', answer(200, { message: 'ok', data: [] }), { outcome: 'sent' }],
    ['a success that is not JSON', answer(200, '<html>'), { outcome: 'unknown' }],
    [
      'a failure inside a success',
      answer(200, { statuscode: 400, response: 'no' }),
      { outcome: 'failed', blame: 'operator' },
    ],
    [
      'an error inside a success',
      answer(200, failing('BAD')),
      { outcome: 'failed', blame: 'operator', code: 'BAD' },
    ],
    ['a status of failed', answer(200, { data: [{ status: 'failed' }] }), { outcome: 'failed' }],
    [
      'a bad request',
      answer(400, { title: 'x', errors: { to: ['bad'] } }),
      { outcome: 'failed', blame: 'operator' },
    ],
    ['a wrong key', answer(401, failing('UNAUTHORIZED')), { outcome: 'failed', blame: 'operator' }],
    [
      'a missing template',
      answer(404, failing('132001')),
      { outcome: 'failed', blame: 'operator', code: '132001' },
    ],
    [
      'a redirect',
      answer(302, '', { location: 'https://elsewhere' }),
      { outcome: 'failed', blame: 'operator' },
    ],
    ['a number without WhatsApp', answer(400, failing('131026')), { outcome: 'failed', blame: 'recipient' }],
    ['the same as a server error', answer(500, failing('131026')), { outcome: 'failed', blame: 'recipient' }],
    ['the limit of a pair', answer(400, failing('131056')), { outcome: 'failed', blame: 'provider' }],
    ['too many requests', answer(429, ''), { outcome: 'retry' }],
    [
      'too many requests for ten seconds',
      answer(429, '', { 'retry-after': '10' }),
      { outcome: 'failed', blame: 'provider' },
    ],
    ['a service that is back at once', answer(503, '', { 'retry-after': '0' }), { outcome: 'retry' }],
    ['a service that says nothing', answer(503, ''), { outcome: 'unknown' }],
    ['a gateway that gave up', answer(504, '<html>'), { outcome: 'unknown' }],
    ['a server error', answer(500, failing('INTERNAL')), { outcome: 'unknown' }],
    [
      'a fault of Meta that passes, from a server that failed',
      answer(500, failing('131056')),
      { outcome: 'unknown' },
    ],
    ['a server that waited too long for the request', answer(408, ''), { outcome: 'unknown' }],
    [
      'a server error that says when to come back',
      answer(500, '', { 'retry-after': '0' }),
      { outcome: 'unknown' },
    ],
    [
      'a service that is back in half a second',
      answer(503, '', { 'retry-after': '0.5' }),
      { outcome: 'retry' },
    ],
    [
      'a success inside a failure',
      answer(400, { statuscode: 200 }),
      { outcome: 'failed', blame: 'operator' },
    ],
    [
      'a success inside a redirect',
      answer(300, { statuscode: 200 }),
      { outcome: 'failed', blame: 'operator' },
    ],
    [
      'a redirect inside a success',
      answer(200, { statuscode: 300 }),
      { outcome: 'failed', blame: 'operator' },
    ],
    [
      'no success inside a success',
      answer(200, { statuscode: 100 }),
      { outcome: 'failed', blame: 'operator' },
    ],
    ['a status of nothing inside a success', answer(200, { statuscode: 0 }), { outcome: 'sent' }],
    ['a redirect without a text', answer(300, ''), { outcome: 'failed', blame: 'operator' }],
    [
      'a code that is a number only when it is read as one',
      answer(400, failing('1e0')),
      { outcome: 'failed', blame: 'operator' },
    ],
    ['no JSON object', answer(200, '[1]'), { outcome: 'sent' }],
    ['null', answer(400, 'null'), { outcome: 'failed' }],
  ])('tells %s', (_name, given, expected) => {
    expect(sendzen.readReply(given)).toMatchObject(expected)
  })

  it('lets no text of the provider through but plain codes', () => {
    const odd = sendzen.readReply(
      answer(400, { error: { code: `x\n${apiKey} ${phone}` }, data: [{ message_id: { a: 1 } }] }),
    )
    const plain = { outcome: 'failed', blame: 'operator', httpStatus: 400 }
    expect(odd).toEqual(plain)
    expect(sendzen.readReply(answer(400, { error: { code: ['131026'] } }))).toEqual(plain)
  })
})

it('an acceptance without a word of its own is a place in the queue', () => {
  expect(acceptanceOf({ data: [{ message_id: 'm' }] })).toEqual({ id: 'm', status: 'queued' })
  expect(acceptanceOf({ data: { message_id: 'm', status: 'accepted' } })).toEqual({
    id: 'm',
    status: 'accepted',
  })
})
