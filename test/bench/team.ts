// A team with one function of its own, and with pools that call it for every trigger of a sign-in.
import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { OpenSandbox } from '../../src/sandbox/server.ts'
import { trust } from '../resources/contract-case.ts'
import { keysOf } from '../sandbox/lambda/signed.ts'
import { zipOf } from '../sandbox/lambda/zip.ts'

export interface Team {
  cognito: CognitoIdentityProviderClient
  /** With one app client, which may sign in by custom challenges. */
  makePool(name: string): Promise<{ poolId: string; clientId: string }>
  close(): void
}

/** `source` is the function's `index.mjs`. */
export async function openTeam(sandbox: OpenSandbox, source: string): Promise<Team> {
  const { endpoint, region } = sandbox
  const options = { endpoint, region, credentials: keysOf(sandbox) }
  const cognito = new CognitoIdentityProviderClient(options)
  const lambda = new LambdaClient(options)
  const iam = new IAMClient(options)
  const AssumeRolePolicyDocument = trust('lambda.amazonaws.com')
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'team', AssumeRolePolicyDocument }))
  sandbox.clock.advance(60_000)
  const FunctionName = 'team'
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName, Role: Role?.Arn, Runtime: 'nodejs24.x', Handler: 'index.handler', MemorySize: 512 },
      Code: { ZipFile: zipOf({ 'index.mjs': source }) },
    }),
  )
  await lambda.send(
    new AddPermissionCommand({
      ...{ FunctionName, StatementId: 'cognito', Action: 'lambda:InvokeFunction' },
      Principal: 'cognito-idp.amazonaws.com',
    }),
  )
  return {
    cognito,
    async makePool(PoolName) {
      const keys = ['DefineAuthChallenge', 'CreateAuthChallenge', 'VerifyAuthChallengeResponse']
      const LambdaConfig = Object.fromEntries(keys.map((key) => [key, FunctionArn]))
      const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName, LambdaConfig }))
      const poolId = UserPool?.Id ?? ''
      const { UserPoolClient } = await cognito.send(
        new CreateUserPoolClientCommand({
          ...{ UserPoolId: poolId, ClientName: 'team', PreventUserExistenceErrors: 'ENABLED' },
          ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        }),
      )
      sandbox.clock.advance(600_000)
      return { poolId, clientId: UserPoolClient?.ClientId ?? '' }
    },
    close() {
      for (const client of [cognito, lambda, iam]) client.destroy()
    },
  }
}
