// Part chained: what it costs an app of the team's that its trigger is called through ours, in a borrowed pool.
import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { type OpenSandbox, startOpenSandbox } from '../../src/sandbox/server.ts'
import { trust } from '../resources/contract-case.ts'
import { keysOf } from '../sandbox/lambda/signed.ts'
import { zipOf } from '../sandbox/lambda/zip.ts'
import type { Part } from './part.ts'
import { openWorkspace } from './program.ts'
import { interleave, quantile, spreadOf, timed } from './samples.ts'

/** Ends each sign-in at once, so that one trigger is called for it and nothing else is. */
const theirDefine = `export const handler = async (event) => ({ ...event,
  response: { issueTokens: false, failAuthentication: true } })`

export const chained: Part = async ({ samples }) => {
  const [sandbox, workspace] = await Promise.all([startOpenSandbox(), openWorkspace()])
  const theirs = await openTeam(sandbox)
  try {
    const direct = await theirs.makePool('direct')
    const borrowed = await theirs.makePool('borrowed')
    const env = { ...sandbox.env(), USER_POOL_ID: borrowed.poolId }
    await workspace.tool('deploy --stage bench --json', env)
    const sides = { direct: () => timed(direct.begin), chained: () => timed(borrowed.begin) }
    await interleave(20, sides)
    const taken = await interleave(samples(300), sides)
    const row = (what: string, of: (values: readonly number[]) => number) => ({
      ...{ part: 'chained', what, unit: 'ms', value: of(taken.chained) },
      floor: { what: 'called directly', value: of(taken.direct) },
    })
    return [
      {
        ...{ part: 'chained', what: 'a trigger of others, called through ours', unit: 'ms' },
        value: spreadOf(taken.chained),
        floor: { what: 'called directly', value: spreadOf(taken.direct) },
      },
      row('the same, p99', (values) => quantile(values, 0.99)),
    ]
  } finally {
    theirs.close()
    await sandbox.close()
    await workspace.remove()
  }
}

/** A team with a function, and with pools that call it. */
async function openTeam(sandbox: OpenSandbox) {
  const { endpoint, region } = sandbox
  const options = { endpoint, region, credentials: keysOf(sandbox) }
  const cognito = new CognitoIdentityProviderClient(options)
  const lambda = new LambdaClient(options)
  const iam = new IAMClient(options)
  const AssumeRolePolicyDocument = trust('lambda.amazonaws.com')
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'team', AssumeRolePolicyDocument }))
  sandbox.clock.advance(60_000)
  const FunctionName = 'team-define'
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName, Role: Role?.Arn, Runtime: 'nodejs24.x', Handler: 'index.handler', MemorySize: 512 },
      Code: { ZipFile: await zipOf({ 'index.mjs': theirDefine }) },
    }),
  )
  await lambda.send(
    new AddPermissionCommand({
      ...{ FunctionName, StatementId: 'cognito', Action: 'lambda:InvokeFunction' },
      Principal: 'cognito-idp.amazonaws.com',
    }),
  )
  return {
    async makePool(PoolName: string) {
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
      const begin = new InitiateAuthCommand({
        ...{ ClientId: UserPoolClient?.ClientId, AuthFlow: 'CUSTOM_AUTH' },
        AuthParameters: { USERNAME: 'nobody' },
      })
      return {
        poolId,
        begin: () =>
          cognito.send(begin).then(
            () => Promise.reject(new Error('a sign-in was not ended')),
            (error: Error) => {
              if (error.name !== 'NotAuthorizedException') throw error
            },
          ),
      }
    },
    close() {
      for (const client of [cognito, lambda, iam]) client.destroy()
    },
  }
}
