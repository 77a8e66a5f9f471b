// The sandbox as a server: faults, the record of calls, missing signatures, web pages, and its own door.

import {
  CognitoIdentityProviderClient,
  ListUserPoolsCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { CreateRoleCommand, GetRoleCommand, IAMClient, ListUsersCommand } from '@aws-sdk/client-iam'
import { LambdaClient, ListFunctionsCommand, ListLayersCommand } from '@aws-sdk/client-lambda'
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { clientConfig, lambdaTrust } from './lambda/function-fixture.ts'
import { keysOf, sign } from './lambda/signed.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.close())

const ssm = () => new SSMClient(clientConfig(sandbox))
const put = (Name: string) => ssm().send(new PutParameterCommand({ Name, Value: 'v', Type: 'String' }))
const get = (Name: string) => ssm().send(new GetParameterCommand({ Name }))

describe('an injected fault', () => {
  it('before the effect answers a 500 and changes nothing', async () => {
    sandbox.faults.add({ service: 'ssm', operation: 'PutParameter', kind: 'fail-before' })
    await expect(put('/a')).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } })
    expect(sandbox.inventory()).toEqual([])
    await put('/a')
  })

  it('after the effect cuts the connection, and the effect stays', async () => {
    sandbox.faults.add({ operation: 'PutParameter', kind: 'fail-after' })
    await expect(put('/a')).rejects.toThrow(/socket hang up|ECONNRESET/)
    expect((await get('/a')).Parameter?.Value).toBe('v')
  })

  it('hits the calls that it names: from the second on, twice', async () => {
    sandbox.faults.add({ operation: 'PutParameter', kind: 'throttle', nth: 2, times: 2 })
    const results = []
    for (const name of ['/a', '/b', '/c', '/d']) {
      results.push(
        await put(name).then(
          () => 'ok',
          (error: Error) => error.name,
        ),
      )
    }
    expect(results).toEqual(['ok', 'ThrottlingException', 'ThrottlingException', 'ok'])
  })

  it('throttles each service with its own error', async () => {
    sandbox.faults.add({ kind: 'throttle', times: 9 })
    const config = clientConfig(sandbox)
    const names = await Promise.all(
      [
        new IAMClient(config).send(new GetRoleCommand({ RoleName: 'x' })),
        new LambdaClient(config).send(new ListFunctionsCommand({})),
        new CognitoIdentityProviderClient(config).send(new ListUserPoolsCommand({ MaxResults: 1 })),
        new DynamoDBClient(config).send(new ListTablesCommand({})),
      ].map((call: Promise<unknown>) => call.then(() => 'ok').catch((error: Error) => error.name)),
    )
    expect(names).toEqual([
      'Throttling',
      'TooManyRequestsException',
      'TooManyRequestsException',
      'ThrottlingException',
    ])
  })

  it('is overcome by the retries of the SDK', async () => {
    sandbox.faults.add({ operation: 'ListFunctions', kind: 'throttle' })
    const client = new LambdaClient({ ...clientConfig(sandbox), maxAttempts: 2 })
    expect((await client.send(new ListFunctionsCommand({}))).Functions).toEqual([])
  })
})

describe('the record of calls', () => {
  it('has every call with its caller and its end', async () => {
    await put('/a')
    await get('/none').catch(() => undefined)
    expect(sandbox.calls).toMatchObject([
      {
        service: 'ssm',
        operation: 'PutParameter',
        ok: true,
        caller: { arn: expect.stringMatching(/developer$/) },
      },
      { service: 'ssm', operation: 'GetParameter', ok: false, code: 'ParameterNotFound' },
    ])
  })
})

describe('the inventory', () => {
  it('names every kind of resource', async () => {
    const config = clientConfig(sandbox)
    await put('/a')
    await new IAMClient(config).send(
      new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: lambdaTrust }),
    )
    await new DynamoDBClient(config).send(
      new CreateTableCommand({
        TableName: 'tab',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    )
    expect(sandbox.inventory()).toEqual([
      { kind: 'role', name: 'r' },
      { kind: 'parameter', name: '/a' },
      { kind: 'table', name: 'tab' },
    ])
  })
})

describe('what is not offered or not signed', () => {
  it('is named by a clear error', async () => {
    const config = clientConfig(sandbox)
    await expect(new IAMClient(config).send(new ListUsersCommand({}))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: 'The sandbox does not offer iam:ListUsers.',
    })
    await expect(new LambdaClient(config).send(new ListLayersCommand({}))).rejects.toMatchObject({
      name: 'NotImplemented',
    })
  })

  it('is named for a service that the sandbox does not have', async () => {
    const answer = await fetch(await sign(keysOf(sandbox), 'sqs', `${sandbox.endpoint}/`))
    expect(answer.status).toBe(501)
    expect(await answer.text()).toContain('The sandbox does not offer sqs:/.')
  })

  it('is named by what it is signed for, where its target says another name', async () => {
    const init = { method: 'POST', headers: { 'x-amz-target': 'TrentService.ListKeys' }, body: '{}' }
    const answer = await fetch(await sign(keysOf(sandbox), 'kms', `${sandbox.endpoint}/`, init))
    expect(await answer.json()).toMatchObject({ message: 'The sandbox does not offer kms:ListKeys.' })
  })

  it('is refused as AWS refuses it', async () => {
    const json = await fetch(sandbox.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSSM.GetParameter' },
      body: '{"Name":"/a"}',
    })
    expect(await json.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' })
    const query = await fetch(sandbox.endpoint, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'GetUser', Version: '2010-05-08' }),
    })
    expect(query.status).toBe(403)
    expect(await query.text()).toContain('<Code>MissingAuthenticationToken</Code>')
  })
})

describe('the time', () => {
  it('comes from whoever gives it, and is moved on from there', async () => {
    let at = 1_000
    const timed = await startSandbox({ now: () => at })
    timed.clock.advance(500)
    at += 1
    expect(timed.clock.now()).toBe(1_501)
    await new SSMClient(clientConfig(timed)).send(
      new PutParameterCommand({ Name: '/a', Value: 'v', Type: 'String' }),
    )
    expect(timed.calls.map((call) => call.at)).toEqual([1_501])
    await timed.close()
  })
})

describe('a web page from elsewhere', () => {
  const origin = 'https://example.com'
  const preflight = (path = '/') => fetch(sandbox.endpoint + path, { method: 'OPTIONS', headers: { origin } })

  it('may call Cognito unsigned', async () => {
    const allowed = await preflight()
    expect(allowed.headers.get('access-control-allow-headers')).toContain('x-amz-target')
    const answer = await fetch(sandbox.endpoint, {
      method: 'POST',
      headers: { origin, 'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth' },
      body: '{"AuthFlow":"CUSTOM_AUTH","ClientId":"none"}',
    })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('may neither sign calls nor use the door of the sandbox', async () => {
    expect((await preflight()).headers.get('access-control-allow-headers')).not.toMatch(/authorization/i)
    const advance = await fetch(`${sandbox.endpoint}/_sandbox/clock`, {
      method: 'POST',
      headers: { origin },
      body: '{"advanceMs":1000}',
    })
    expect(advance.status).toBe(403)
  })
})

describe('the door for people', () => {
  const door = async (method: string, path: string, body?: object) => {
    const init = body ? { method, body: JSON.stringify(body) } : { method }
    const response = await fetch(`${sandbox.endpoint}/_sandbox/${path}`, init)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  it('moves the clock', async () => {
    const before = sandbox.clock.now()
    const { body } = await door('POST', 'clock', { advanceMs: 86_400_000 })
    expect(body.now).toBeGreaterThanOrEqual(before + 86_400_000)
    expect((await door('POST', 'clock', { advanceMs: -1 })).status).toBe(400)
  })

  it('injects faults and shows calls and resources', async () => {
    await door('POST', 'faults', { kind: 'throttle', operation: 'PutParameter' })
    await expect(put('/a')).rejects.toMatchObject({ name: 'ThrottlingException' })
    await put('/a')
    expect((await door('GET', 'inventory')).body).toEqual({ resources: [{ kind: 'parameter', name: '/a' }] })
    expect((await door('GET', 'calls')).body.calls).toHaveLength(2)
    expect((await door('POST', 'faults', { kind: 'explode' })).status).toBe(400)
  })
})
