import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { maskPhone } from '../src/core/mask.ts'
import { redact } from '../src/redact.ts'

describe('a phone number', () => {
  it('keeps its plus and its last two digits', () => {
    expect(maskPhone('+15550100001')).toBe('+*********01')
    expect(maskPhone('15550100001')).toBe('+*********01')
  })

  it('is hidden whole when it is too short to hide behind two digits', () => {
    expect(maskPhone('+12345')).toBe('+*****')
    expect(maskPhone('+123456')).toBe('+******')
    expect(maskPhone('+1234567')).toBe('+*****67')
  })

  it.each([
    ['as E.164', 'sent to +15550100001.', 'sent to +*********01.'],
    ['with spaces', 'call +49 151 1234 5678 now', 'call +***********78 now'],
    ['in an address', 'GET /users?to=%2B15550100001', 'GET /users?to=+*********01'],
    [
      'without a plus after a telling name',
      '{"recipient_id":"15550100001"}',
      '{"recipient_id":"+*********01"}',
    ],
  ])('is masked %s', (_, text, expected) => {
    expect(redact(text)).toBe(expected)
  })
})

describe('secrets', () => {
  it('that were registered go, in every form they are written in', () => {
    const secret = 'a"b/c d+e'
    const text = `raw ${secret}, json ${JSON.stringify({ secret })}, url ${encodeURIComponent(secret)}`
    const clean = redact(text, [secret])
    expect(clean).not.toContain('c d+e')
    expect(clean).not.toContain('c%20d')
    expect(clean.match(/\[hidden\]/g)).toHaveLength(3)
  })

  it('that contain one another both go', () => {
    expect(redact('abcdef-1234', ['abcdef', 'abcdef-1234'])).toBe('[hidden]')
  })

  it.each([
    ['a bearer token', 'authorization: Bearer abc.def-123'],
    ['a JWT', 'token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
    ['a refresh token', 'token eyJjdHkiOiJKV1QifQ.aaaa.bbbb.cccc.dddd'],
    ['a SendZen key', 'key sk_live_0123456789'],
    ['a Session of Cognito', `Session=${randomBytes(300).toString('base64url')}`],
    ['a session token of AWS', `token ${randomBytes(300).toString('base64')}`],
  ])('such as %s are recognised', (_, text) => {
    const clean = redact(text)
    expect(clean).toContain('[hidden]')
    expect(clean.length).toBeLessThan(40)
  })

  it('are not seen in what a reader of an error needs', () => {
    const text = [
      'arn:aws:iam::123456789012:role/whatsapp-otp-abcdefghijklmnop-ap-southeast-1-verifyAuthChallenge',
      'request 8c5a1a3e-6a0c-4f0e-9d0a-0f1f2a3b4c5d at 2026-01-02T03:04:05+0100',
      'at file:///home/ana/project/node_modules/some-package/dist/deeply/nested/folder/of/modules/index.js:12:34',
      'account 123456789012',
    ].join('\n')
    expect(redact(text)).toBe(text)
  })
})
