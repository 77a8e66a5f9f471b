// Requests that no client sends: they get an answer in AWS's form, and cost little.

import { request } from 'node:http'
import { connect } from 'node:net'
import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenSandbox, startOpenSandbox } from '../../src/sandbox/server.ts'
import { clientConfig, FunctionFixture } from './lambda/function-fixture.ts'
import { keysOf, sign } from './lambda/signed.ts'

let sandbox: OpenSandbox
beforeEach(async () => {
  sandbox = await startOpenSandbox({ requestTimeoutMs: 300 })
})
afterEach(() => sandbox.close())

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const target = (name: string) => ({ 'x-amz-target': name })

/** The status and code of the answer to a signed request. */
async function ask(service: string, path: string, init: RequestInit) {
  const answer = await fetch(await sign(keysOf(sandbox), service, sandbox.endpoint + path, init))
  const words = await answer.text()
  const code = answer.headers.get('x-amzn-errortype') ?? /<Code>(\w+)</.exec(words)?.[1]
  return `${answer.status} ${code ?? 'OK'}`
}
const post = (service: string, operation: string, body: string) =>
  ask(service, '/', { method: 'POST', headers: target(operation), body })
const query = (body: string) => ask('iam', '/', { method: 'POST', headers: form, body })

describe('what is no input', () => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`

  it.each(['null', '[]', '"text"', '{', deep])('is refused as JSON', async (body) => {
    expect(await post('ssm', 'AmazonSSM.PutParameter', body)).toBe('400 SerializationException')
    expect(await post('dynamodb', 'DynamoDB_20120810.PutItem', body)).toBe('400 SerializationException')
    const created = await ask('lambda', '/2015-03-31/functions', { method: 'POST', body })
    expect(created).toBe('400 InvalidRequestContentException')
  })

  it.each([
    ['AmazonSSM.PutParameter', '{"Name":7,"Value":"v","Type":"String"}'],
    ['AmazonSSM.PutParameter', '{"Name":"/a","Value":"v","Type":"String","Tags":[null]}'],
    ['AmazonSSM.GetParameters', '{"Names":{"length":1}}'],
    ['AmazonSSM.DescribeParameters', '{"MaxResults":"many"}'],
  ])('is refused where a member is of another kind: %s %s', async (operation, body) => {
    expect(await post('ssm', operation, body)).toBe('400 SerializationException')
  })

  it.each([
    ['GetItem', '{"TableName":"tab","Key":{"pk":null}}', '400 ValidationException'],
    ['BatchGetItem', '{"RequestItems":{"tab":{"Keys":[{"pk":null}]}}}', '400 ValidationException'],
    ['BatchGetItem', '{"RequestItems":{"tab":{"Keys":[null]}}}', '400 SerializationException'],
    ['BatchWriteItem', '{"RequestItems":{"tab":[null]}}', '400 SerializationException'],
    ['BatchWriteItem', '{"RequestItems":{"tab":[{"PutRequest":null}]}}', '400 ValidationException'],
    ['PutItem', '{"TableName":"tab","Item":{"pk":{"S":null}}}', '400 ValidationException'],
  ])('is refused by a table: %s %s', async (operation, body, refusal) => {
    const table = {
      TableName: 'tab',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }
    await post('dynamodb', 'DynamoDB_20120810.CreateTable', JSON.stringify(table))
    expect(await post('dynamodb', `DynamoDB_20120810.${operation}`, body)).toBe(refusal)
  })

  it('is refused as a path, and as a form that nests', async () => {
    const path = '/2015-03-31/functions/%'
    expect(await ask('lambda', path, {})).toBe('400 InvalidRequestContentException')
    expect(await query(`Action=CreateRole&${'a.'.repeat(1_000)}b=1`)).toBe('400 MalformedInput')
    expect((await fetch(`${sandbox.endpoint}//`)).status).toBe(404)
  })
})

describe('names that every object has', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']

  it.each(names)('are no operations: %s', async (name) => {
    expect(await post('ssm', `AmazonSSM.${name}`, '{}')).toMatch(/^501 /)
    expect(await query(`Action=${name}&Version=2010-05-08`)).toMatch(/^501 /)
  })

  it.each(names)('are ordinary names of things: %s', async (name) => {
    const put = await post(
      'ssm',
      'AmazonSSM.PutParameter',
      JSON.stringify({ Name: name, Value: 'v', Type: 'String' }),
    )
    expect(put).toBe(/^\w+$/.test(name) ? '200 OK' : put)
    expect(await post('ssm', 'AmazonSSM.GetParameter', JSON.stringify({ Name: `${name}2` }))).toMatch(
      /NotFound$/,
    )
    expect(
      await post('dynamodb', 'DynamoDB_20120810.DescribeTable', JSON.stringify({ TableName: name })),
    ).toBe('400 ResourceNotFoundException')
  })

  it('change no other object', async () => {
    await query(
      'Action=CreateRole&__proto__.polluted=yes&constructor.prototype.polluted=yes&Tags.__proto__.polluted=yes',
    )
    await post('ssm', 'AmazonSSM.PutParameter', '{"__proto__":{"polluted":"yes"}}')
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
  })

  it('are no headers that anybody signs', async () => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${keysOf(sandbox).accessKeyId}/20260101/us-east-1/ssm/aws4_request, SignedHeaders=constructor;host;toString, Signature=00`
    const headers = { ...target('AmazonSSM.GetParameter'), authorization, 'x-amz-date': '20260101T000000Z' }
    const answer = await fetch(sandbox.endpoint, { method: 'POST', headers, body: '{}' })
    expect(answer.headers.get('x-amzn-errortype')).toBe('InvalidSignatureException')
  })
})

describe('a body', () => {
  const megabyte = 1024 * 1024

  /** Says how much it will send, and sends nothing before it is answered. */
  function announce(length: number, headers: Record<string, string>, path = '/') {
    return new Promise<string>((resolve, reject) => {
      const sent = request(sandbox.endpoint + path, {
        method: 'POST',
        headers: { ...headers, 'content-length': length },
      })
      sent.on('response', (answer) => {
        resolve(`${answer.statusCode} ${answer.headers['x-amzn-errortype']}`)
        sent.destroy()
      })
      sent.on('error', reject)
      sent.flushHeaders()
    })
  }

  it('that is too large is refused before it is read, by what it says of itself', async () => {
    const tooLarge = '413 RequestEntityTooLargeException'
    expect(await announce(3 * megabyte, target('AmazonSSM.PutParameter'))).toBe(tooLarge)
    expect(await announce(3 * megabyte, form)).toBe(tooLarge)
    expect(await announce(3 * megabyte, {}, '/v1/messages')).toBe(tooLarge)
    // Of a package more, but only from who names a key of the account.
    const functions = '/2015-03-31/functions'
    const named = (key: string) => ({
      authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=00`,
    })
    expect(await announce(3 * megabyte, named('AKIAOFNOBODY00000000'), functions)).toBe(tooLarge)
    expect(await announce(80 * megabyte, named(keysOf(sandbox).accessKeyId), functions)).toBe(tooLarge)
  })

  it('that says nothing of its length is cut where it is too large', async () => {
    const chunk = Buffer.alloc(megabyte)
    const sent = request(sandbox.endpoint, { method: 'POST', headers: target('AmazonSSM.PutParameter') })
    const ended = new Promise<string>((resolve) => {
      sent.on('response', (answer) => resolve(String(answer.statusCode)))
      sent.on('error', () => resolve('cut'))
    })
    for (let count = 0; count < 5; count++) sent.write(chunk)
    sent.end()
    expect(['413', 'cut']).toContain(await ended)
  })

  it('that does not come is waited for only so long', async () => {
    const { port } = new URL(sandbox.endpoint)
    const answered = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nabc'),
      )
      socket.once('data', (data) => {
        resolve(data.toString())
        socket.destroy()
      })
      socket.once('close', () => resolve('closed'))
    })
    expect(answered).toMatch(/^HTTP\/1\.1 408 /)
  })
})

describe('a defect of the sandbox', () => {
  it('shows no stack, is no page’s to read, and stands in the record of calls', async () => {
    const cognito = new CognitoIdentityProviderClient(clientConfig(sandbox))
    const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: 'p' }))
    const { UserPoolClient } = await cognito.send(
      new CreateUserPoolClientCommand({ UserPoolId: UserPool?.Id, ClientName: 'c' }),
    )
    // It breaks after the call has been recorded.
    let isRecorded = false
    sandbox.inside.world.now = () => {
      if (isRecorded) throw new Error('broken inside')
      isRecorded = true
      return 0
    }
    const answer = await fetch(sandbox.endpoint, {
      method: 'POST',
      headers: { ...target('AWSCognitoIdentityProviderService.SignUp'), origin: 'https://example.com' },
      body: JSON.stringify({ ClientId: UserPoolClient?.ClientId, Username: 'ann', Password: 'Secret-123' }),
    })
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toMatch(/broken| at /)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect(sandbox.calls.at(-1)?.defect).toContain('broken inside')
  })
})

describe('a page of another origin', () => {
  const open = async (operation: string) => {
    const headers = { ...target(operation), origin: 'https://example.com' }
    const answer = await fetch(sandbox.endpoint, { method: 'POST', headers, body: '{}' })
    await answer.text()
    return answer.headers.get('access-control-allow-origin')
  }

  it('reads the answers of Cognito’s unsigned operations, and of no other', async () => {
    const cognito = 'AWSCognitoIdentityProviderService.'
    expect(await open(`${cognito}InitiateAuth`)).toBe('*')
    for (const operation of [
      `${cognito}ListUserPools`,
      `${cognito}None`,
      `${cognito}constructor`,
      'AmazonSSM.GetParameter',
    ]) {
      expect(await open(operation), operation).toBeNull()
    }
  })
})

describe('the record of the past', () => {
  it('keeps the newest, and lets the oldest go', async () => {
    const fixture = new FunctionFixture(sandbox)
    for (let count = 0; count < 10_005; count++) sandbox.calls.push({ ...call, at: count })
    await fixture.createLogGroup('/a')
    expect(sandbox.calls.length).toBeLessThan(10_000)
    expect(sandbox.calls.at(-1)).toMatchObject({ operation: 'CreateLogGroup', ok: true })
  })
})
const call = {
  service: 'ssm',
  operation: 'a',
  caller: { accessKeyId: '', arn: '', userId: '' },
  at: 0,
  ok: true,
}
