// One call of every operation that the sandbox offers, in an order in which all of them succeed.
import { phone } from './cognito/bench.ts'
import { lambdaTrust } from './lambda/function-fixture.ts'
import { zipOf } from './lambda/zip.ts'
import type { Peculiar, Scene, Seen } from './sdk-scene.ts'
import { cognitoScenes } from './sdk-scenes-cognito.ts'

const always: Peculiar = { neverRefused: true }
const account = '123456789012'
const here = (service: string, name: string) => `arn:aws:${service}:us-east-1:${account}:${name}`
const role = { RoleName: 'scene' }
const roleArn = `arn:aws:iam::${account}:role/scene`
const own = { ...role, PolicyName: 'own' }
const PolicyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['logs:*', 'sqs:*'], Resource: '*' }],
})
const boundary = {
  PolicyName: 'scene',
  PolicyDocument,
  Description: 'A limit.',
  Tags: [{ Key: 'a', Value: 'b' }],
}
const boundaryArn = `arn:aws:iam::${account}:policy/scene`
const managed = { ...role, PolicyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole' }
const Tags = [{ Key: 'team', Value: 'auth' }]
const TagKeys = ['team']

const rolesMade: Scene[] = [
  ['iam', 'CreateRole', { ...role, AssumeRolePolicyDocument: lambdaTrust, Description: 'A role.', Tags }],
  ['iam', 'GetRole', role],
  ['iam', 'ListRoles', {}, always],
  ['iam', 'UpdateRole', { ...role, Description: 'Another.' }],
  ['iam', 'UpdateAssumeRolePolicy', { ...role, PolicyDocument: lambdaTrust }],
  ['iam', 'PutRolePolicy', { ...own, PolicyDocument }],
  ['iam', 'GetRolePolicy', own],
  ['iam', 'ListRolePolicies', role],
  ['iam', 'AttachRolePolicy', managed],
  ['iam', 'ListAttachedRolePolicies', role],
  ['iam', 'DetachRolePolicy', managed],
  ['iam', 'CreatePolicy', boundary, { refuses: { PolicyDocument: 'no JSON' } }],
  ['iam', 'PutRolePermissionsBoundary', { ...role, PermissionsBoundary: boundaryArn }],
  ['iam', 'GetRole', role],
  ['iam', 'DeleteRolePermissionsBoundary', role],
  ['iam', 'GetPolicy', { PolicyArn: boundaryArn }],
  ['iam', 'GetPolicyVersion', { PolicyArn: boundaryArn, VersionId: 'v1' }],
  ['iam', 'DeletePolicy', { PolicyArn: boundaryArn }],
  ['iam', 'ListInstanceProfilesForRole', role],
  ['iam', 'TagRole', { ...role, Tags }],
  ['iam', 'ListRoleTags', role],
  ['iam', 'UntagRole', { ...role, TagKeys }],
  ['iam', 'GetUser'],
  [
    'iam',
    'SimulatePrincipalPolicy',
    { PolicySourceArn: roleArn, ActionNames: ['logs:PutLogEvents'], ResourceArns: ['arn:aws:s3:::a', '*'] },
  ],
  ['sts', 'GetCallerIdentity', {}, always],
  ['sns', 'GetSMSSandboxAccountStatus', {}, always],
  ['sns', 'CreateSMSSandboxPhoneNumber', { PhoneNumber: phone }],
  ['sns', 'ListSMSSandboxPhoneNumbers', {}, always],
  ['sns', 'DeleteSMSSandboxPhoneNumber', { PhoneNumber: phone }],
  ['sns', 'Publish', { PhoneNumber: phone, Message: 'A text.' }],
]

const group = { logGroupName: '/scene' }
const stream = { ...group, logStreamName: 'stream' }
const groupArn = { resourceArn: here('logs', 'log-group:/scene') }

const logs: Scene[] = [
  ['logs', 'CreateLogGroup', { ...group, tags: { team: 'auth' } }, { refuses: { logGroupName: 'no name!' } }],
  ['logs', 'PutRetentionPolicy', { ...group, retentionInDays: 7 }],
  ['logs', 'DescribeLogGroups', {}, always],
  ['logs', 'DeleteRetentionPolicy', group],
  ['logs', 'TagResource', { ...groupArn, tags: { a: 'b' } }],
  ['logs', 'ListTagsForResource', groupArn],
  ['logs', 'UntagResource', { ...groupArn, tagKeys: ['a'] }],
  ['logs', 'CreateLogStream', stream],
  ['logs', 'PutLogEvents', () => ({ ...stream, logEvents: [{ timestamp: Date.now(), message: 'A line.' }] })],
  ['logs', 'DescribeLogStreams', group],
  ['logs', 'FilterLogEvents', group],
  ['logs', 'DeleteLogGroup', group],
]

const topic = { TopicArn: here('sns', 'scene') }
const topicTags = { ResourceArn: here('sns', 'scene') }
const alarm = { AlarmName: 'scene' }
const alarmArn = { ResourceARN: here('cloudwatch', 'alarm:scene') }
const dashboard = { DashboardName: 'scene' }
const DashboardBody = JSON.stringify({ widgets: [] })

const watched: Scene[] = [
  ['sns', 'CreateTopic', { Name: 'scene', Tags }],
  ['sns', 'Subscribe', { ...topic, Protocol: 'email', Endpoint: 'ops@example.com' }],
  ['sns', 'ListSubscriptionsByTopic', topic],
  ['sns', 'TagResource', { ...topicTags, Tags }],
  ['sns', 'ListTagsForResource', topicTags],
  ['sns', 'UntagResource', { ...topicTags, TagKeys }],
  ['sns', 'DeleteTopic', topic, always],
  [
    'cloudwatch',
    'PutMetricAlarm',
    {
      ...alarm,
      AlarmActions: [topic.TopicArn],
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      Threshold: 1,
      Metrics: [
        {
          Id: 'a',
          ReturnData: false,
          MetricStat: {
            Metric: { Namespace: 'Scene', MetricName: 'a', Dimensions: [{ Name: 'n', Value: 'v' }] },
            Period: 60,
            Stat: 'Sum',
          },
        },
        { Id: 'b', Expression: 'FILL(a, 0) * 2', Label: 'twice' },
      ],
      Tags,
    },
  ],
  ['cloudwatch', 'DescribeAlarms', {}, { refuses: { AlarmNamePrefix: 'n' } }],
  ['cloudwatch', 'SetAlarmState', { ...alarm, StateValue: 'ALARM', StateReason: 'tried' }],
  ['cloudwatch', 'DisableAlarmActions', { AlarmNames: ['scene'] }, always],
  ['cloudwatch', 'EnableAlarmActions', { AlarmNames: ['scene'] }, always],
  ['cloudwatch', 'TagResource', { ...alarmArn, Tags }],
  ['cloudwatch', 'ListTagsForResource', alarmArn],
  ['cloudwatch', 'UntagResource', { ...alarmArn, TagKeys }],
  ['cloudwatch', 'DeleteAlarms', { AlarmNames: ['scene'] }],
  ['cloudwatch', 'PutDashboard', { ...dashboard, DashboardBody }],
  ['cloudwatch', 'GetDashboard', dashboard],
  ['cloudwatch', 'ListDashboards', {}, always],
  ['cloudwatch', 'DeleteDashboards', { DashboardNames: ['scene'] }],
]

const queue = (seen: Seen) => ({ QueueUrl: seen.CreateQueue.QueueUrl })
/** In no model: SQS has kept it from its Query protocol. */
const outside: Peculiar = { unmodelled: 'InvalidParameterValue' }

const queues: Scene[] = [
  [
    'sqs',
    'CreateQueue',
    { QueueName: 'scene', Attributes: { DelaySeconds: '1' }, tags: { a: 'b' } },
    outside,
  ],
  ['sqs', 'GetQueueUrl', { QueueName: 'scene' }],
  ['sqs', 'SetQueueAttributes', (seen) => ({ ...queue(seen), Attributes: { VisibilityTimeout: '0' } })],
  ['sqs', 'GetQueueAttributes', (seen) => ({ ...queue(seen), AttributeNames: ['All'] })],
  ['sqs', 'TagQueue', (seen) => ({ ...queue(seen), Tags: { c: 'd' } })],
  ['sqs', 'ListQueues', {}, always],
  ['sqs', 'ListQueueTags', queue],
  ['sqs', 'UntagQueue', (seen) => ({ ...queue(seen), TagKeys: ['c'] })],
  ['sqs', 'SendMessage', (seen) => ({ ...queue(seen), MessageBody: 'A text.', DelaySeconds: 0 })],
  ['sqs', 'ReceiveMessage', (seen) => ({ ...queue(seen), MessageSystemAttributeNames: ['All'] })],
  [
    'sqs',
    'DeleteMessage',
    (seen) => ({ ...queue(seen), ReceiptHandle: seen.ReceiveMessage.Messages[0].ReceiptHandle }),
  ],
  ['sqs', 'DeleteQueue', queue],
]

const parameter = { Name: '/scene/a' }
const tagged = { ResourceType: 'Parameter', ResourceId: '/scene/a' }

const parameters: Scene[] = [
  ['ssm', 'PutParameter', { ...parameter, Value: 'secret', Type: 'SecureString', Tags }],
  ['ssm', 'GetParameter', { ...parameter, WithDecryption: true }],
  ['ssm', 'GetParameters', { Names: ['/scene/a', '/scene/none'] }, always],
  ['ssm', 'GetParametersByPath', { Path: '/scene' }],
  ['ssm', 'DescribeParameters', {}, always],
  ['ssm', 'AddTagsToResource', { ...tagged, Tags }],
  ['ssm', 'ListTagsForResource', tagged],
  ['ssm', 'RemoveTagsFromResource', { ...tagged, TagKeys }],
  ['ssm', 'DeleteParameter', parameter],
  ['ssm', 'DeleteParameters', { Names: ['/scene/none'] }, always],
]

const table = { TableName: 'scene' }
const tableArn = { ResourceArn: here('dynamodb', 'table/scene') }
const Key = { pk: { S: 'a' } }
const counted = { ReturnConsumedCapacity: 'TOTAL' }

const tables: Scene[] = [
  [
    'dynamodb',
    'CreateTable',
    {
      ...table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      Tags,
    },
    { unmodelled: 'ValidationException' },
  ],
  ['dynamodb', 'DescribeTable', table],
  ['dynamodb', 'ListTables', {}, always],
  ['dynamodb', 'UpdateTable', { ...table, DeletionProtectionEnabled: false }],
  ['dynamodb', 'TagResource', { ...tableArn, Tags }],
  ['dynamodb', 'ListTagsOfResource', tableArn],
  ['dynamodb', 'UntagResource', { ...tableArn, TagKeys }],
  [
    'dynamodb',
    'UpdateTimeToLive',
    { ...table, TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } },
  ],
  ['dynamodb', 'DescribeTimeToLive', table],
  [
    'dynamodb',
    'PutItem',
    { ...table, Item: { ...Key, n: { N: '1' }, list: { L: [{ BOOL: true }] } }, ...counted },
  ],
  ['dynamodb', 'GetItem', { ...table, Key, ConsistentRead: true }],
  [
    'dynamodb',
    'UpdateItem',
    {
      ...table,
      Key,
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'ALL_NEW',
    },
  ],
  [
    'dynamodb',
    'Query',
    { ...table, KeyConditionExpression: 'pk = :a', ExpressionAttributeValues: { ':a': { S: 'a' } } },
  ],
  ['dynamodb', 'Scan', table],
  ['dynamodb', 'BatchWriteItem', { RequestItems: { scene: [{ PutRequest: { Item: { pk: { S: 'b' } } } }] } }],
  ['dynamodb', 'BatchGetItem', { RequestItems: { scene: { Keys: [Key] } } }],
  ['dynamodb', 'DeleteItem', { ...table, Key, ReturnValues: 'ALL_OLD' }],
  ['dynamodb', 'DeleteTable', table],
]

const FunctionName = 'scene'
const fn = { FunctionName }
const alias = { ...fn, Name: 'live' }
const functionArn = { Resource: here('lambda', 'function:scene') }

const mapping = (seen: Seen) => ({ UUID: seen.CreateEventSourceMapping.UUID })

const feeding: Scene[] = [
  ['sqs', 'CreateQueue', { QueueName: 'feed' }, outside],
  [
    'lambda',
    'CreateEventSourceMapping',
    {
      ...fn,
      EventSourceArn: here('sqs', 'feed'),
      ScalingConfig: { MaximumConcurrency: 2 },
      Tags: { a: 'b' },
    },
  ],
  ['lambda', 'GetEventSourceMapping', mapping],
  ['lambda', 'ListEventSourceMappings', fn, always],
  ['lambda', 'UpdateEventSourceMapping', (seen) => ({ ...mapping(seen), BatchSize: 1 })],
  ['lambda', 'DeleteEventSourceMapping', mapping],
  ['sqs', 'DeleteQueue', queue],
]

const functionsOf = (ZipFile: Uint8Array): Scene[] => [
  [
    'lambda',
    'CreateFunction',
    {
      ...fn,
      Role: roleArn,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile },
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON' },
      Environment: { Variables: { MODE: 'b' } },
      Tags: { team: 'auth' },
    },
  ],
  ['lambda', 'GetFunction', fn],
  ['lambda', 'GetFunctionConfiguration', fn],
  ['lambda', 'ListFunctions', {}, always],
  ['lambda', 'UpdateFunctionConfiguration', { ...fn, Timeout: 5 }],
  ['lambda', 'UpdateFunctionCode', { ...fn, ZipFile }],
  [
    'lambda',
    'AddPermission',
    { ...fn, StatementId: 'one', Action: 'lambda:InvokeFunction', Principal: 'cognito-idp.amazonaws.com' },
  ],
  ['lambda', 'GetPolicy', fn],
  ['lambda', 'RemovePermission', { ...fn, StatementId: 'one' }],
  ['lambda', 'TagResource', { ...functionArn, Tags: { a: 'b' } }],
  ['lambda', 'ListTags', functionArn],
  ['lambda', 'UntagResource', { ...functionArn, TagKeys: ['a'] }],
  ['lambda', 'Invoke', { ...fn, Payload: '{}', LogType: 'Tail' }, { rawBody: true }],
  ['lambda', 'PublishVersion', fn],
  ['lambda', 'ListVersionsByFunction', fn],
  ['lambda', 'CreateAlias', { ...alias, FunctionVersion: '1' }],
  ['lambda', 'GetAlias', alias],
  ['lambda', 'ListAliases', fn],
  ['lambda', 'UpdateAlias', { ...alias, FunctionVersion: '$LATEST' }],
  ['lambda', 'DeleteAlias', alias],
  ['lambda', 'PutFunctionConcurrency', { ...fn, ReservedConcurrentExecutions: 0 }],
  ['lambda', 'GetFunctionConcurrency', fn],
  ['lambda', 'DeleteFunctionConcurrency', fn],
  ['lambda', 'GetAccountSettings', {}, always],
  ['lambda', 'CreateFunctionUrlConfig', { ...fn, AuthType: 'NONE' }],
  ['lambda', 'GetFunctionUrlConfig', fn],
  ['lambda', 'UpdateFunctionUrlConfig', { ...fn, AuthType: 'AWS_IAM' }],
  ['lambda', 'DeleteFunctionUrlConfig', fn],
  ...feeding,
  ['lambda', 'DeleteFunction', fn],
  // Made by the function itself, whose role allows it.
  ['logs', 'DeleteLogGroup', { logGroupName: '/aws/lambda/scene' }],
]

const rolesGone: Scene[] = [
  ['iam', 'DeleteRolePolicy', own],
  ['iam', 'DeleteRole', role],
]

export async function scenes(): Promise<Scene[]> {
  const zip = zipOf({ 'index.mjs': 'export const handler = async () => ({ done: true })' })
  return [
    ...rolesMade,
    ...watched,
    ...queues,
    ...logs,
    ...parameters,
    ...tables,
    ...functionsOf(zip),
    ...cognitoScenes,
    ...rolesGone,
  ]
}
