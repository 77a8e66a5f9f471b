// A stage on a pool of somebody else's, on ministack, which nobody here wrote: borrowed, signed in to, given back.
import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { raw } from '../../src/aws/raw.ts'
import { answerChallenge, startSignIn } from '../../src/aws/sign-in.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { type Ministack, startMinistack } from './ministack.ts'
import { temporaryFolder } from './program.ts'
import { type Tool, toolIn } from './tool.ts'

const email = 'someone@example.com'
const phone = '+15550100001'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
/** Only its SendZen and inbox are used. */
let sendzen: Sandbox
let ministack: Ministack
let cognito: CognitoIdentityProviderClient
let tool: Tool
let poolId = ''
let clientId = ''

beforeAll(async () => {
  folder = await temporaryFolder()
  ;[sendzen, ministack] = await Promise.all([startSandbox(), startMinistack(folder.path)])
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
  tool = toolIn({
    env: { ...sendzen.env(), ...keys, AWS_ENDPOINT_URL: ministack.endpoint },
    cwd: folder.path,
  })
  cognito = new CognitoIdentityProviderClient({
    endpoint: ministack.endpoint,
    region: sendzen.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({
      PoolName: 'customers',
      UsernameAttributes: ['email'],
      UserPoolTags: { team: 'shop' },
      Policies: { PasswordPolicy: { MinimumLength: 12 } },
    }),
  )
  poolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({ UserPoolId: poolId, ClientName: 'shop' }),
  )
  clientId = UserPoolClient?.ClientId ?? ''
  const UserAttributes = Object.entries({
    email,
    email_verified: 'true',
    phone_number: phone,
    phone_number_verified: 'true',
  }).map(([Name, Value]) => ({ Name, Value }))
  await cognito.send(
    new AdminCreateUserCommand({
      UserPoolId: poolId,
      Username: email,
      UserAttributes,
      MessageAction: 'SUPPRESS',
    }),
  )
})

afterAll(async () => {
  cognito?.destroy()
  await ministack?.close()
  await sendzen?.close()
  await folder?.remove()
})

/**
 * The pool, but for what Cognito counts and dates by itself, and the client that was there. Of a temporary password's
 * life ministack keeps the member that AWS has replaced, gives and does not take back: it is left out.
 */
async function look() {
  const [pool, client] = await Promise.all([
    cognito.send(raw(new DescribeUserPoolCommand({ UserPoolId: poolId }))),
    cognito.send(new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: clientId })),
  ])
  const {
    LastModifiedDate: _modified,
    EstimatedNumberOfUsers: _users,
    LambdaConfig: called = {},
    AdminCreateUserConfig,
    ...rest
  } = pool.UserPool ?? {}
  const { UnusedAccountValidityDays: _days, ...adminCreate } = AdminCreateUserConfig ?? {}
  return { called, rest, adminCreate, client: client.UserPoolClient }
}

it('borrows a pool, signs its user in by what the pool calls him, and gives it back', async () => {
  const before = await look()
  const deployed = await tool(`deploy --stage peer --no-verify --user-pool ${poolId}`)
  expect(deployed.status, deployed.stderr).toBe(0)
  const during = await look()
  expect(Object.keys(during.called).sort()).toEqual([
    'CreateAuthChallenge',
    'DefineAuthChallenge',
    'VerifyAuthChallengeResponse',
  ])
  expect({ ...during, called: {} }).toEqual({ ...before, called: {} })
  expect((await tool('deploy --stage peer --no-verify')).changes).toEqual([])

  const client = { clientId: deployed.report.outputs.loginClientId }
  const asked = await startSignIn(cognito, client, email)
  if (asked.kind !== 'challenge') throw new Error('tokens came instead of a challenge')
  const { code } = sendzen.inbox.list(phone).at(-1) ?? { code: '' }
  expect((await answerChallenge(cognito, client, asked, code)).kind).toBe('tokens')

  const gone = await tool('destroy --stage peer --yes')
  expect(gone.status, gone.stderr).toBe(0)
  expect(await look()).toEqual(before)
})
