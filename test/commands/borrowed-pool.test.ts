// A stage on a pool of somebody else's: deployed, looked at and given back, and nothing of the pool is changed but what
// its triggers call.
import {
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  ListUserPoolClientsCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { AddPermissionCommand, CreateFunctionCommand, DeleteFunctionCommand } from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AwsClients, createClients } from '../../src/aws/clients.ts'
import { raw } from '../../src/aws/raw.ts'
import { documentOf, Terminal } from '../cli/terminal.ts'
import { zipOf } from '../sandbox/lambda/zip.ts'

let terminal: Terminal
let aws: AwsClients
let poolId = ''
let clientId = ''

beforeEach(async () => {
  terminal = await Terminal.start()
  aws = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
  const { UserPool } = await aws.cognito.send(
    new CreateUserPoolCommand({
      PoolName: 'customers',
      UsernameAttributes: ['email'],
      MfaConfiguration: 'OFF',
      UserPoolTags: { team: 'shop' },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    }),
  )
  poolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await aws.cognito.send(
    new CreateUserPoolClientCommand({ UserPoolId: poolId, ClientName: 'shop' }),
  )
  clientId = UserPoolClient?.ClientId ?? ''
  terminal.sandbox.clock.advance(600_000)
})
afterEach(() => terminal.close())

const describePool = async () => {
  const { UserPool } = await aws.cognito.send(raw(new DescribeUserPoolCommand({ UserPoolId: poolId })))
  const { LastModifiedDate: _, ...pool } = UserPool ?? {}
  return pool
}
const describeClient = () =>
  aws.cognito
    .send(new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: clientId }))
    .then(({ UserPoolClient }) => UserPoolClient)

const clientNames = async () => {
  const { UserPoolClients = [] } = await aws.cognito.send(
    new ListUserPoolClientsCommand({ UserPoolId: poolId, MaxResults: 60 }),
  )
  return UserPoolClients.map(({ ClientName }) => ClientName).sort()
}

const borrow = (more = '') => terminal.run(`deploy --yes --user-pool ${poolId} ${more}`)

/** A function of the team's own, which Cognito may call. */
async function makeFunction(name: string): Promise<string> {
  const { FunctionArn = '' } = await aws.lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${terminal.sandbox.account}:role/team`,
      Code: { ZipFile: await zipOf({ 'index.mjs': 'export const handler = async (event) => event' }) },
    }),
  )
  await aws.lambda.send(
    new AddPermissionCommand({
      FunctionName: name,
      StatementId: 'cognito',
      Action: 'lambda:InvokeFunction',
      Principal: 'cognito-idp.amazonaws.com',
    }),
  )
  return FunctionArn
}

const setTriggers = async (LambdaConfig: Record<string, string>) =>
  aws.cognito.send(
    new UpdateUserPoolCommand({
      UserPoolId: poolId,
      UserPoolTags: { team: 'shop' },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      LambdaConfig,
    }),
  )

describe('a life on a borrowed pool', () => {
  it('writes three triggers and gives them back, and touches nothing else', async () => {
    const before = await describePool()
    const client = await describeClient()
    const deployed = await borrow()
    expect([deployed.code, deployed.stderr]).toEqual([0, expect.stringContaining('user pool triggers') as unknown])
    const during = await describePool()
    expect(Object.keys(during.LambdaConfig ?? {}).sort()).toEqual([
      'CreateAuthChallenge',
      'DefineAuthChallenge',
      'VerifyAuthChallengeResponse',
    ])
    expect({ ...during, LambdaConfig: undefined }).toEqual({ ...before, LambdaConfig: undefined })
    expect(await clientNames()).toEqual(['shop', 'whatsapp-otp-dev-login'])
    expect((await terminal.run('plan --detailed-exitcode')).code).toBe(0)
    expect((await terminal.run('status')).code).toBe(0)

    const gone = await terminal.run('destroy --stage dev --yes')
    expect(gone.code).toBe(0)
    expect(await describePool()).toEqual(before)
    expect(await describeClient()).toEqual(client)
    expect(await clientNames()).toEqual(['shop'])
  })
})
