// What the contract needs to know of each kind: what can change, what others may set, and how a stranger looks.
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as iam from '@aws-sdk/client-iam'
import * as lambda from '@aws-sdk/client-lambda'
import * as ssm from '@aws-sdk/client-ssm'
import { arns, names } from '../../src/names.ts'
import { wantedPool } from '../../src/resources/user-pool-settings.ts'
import type { Refs } from '../../src/stack/resource.ts'
import { artifactOf, type StageFixture } from './stage-fixture.ts'

type Act = (stage: StageFixture, refs: Refs) => unknown

interface Case {
  /** By the field that the diff names: what makes it differ, in the settings or in AWS. */
  changes: Record<string, Act>
  byHand: { set: Act; get: Act }
  foreign: (stage: StageFixture) => unknown
}

const trigger = 'createAuthChallenge'
const fn = names.function('dev', trigger)
const roleName = (stage: StageFixture) => names.role('dev', stage.place.region, trigger)
const trust = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  })

/** Changes one field of the pool, and sends the others back as they are. */
async function editPool(
  { aws }: StageFixture,
  refs: Refs,
  changed: Partial<cognito.UpdateUserPoolCommandInput>,
) {
  const UserPoolId = refs.userPoolId
  const { UserPool } = await aws.cognito.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
  const { Policies, DeletionProtection, LambdaConfig, UserPoolTags, UserPoolTier, AccountRecoverySetting } =
    UserPool!
  await aws.cognito.send(
    new cognito.UpdateUserPoolCommand({
      ...{
        UserPoolId,
        Policies,
        DeletionProtection,
        LambdaConfig,
        UserPoolTags,
        UserPoolTier,
        AccountRecoverySetting,
      },
      ...changed,
    }),
  )
}

async function editClient(
  { aws }: StageFixture,
  refs: Refs,
  changed: Partial<cognito.UpdateUserPoolClientCommandInput>,
) {
  const target = { UserPoolId: refs.userPoolId, ClientId: refs.signupClientId }
  const { UserPoolClient } = await aws.cognito.send(new cognito.DescribeUserPoolClientCommand(target))
  const { CreationDate, LastModifiedDate, ...rest } = UserPoolClient!
  await aws.cognito.send(new cognito.UpdateUserPoolClientCommand({ ...rest, ...target, ...changed }))
}

const editFunction = (
  { aws }: StageFixture,
  changed: Partial<lambda.UpdateFunctionConfigurationCommandInput>,
) => aws.lambda.send(new lambda.UpdateFunctionConfigurationCommand({ FunctionName: fn, ...changed }))

const variablesOf = async ({ aws }: StageFixture) => {
  const found = await aws.lambda.send(new lambda.GetFunctionConfigurationCommand({ FunctionName: fn }))
  return found.Environment?.Variables ?? {}
}

const logGroup = (stage: StageFixture) => arns.logGroup(stage.place, trigger)

const foreignRole = ({ aws, place }: StageFixture) =>
  aws.iam.send(
    new iam.CreateRoleCommand({
      RoleName: names.role('dev', place.region, trigger),
      AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
    }),
  )

const foreignPool = ({ aws }: StageFixture) =>
  aws.cognito.send(new cognito.CreateUserPoolCommand({ PoolName: names.pool('dev') }))

const foreignFunction = async (stage: StageFixture) => {
  const { Role } = await stage.aws.iam.send(
    new iam.CreateRoleCommand({
      RoleName: 'theirs',
      AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
    }),
  )
  const { zip } = await artifactOf('export const handler = () => {}')
  await stage.aws.lambda.send(
    new lambda.CreateFunctionCommand({
      FunctionName: fn,
      Role: Role!.Arn,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: zip },
    }),
  )
}

const addPermission = ({ aws, place }: StageFixture, changed: Partial<lambda.AddPermissionCommandInput>) =>
  aws.lambda.send(
    new lambda.AddPermissionCommand({
      FunctionName: fn,
      StatementId: names.permission,
      Action: 'lambda:InvokeFunction',
      Principal: 'cognito-idp.amazonaws.com',
      SourceAccount: place.account,
      ...changed,
    }),
  )

const replacePermission = async (stage: StageFixture, changed: Partial<lambda.AddPermissionCommandInput>) => {
  const target = { FunctionName: fn, StatementId: names.permission }
  await stage.aws.lambda.send(new lambda.RemovePermissionCommand(target))
  await addPermission(stage, changed)
}

const tagParameter = (name: string): Case['byHand'] => ({
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

export const cases: Record<string, Case> = {
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

  [`role:${trigger}`]: {
    changes: {
      trustPolicy: (stage) =>
        stage.aws.iam.send(
          new iam.UpdateAssumeRolePolicyCommand({
            RoleName: roleName(stage),
            PolicyDocument: trust('ec2.amazonaws.com'),
          }),
        ),
    },
    byHand: {
      set: (stage) =>
        stage.aws.iam.send(
          new iam.UpdateRoleCommand({
            RoleName: roleName(stage),
            Description: 'ours',
            MaxSessionDuration: 7200,
          }),
        ),
      get: async (stage) => {
        const { Role } = await stage.aws.iam.send(new iam.GetRoleCommand({ RoleName: roleName(stage) }))
        return [Role?.Description, Role?.MaxSessionDuration]
      },
    },
    foreign: foreignRole,
  },

  [`role-policy:${trigger}`]: {
    changes: { statements: (stage) => stage.change({ smsFallback: true }) },
    byHand: {
      set: (stage) =>
        stage.aws.iam.send(
          new iam.PutRolePolicyCommand({
            RoleName: roleName(stage),
            PolicyName: 'tracing',
            PolicyDocument: JSON.stringify({
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'xray:PutTraceSegments', Resource: '*' }],
            }),
          }),
        ),
      get: async (stage) => {
        const target = { RoleName: roleName(stage), PolicyName: 'tracing' }
        return (await stage.aws.iam.send(new iam.GetRolePolicyCommand(target))).PolicyDocument
      },
    },
    foreign: async (stage) => {
      await foreignRole(stage)
      await stage.aws.iam.send(
        new iam.PutRolePolicyCommand({
          RoleName: roleName(stage),
          PolicyName: names.rolePolicy,
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
          }),
        }),
      )
    },
  },

  'user-pool': {
    changes: {
      deletionProtection: (stage) => stage.change({ deletionProtection: true }),
      tier: (stage) => stage.change({ userPoolTier: 'ESSENTIALS' }),
      'triggers.PreSignUp': async (stage, refs) => {
        const target = { UserPoolId: refs.userPoolId }
        const { UserPool } = await stage.aws.cognito.send(new cognito.DescribeUserPoolCommand(target))
        const { PreSignUp, ...others } = UserPool!.LambdaConfig!
        await editPool(stage, refs, { LambdaConfig: others })
      },
      selfSignUp: (stage, refs) =>
        editPool(stage, refs, { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } }),
      passwordLength: (stage, refs) =>
        editPool(stage, refs, { Policies: { PasswordPolicy: { MinimumLength: 8 } } }),
      accountRecovery: (stage, refs) =>
        editPool(stage, refs, {
          AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
        }),
    },
    byHand: {
      set: (stage, refs) =>
        editPool(stage, refs, {
          EmailVerificationSubject: 'Hello',
          DeviceConfiguration: { ChallengeRequiredOnNewDevice: true },
          AdminCreateUserConfig: {
            AllowAdminCreateUserOnly: false,
            InviteMessageTemplate: { EmailSubject: 'Welcome' },
          },
          LambdaConfig: {
            ...wantedPool(stage.place, stage.inputs.settings).lambdas,
            CustomMessage: arns.function(stage.place, 'preSignUp'),
          },
        }),
      get: async ({ aws }, refs) => {
        const target = { UserPoolId: refs.userPoolId }
        const { UserPool } = await aws.cognito.send(new cognito.DescribeUserPoolCommand(target))
        const { EmailVerificationSubject, DeviceConfiguration, AdminCreateUserConfig, LambdaConfig } =
          UserPool!
        return {
          EmailVerificationSubject,
          DeviceConfiguration,
          invite: AdminCreateUserConfig?.InviteMessageTemplate,
          CustomMessage: LambdaConfig?.CustomMessage,
        }
      },
    },
    foreign: foreignPool,
  },

  'user-pool-client:signup': {
    changes: {
      authSessionMinutes: (stage) => stage.change({ otpExpiryMinutes: 9 }),
      authFlows: (stage, refs) =>
        editClient(stage, refs, { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] }),
      preventUserExistenceErrors: (stage, refs) =>
        editClient(stage, refs, { PreventUserExistenceErrors: 'LEGACY' }),
      tokenRevocation: (stage, refs) => editClient(stage, refs, { EnableTokenRevocation: false }),
      readAttributes: (stage, refs) => editClient(stage, refs, { ReadAttributes: ['email'] }),
      writeAttributes: async (stage, refs) => {
        const target = { UserPoolId: refs.userPoolId, ClientId: refs.signupClientId }
        const found = await stage.aws.cognito.send(new cognito.DescribeUserPoolClientCommand(target))
        const WriteAttributes = [...found.UserPoolClient!.WriteAttributes!, 'custom:whatsapp_verified']
        await editClient(stage, refs, { WriteAttributes })
      },
    },
    byHand: {
      set: (stage, refs) =>
        editClient(stage, refs, {
          RefreshTokenValidity: 7,
          AccessTokenValidity: 20,
          LogoutURLs: ['https://example.com/out'],
          CallbackURLs: ['https://example.com/in'],
        }),
      get: async ({ aws }, refs) => {
        const target = { UserPoolId: refs.userPoolId, ClientId: refs.signupClientId }
        const found = await aws.cognito.send(new cognito.DescribeUserPoolClientCommand(target))
        const { RefreshTokenValidity, AccessTokenValidity, TokenValidityUnits, CallbackURLs } =
          found.UserPoolClient!
        return { RefreshTokenValidity, AccessTokenValidity, TokenValidityUnits, CallbackURLs }
      },
    },
    // A client has no tags: it is somebody else's when its pool is.
    foreign: foreignPool,
  },

  [`function:${trigger}`]: {
    changes: {
      logLevel: (stage) =>
        editFunction(stage, { LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'TRACE' } }),
      memory: (stage) => editFunction(stage, { MemorySize: 128 }),
      timeout: (stage) => editFunction(stage, { Timeout: 60 }),
      runtime: (stage) => editFunction(stage, { Runtime: 'nodejs22.x' }),
      handler: (stage) => editFunction(stage, { Handler: 'other.handler' }),
      role: (stage) => editFunction(stage, { Role: arns.role(stage.place, 'verifyAuthChallenge') }),
      'environment.OTP_LENGTH': (stage) => stage.change({ otpLength: 8 }),
      architecture: async ({ aws, inputs }) => {
        const code = { FunctionName: fn, ZipFile: inputs.artifacts[trigger].zip }
        await aws.lambda.send(new lambda.UpdateFunctionCodeCommand({ ...code, Architectures: ['x86_64'] }))
      },
      code: async (stage) => {
        const artifact = await artifactOf('export const handler = async (event) => event')
        stage.inputs = { ...stage.inputs, artifacts: { ...stage.inputs.artifacts, [trigger]: artifact } }
      },
    },
    byHand: {
      set: async (stage) => {
        const Variables = { ...(await variablesOf(stage)), NODE_OPTIONS: '--enable-source-maps' }
        await editFunction(stage, { Environment: { Variables }, Description: 'ours' })
      },
      get: async (stage) => {
        const found = await stage.aws.lambda.send(
          new lambda.GetFunctionConfigurationCommand({ FunctionName: fn }),
        )
        return [found.Environment?.Variables?.NODE_OPTIONS, found.Description]
      },
    },
    foreign: foreignFunction,
  },

  [`permission:${trigger}`]: {
    changes: {
      sourceArn: (stage) =>
        replacePermission(stage, { SourceArn: arns.pool(stage.place, `${stage.place.region}_another`) }),
      principal: (stage, refs) =>
        replacePermission(stage, {
          Principal: 'sns.amazonaws.com',
          SourceArn: arns.pool(stage.place, refs.userPoolId!),
        }),
    },
    byHand: {
      set: (stage) => addPermission(stage, { StatementId: 'theirs', Principal: 'events.amazonaws.com' }),
      get: async ({ aws }) => {
        const { Policy } = await aws.lambda.send(new lambda.GetPolicyCommand({ FunctionName: fn }))
        return JSON.parse(Policy!).Statement.find((statement: { Sid: string }) => statement.Sid === 'theirs')
      },
    },
    foreign: async (stage) => {
      await foreignFunction(stage)
      await addPermission(stage, {})
    },
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
