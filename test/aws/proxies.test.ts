// Which proxy a request goes through, and that calls to AWS and to SendZen really do.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/aws/account.ts'
import { callLimits } from '../../src/aws/calls.ts'
import { createClients } from '../../src/aws/clients.ts'
import type { Env } from '../../src/aws/env.ts'
import { fetchByEnv } from '../../src/aws/fetch.ts'
import { Gate } from '../../src/aws/gate.ts'
import { proxyFor } from '../../src/aws/proxies.ts'
import { toAppError } from '../../src/aws/words.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { caFile, startProxy, startSecure, type TestProxy } from './proxy.ts'

const aws = 'https://sts.eu-central-1.amazonaws.com/'
const proxy = 'http://proxy.corp:3128'

it.each<[string, Env, string | undefined]>([
  [aws, {}, undefined],
  [aws, { HTTPS_PROXY: proxy }, `${proxy}/`],
  [aws, { https_proxy: proxy }, `${proxy}/`],
  [aws, { https_proxy: 'http://lower:1', HTTPS_PROXY: proxy }, 'http://lower:1/'],
  [aws, { HTTPS_PROXY: 'proxy.corp:3128' }, `${proxy}/`],
  [aws, { HTTP_PROXY: proxy, ALL_PROXY: proxy }, undefined],
  ['http://aws.corp/', { HTTP_PROXY: proxy }, `${proxy}/`],
  ['http://aws.corp/', { HTTPS_PROXY: proxy }, undefined],
  [aws, { HTTPS_PROXY: proxy, NO_PROXY: '*' }, undefined],
  [aws, { HTTPS_PROXY: proxy, NO_PROXY: 'amazonaws.com' }, undefined],
  [aws, { HTTPS_PROXY: proxy, NO_PROXY: 'corp, .amazonaws.com' }, undefined],
  [aws, { HTTPS_PROXY: proxy, no_proxy: '*.AMAZONAWS.com' }, undefined],
  [aws, { HTTPS_PROXY: proxy, NO_PROXY: 'sts.eu-central-1.amazonaws.com' }, undefined],
  [aws, { HTTPS_PROXY: proxy, NO_PROXY: 'naws.com,amazonaws.com.evil' }, `${proxy}/`],
  ['https://aws.corp:8443/', { HTTPS_PROXY: proxy, NO_PROXY: 'aws.corp:8443' }, undefined],
  ['https://aws.corp:8443/', { HTTPS_PROXY: proxy, NO_PROXY: 'aws.corp:443' }, `${proxy}/`],
  ['http://127.0.0.1:4566/', { HTTP_PROXY: proxy }, undefined],
  ['http://localhost:4566/', { HTTP_PROXY: proxy }, undefined],
  ['http://[::1]:4566/', { HTTP_PROXY: proxy }, undefined],
])('%s with %j goes through %s', (url, env, expected) => {
  expect(proxyFor(new URL(url), env)?.href).toBe(expected)
})

describe('through a proxy', () => {
  const region = 'eu-central-1'
  let sandbox: Sandbox
  let secure: { port: number; close(): Promise<void> }
  let through: TestProxy
  beforeEach(async () => {
    sandbox = await startSandbox()
    secure = await startSecure(sandbox.endpoint)
    through = await startProxy((target) => (target.startsWith('nowhere.') ? undefined : secure.port))
  })
  afterEach(() => Promise.all([sandbox.close(), secure.close(), through.close()]))

  /** The keys of the sandbox, and nothing that leads to it but the proxy. */
  const envOf = (more: Env = {}): Env => ({
    ...sandbox.env(),
    AWS_ENDPOINT_URL: undefined,
    AWS_REGION: undefined,
    AWS_MAX_ATTEMPTS: '1',
    HTTPS_PROXY: through.url,
    AWS_CA_BUNDLE: caFile,
    ...more,
  })
  const identify = (env: Env, more: object = {}) =>
    createClients({ env, region, ...more })
      .sts.send(new GetCallerIdentityCommand({}))
      .catch((error) => {
        throw toAppError(error, 'ask')
      })

  it('AWS is asked at its own address, and its certificate is checked against AWS_CA_BUNDLE', async () => {
    expect((await identify(envOf())).Account).toBe(sandbox.account)
    expect(through.asked).toEqual(['sts.eu-central-1.amazonaws.com:443'])
  })

  it('a certificate that nobody vouches for is named as that, and what helps', async () => {
    await expect(identify(envOf({ AWS_CA_BUNDLE: undefined }))).rejects.toMatchObject({
      code: 'AWS_UNREACHABLE',
      why: expect.stringMatching(/^the certificate that STS shows is not trusted \(UNABLE_TO_/),
      next: [expect.stringContaining('AWS_CA_BUNDLE')],
    })
  })

  it('neither the proxy nor certificates come from a file of the working directory', async () => {
    const { HTTPS_PROXY, AWS_CA_BUNDLE, ...processEnv } = envOf()
    await expect(
      identify({ ...envOf(), AWS_ENDPOINT_URL: sandbox.endpoint }, { processEnv }),
    ).resolves.toBeDefined()
    await expect(
      identify({ ...envOf(), AWS_ENDPOINT_URL: `https://localhost:${secure.port}` }, { processEnv }),
    ).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
    expect(through.asked).toEqual([])
  })

  it('its user and password are sent to it, and are in no error', async () => {
    const withUser = through.url.replace('//', '//ana:s3cret@')
    await identify(envOf({ HTTPS_PROXY: withUser }))
    expect(through.authorization).toBe(`Basic ${Buffer.from('ana:s3cret').toString('base64')}`)
    const closed = await startProxy(() => undefined, { refuse: 407 })
    const { why, next } = await identify(
      envOf({ HTTPS_PROXY: closed.url.replace('//', '//ana:s3cret@') }),
    ).then(
      () => expect.unreachable(),
      (error) => error,
    )
    expect([why, next.join()].join()).toMatch(/^the proxy 127\.0\.0\.1:\d+ answered 407,check HTTPS_PROXY/)
    await closed.close()
  })

  it('one that never answers is given up', async () => {
    const silent = await startProxy(() => undefined, { silent: true })
    const limits = { ...callLimits, connectMs: 50 }
    await expect(identify(envOf({ HTTPS_PROXY: silent.url }), { limits })).rejects.toMatchObject({
      code: 'AWS_UNREACHABLE',
    })
    await silent.close()
  })

  it('an address of one’s own is asked through HTTP_PROXY', async () => {
    // A name that only the proxy resolves.
    const plain = await startProxy(() => Number(new URL(sandbox.endpoint).port))
    const env = envOf({ AWS_ENDPOINT_URL_STS: 'http://aws.test:4566', HTTP_PROXY: plain.url })
    expect((await identify(env)).Account).toBe(sandbox.account)
    expect(plain.asked).toEqual(['http://aws.test:4566/'])
    await plain.close()
  })

  it('a change takes its last look when the tunnel stands', async () => {
    const gate = new Gate()
    let isHeld = true
    gate.hold({ isFresh: () => isHeld, confirm: () => Promise.reject(new Error('lost')) })
    const tunnel = await startProxy(() => {
      isHeld = false
      return secure.port
    })
    const { ssm } = createClients({
      env: envOf({
        HTTPS_PROXY: tunnel.url,
        AWS_ENDPOINT_URL_SSM: 'https://sts.us-east-1.amazonaws.com',
        AWS_MAX_ATTEMPTS: '3',
      }),
      region,
      gate,
    })
    const { PutParameterCommand } = await import('@aws-sdk/client-ssm')
    await expect(
      ssm.send(new PutParameterCommand({ Name: '/one', Value: 'a', Type: 'String' })),
    ).rejects.toThrow('lost')
    expect([tunnel.asked, sandbox.calls]).toEqual([['sts.us-east-1.amazonaws.com:443'], []])
    await tunnel.close()
  })

  it('a region that the proxy finds no address of is named as that', async () => {
    through.close()
    through = await startProxy((target) => (target.startsWith('sts.us-east-1.') ? secure.port : undefined))
    await expect(connect({ env: envOf(), region: 'eu-nowhere-1', stage: 'dev' })).rejects.toMatchObject({
      code: 'REGION_UNKNOWN',
      exitCode: 3,
    })
  })

  it('SendZen is asked, too', async () => {
    const server = await startSecure((message, response) => {
      response.writeHead(message.method === 'POST' ? 202 : 200, { 'x-kind': 'yes' })
      message.pipe(response)
    })
    const tunnel = await startProxy(() => server.port)
    // Node trusts no certificate of ours here: that it asks for one shows the way.
    const fetch = fetchByEnv({ HTTPS_PROXY: tunnel.url })
    await expect(fetch('https://api.sendzen.io/v1/messages')).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: expect.stringMatching(/^UNABLE_TO_/) },
    })
    expect(tunnel.asked).toEqual(['api.sendzen.io:443'])
    await Promise.all([tunnel.close(), server.close()])
  })

  it('what is fetched through it answers as without: method, headers, body, status, an end by signal', async () => {
    const server = createServer((message, response) => {
      if (message.url === '/silent') return
      response.writeHead(message.method === 'POST' ? 202 : 200, { 'x-key': message.headers.authorization })
      message.pipe(response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const plain = await startProxy(() => (server.address() as AddressInfo).port)
    const fetch = fetchByEnv({ HTTP_PROXY: plain.url })
    const headers = { authorization: 'Bearer one' }
    const answer = await fetch('http://api.test/v1?a=b', { method: 'POST', headers, body: 'text' })
    expect([answer.status, answer.headers.get('x-key'), await answer.text()]).toEqual([
      202,
      'Bearer one',
      'text',
    ])
    await expect(fetch('http://api.test/silent', { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    expect(plain.asked).toEqual(['http://api.test/v1?a=b', 'http://api.test/silent'])
    await plain.close()
    server.closeAllConnections()
    server.close()
  })
})
