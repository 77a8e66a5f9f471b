// What the sandbox says no to, through the real SDK: every error is an exception of the service's model, and an
// operation that is not offered is named.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { type SdkClient, sdkClientOf } from './sdk-clients.ts'
import type { Peculiar } from './sdk-scene.ts'
import { scenes } from './sdk-scenes.ts'

const offered = await startSandbox().then(async (empty) => {
  await empty.close()
  return empty.operations()
})

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())

const policy = JSON.stringify({ Version: '2012-10-17', Statement: [] })

/** Names of what is not there. The SDK takes from it what an operation has. */
const nothing: Record<string, object> = {
  iam: {
    RoleName: 'none',
    UserName: 'none',
    PolicyName: 'none',
    PolicyDocument: policy,
    PolicyArn: 'arn:aws:iam::aws:policy/none',
    PolicySourceArn: 'arn:aws:iam::123456789012:role/none',
    ActionNames: ['s3:GetObject'],
    AssumeRolePolicyDocument: 'no JSON',
    Tags: [{ Key: 'a', Value: 'b' }],
    TagKeys: ['a'],
    VersionId: 'v1',
    PermissionsBoundary: 'none',
  },
  sts: {},
  sns: {
    Message: 'text',
    PhoneNumber: 'no number',
    OneTimePassword: '00000',
    Name: 'no name!',
    TopicArn: 'arn:aws:sns:us-east-1:123456789012:none',
    ResourceArn: 'arn:aws:sns:us-east-1:123456789012:none',
    Protocol: 'email',
    Endpoint: 'ops@example.com',
    Token: 'none',
    Tags: [{ Key: 'a', Value: 'b' }],
    TagKeys: ['a'],
  },
  sqs: {
    QueueName: 'no name!',
    QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/none',
    Attributes: { VisibilityTimeout: '1' },
    MessageBody: 'text',
    ReceiptHandle: 'none',
    Tags: { a: 'b' },
    TagKeys: ['a'],
  },
  cloudwatch: {
    AlarmName: 'none',
    AlarmNames: ['none'],
    ComparisonOperator: 'none',
    EvaluationPeriods: 1,
    StateValue: 'OK',
    StateReason: 'because',
    ResourceARN: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:none',
    Tags: [{ Key: 'a', Value: 'b' }],
    TagKeys: ['a'],
    DashboardName: 'none',
    DashboardNames: ['none'],
    DashboardBody: 'no JSON',
  },
  logs: {
    logGroupName: 'none',
    logStreamName: 'none',
    retentionInDays: 7,
    resourceArn: 'arn:aws:logs:us-east-1:123456789012:log-group:none',
    tags: { a: 'b' },
    tagKeys: ['a'],
    logEvents: [{ timestamp: 1, message: 'text' }],
  },
  ssm: {
    Name: '/none',
    Names: ['/none'],
    Path: 'no path',
    Value: 'v',
    Type: 'none',
    ResourceType: 'Parameter',
    ResourceId: '/none',
    Tags: [{ Key: 'a', Value: 'b' }],
    TagKeys: ['a'],
  },
  dynamodb: {
    TableName: 'none',
    ResourceArn: 'arn:aws:dynamodb:us-east-1:123456789012:table/none',
    Key: { pk: { S: 'a' } },
    Item: { pk: { S: 'a' } },
    KeyConditionExpression: 'pk = :a',
    ExpressionAttributeValues: { ':a': { S: 'a' } },
    RequestItems: { none: { Keys: [{ pk: { S: 'a' } }] } },
    Tags: [{ Key: 'a', Value: 'b' }],
    TagKeys: ['a'],
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  },
  'cognito-idp': {
    UserPoolId: 'us-east-1_None00000',
    ClientId: 'none',
    ClientName: 'none',
    ResourceArn: 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_None00000',
    Username: 'none',
    Password: 'Password-1',
    ConfirmationCode: '1',
    AccessToken: 'none',
    RefreshToken: 'none',
    Token: 'none',
    AuthFlow: 'CUSTOM_AUTH',
    AuthParameters: { USERNAME: 'none' },
    ChallengeName: 'CUSTOM_CHALLENGE',
    Session: 'x'.repeat(40),
    ChallengeResponses: { USERNAME: 'none', ANSWER: '1' },
    UserAttributes: [{ Name: 'name', Value: 'none' }],
    CustomAttributes: [{ Name: 'none', AttributeDataType: 'String' }],
    Tags: { a: 'b' },
    TagKeys: ['a'],
    MaxResults: 0,
    PoolName: '',
    ProviderName: 'none',
    ProviderType: 'OIDC',
    ProviderDetails: { a: 'b' },
  },
  lambda: {
    FunctionName: 'none',
    Role: 'arn:aws:iam::123456789012:role/none',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { ZipFile: new Uint8Array([1]) },
    ZipFile: new Uint8Array([1]),
    StatementId: 'none',
    Action: 'lambda:InvokeFunction',
    Principal: 'cognito-idp.amazonaws.com',
    Resource: 'arn:aws:lambda:us-east-1:123456789012:function:none',
    Tags: { a: 'b' },
    TagKeys: ['a'],
    ReservedConcurrentExecutions: 1,
    EventSourceArn: 'arn:aws:sqs:us-east-1:123456789012:none',
    UUID: 'none',
    Name: 'none',
    FunctionVersion: '1',
  },
}

const peculiarities = new Map<string, Peculiar>()
for (const [service, operation, , peculiar] of await scenes()) {
  if (peculiar) peculiarities.set(`${service}:${operation}`, peculiar)
}

const refusalOf = (call: Promise<unknown>): Promise<Error | undefined> =>
  call.then(
    () => undefined,
    (error: Error) => error,
  )

/** Calls with names for whatever the path of the operation asks for. */
async function callAnyway(client: SdkClient, operation: string, input: object): Promise<Error | undefined> {
  const error = await refusalOf(client.call(operation, input))
  const label = /HTTP label: (\w+)/.exec(error?.message ?? '')?.[1]
  return label ? callAnyway(client, operation, { ...input, [label]: 'none' }) : error
}

it('has an example for every service that the sandbox has', () => {
  expect(Object.keys(nothing).sort()).toEqual(Object.keys(offered).sort())
})

describe.each(Object.entries(offered))('%s', (service, operations) => {
  let client: SdkClient
  beforeAll(() => {
    client = sdkClientOf(service, sandbox)
  })
  afterAll(() => client.close())

  it.each(operations)('%s is refused with an exception of the model', async (operation) => {
    const { neverRefused = false, refuses, unmodelled } = peculiarities.get(`${service}:${operation}`) ?? {}
    const error = await refusalOf(client.call(operation, { ...nothing[service], ...refuses }))
    expect(error === undefined, `refused: ${error?.name}`).toBe(neverRefused)
    if (!error) return
    expect(error.message).not.toBe('')
    expect(client.isModelled(error), error.message).toBe(error.name !== unmodelled)
  })

  it('names the operations that it does not offer', async () => {
    const missing = client.operations.filter((operation) => !operations.includes(operation))
    expect(missing.length).toBeGreaterThan(0)
    for (const operation of missing) {
      const error = await callAnyway(client, operation, nothing[service] ?? {})
      expect(error?.name, `${operation}: ${error?.message}`).toBe('NotImplemented')
      // The path is all that a REST call has of its name.
      const named =
        service === 'lambda' ? /does not offer lambda:\/20/ : `does not offer ${service}:${operation}.`
      expect(error?.message).toMatch(named)
    }
  })
})
