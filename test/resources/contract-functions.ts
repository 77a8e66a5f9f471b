// The contract's cases of functions and the permissions to invoke them.
import * as iam from '@aws-sdk/client-iam'
import * as lambda from '@aws-sdk/client-lambda'
import { arns, names } from '../../src/names.ts'
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

const replacePermission = async (stage: StageFixture, changed: Partial<lambda.AddPermissionCommandInput>) => {
  const target = { FunctionName: functionName, StatementId: names.permission }
  await stage.aws.lambda.send(new lambda.RemovePermissionCommand(target))
  await addPermission(stage, changed)
}

export const functionCases: Record<string, ContractCase> = {
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
        const code = { FunctionName: functionName, ZipFile: inputs.artifacts[trigger].zip }
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
