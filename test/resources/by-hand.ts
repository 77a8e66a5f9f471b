// What people change by hand, one function for each field that is ours; the plan must name it, a deploy repair it.
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as iam from '@aws-sdk/client-iam'
import * as lambda from '@aws-sdk/client-lambda'
import type { Aws } from '../../src/aws/clients.ts'
import { arns, names, type Trigger } from '../../src/names.ts'
import { trust } from './contract-case.ts'
import { artifactOf } from './stage-fixture.ts'

export interface Hand {
  aws: Aws
  poolId: string
  clientId: string
  advance(ms: number): void
}

const stage = 'dev'
const hour = 61 * 60_000
const fn = (trigger: Trigger) => ({ FunctionName: names.function(stage, trigger) })
const roleName = (trigger: Trigger) => names.role(stage, 'us-east-1', trigger)

async function configure(
  { aws }: Hand,
  trigger: Trigger,
  changed: Partial<lambda.UpdateFunctionConfigurationCommandInput>,
) {
  await aws.lambda.send(new lambda.UpdateFunctionConfigurationCommand({ ...fn(trigger), ...changed }))
}

async function variables({ aws }: Hand, trigger: Trigger): Promise<Record<string, string>> {
  const found = await aws.lambda.send(new lambda.GetFunctionConfigurationCommand(fn(trigger)))
  return found.Environment?.Variables ?? {}
}

/** Sends back what is there, as a careful person would. */
export async function editPool({ aws, poolId }: Hand, changed: Partial<cognito.UpdateUserPoolCommandInput>) {
  const { UserPool } = await aws.cognito.send(new cognito.DescribeUserPoolCommand({ UserPoolId: poolId }))
  const { Policies, LambdaConfig, UserPoolTags, AccountRecoverySetting } = UserPool!
  const { DeletionProtection, EmailVerificationSubject } = UserPool!
  const current = {
    ...{ Policies, LambdaConfig, UserPoolTags, AccountRecoverySetting },
    ...{ DeletionProtection, EmailVerificationSubject },
  }
  await aws.cognito.send(new cognito.UpdateUserPoolCommand({ UserPoolId: poolId, ...current, ...changed }))
}

export async function editClient(
  { aws, poolId, clientId }: Hand,
  changed: Partial<cognito.UpdateUserPoolClientCommandInput>,
) {
  const target = { UserPoolId: poolId, ClientId: clientId }
  const { UserPoolClient } = await aws.cognito.send(new cognito.DescribeUserPoolClientCommand(target))
  const { CreationDate, LastModifiedDate, ...rest } = UserPoolClient!
  await aws.cognito.send(new cognito.UpdateUserPoolClientCommand({ ...rest, ...target, ...changed }))
}

/** By `step id/field`: what the plan must name. */
export const drifts: Record<string, (hand: Hand) => Promise<unknown>> = {
  'user-pool/triggers.CreateAuthChallenge': async (hand) => {
    const { UserPool } = await hand.aws.cognito.send(
      new cognito.DescribeUserPoolCommand({ UserPoolId: hand.poolId }),
    )
    const { CreateAuthChallenge, ...others } = UserPool!.LambdaConfig!
    await editPool(hand, { LambdaConfig: others })
  },
  'user-pool/accountRecovery': (hand) =>
    editPool(hand, {
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
    }),
  'user-pool/selfSignUp': (hand) =>
    editPool(hand, { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } }),
  'user-pool-client:login/authFlows': (hand) =>
    editClient(hand, {
      ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_PASSWORD_AUTH'],
    }),
  'user-pool-client:login/preventUserExistenceErrors': (hand) =>
    editClient(hand, { PreventUserExistenceErrors: 'LEGACY' }),
  'user-pool-client:login/writeAttributes': (hand) =>
    editClient(hand, { WriteAttributes: ['email', 'custom:whatsapp_verified'] }),
  'permission:preSignUp/': ({ aws }) =>
    aws.lambda.send(
      new lambda.RemovePermissionCommand({ ...fn('preSignUp'), StatementId: names.permission }),
    ),
  'permission:defineAuthChallenge/sourceArn': async ({ aws, poolId }) => {
    const target = { ...fn('defineAuthChallenge'), StatementId: names.permission }
    await aws.lambda.send(new lambda.RemovePermissionCommand(target))
    await aws.lambda.send(
      new lambda.AddPermissionCommand({
        ...target,
        Action: 'lambda:InvokeFunction',
        Principal: 'cognito-idp.amazonaws.com',
        SourceArn: arns.pool(aws.place, `${poolId}x`),
        SourceAccount: aws.place.account,
      }),
    )
  },
  'function:createAuthChallenge/environment.MAX_SENDS_PER_DAY': async (hand) => {
    const Variables = { ...(await variables(hand, 'createAuthChallenge')), MAX_SENDS_PER_DAY: '100000' }
    await configure(hand, 'createAuthChallenge', { Environment: { Variables } })
  },
  'function:postConfirmation/runtime': (hand) =>
    configure(hand, 'postConfirmation', { Runtime: 'nodejs20.x' }),
  'function:preSignUp/timeout': (hand) => configure(hand, 'preSignUp', { Timeout: 60 }),
  'function:defineAuthChallenge/role': (hand) =>
    configure(hand, 'defineAuthChallenge', { Role: arns.role(hand.aws.place, 'preSignUp') }),
  'function:verifyAuthChallenge/code': async ({ aws }) => {
    const { zip } = await artifactOf('export const handler = async (event) => event // theirs')
    await aws.lambda.send(
      new lambda.UpdateFunctionCodeCommand({
        ...fn('verifyAuthChallenge'),
        ZipFile: zip,
        Architectures: ['arm64'],
      }),
    )
  },
  'role:preSignUp/trustPolicy': ({ aws }) =>
    aws.iam.send(
      new iam.UpdateAssumeRolePolicyCommand({
        RoleName: roleName('preSignUp'),
        PolicyDocument: trust('ec2.amazonaws.com'),
      }),
    ),
  'role-policy:createAuthChallenge/statements': ({ aws }) =>
    aws.iam.send(
      new iam.PutRolePolicyCommand({
        RoleName: roleName('createAuthChallenge'),
        PolicyName: names.rolePolicy,
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
        }),
      }),
    ),
  'log-group:verifyAuthChallenge/retentionDays': ({ aws }) =>
    aws.logs.send(
      new logs.DeleteRetentionPolicyCommand({ logGroupName: names.logGroup(stage, 'verifyAuthChallenge') }),
    ),
  'table/billing': ({ aws }) =>
    aws.dynamodb.send(
      new dynamodb.UpdateTableCommand({
        TableName: names.table(stage),
        BillingMode: 'PROVISIONED',
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      }),
    ),
  'table/ttl': async ({ aws, advance }) => {
    // DynamoDB takes one change of it an hour.
    advance(hour)
    const TimeToLiveSpecification = { AttributeName: 'ttl', Enabled: false }
    const TableName = names.table(stage)
    await aws.dynamodb.send(new dynamodb.UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))
    advance(hour)
  },
}

export interface ByHand {
  /** The step that tells of it. */
  id: string
  what: string
  isGrave?: true
  /** A part of the command that ends it. */
  next: string
  put(hand: Hand): Promise<unknown>
  /** What that command does. */
  end(hand: Hand): Promise<unknown>
}

const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
const policyOf = (trigger: Trigger) => ({ RoleName: roleName(trigger) })

const customFlows: cognito.ExplicitAuthFlowsType[] = ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']

const client = (ClientName: string, settings: Partial<cognito.CreateUserPoolClientCommandInput>) => {
  let ClientId: string | undefined
  return {
    async put({ aws, poolId: UserPoolId }: Hand) {
      const input = { UserPoolId, ClientName, ...settings }
      const made = await aws.cognito.send(new cognito.CreateUserPoolClientCommand(input))
      ClientId = made.UserPoolClient!.ClientId
    },
    end: ({ aws, poolId: UserPoolId }: Hand) =>
      aws.cognito.send(new cognito.DeleteUserPoolClientCommand({ UserPoolId, ClientId })),
  }
}

const statement = (trigger: Trigger, StatementId: string, Principal: string) => ({
  put: ({ aws }: Hand) =>
    aws.lambda.send(
      new lambda.AddPermissionCommand({
        ...fn(trigger),
        StatementId,
        Action: 'lambda:InvokeFunction',
        Principal,
      }),
    ),
  end: ({ aws }: Hand) =>
    aws.lambda.send(new lambda.RemovePermissionCommand({ ...fn(trigger), StatementId })),
})

/** What somebody puts beside ours or switches off: no step changes it, and everybody who looks is told. */
export const dangers: Record<string, ByHand> = {
  'an inline policy on a role': {
    id: 'role:createAuthChallenge',
    what: 'the inline policy tracing of somebody else',
    next: `delete-role-policy --role-name ${roleName('createAuthChallenge')} --policy-name tracing`,
    put: ({ aws }) =>
      aws.iam.send(
        new iam.PutRolePolicyCommand({
          ...policyOf('createAuthChallenge'),
          PolicyName: 'tracing',
          PolicyDocument:
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:*","Resource":"*"}]}',
        }),
      ),
    end: ({ aws }) =>
      aws.iam.send(
        new iam.DeleteRolePolicyCommand({ ...policyOf('createAuthChallenge'), PolicyName: 'tracing' }),
      ),
  },
  'a managed policy on a role': {
    id: 'role:preSignUp',
    what: `the policy ${admin} of somebody else`,
    next: `detach-role-policy --role-name ${roleName('preSignUp')} --policy-arn ${admin}`,
    put: ({ aws }) =>
      aws.iam.send(new iam.AttachRolePolicyCommand({ ...policyOf('preSignUp'), PolicyArn: admin })),
    end: ({ aws }) =>
      aws.iam.send(new iam.DetachRolePolicyCommand({ ...policyOf('preSignUp'), PolicyArn: admin })),
  },
  'a client that lets users in by a password': {
    id: 'user-pool',
    what: 'the app client passwords (',
    isGrave: true,
    next: 'delete-user-pool-client --region us-east-1 --user-pool-id',
    ...client('passwords', {
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      WriteAttributes: ['email'],
    }),
  },
  'a client with the flows that Cognito gives it': {
    id: 'user-pool',
    what: 'the app client defaults (',
    isGrave: true,
    next: 'delete-user-pool-client --region us-east-1 --user-pool-id',
    ...client('defaults', { WriteAttributes: ['email'] }),
  },
  'a client that writes the proof of a number': {
    id: 'user-pool',
    what: 'the app client proof (',
    isGrave: true,
    next: 'delete-user-pool-client --region us-east-1 --user-pool-id',
    ...client('proof', {
      ExplicitAuthFlows: customFlows,
      WriteAttributes: ['email', 'custom:whatsapp_verified'],
    }),
  },
  'a client that may write nobody knows what': {
    id: 'user-pool',
    what: 'the app client unlisted (',
    next: 'delete-user-pool-client --region us-east-1 --user-pool-id',
    ...client('unlisted', { ExplicitAuthFlows: customFlows }),
  },
  'a statement that lets a service invoke a function': {
    id: 'permission:verifyAuthChallenge',
    what: 'the statement warm of somebody else',
    next: `remove-permission --region us-east-1 --function-name ${names.function(stage, 'verifyAuthChallenge')} --statement-id warm`,
    ...statement('verifyAuthChallenge', 'warm', 'events.amazonaws.com'),
  },
  'a statement that lets everybody invoke a function': {
    id: 'permission:createAuthChallenge',
    what: 'the statement open of somebody else',
    isGrave: true,
    next: `remove-permission --region us-east-1 --function-name ${names.function(stage, 'createAuthChallenge')} --statement-id open`,
    ...statement('createAuthChallenge', 'open', '*'),
  },
  'a function that may not run': {
    id: 'function:defineAuthChallenge',
    what: 'its reserved concurrency is 0',
    isGrave: true,
    next: `delete-function-concurrency --region us-east-1 --function-name ${names.function(stage, 'defineAuthChallenge')}`,
    put: ({ aws }) =>
      aws.lambda.send(
        new lambda.PutFunctionConcurrencyCommand({
          ...fn('defineAuthChallenge'),
          ReservedConcurrentExecutions: 0,
        }),
      ),
    end: ({ aws }) => aws.lambda.send(new lambda.DeleteFunctionConcurrencyCommand(fn('defineAuthChallenge'))),
  },
}

/** Removed by hand: the plan says that it will be made. */
export const removals: Record<string, (hand: Hand) => Promise<unknown>> = {
  'user-pool': ({ aws, poolId }) =>
    aws.cognito.send(new cognito.DeleteUserPoolCommand({ UserPoolId: poolId })),
  'user-pool-client:login': ({ aws, poolId, clientId }) =>
    aws.cognito.send(new cognito.DeleteUserPoolClientCommand({ UserPoolId: poolId, ClientId: clientId })),
  'function:createAuthChallenge': ({ aws }) =>
    aws.lambda.send(new lambda.DeleteFunctionCommand(fn('createAuthChallenge'))),
  'role:verifyAuthChallenge': async ({ aws }) => {
    const target = { RoleName: roleName('verifyAuthChallenge') }
    await aws.iam.send(new iam.DeleteRolePolicyCommand({ ...target, PolicyName: names.rolePolicy }))
    await aws.iam.send(new iam.DeleteRoleCommand(target))
  },
  'role-policy:postConfirmation': ({ aws }) =>
    aws.iam.send(
      new iam.DeleteRolePolicyCommand({
        RoleName: roleName('postConfirmation'),
        PolicyName: names.rolePolicy,
      }),
    ),
  'log-group:preSignUp': ({ aws }) =>
    aws.logs.send(new logs.DeleteLogGroupCommand({ logGroupName: names.logGroup(stage, 'preSignUp') })),
  table: ({ aws }) => aws.dynamodb.send(new dynamodb.DeleteTableCommand({ TableName: names.table(stage) })),
}
