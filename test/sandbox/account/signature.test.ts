// The sandbox takes calls of those only who hold its keys: every signature is worked out anew.

import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenSandbox, startOpenSandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig, FunctionFixture } from '../lambda/function-fixture.ts'
import { callAws, type Keys, keysOf, sign } from '../lambda/signed.ts'

let sandbox: OpenSandbox
let keys: Keys
beforeAll(async () => {
  sandbox = await startOpenSandbox()
  keys = keysOf(sandbox)
})
afterAll(() => sandbox.close())

const json = { method: 'POST', headers: { 'x-amz-target': 'AmazonSSM.DescribeParameters' }, body: '{}' }
const query = {
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'Action=ListRoles&Version=2010-05-08',
}
const functions = '/2015-03-31/functions'

async function send(request: Request | Promise<Request>) {
  const answer = await fetch(await request)
  const words = await answer.text()
  const code = answer.headers.get('x-amzn-errortype') ?? /<Code>(\w+)</.exec(words)?.[1]
  return `${answer.status} ${code ?? 'OK'}`
}
const stampOf = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, '')
/** Sends what was signed, but for a part of it. */
async function altered(
  signed: Promise<Request>,
  change: (request: { url: string; init: RequestInit }) => void,
) {
  const request = await signed
  const sent = {
    url: request.url,
    init: { method: request.method, headers: new Headers(request.headers), body: await request.text() },
  }
  change(sent)
  return send(new Request(sent.url, sent.init))
}

describe.each([
  ['JSON', 'ssm', '/', json, '400 UnrecognizedClientException', '400 InvalidSignatureException'],
  ['Query', 'iam', '/', query, '403 InvalidClientTokenId', '403 SignatureDoesNotMatch'],
  [
    'REST',
    'lambda',
    `${functions}?MaxItems=5&Marker=0`,
    {},
    '403 UnrecognizedClientException',
    '403 InvalidSignatureException',
  ],
])('%s', (_name, service, path, init, unknown, wrong) => {
  const url = () => sandbox.endpoint + path

  it('takes a signature made with its own key', async () => {
    expect(await send(sign(keys, service, url(), init))).toBe('200 OK')
  })

  it('knows no other key, and no other secret', async () => {
    const other = { ...keys, accessKeyId: 'AKIAOFNOBODY00000000' }
    expect(await send(sign(other, service, url(), init))).toBe(unknown)
    expect(await send(sign({ ...keys, secretAccessKey: 'guessed' }, service, url(), init))).toBe(wrong)
  })

  it('refuses what was changed since: body, query, a header', async () => {
    const signed = () => sign(keys, service, url(), init)
    const headers = { ...('headers' in init && init.headers), 'x-amz-more': 'a' }
    const body = { ...init, method: 'POST', headers, body: '{"a":1}' }
    const alterations: ((request: { url: string; init: RequestInit }) => void)[] = [
      (sent) => Object.assign(sent.init, { body: '{"a":2}' }),
      (sent) => (sent.init.headers as Headers).set('x-amz-more', 'b'),
    ]
    for (const alteration of alterations) {
      expect(await altered(sign(keys, service, url(), body), alteration)).toBe(wrong)
    }
    const more = await altered(signed(), (sent) => {
      sent.url += sent.url.includes('?') ? '&more=1' : '?more=1'
      if (!sent.init.body) delete sent.init.body
    })
    expect(more).toBe(wrong)
  })

  it('refuses a signature for another service, and one of long ago', async () => {
    const old = stampOf(Date.now() - 2 * 3_600_000)
    expect(await send(sign(keys, service, url(), init, { datetime: old }))).toBe(wrong)
    if (service === 'ssm') expect(await send(sign(keys, 'logs', url(), init))).toBe(wrong)
  })

  it('takes what is signed at the time of its own clock', async () => {
    const far = await startSandbox({ now: () => Date.now() + 86_400_000 })
    const datetime = stampOf(far.clock.now())
    expect(await send(sign(keysOf(far), service, far.endpoint + path, init, { datetime }))).toBe('200 OK')
    await far.close()
  })
})

describe('a signature', () => {
  it('that is not whole is named so', async () => {
    for (const authorization of [
      'AWS4-HMAC-SHA256',
      `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/20200101/us-east-1/ssm/aws4_request`,
      `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}, SignedHeaders=host, Signature=0`,
      'AWS4-ECDSA-P256-SHA256 Credential=a',
    ]) {
      const request = new Request(sandbox.endpoint, { ...json, headers: { ...json.headers, authorization } })
      expect(await send(request)).toBe('400 IncompleteSignatureException')
    }
  })

  it('counts although paths and queries hold what must be encoded', async () => {
    const odd = `/2015-03-31/functions/a%20b%2Fc(d)'!*:~?x=a+b%20c&x=%C3%A9&empty=`
    const answered = await send(sign(keys, 'lambda', sandbox.endpoint + odd))
    expect(answered).toBe('404 ResourceNotFoundException')
  })

  it('that somebody invents runs no code', async () => {
    const count = sandbox.inventory().length
    const authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`
    const request = new Request(sandbox.endpoint + functions, {
      method: 'POST',
      headers: { authorization, 'x-amz-date': stampOf(Date.now()) },
      body: '{}',
    })
    expect(await send(request)).toBe('403 InvalidSignatureException')
    expect(sandbox.inventory()).toHaveLength(count)
  })
})

describe('keys', () => {
  it('are made anew for each sandbox, or given', async () => {
    const other = await startSandbox()
    expect(keysOf(other)).not.toEqual(keys)
    await other.close()
    const credentials = { accessKeyId: 'AKIAMINE', secretAccessKey: 'my own' }
    const mine = await startSandbox({ credentials })
    expect(keysOf(mine)).toEqual(credentials)
    await new SSMClient(clientConfig(mine)).send(
      new PutParameterCommand({ Name: '/a', Value: 'ü', Type: 'String' }),
    )
    await mine.close()
  })

  it('of a function count with its token only, and name its role', async () => {
    const aws = new FunctionFixture(sandbox)
    const source = `${callAws}
      export const handler = async () => ({ env: process.env, own: await callAws('ssm', 'AmazonSSM.DescribeParameters', {}) })`
    await aws.create('keys', source)
    const { env, own } = (await aws.invoke('keys')).result as {
      env: Record<string, string>
      own: { body: { __type: string } }
    }
    expect(own.body.__type).toBe('AccessDeniedException')
    const credentials = {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    }
    const whoami = (sessionToken?: string) =>
      new STSClient({
        ...clientConfig(sandbox),
        credentials: { ...credentials, ...(sessionToken && { sessionToken }) },
      }).send(new GetCallerIdentityCommand({}))
    expect((await whoami(env.AWS_SESSION_TOKEN)).Arn).toMatch(/assumed-role\/keys-role\/keys$/)
    for (const token of [undefined, 'another']) {
      await expect(whoami(token)).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
    }
  })
})
