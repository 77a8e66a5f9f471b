// What doctor finds of a stage: its caps, its clients, and what was changed or removed by hand.
import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { DeleteFunctionCommand, RemovePermissionCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Clients, createClients } from '../../../src/aws/clients.ts'
import { names } from '../../../src/names.ts'
import { readRecordHave } from '../../../src/resources/stage-record.ts'
import { startWithStage } from '../../cli/scene.ts'
import { screenOf, type Terminal } from '../../cli/terminal.ts'
import { ailments } from './ailments.ts'

let terminal: Terminal
let clients: Clients
beforeAll(async () => {
  terminal = await startWithStage()
  clients = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
})
afterAll(() => terminal.close())

describe('doctor on a stage', () => {
  it('finds caps that are used up, or nearly', async () => {
    const { record } = await stage(terminal)
    const iso = new Date(terminal.clock.now()).toISOString()
    const sent = async (day: number) => {
      const Item = {
        pk: { S: `G#${record.userPoolId}#${iso.slice(0, 10).replaceAll('-', '')}` },
        sd: { N: String(day) },
        [`s${iso.slice(11, 13)}`]: { N: '5' },
      }
      await clients.dynamodb.send(new PutItemCommand({ TableName: names.table('dev'), Item }))
      return (await ailments(terminal)).ill.quotas
    }
    expect(await sent(10)).toBe(undefined)
    expect(await sent(800)).toMatch(/^warn: .*800 of 1000 today/)
    expect(await sent(950)).toMatch(/^warn: .*only known devices/)
    expect(await sent(1000)).toMatch(/^fail: .*nothing more is sent/)
    await sent(0)
  })

  it('finds a session that is shorter than the code', async () => {
    const { record } = await stage(terminal)
    const { cognito } = clients
    await cognito.send(
      new UpdateUserPoolClientCommand({
        UserPoolId: record.userPoolId,
        ClientId: record.loginClientId,
        AuthSessionValidity: 3,
        ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      }),
    )
    const { code, ill } = await ailments(terminal)
    expect(code).toBe(1)
    expect(ill.session).toMatchInlineSnapshot(
      `"fail: codes live 5 min, but a session of the login client: 3 min"`,
    )
    expect(ill['resource.user-pool-client:login']).toContain('authSessionMinutes is 3, not 7')
    await repair(terminal)
  })

  it('finds a trigger that the pool does not call', async () => {
    const { record } = await stage(terminal)
    await unwire(clients.cognito, record.userPoolId)
    const { code, ill } = await ailments(terminal)
    expect(code).toBe(1)
    expect(ill.wiring).toMatchInlineSnapshot(`"fail: verifyAuthChallenge: it calls nothing"`)
    await repair(terminal)
  })

  it('finds a permission that was taken away, and a function that is gone', async () => {
    const { lambda } = clients
    const FunctionName = names.function('dev', 'createAuthChallenge')
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: names.permission }))
    const { code, ill } = await ailments(terminal)
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "resource.permission:createAuthChallenge": "fail: is missing",
          "verdict": "fail: permission whatsapp-otp-dev-createAuthChallenge/whatsapp-otp-cognito is missing",
          "works": "fail: does not hold: Cognito may invoke whatsapp-otp-dev-createAuthChallenge: its policy lacks the statement; a sign-in gets its challenge: CreateAuthChallenge invocation failed due to error AccessDeniedException.",
        },
      ]
    `)
    await lambda.send(new DeleteFunctionCommand({ FunctionName: names.function('dev', 'preSignUp') }))
    expect((await ailments(terminal)).ill['resource.function:preSignUp']).toMatch(/^fail: is missing/)
    expect((await terminal.run('status')).code).toBe(1)
    expect(screenOf(terminal, await terminal.run('stages'))).toContain(
      'function whatsapp-otp-dev-preSignUp is missing',
    )
    await repair(terminal)
  })
})

async function stage(terminal: Terminal) {
  const { account, region } = terminal.sandbox
  const place = { stage: 'dev', account, region, partition: 'aws' }
  return { record: (await readRecordHave({ ...clients, place }))!.record }
}

/** A deploy puts everything right again; the remedy that doctor names. */
async function repair(terminal: Terminal): Promise<void> {
  expect((await terminal.run('deploy --no-verify')).code).toBe(0)
  expect((await ailments(terminal)).ill).toEqual({})
}

async function unwire(cognito: CognitoIdentityProviderClient, UserPoolId: string): Promise<void> {
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }))
  const { VerifyAuthChallengeResponse: _, ...LambdaConfig } = UserPool?.LambdaConfig ?? {}
  await cognito.send(
    new UpdateUserPoolCommand({
      UserPoolId,
      LambdaConfig,
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
      ...(UserPool?.UserPoolTags ? { UserPoolTags: UserPool.UserPoolTags } : {}),
    }),
  )
}
