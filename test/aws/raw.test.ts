// Raw calls: the JSON goes and comes whole, and everything else of the call stays as it always is.
import { createServer, type Server } from 'node:http'
import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  ResourceNotFoundException,
  UpdateUserPoolCommand,
  UpdateUserPoolRequest$,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { isNotFound } from '../../src/aws/errors.ts'
import { Gate } from '../../src/aws/gate.ts'
import { once, UnclearOutcome } from '../../src/aws/once.ts'
import { raw, unknownIn } from '../../src/aws/raw.ts'

interface Seen {
  target: string | undefined
  signature: string | undefined
  body: string
}

let server: Server
let seen: Seen[]
let answer: { status: number; body: string }
let observed: string[]
let cognito: CognitoIdentityProviderClient
let gate: Gate
beforeEach(async () => {
  seen = []
  observed = []
  answer = { status: 200, body: '{}' }
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { 'x-amz-target': target, authorization } = request.headers
    seen.push({ target: target as string, signature: authorization, body: Buffer.concat(chunks).toString() })
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' }).end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  gate = new Gate()
  gate.hold({ isFresh: () => true, confirm: async () => {} })
  cognito = createClients({
    env: {
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
      AWS_MAX_ATTEMPTS: '2',
    },
    region: 'us-east-1',
    gate,
    observe: ({ service, operation, attempts }) => observed.push(`${service} ${operation} ${attempts}`),
  }).cognito
})
afterEach(() => server.close())

const UserPoolId = 'us-east-1_Pool'
const look = () => cognito.send(raw(new DescribeUserPoolCommand({ UserPoolId })))
const write = (more: object) => new UpdateUserPoolCommand({ UserPoolId, ...more })

describe('a raw call', () => {
  it('gives what the SDK does not know, times as seconds, and nothing for null', async () => {
    const pool = {
      Id: UserPoolId,
      CreationDate: 1764240000.123,
      Pepper: { Kinds: ['black', { Grade: null, Hot: true }], Price: 0 },
      Policies: { PasswordPolicy: { MinimumLength: 8, Pepper: 'white' } },
      LambdaConfig: null,
    }
    answer.body = JSON.stringify({ UserPool: pool, Pepper: 1 })
    const { $metadata, ...found } = await look()
    const { LambdaConfig: _null, ...rest } = pool
    const Pepper = { Kinds: ['black', { Hot: true }], Price: 0 }
    expect(found).toEqual({ UserPool: { ...rest, Pepper }, Pepper: 1 })
    expect($metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 })
    const plain = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }))
    expect(plain.UserPool).not.toHaveProperty('Pepper')
  })

  it('sends what it is given, to the operation of its name, signed', async () => {
    const more = { Pepper: { Price: 1.5, Kinds: [] }, Policies: { PasswordPolicy: { Pepper: 'white' } } }
    await cognito.send(raw(write(more)))
    expect(JSON.parse(seen[0]!.body)).toEqual({ UserPoolId, ...more })
    expect(seen[0]).toMatchObject({
      target: 'AWSCognitoIdentityProviderService.UpdateUserPool',
      signature: expect.stringContaining('AKIDEXAMPLE'),
    })
    expect(observed).toEqual(['cognito_identity_provider UpdateUserPool 1'])
  })

  it('throws the SDK’s errors, which the rules know', async () => {
    answer = { status: 400, body: '{"__type":"ResourceNotFoundException","message":"gone"}' }
    const error = await look().catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ResourceNotFoundException)
    expect(error).toMatchObject({ message: 'gone', $fault: 'client', $metadata: { httpStatusCode: 400 } })
    expect(isNotFound(error)).toBe(true)
  })

  it('is repeated as any other, and passes the gate as any other', async () => {
    answer = { status: 500, body: '{"__type":"InternalErrorException","message":"again"}' }
    await expect(look()).rejects.toMatchObject({ name: 'InternalErrorException' })
    expect(seen).toHaveLength(2)
    await expect(cognito.send(raw(once(write({}))))).rejects.toBeInstanceOf(UnclearOutcome)
    expect(seen).toHaveLength(3)
    gate.hold(undefined)
    await expect(cognito.send(raw(write({})))).rejects.toThrow('UpdateUserPool would change AWS')
    expect(seen).toHaveLength(3)
  })
})

describe('what the SDK does not know', () => {
  const unknown = (input: object) => unknownIn(UpdateUserPoolRequest$, input)

  it('is nothing where it knows all, whatever keys a map has', () => {
    expect(
      unknown({
        UserPoolId,
        UserPoolTags: { team: 'blue' },
        Policies: { PasswordPolicy: { MinimumLength: 8 } },
        AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] },
      }),
    ).toEqual([])
  })

  it('is named by its whole path', () => {
    expect(
      unknown({
        Pepper: { Price: 1 },
        Gone: undefined,
        Policies: { PasswordPolicy: { Pepper: 1 } },
        AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Pepper: 1 }] },
        AcrConfiguration: { Level1: { Pepper: 1 } },
      }),
    ).toEqual([
      'Pepper',
      'Policies.PasswordPolicy.Pepper',
      'AccountRecoverySetting.RecoveryMechanisms.Pepper',
      'AcrConfiguration.Level1.Pepper',
    ])
  })
})
