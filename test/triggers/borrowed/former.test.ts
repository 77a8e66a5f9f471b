// The function that was called before: how it is invoked, what is never invoked twice, and how its answers are heard.
import { SignatureV4 } from '@smithy/signature-v4'
import type { Context } from 'aws-lambda'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFormer } from '../../../triggers/borrowed/former.ts'
import { type HttpAnswer, HttpFailure, type HttpRequest } from '../../../triggers/outside/http.ts'
import { createTestClock } from '../outside/clock.ts'
import { NodeSha256 } from '../outside/sha256.ts'

const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:their-trigger'
const env = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'not-a-secret',
  STAGE: 'dev',
}
const event = {
  userPoolId: 'eu-west-1_Theirs',
  callerContext: { clientId: 'their-client' },
  request: { userAttributes: { phone_number: '+12025550123' } },
}

const lines: string[] = []
beforeEach(() => {
  lines.length = 0
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
})
afterEach(() => vi.restoreAllMocks())

const answered = (text: string, headers = {}, status = 200): HttpAnswer => ({
  ...{ status, text, truncated: false },
  headers,
})
const refused = (status: number, code: string) =>
  answered('{"Type":"User","Message":"No."}', { 'x-amzn-errortype': `${code}:http://internal` }, status)

function open(answers: (HttpAnswer | HttpFailure)[], { function: of = arn, remainingMs = 5000 } = {}) {
  const clock = createTestClock()
  const requests: HttpRequest[] = []
  const http = async (request: HttpRequest) => {
    requests.push(request)
    const next = answers.shift()
    if (!next) throw new Error('Nobody expected another invocation.')
    if (next instanceof HttpFailure) throw next
    return next
  }
  const passOn = createFormer(of, { http, clock, env, trigger: 'preSignUp' })
  const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => remainingMs } as Context
  return { clock, requests, passOn: (given: object = event) => passOn(given, context) }
}

describe('the invocation', () => {
  it('carries the event as it came, to wait for the answer', async () => {
    const { passOn, requests } = open([answered('{}')])
    await passOn()
    expect(requests).toMatchObject([
      {
        url: 'https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/their-trigger/invocations',
        body: JSON.stringify(event),
        headers: { 'x-amz-invocation-type': 'RequestResponse' },
        keepAlive: true,
      },
    ])
  })

  it.each(['live', '7'])('is of the version or alias that Cognito called: %s', async (qualifier) => {
    const { passOn, requests } = open([answered('{}')], { function: `${arn}:${qualifier}` })
    await passOn()
    expect(requests[0]?.url).toMatch(new RegExp(`/their-trigger/invocations\\?Qualifier=${qualifier}$`))
  })

  it('is signed as the AWS SDK signs it', async () => {
    const { passOn, requests, clock } = open([answered('{}')], { function: `${arn}:live` })
    await passOn()
    const { headers, body } = requests[0]!
    const signer = new SignatureV4({
      ...{ service: 'lambda', region: 'eu-west-1', applyChecksum: false, sha256: NodeSha256 },
      credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
    })
    const theirs = await signer.sign(
      {
        ...{ method: 'POST', protocol: 'https:', hostname: 'lambda.eu-west-1.amazonaws.com', body },
        path: '/2015-03-31/functions/their-trigger/invocations',
        query: { Qualifier: 'live' },
        headers: {
          host: 'lambda.eu-west-1.amazonaws.com',
          'content-type': headers['content-type']!,
          'x-amz-invocation-type': 'RequestResponse',
          'content-length': String(Buffer.byteLength(body)),
        },
      },
      { signingDate: new Date(clock.now()) },
    )
    expect(headers.Authorization).toBe(theirs.headers.authorization)
  })

  it('has the time that Cognito gives, but for a moment', async () => {
    const { passOn, requests } = open([answered('{}')], { remainingMs: 4800 })
    await passOn()
    expect(requests[0]?.totalMs).toBeGreaterThanOrEqual(4700)
    expect(requests[0]?.totalMs).toBeLessThan(4800)
  })

  it('has room for the longest answer that Lambda gives', async () => {
    const { passOn, requests } = open([answered('{}')])
    await passOn()
    expect(requests[0]?.maxBytes).toBeGreaterThan(6 * 1024 * 1024)
  })
})

describe('what it answers', () => {
  it.each([
    ['an event', '{"response":{"autoConfirmUser":true}}', { response: { autoConfirmUser: true } }],
    ['null', 'null', null],
    ['a text', '"x"', 'x'],
    ['nothing', '', null],
  ])('goes back as it is: %s', async (_name, text, payload) => {
    expect(await open([answered(text)]).passOn()).toEqual(payload)
    expect(lines).toEqual([])
  })

  it.each([
    ['threw', 'Unhandled', { errorType: 'TooYoung', errorMessage: 'Come back in a year' }],
    ['ran out of time', 'Unhandled', { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out' }],
  ])('is thrown in its own words where it %s', async (_name, kind, error) => {
    const { passOn } = open([answered(JSON.stringify(error), { 'x-amz-function-error': kind })])
    const { errorType: name, errorMessage: message } = error
    await expect(passOn()).rejects.toMatchObject({ name, message })
    expect(lines).toEqual([])
  })

  it.each(['null', '{}', '"x"'])('is an error still where it says none: %s', async (text) => {
    const { passOn } = open([answered(text, { 'x-amz-function-error': 'Unhandled' })])
    await expect(passOn()).rejects.toMatchObject({ name: 'Error', message: 'Unknown error' })
  })
})

describe('what cannot be heard', () => {
  it.each([
    ['denied', refused(403, 'AccessDeniedException'), 'AccessDeniedException', 403],
    ['missing', refused(404, 'ResourceNotFoundException'), 'ResourceNotFoundException', 404],
    ['failing by itself', refused(502, 'InvalidRuntimeException'), 'InvalidRuntimeException', 502],
    ['no JSON', answered('+12025550123 {'), 'unreadable', undefined],
    ['cut', { ...answered('{}'), truncated: true }, 'unreadable', undefined],
    ['lost', new HttpFailure('reset', true), 'reset', undefined],
    ['late', new HttpFailure('timeout', true), 'timeout', undefined],
  ])('is thrown and logged without a word of the event, once: %s', async (_n, answer, reason, httpStatus) => {
    const { passOn, requests } = open([answer])
    await expect(passOn()).rejects.toThrow(`called before could not be heard: ${reason}`)
    expect(requests).toHaveLength(1)
    const about = { trigger: 'preSignUp', requestId: 'request', client: 'their-client' }
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      {
        ...{ timestamp: expect.anything(), level: 'ERROR', event: 'former_failed', stage: 'dev', ...about },
        ...{ userPoolId: 'eu-west-1_Theirs', reason, ...(httpStatus ? { httpStatus } : {}) },
      },
    ])
    expect(lines.join('')).not.toContain('2025550123')
  })

  it.each([
    ['never left', new HttpFailure('connect-timeout', false)],
    ['was refused', new HttpFailure('refused', false)],
    ['had no place', refused(429, 'TooManyRequestsException')],
  ])('is tried again where it %s', async (_name, failure) => {
    const { passOn, requests, clock } = open([failure, failure, answered('{"a":1}')])
    expect(await passOn()).toEqual({ a: 1 })
    expect(requests).toHaveLength(3)
    expect(clock.slept).toHaveLength(2)
    expect(lines).toEqual([])
  })

  it('is given up after some tries, or when the time is over', async () => {
    const failure = () => new HttpFailure('refused', false)
    const patient = open([failure(), failure(), failure(), failure()])
    await expect(patient.passOn()).rejects.toThrow('refused')
    expect(patient.requests).toHaveLength(4)
    const hasty = open([failure()], { remainingMs: 150 })
    await expect(hasty.passOn()).rejects.toThrow('refused')
    expect(hasty.requests).toHaveLength(1)
  })
})
