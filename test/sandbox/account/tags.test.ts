// A caller's policy may ask for tags: those that a thing has, and those that a call gives it.

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  TagResourceCommand as TagGroupCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateTableCommand,
  DynamoDBClient,
  TagResourceCommand as TagTableCommand,
} from '@aws-sdk/client-dynamodb'
import { TagResourceCommand as TagFunctionCommand } from '@aws-sdk/client-lambda'
import {
  AddTagsToResourceCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig, FunctionFixture } from '../lambda/function-fixture.ts'

const here = (service: string, name: string) => `arn:aws:${service}:us-east-1:123456789012:${name}`
const denied = { name: 'AccessDeniedException' }

let sandbox: Sandbox
let ssm: SSMClient
let logs: CloudWatchLogsClient
let dynamo: DynamoDBClient
let aws: FunctionFixture

/** Each makes a thing of this name, and gives one a tag. */
const kinds: [
  string,
  (name: string, team: string) => Promise<unknown>,
  (name: string, team: string) => Promise<unknown>,
][] = [
  [
    'a parameter',
    (name, team) =>
      ssm.send(
        new PutParameterCommand({
          Name: name,
          Value: 'v',
          Type: 'String',
          Tags: [{ Key: 'team', Value: team }],
        }),
      ),
    (name, team) =>
      ssm.send(
        new AddTagsToResourceCommand({
          ResourceType: 'Parameter',
          ResourceId: name,
          Tags: [{ Key: 'team', Value: team }],
        }),
      ),
  ],
  [
    'a log group',
    (name, team) => logs.send(new CreateLogGroupCommand({ logGroupName: name, tags: { team } })),
    (name, team) =>
      logs.send(new TagGroupCommand({ resourceArn: here('logs', `log-group:${name}`), tags: { team } })),
  ],
  [
    'a table',
    (name, team) =>
      dynamo.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          Tags: [{ Key: 'team', Value: team }],
        }),
      ),
    (name, team) =>
      dynamo.send(
        new TagTableCommand({
          ResourceArn: here('dynamodb', `table/${name}`),
          Tags: [{ Key: 'team', Value: team }],
        }),
      ),
  ],
  [
    'a function',
    (name, team) =>
      aws.create(name, 'export const handler = () => 1', {
        Role: 'arn:aws:iam::123456789012:role/any',
        Tags: { team },
      }),
    (name, team) =>
      aws.lambda.send(
        new TagFunctionCommand({ Resource: here('lambda', `function:${name}`), Tags: { team } }),
      ),
  ],
]

beforeAll(async () => {
  sandbox = await startSandbox()
  const config = clientConfig(sandbox)
  ssm = new SSMClient(config)
  logs = new CloudWatchLogsClient(config)
  dynamo = new DynamoDBClient(config)
  aws = new FunctionFixture(sandbox)
  await aws.role('any')
})
afterEach(() => sandbox.setCallerPolicy(undefined))
afterAll(() => sandbox.close())

describe.each(kinds)('%s', (_kind, make, tag) => {
  it('is made only with the tag that the policy asks for, and then tagged only by whose it is', async () => {
    await make('theirs', 'other')
    sandbox.setCallerPolicy({
      Statement: [
        {
          Effect: 'Allow',
          NotAction: [
            'ssm:AddTagsToResource',
            'logs:TagResource',
            'dynamodb:TagResource',
            'lambda:TagResource',
          ],
          Resource: '*',
          Condition: { StringEqualsIfExists: { 'aws:RequestTag/team': 'auth' } },
        },
        {
          Effect: 'Allow',
          Action: ['ssm:AddTagsToResource', 'logs:TagResource', 'dynamodb:TagResource', 'lambda:TagResource'],
          Resource: '*',
          Condition: {
            StringEquals: { 'aws:RequestTag/team': 'auth' },
            StringEqualsIfExists: { 'aws:ResourceTag/team': 'auth' },
          },
        },
      ],
    })
    await expect(make('mine', 'other')).rejects.toMatchObject(denied)
    await make('mine', 'auth')
    await tag('mine', 'auth')
    await expect(tag('theirs', 'auth')).rejects.toMatchObject(denied)
    await expect(tag('mine', 'other')).rejects.toMatchObject(denied)
  })
})

it('that are taken away are named by their keys', async () => {
  const Name = 'keys'
  await ssm.send(new PutParameterCommand({ Name, Value: 'v', Type: 'String' }))
  sandbox.setCallerPolicy({
    Statement: {
      Effect: 'Allow',
      Action: 'ssm:*',
      Resource: '*',
      Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } },
    },
  })
  const remove = (...TagKeys: string[]) =>
    ssm.send(new RemoveTagsFromResourceCommand({ ResourceType: 'Parameter', ResourceId: Name, TagKeys }))
  await remove('a')
  await expect(remove('a', 'b')).rejects.toMatchObject(denied)
})
