// A stage on a pool of somebody else's: deployed, looked at and given back, and nothing of the pool is changed but what
// its triggers call.
import {
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  ListUserPoolClientsCommand,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { CreateRoleCommand, GetRoleCommand, GetRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
} from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Clients, createClients } from '../../src/aws/clients.ts'
import { raw } from '../../src/aws/raw.ts'
import { documentOf, Terminal } from '../cli/terminal.ts'
import { zipOf } from '../sandbox/lambda/zip.ts'

let terminal: Terminal
let aws: Clients
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

/** For functions of the team's own. */
async function teamsRole(): Promise<string> {
  const RoleName = 'team'
  const known = await aws.iam.send(new GetRoleCommand({ RoleName })).catch(() => undefined)
  if (known?.Role?.Arn) return known.Role.Arn
  const trusted = {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trusted] })
  const made = await aws.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  terminal.sandbox.clock.advance(60_000)
  return made.Role?.Arn ?? ''
}

/** A function of the team's own, which Cognito may call. */
async function makeFunction(name: string): Promise<string> {
  const Role = await teamsRole()
  const { FunctionArn = '' } = await aws.lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role,
      Code: { ZipFile: zipOf({ 'index.mjs': 'export const handler = async (event) => event' }) },
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
    expect([deployed.code, deployed.stderr]).toEqual([
      0,
      expect.stringContaining('user pool triggers') as unknown,
    ])
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

describe('what Cognito called before', () => {
  it('is passed on to, by exactly one role, and called again when the stage goes', async () => {
    const former = await makeFunction('team-define')
    await setTriggers({ DefineAuthChallenge: former })
    const before = await describePool()
    expect((await borrow()).code).toBe(0)
    const { Configuration } = await aws.lambda.send(
      new GetFunctionCommand({ FunctionName: 'whatsapp-otp-dev-defineAuthChallenge' }),
    )
    expect(Configuration?.Environment?.Variables?.FORMER_FUNCTION).toBe(former)
    const allowed = await Promise.all(
      ['defineAuthChallenge', 'createAuthChallenge'].map(async (name) => {
        const { PolicyDocument = '' } = await aws.iam.send(
          new GetRolePolicyCommand({
            RoleName: `whatsapp-otp-dev-us-east-1-${name}`,
            PolicyName: 'whatsapp-otp',
          }),
        )
        return decodeURIComponent(PolicyDocument).includes(former)
      }),
    )
    expect(allowed).toEqual([true, false])
    expect((await terminal.run('plan --detailed-exitcode')).code).toBe(0)
    expect((await terminal.run('destroy --stage dev --yes')).code).toBe(0)
    expect(await describePool()).toEqual(before)
  })

  it('is remembered by the functions where a first deploy was cut off before its record', async () => {
    const former = await makeFunction('team-define')
    await setTriggers({ DefineAuthChallenge: former })
    const before = await describePool()
    // Both keys, what was found out and the brake come first.
    terminal.sandbox.faults.add({
      ...{ service: 'ssm', operation: 'PutParameter', kind: 'fail-before', nth: 5, times: 30 },
    })
    expect((await borrow()).code).not.toBe(0)
    terminal.sandbox.faults.clear()
    expect((await describePool()).LambdaConfig).not.toEqual(before.LambdaConfig)
    // Somebody else's pool, or one of its own, would leave this one with functions that are gone.
    for (const line of ['deploy --yes', 'deploy --yes --user-pool us-east-1_another01']) {
      const refused = await terminal.run(line)
      expect([refused.code, refused.writes]).toEqual([expect.any(Number) as unknown, []])
      expect(refused.code).not.toBe(0)
    }
    expect((await terminal.run('destroy --stage dev --yes')).code).toBe(0)
    expect(await describePool()).toEqual(before)
  })

  it('stays where somebody has changed it since', async () => {
    const former = await makeFunction('team-define')
    await setTriggers({ DefineAuthChallenge: former })
    expect((await borrow()).code).toBe(0)
    const { LambdaConfig = {} } = await describePool()
    const other = await makeFunction('team-define-2')
    await setTriggers({ ...(LambdaConfig as Record<string, string>), DefineAuthChallenge: other })
    const status = await terminal.run('status')
    expect(status.code).not.toBe(0)
    expect(status.stdout).toContain('DefineAuthChallenge')
    const again = await terminal.run('deploy --yes')
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('ignore_changes') as unknown])
    expect((await describePool()).LambdaConfig?.DefineAuthChallenge).toBe(other)

    expect((await terminal.run('deploy --yes --take-triggers')).code).toBe(0)
    const { Configuration } = await aws.lambda.send(
      new GetFunctionCommand({ FunctionName: 'whatsapp-otp-dev-defineAuthChallenge' }),
    )
    expect(Configuration?.Environment?.Variables?.FORMER_FUNCTION).toBe(other)
    await setTriggers({ ...(LambdaConfig as Record<string, string>), DefineAuthChallenge: former })
    expect((await terminal.run('destroy --stage dev --yes')).code).toBe(0)
    expect((await describePool()).LambdaConfig).toEqual({ DefineAuthChallenge: former })
  })
})

describe('refused, with nothing changed', () => {
  const refused = async (line: string, code: string) => {
    const before = await describePool()
    const result = await terminal.run(`${line} --json`)
    expect([result.writes, documentOf(result)]).toMatchObject([[], { error: { code } }])
    expect(result.code).not.toBe(0)
    expect(await describePool()).toEqual(before)
    return result.stdout
  }

  it('is a pool that is not there, or not here', async () => {
    expect(await refused('deploy --yes --user-pool us-east-1_nowhere00', 'POOL_NOT_FOUND')).toContain(
      'us-east-1_nowhere00',
    )
    expect(await refused('deploy --yes --user-pool eu-west-1_nowhere00', 'POOL_ELSEWHERE')).toContain(
      '--region eu-west-1',
    )
    await refused('deploy --yes --user-pool customers', 'SETTING_INVALID')
  })

  it('is one that requires MFA', async () => {
    await aws.cognito.send(
      new SetUserPoolMfaConfigCommand({
        UserPoolId: poolId,
        MfaConfiguration: 'ON',
        SoftwareTokenMfaConfiguration: { Enabled: true },
      }),
    )
    expect(await refused(`deploy --yes --user-pool ${poolId}`, 'POOL_REQUIRES_MFA')).toContain(poolId)
  })

  it('is one whose function is gone, or of another account', async () => {
    const former = await makeFunction('team-define')
    await setTriggers({ DefineAuthChallenge: former })
    await aws.lambda.send(new DeleteFunctionCommand({ FunctionName: former }))
    expect(await refused(`deploy --yes --user-pool ${poolId}`, 'FORMER_FUNCTION_GONE')).toContain(former)
  })

  it('is a second stage on it, whichever way round', async () => {
    expect((await borrow()).code).toBe(0)
    const line = `deploy --yes --stage two --user-pool ${poolId}`
    expect(await refused(line, 'POOL_TAKEN')).toContain('«dev»')
  })

  it('is the pool that a stage has made for itself', async () => {
    expect((await terminal.run('deploy --yes --stage own')).code).toBe(0)
    const { outputs } = documentOf(await terminal.run('outputs --json --stage own')) as {
      outputs: { userPoolId: string }
    }
    await refused(`deploy --yes --user-pool ${outputs.userPoolId}`, 'POOL_OF_STAGE')
    expect(await refused(`deploy --yes --stage own --user-pool ${poolId}`, 'POOL_FIXED')).toContain(
      'a pool of its own, for good',
    )
  })

  it('is another pool for a stage that has one', async () => {
    expect((await borrow()).code).toBe(0)
    await refused('deploy --yes --user-pool us-east-1_another01', 'POOL_FIXED')
    await refused('deploy --yes --user-pool none', 'POOL_FIXED')
  })

  it('is sign-up where a user is called by his address', async () => {
    await refused(`deploy --yes --user-pool ${poolId} --sign-up true`, 'POOL_SIGNS_IN_BY_EMAIL')
  })
})
