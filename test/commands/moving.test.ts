// A stage that an older version has made: what each command says of it, and the deploy that moves its secrets.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Aws, createClients } from '../../src/aws/clients.ts'
import { systemClock } from '../../src/clock.ts'
import { screen, signIn, startWithStage } from '../cli/scene.ts'
import type { Terminal } from '../cli/terminal.ts'
import { type FormerDocument, makeFormer, putFormer } from '../resources/former.ts'

let terminal: Terminal
let aws: Aws
let document: FormerDocument
const phone = '+15550100001'
beforeAll(async () => {
  terminal = await startWithStage()
  expect((await signIn(terminal, phone)).code).toBe(0)
  const { account, region } = terminal.sandbox
  const place = { stage: 'dev', account, region, partition: 'aws' }
  const clients = createClients({ env: terminal.sandbox.env(), region })
  aws = { ...clients, place, clock: systemClock } as Aws
  document = await makeFormer(aws)
})
afterAll(() => terminal.close())

it('status calls nothing missing that is only elsewhere', async () => {
  const { stdout } = await terminal.run('status')
  expect(stdout).toContain('! master key /whatsapp-otp-functions/dev/master-key: not moved yet')
  expect(stdout).toContain('! provider key /whatsapp-otp-functions/dev/provider-key: not moved yet')
  expect(stdout).toContain('! secrets /whatsapp-otp/dev/secrets: left over')
})

it('doctor names it, and the deploy that moves it', async () => {
  const { stdout } = await terminal.run('doctor')
  expect(stdout).toMatch(/! master key \S+: is still kept where an older version has put it/)
  expect(stdout).toMatch(/! secrets \S+: is left of an older version/)
  expect(stdout).not.toMatch(/(master|provider) key \S+: is missing/)
})

it('users and test-send go by what it has', async () => {
  const env = { SENDZEN_API_KEY: undefined }
  expect(JSON.parse((await terminal.run(`users show ${phone} --json`)).stdout)).toMatchObject({
    user: { counters: { sendsLastHour: 1 } },
  })
  expect((await terminal.run('test-send +15550100002', { env })).code).toBe(0)
})

it('rotate-key is refused until it has moved', async () => {
  const key = terminal.sandbox.env().SENDZEN_API_KEY
  await putFormer(aws, { ...document, sendzenApiKey: 'sz_live_revoked' })
  for (const line of ['rotate-key --master', 'rotate-key --stdin']) {
    const { code, writes, stderr } = await terminal.run(line, { stdin: `${key}\n` })
    expect([code, writes.filter((write) => !write.startsWith('dynamodb:'))]).toEqual([1, []])
    expect(stderr).toContain('still lie where an older version kept them')
    expect(stderr).toContain('Next  whatsapp-otp deploy --stage dev')
  }
  await putFormer(aws, document)
})

it('deploy shows the move and makes it, without a key at hand; then all is well', async () => {
  const env = { SENDZEN_API_KEY: undefined }
  const plan = await screen(terminal, 'plan', { env })
  expect(plan.replaceAll(/code: .*/g, 'code: <another>')).toMatchInlineSnapshot(`
    "exit 0
    --- stdout
    + create  master key  /whatsapp-otp-functions/dev/master-key
        content: (none) → (as in /whatsapp-otp/dev/secrets)
    + create  provider key  /whatsapp-otp-functions/dev/provider-key
        content: (none) → (as in /whatsapp-otp/dev/secrets)
    + create  findings  /whatsapp-otp-functions/dev/findings
    + create  brake  /whatsapp-otp-functions/dev/brake
    - delete  secrets  /whatsapp-otp/dev/secrets
    ~ update  role policy preSignUp  whatsapp-otp-dev-us-east-1-preSignUp/whatsapp-otp
        statements: logs:CreateLogStream,logs:PutLogEvents → logs:CreateLogStream,logs:PutLogEvents,dynamodb:PutItem,dynamodb:UpdateItem,ssm:GetParameters,cognito-idp:AdminGetUser
    ~ update  role policy createAuthChallenge  whatsapp-otp-dev-us-east-1-createAuthChallenge/whatsapp-otp
        statements: logs:CreateLogStream,logs:PutLogEvents,dynamodb:GetItem,dynamodb:PutItem,dynamodb:UpdateItem,ssm:GetParameter → logs:CreateLogStream,logs:PutLogEvents,dynamodb:GetItem,dynamodb:PutItem,dynamodb:UpdateItem,ssm:GetParameters,ssm:GetParameter
    ~ update  role policy verifyAuthChallenge  whatsapp-otp-dev-us-east-1-verifyAuthChallenge/whatsapp-otp
        statements: logs:CreateLogStream,logs:PutLogEvents,dynamodb:GetItem,dynamodb:PutItem,cognito-idp:AdminUpdateUserAttributes,ssm:GetParameter → logs:CreateLogStream,logs:PutLogEvents,dynamodb:GetItem,dynamodb:PutItem,ssm:GetParameters,ssm:GetParameter,cognito-idp:AdminUpdateUserAttributes,cognito-idp:AdminDeleteUserAttributes,cognito-idp:AdminSetUserPassword,cognito-idp:AdminUserGlobalSignOut,cognito-idp:AdminGetUser,cognito-idp:AdminDisableUser
    ~ update  function preSignUp  whatsapp-otp-dev-preSignUp
        environment.TABLE_NAME: (none) → whatsapp-otp-dev
        environment.SIGNUP_ATTRIBUTES: (none) → none
        environment.POOL_SIGNUPS_PER_HOUR: (none) → 100
        environment.POOL_SIGNUPS_PER_DAY: (none) → 500
        code: <another>
    ~ update  function createAuthChallenge  whatsapp-otp-dev-createAuthChallenge
        environment.MASTER_KEY_PARAMETER: (none) → /whatsapp-otp-functions/dev/master-key
        environment.FINDINGS_PARAMETER: (none) → /whatsapp-otp-functions/dev/findings
        environment.PROVIDER_KEY_PARAMETER: (none) → /whatsapp-otp-functions/dev/provider-key
        code: <another>
    ~ update  function verifyAuthChallenge  whatsapp-otp-dev-verifyAuthChallenge
        environment.MASTER_KEY_PARAMETER: (none) → /whatsapp-otp-functions/dev/master-key
        environment.FINDINGS_PARAMETER: (none) → /whatsapp-otp-functions/dev/findings
        environment.SIGNUP_ATTRIBUTES: (none) → none
        code: <another>

    Plan: 4 to create, 6 to update, 1 to delete, 24 unchanged
    --- stderr
    AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
    ✓ Find the account  <duration>
    account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
    ✓ Read the stage  <duration>
    "
  `)
  expect((await terminal.run('deploy', { env })).code).toBe(0)
  expect((await terminal.run('status')).stdout).not.toMatch(/not moved|left over|missing/)
  expect((await signIn(terminal, '+15550100003')).code).toBe(0)
})
