// What a failed send of the functions is called: never a cause that was not said.
import { describe, expect, it } from 'vitest'
import { sendzen } from '../../src/core/messaging/sendzen.ts'
import { explainFailedSend, type FailedSend } from '../../src/messaging/send-failures.ts'

const kindAndWords = (send: FailedSend) => {
  const { kind, why, next } = explainFailedSend(send, sendzen)
  expect(next).toMatch(/\w/)
  return `${kind}: ${why}`
}

describe('a failed send', () => {
  it.each<[FailedSend, string]>([
    [
      { httpStatus: 401, providerCode: 'UNAUTHORIZED', reason: 'operator' },
      'key: SendZen refuses the key (401)',
    ],
    [{ httpStatus: 403, reason: 'operator' }, 'key: SendZen refuses the key (403)'],
    [
      { httpStatus: 403, providerCode: '130497', reason: 'recipient' },
      'recipient: this business may not message users in that country (130497)',
    ],
    [
      { httpStatus: 403, providerCode: '190', reason: 'operator' },
      "configuration: SendZen's access to Meta has expired (190)",
    ],
    [
      { httpStatus: 400, providerCode: 132015, reason: 'operator' },
      'configuration: Meta paused the template for low quality (132015)',
    ],
    [
      { providerCode: 'refused', reason: 'provider' },
      'passing: no connection to SendZen: nothing listens at its address',
    ],
    [{ providerCode: 'timeout', reason: 'provider' }, 'passing: SendZen did not answer in time'],
    [{ httpStatus: 503, reason: 'provider' }, 'passing: SendZen has a fault of its own (503)'],
    [{ httpStatus: 429, reason: 'provider' }, 'passing: SendZen limits how often it may be asked (429)'],
    [
      { httpStatus: 400, providerCode: 'BAD', reason: 'operator' },
      'configuration: SendZen refused the message (400, BAD)',
    ],
    [{}, 'passing: SendZen gave no answer that says what became of it'],
    [
      { channel: 'sms', providerCode: 'AuthorizationError', reason: 'provider' },
      'configuration: the function may not send SMS (sns:Publish)',
    ],
  ])('%j', (send, words) => {
    expect(kindAndWords(send)).toBe(words)
  })
})
