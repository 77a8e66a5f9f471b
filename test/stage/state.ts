// What a stage is in the end, in a form that is the same for every stage that came out the same.

import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as iam from '@aws-sdk/client-iam'
import * as lambda from '@aws-sdk/client-lambda'
import * as ssm from '@aws-sdk/client-ssm'
import type { Aws } from '../../src/aws/clients.ts'
import { waitFor } from '../../src/aws/wait.ts'
import { names } from '../../src/names.ts'
import { trust } from '../resources/contract-case.ts'
import type { Runs } from './runs.ts'

/** Times, ids and keys differ from stage to stage. */
const passing =
  /Date|^(RevisionId|LastModified|LastUpdateStatus|State|StateReason\w*|\w+MasterKey|kid|createdAt|toolVersion|since)$/

/** Everything that is read of a stage, ids by what they are of, and everything that there is in the account. */
export async function stateOf(runs: Runs, env: Record<string, string> = {}): Promise<unknown> {
  const { observed, plan } = await runs.plan({ env })
  const { userPoolId = '', signupClientId = '', loginClientId = '' } = observed.refs
  const ids: [string, string][] = [
    [userPoolId, 'pool'],
    [signupClientId, 'signup'],
    [loginClientId, 'login'],
    ...Object.entries(observed.refs)
      .filter(([key]) => key.startsWith('roleId:'))
      .map(([key, id]): [string, string] => [String(id), key]),
  ]
  const have = JSON.stringify(
    [...observed.have].sort(([a], [b]) => (a < b ? -1 : 1)),
    (key, value) => (passing.test(key) ? undefined : value),
  )
  const still = ids.filter(([id]) => id).reduce((text, [id, name]) => text.replaceAll(id, name), have)
  return {
    changes: plan.filter((step) => step.action !== 'keep').map((step) => step.id),
    have: JSON.parse(still),
    account: inventoryOf(runs),
  }
}

/** Kinds and names, those of ids without them. */
export function inventoryOf({ sandbox }: Runs): string[] {
  return sandbox
    .inventory()
    .map(({ kind, name }) => `${kind} ${/pool|client/i.test(kind) ? '' : name}`)
    .sort()
}

/** What belongs to others and lies close: neighbouring names, a stage whose name begins alike. */
export async function makeBystanders(runs: Runs): Promise<() => Promise<string>> {
  const { aws } = await runs.byHand({ stage: 'none' })
  const pool = await aws.cognito.send(
    new cognito.CreateUserPoolCommand({ PoolName: names.pool('dev-2'), UserPoolTags: { team: 'other' } }),
  )
  const UserPoolId = pool.UserPool!.Id!
  const client = await aws.cognito.send(
    new cognito.CreateUserPoolClientCommand({ UserPoolId, ClientName: names.client('dev', 'login') }),
  )
  const role = await aws.iam.send(
    new iam.CreateRoleCommand({
      RoleName: names.role('dev-2', 'us-east-1', 'preSignUp'),
      AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
    }),
  )
  const FunctionName = names.function('dev-2', 'preSignUp')
  await aws.lambda.send(
    new lambda.CreateFunctionCommand({
      FunctionName,
      Role: role.Role!.Arn,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: runs.artifacts.preSignUp.zip },
    }),
  )
  const logGroupName = names.logGroup('dev-2', 'preSignUp')
  await aws.logs.send(new logs.CreateLogGroupCommand({ logGroupName }))
  await aws.ssm.send(
    new ssm.PutParameterCommand({ Name: names.secrets('dev-2'), Type: 'String', Value: 'theirs' }),
  )
  const TableName = names.table('dev-2')
  await aws.dynamodb.send(
    new dynamodb.CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  )
  await waitFor({ clock: runs.clock, capMs: 60_000, what: 'their table' }, async () => {
    const { Table } = await aws.dynamodb.send(new dynamodb.DescribeTableCommand({ TableName }))
    return Table?.TableStatus === 'ACTIVE' || undefined
  })
  const ClientId = client.UserPoolClient!.ClientId
  return () => lookAt(aws, { UserPoolId, ClientId, FunctionName, logGroupName, TableName })
}

interface Bystanders {
  UserPoolId: string
  ClientId: string | undefined
  FunctionName: string
  logGroupName: string
  TableName: string
}

async function lookAt(aws: Aws, { UserPoolId, ClientId, FunctionName, logGroupName, TableName }: Bystanders) {
  const Name = names.secrets('dev-2')
  const found = await Promise.all([
    aws.cognito.send(new cognito.DescribeUserPoolCommand({ UserPoolId })),
    aws.cognito.send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId })),
    aws.iam.send(new iam.GetRoleCommand({ RoleName: names.role('dev-2', 'us-east-1', 'preSignUp') })),
    aws.lambda.send(new lambda.GetFunctionCommand({ FunctionName })),
    aws.logs.send(new logs.DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName })),
    aws.dynamodb.send(new dynamodb.DescribeTableCommand({ TableName })),
    aws.ssm.send(new ssm.GetParameterCommand({ Name })),
  ])
  return JSON.stringify(found, (key, value) => (key === '$metadata' ? undefined : value))
}
