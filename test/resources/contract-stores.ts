// The contract's cases of what keeps data: log groups, the table, the parameters.
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as ssm from '@aws-sdk/client-ssm'
import { newMasterKey } from '../../src/core/master-key.ts'
import { arns, names } from '../../src/names.ts'
import { type ContractCase, trigger } from './contract-case.ts'
import type { StageFixture } from './stage-fixture.ts'

const logGroup = (stage: StageFixture) => arns.logGroup(stage.place, trigger)

const tagParameter = (name: string): ContractCase['byHand'] => ({
  set: ({ aws }) =>
    aws.ssm.send(
      new ssm.AddTagsToResourceCommand({
        ResourceType: 'Parameter',
        ResourceId: name,
        Tags: [{ Key: 'team', Value: 'blue' }],
      }),
    ),
  get: async ({ aws }) => {
    const target = { ResourceType: 'Parameter', ResourceId: name } as const
    const { TagList } = await aws.ssm.send(new ssm.ListTagsForResourceCommand(target))
    return TagList?.find((tag) => tag.Key === 'team')
  },
})

const foreignParameter =
  (Name: string) =>
  ({ aws }: StageFixture) =>
    aws.ssm.send(new ssm.PutParameterCommand({ Name, Type: 'String', Value: 'theirs' }))

const providerKeyOf = async ({ aws }: StageFixture) => {
  const target = { Name: names.providerKey('dev'), WithDecryption: true }
  return JSON.parse((await aws.ssm.send(new ssm.GetParameterCommand(target))).Parameter!.Value!)
}

/** As an older version of this tool has left it. */
const putFormer = () =>
  new ssm.PutParameterCommand({
    Name: names.secrets('dev'),
    Type: 'SecureString',
    Value: JSON.stringify({ sendzenApiKey: 'key-of-the-test', ...newMasterKey() }),
    Overwrite: true,
  })

export const storeCases: Record<string, ContractCase> = {
  [`log-group:${trigger}`]: {
    changes: { retentionDays: (stage) => stage.change({ logRetentionDays: 7 }) },
    byHand: {
      set: (stage) =>
        stage.aws.logs.send(
          new logs.TagResourceCommand({ resourceArn: logGroup(stage), tags: { team: 'blue' } }),
        ),
      get: async (stage) => {
        const target = { resourceArn: logGroup(stage) }
        return (await stage.aws.logs.send(new logs.ListTagsForResourceCommand(target))).tags?.team
      },
    },
    foreign: ({ aws }) =>
      aws.logs.send(new logs.CreateLogGroupCommand({ logGroupName: names.logGroup('dev', trigger) })),
  },

  table: {
    changes: {
      billing: ({ aws }) =>
        aws.dynamodb.send(
          new dynamodb.UpdateTableCommand({
            TableName: names.table('dev'),
            BillingMode: 'PROVISIONED',
            ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
          }),
        ),
      ttl: async ({ aws, sandbox }) => {
        // DynamoDB takes one change of it an hour.
        sandbox.clock.advance(61 * 60_000)
        const TimeToLiveSpecification = { AttributeName: 'ttl', Enabled: false }
        const TableName = names.table('dev')
        await aws.dynamodb.send(new dynamodb.UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))
        sandbox.clock.advance(61 * 60_000)
      },
    },
    byHand: {
      set: ({ aws, place }) =>
        aws.dynamodb.send(
          new dynamodb.TagResourceCommand({
            ResourceArn: arns.table(place),
            Tags: [{ Key: 'team', Value: 'blue' }],
          }),
        ),
      get: async ({ aws, place }) => {
        const target = { ResourceArn: arns.table(place) }
        const { Tags } = await aws.dynamodb.send(new dynamodb.ListTagsOfResourceCommand(target))
        return Tags?.find((tag) => tag.Key === 'team')
      },
    },
    foreign: ({ aws }) =>
      aws.dynamodb.send(
        new dynamodb.CreateTableCommand({
          TableName: names.table('dev'),
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      ),
  },

  'master-key': {
    changes: {
      // What an older version has left counts as long as it is there.
      content: ({ aws }) => aws.ssm.send(putFormer()),
    },
    byHand: tagParameter(names.masterKey('dev')),
    foreign: foreignParameter(names.masterKey('dev')),
  },

  'provider-key': {
    changes: {
      sendzenApiKey: (stage) => {
        stage.inputs = { ...stage.inputs, secrets: { sendzenApiKey: 'another-key-of-the-test' } }
      },
    },
    byHand: {
      set: async (stage) => {
        const Value = JSON.stringify({ ...(await providerKeyOf(stage)), ofTomorrow: 'kept' })
        const Name = names.providerKey('dev')
        await stage.aws.ssm.send(
          new ssm.PutParameterCommand({ Name, Value, Overwrite: true, Type: 'SecureString' }),
        )
      },
      get: async (stage) => (await providerKeyOf(stage)).ofTomorrow,
    },
    foreign: foreignParameter(names.providerKey('dev')),
  },

  findings: {
    changes: {
      content: ({ aws }) =>
        aws.ssm.send(
          new ssm.PutParameterCommand({ Name: names.findings('dev'), Value: 'spoilt', Overwrite: true }),
        ),
    },
    byHand: tagParameter(names.findings('dev')),
    foreign: foreignParameter(names.findings('dev')),
  },

  brake: {
    changes: {
      content: ({ aws }) =>
        aws.ssm.send(
          new ssm.PutParameterCommand({ Name: names.brake('dev'), Value: 'spoilt', Overwrite: true }),
        ),
    },
    byHand: tagParameter(names.brake('dev')),
    foreign: foreignParameter(names.brake('dev')),
  },

  record: {
    changes: {
      'settings.otpLength': (stage) => stage.change({ otpLength: 7 }),
      'settings.whatsappLanguages': (stage) => stage.change({ whatsappLanguages: ['pt_BR', 'en_US'] }),
      toolVersion: (stage) => {
        stage.inputs = { ...stage.inputs, version: '1.10.0' }
      },
    },
    byHand: tagParameter(names.record('dev')),
    foreign: foreignParameter(names.record('dev')),
  },
}
