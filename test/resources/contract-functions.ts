// The contract's cases of functions and the permissions to invoke them.
import * as iam from '@aws-sdk/client-iam'
import * as lambda from '@aws-sdk/client-lambda'
import { arns, names } from '../../src/names.ts'
import { roleTag } from '../../src/resources/function-settings.ts'
import { type ContractCase, functionName, trigger, trust } from './contract-case.ts'
import { artifactOf, type StageFixture } from './stage-fixture.ts'

const editFunction = (
  { aws }: StageFixture,
  changed: Partial<lambda.UpdateFunctionConfigurationCommandInput>,
) =>
  aws.lambda.send(new lambda.UpdateFunctionConfigurationCommand({ FunctionName: functionName, ...changed }))

const variablesOf = async ({ aws }: StageFixture) => {
  const found = await aws.lambda.send(
    new lambda.GetFunctionConfigurationCommand({ FunctionName: functionName }),
  )
  return found.Environment?.Variables ?? {}
}

const editLogging = async (stage: StageFixture, changed: lambda.LoggingConfig) => {
  const found = await stage.aws.lambda.send(
    new lambda.GetFunctionConfigurationCommand({ FunctionName: functionName }),
  )
  await editFunction(stage, { LoggingConfig: { ...found.LoggingConfig, ...changed } })
}

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
      FunctionName: functionName,
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
      FunctionName: functionName,
      StatementId: names.permission,
      Action: 'lambda:InvokeFunction',
      Principal: 'cognito-idp.amazonaws.com',
      SourceAccount: place.account,
      ...changed,
    }),
  )

/** Says the same as before but for what is changed. */
const editPermission = async (stage: StageFixture, changed: Partial<lambda.AddPermissionCommandInput>) => {
  const { aws } = stage
  const { Policy } = await aws.lambda.send(new lambda.GetPolicyCommand({ FunctionName: functionName }))
  const statements: Statement[] = JSON.parse(Policy!).Statement
  const { Principal, Condition } = statements.find(({ Sid }) => Sid === names.permission)!
  const target = { FunctionName: functionName, StatementId: names.permission }
  await aws.lambda.send(new lambda.RemovePermissionCommand(target))
  await addPermission(stage, {
    Principal: Principal.Service,
    SourceArn: Condition.ArnLike['AWS:SourceArn'],
    SourceAccount: Condition.StringEquals['AWS:SourceAccount'],
    ...changed,
  })
}

interface Statement {
  Sid: string
  Principal: { Service: string }
  Condition: { ArnLike: { 'AWS:SourceArn': string }; StringEquals: { 'AWS:SourceAccount': string } }
}

export const functionCases: Record<string, ContractCase> = {
  [`function:${trigger}`]: {
    changes: {
      logLevel: (stage) => editLogging(stage, { ApplicationLogLevel: 'TRACE' }),
      logGroup: (stage) => editLogging(stage, { LogGroup: '/theirs' }),
      memory: (stage) => editFunction(stage, { MemorySize: 128 }),
      timeout: (stage) => editFunction(stage, { Timeout: 60 }),
      runtime: (stage) => editFunction(stage, { Runtime: 'nodejs22.x' }),
      handler: (stage) => editFunction(stage, { Handler: 'other.handler' }),
      role: (stage) => editFunction(stage, { Role: arns.role(stage.place, 'verifyAuthChallenge') }),
      roleId: ({ aws, place }) =>
        aws.lambda.send(
          new lambda.UntagResourceCommand({ Resource: arns.function(place, trigger), TagKeys: [roleTag] }),
        ),
      'environment.OTP_LENGTH': (stage) => stage.change({ otpLength: 8 }),
      'environment.MAX_SENDS_PER_DAY': (stage) => stage.change({ maxSendsPerDay: 9 }),
      architecture: async ({ aws, inputs }) => {
        const code = { FunctionName: functionName, ZipFile: inputs.artifacts[trigger].zip }
        await aws.lambda.send(new lambda.UpdateFunctionCodeCommand({ ...code, Architectures: ['x86_64'] }))
      },
      code: async (stage) => {
        const artifact = await artifactOf('export const handler = async (event) => event')
        stage.inputs = { ...stage.inputs, artifacts: { ...stage.inputs.artifacts, [trigger]: artifact } }
      },
    },
    together: { architecture: ['code'] },
    byHand: {
      set: async (stage) => {
        const Variables = { ...(await variablesOf(stage)), NODE_OPTIONS: '--enable-source-maps' }
        await editFunction(stage, { Environment: { Variables }, Description: 'ours' })
      },
      get: async (stage) => {
        const found = await stage.aws.lambda.send(
          new lambda.GetFunctionConfigurationCommand({ FunctionName: functionName }),
        )
        return [found.Environment?.Variables?.NODE_OPTIONS, found.Description]
      },
    },
    foreign: foreignFunction,
  },

  [`permission:${trigger}`]: {
    changes: {
      sourceArn: (stage) =>
        editPermission(stage, { SourceArn: arns.pool(stage.place, `${stage.place.region}_another`) }),
      principal: (stage) => editPermission(stage, { Principal: 'sns.amazonaws.com' }),
      sourceAccount: (stage) => editPermission(stage, { SourceAccount: '999999999999' }),
    },
    byHand: {
      set: (stage) => addPermission(stage, { StatementId: 'theirs', Principal: 'events.amazonaws.com' }),
      get: async ({ aws }) => {
        const { Policy } = await aws.lambda.send(new lambda.GetPolicyCommand({ FunctionName: functionName }))
        return JSON.parse(Policy!).Statement.find((statement: { Sid: string }) => statement.Sid === 'theirs')
      },
    },
    foreign: async (stage) => {
      await foreignFunction(stage)
      await addPermission(stage, {})
    },
  },
}
