// A pool of somebody else's on the sandbox of a stage: with users' numbers, a client, and a function that it calls.
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import * as iam from '@aws-sdk/client-iam'
import * as lambda from '@aws-sdk/client-lambda'
import { raw } from '../../src/aws/raw.ts'
import { trust } from '../resources/contract-case.ts'
import type { Runs } from './runs.ts'

export interface Theirs {
  poolId: string
  /** The ARN of the function that its DefineAuthChallenge is. */
  former: string
  /** The pool as Cognito tells it, and its own client. */
  look(): Promise<unknown>
}

export async function makeTheirs(runs: Runs): Promise<Theirs> {
  const { aws } = await runs.byHand({ stage: 'none' })
  const { Role } = await aws.iam.send(
    new iam.CreateRoleCommand({
      RoleName: 'theirs',
      AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
    }),
  )
  runs.sandbox.clock.advance(60_000)
  const { FunctionArn: former = '' } = await aws.lambda.send(
    new lambda.CreateFunctionCommand({
      FunctionName: 'their-define',
      Role: Role?.Arn,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: runs.artifacts.preSignUp.zip },
    }),
  )
  await aws.lambda.send(
    new lambda.AddPermissionCommand({
      FunctionName: 'their-define',
      StatementId: 'cognito',
      Action: 'lambda:InvokeFunction',
      Principal: 'cognito-idp.amazonaws.com',
    }),
  )
  const { UserPool } = await aws.cognito.send(
    new cognito.CreateUserPoolCommand({
      PoolName: 'theirs',
      UserPoolTags: { team: 'theirs' },
      LambdaConfig: { DefineAuthChallenge: former },
      Policies: { PasswordPolicy: { MinimumLength: 12 } },
      AutoVerifiedAttributes: ['email'],
    }),
  )
  const poolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await aws.cognito.send(
    new cognito.CreateUserPoolClientCommand({ UserPoolId: poolId, ClientName: 'theirs' }),
  )
  // Not so new that anything about it may still be on its way.
  runs.sandbox.clock.advance(600_000)
  const target = { UserPoolId: poolId, ClientId: UserPoolClient?.ClientId }
  return {
    poolId,
    former,
    async look() {
      const [pool, client] = await Promise.all([
        aws.cognito.send(raw(new cognito.DescribeUserPoolCommand({ UserPoolId: poolId }))),
        aws.cognito.send(new cognito.DescribeUserPoolClientCommand(target)),
      ])
      const { LastModifiedDate: _, ...still } = pool.UserPool ?? {}
      return { pool: still, client: client.UserPoolClient }
    },
  }
}
