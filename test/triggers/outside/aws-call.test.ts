// Signed calls to AWS: the signature, the endpoints, what is tried again and what is not.
import { SignatureV4 } from '@smithy/signature-v4'
import { expect, it } from 'vitest'
import { type AwsError, createAws } from '../../../triggers/outside/aws-call.ts'
import { deadlineIn, invocationDeadline } from '../../../triggers/outside/clock.ts'
import { type HttpAnswer, HttpFailure, type HttpRequest } from '../../../triggers/outside/http.ts'
import { createTestClock } from './clock.ts'
import { NodeSha256 } from './sha256.ts'

const env = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'not-a-secret',
}

function createCall(answers: (HttpAnswer | HttpFailure)[], more: Record<string, string> = {}) {
  const clock = createTestClock()
  const requests: HttpRequest[] = []
  const http = async (request: HttpRequest) => {
    requests.push(request)
    const next = answers.shift() ?? ok
    if (next instanceof HttpFailure) throw next
    return next
  }
  return { clock, requests, aws: createAws({ http, clock, env: { ...env, ...more } }) }
}

const ok: HttpAnswer = { status: 200, headers: {}, text: '{"a":1}', truncated: false }
const error = (status: number, text: string): HttpAnswer => ({ status, headers: {}, text, truncated: false })
const codeOf = (sent: Promise<unknown>) =>
  sent.then(
    () => 'none',
    ({ code, maybeDone }: AwsError) => `${code} ${maybeDone}`,
  )

it.each([undefined, 'a-session-token'])('signs as the AWS SDK does (token: %s)', async (sessionToken) => {
  const { aws, clock, requests } = createCall([], sessionToken ? { AWS_SESSION_TOKEN: sessionToken } : {})
  const input = { TableName: 'töble' }
  await aws.json('dynamodb', 'GetItem', input, deadlineIn(clock, 1000))
  const headers = {
    host: 'dynamodb.eu-west-1.amazonaws.com',
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.GetItem',
    'content-length': String(Buffer.byteLength(JSON.stringify(input))),
  }
  const signer = new SignatureV4({
    service: 'dynamodb',
    region: 'eu-west-1',
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
      ...(sessionToken ? { sessionToken } : {}),
    },
    sha256: NodeSha256,
    applyChecksum: false,
  })
  const theirs = await signer.sign(
    {
      method: 'POST',
      protocol: 'https:',
      hostname: headers.host,
      path: '/',
      headers,
      body: JSON.stringify(input),
    },
    { signingDate: new Date(clock.now()) },
  )
  expect(requests[0]?.headers.Authorization).toBe(theirs.headers.authorization)
})

it('speaks the JSON protocol of each service', async () => {
  const { aws, requests, clock } = createCall([])
  expect(await aws.json('dynamodb', 'GetItem', { x: 1 }, deadlineIn(clock, 1000))).toEqual({ a: 1 })
  expect(requests[0]).toMatchObject({
    url: 'https://dynamodb.eu-west-1.amazonaws.com/',
    body: '{"x":1}',
    headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem', 'content-type': 'application/x-amz-json-1.0' },
  })
})

it.each<[Record<string, string>, string]>([
  [{}, 'https://cognito-idp.eu-west-1.amazonaws.com/'],
  [{ AWS_REGION: 'cn-north-1' }, 'https://cognito-idp.cn-north-1.amazonaws.com.cn/'],
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, 'http://127.0.0.1:1/'],
  [
    {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: 'http://127.0.0.1:2/',
    },
    'http://127.0.0.1:2/',
  ],
])('finds the endpoint with %j', async (more, url) => {
  const { aws, requests, clock } = createCall([], more)
  await aws.json('cognito-idp', 'AdminUpdateUserAttributes', {}, deadlineIn(clock, 1000))
  expect(requests[0]?.url).toBe(url)
})

it.each([
  ['throttling', error(400, '{"__type":"com.amazonaws.x#ProvisionedThroughputExceededException"}')],
  ['too many requests', error(400, '{"__type":"TooManyRequestsException"}')],
  ['a server error', error(500, '')],
  ['a dead connection', new HttpFailure('reset', true)],
])('tries again after %s', async (_name, failure) => {
  const { aws, requests, clock } = createCall([failure, failure])
  expect(await aws.json('ssm', 'GetParameter', {}, deadlineIn(clock, 3000))).toEqual({ a: 1 })
  expect(requests).toHaveLength(3)
})

it('gives up after three tries, and at once on what will not change', async () => {
  const down = createCall(Array.from({ length: 9 }, () => error(503, '')))
  expect(await codeOf(down.aws.json('ssm', 'GetParameter', {}, deadlineIn(down.clock, 3000)))).toBe(
    'Http503 true',
  )
  expect(down.requests).toHaveLength(3)
  const denied = createCall([
    error(400, '{"__type":"ConditionalCheckFailedException","message":"The \\"x\\""}'),
  ])
  const put = denied.aws.json('dynamodb', 'PutItem', {}, deadlineIn(denied.clock, 3000))
  expect(await codeOf(put)).toBe('ConditionalCheckFailedException false')
  expect(denied.requests).toHaveLength(1)
})

it('tries what must not happen twice only once, on a connection of its own', async () => {
  const { aws, requests, clock } = createCall([new HttpFailure('timeout', true)])
  const sent = aws.post({
    service: 'sns',
    headers: {},
    body: 'Action=Publish',
    deadline: deadlineIn(clock, 1000),
    attempts: 1,
  })
  expect(await codeOf(sent)).toBe('timeout true')
  expect(requests).toMatchObject([{ keepAlive: false }])
})

it("reads the code of the query protocol's errors", async () => {
  const { aws, clock } = createCall([
    error(403, '<ErrorResponse><Error><Code>AuthorizationError</Code></Error></ErrorResponse>'),
  ])
  const sent = aws.post({
    service: 'sns',
    headers: {},
    body: '',
    deadline: deadlineIn(clock, 1000),
    attempts: 1,
  })
  expect(await codeOf(sent)).toBe('AuthorizationError false')
})

it('does not start what its deadline cannot see through', async () => {
  const { aws, requests, clock } = createCall([])
  const deadline = deadlineIn(clock, 100)
  clock.advance(95)
  expect(await codeOf(aws.json('dynamodb', 'GetItem', {}, deadline))).toBe('deadline false')
  expect(requests).toHaveLength(0)
})

it('gives a part of the work no more time than the whole has left', () => {
  const clock = createTestClock()
  const whole = deadlineIn(clock, 1000)
  clock.advance(700)
  expect(whole.within(500).left()).toBe(300)
  expect(whole.within(100).left()).toBe(100)
  clock.advance(400)
  expect(whole.left()).toBe(0)
  expect(invocationDeadline(clock, 5000).left()).toBe(3900)
  expect(invocationDeadline(clock, 2000).left()).toBe(1700)
})
