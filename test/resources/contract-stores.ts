// The contract's cases of what keeps data: log groups, the table, the two parameters.
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as ssm from '@aws-sdk/client-ssm'
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

const secretsOf = async ({ aws }: StageFixture) => {
  const target = { Name: names.secrets('dev'), WithDecryption: true }
  return JSON.parse((await aws.ssm.send(new ssm.GetParameterCommand(target))).Parameter!.Value!)
}

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

  secrets: {
    changes: {
      sendzenApiKey: (stage) => {
        stage.inputs = { ...stage.inputs, secrets: { sendzenApiKey: 'another-key-of-the-test' } }
      },
    },
    byHand: {
      set: async (stage) => {
        const Value = JSON.stringify({ ...(await secretsOf(stage)), previous: { kid: 'old' } })
        const Name = names.secrets('dev')
        await stage.aws.ssm.send(
          new ssm.PutParameterCommand({ Name, Value, Overwrite: true, Type: 'SecureString' }),
        )
      },
      get: async (stage) => {
        const { otpMasterKey, kid, previous } = await secretsOf(stage)
        return { otpMasterKey, kid, previous }
      },
    },
    foreign: foreignParameter(names.secrets('dev')),
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
