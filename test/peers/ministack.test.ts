// The life of a stage on ministack, an AWS emulator that nobody here wrote: the built CLI provisions it, the
// triggers run there on Lambda's Node, and codes go out through the SendZen API of the sandbox.

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  LambdaClient,
  RemovePermissionCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerChallenge, type Round, resendCode, signUp, startSignIn } from '../../src/aws/sign-in.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { differences } from './differences.ts'
import { leftovers } from './leftovers.ts'
import { type Ministack, startMinistack } from './ministack.ts'
import { type Start, temporaryFolder } from './program.ts'
import { type Recorder, startRecorder } from './recorder.ts'
import { killTool, type Report, type Tool, toolIn } from './tool.ts'

const stage = 'peer'
const deploy = `deploy --stage ${stage} --no-verify`
const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }

let folder: Awaited<ReturnType<typeof temporaryFolder>>
/** Only its SendZen and inbox are used. */
let sendzen: Sandbox
let ministack: Ministack
let recorder: Recorder
let start: Start
let tool: Tool
let outputs: Report['outputs']
let cognito: CognitoIdentityProviderClient

const sdk = () => ({
  endpoint: ministack.endpoint,
  region: sendzen.region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
})

beforeAll(async () => {
  folder = await temporaryFolder()
  ;[sendzen, ministack] = await Promise.all([startSandbox(), startMinistack(folder.path)])
  recorder = await startRecorder(ministack.endpoint)
  const env = { ...sendzen.env(), ...credentials, AWS_ENDPOINT_URL: recorder.endpoint }
  start = { env: { ...env, RESEND_COOLDOWN_SECONDS: '1', MAX_LOGIN_ATTEMPTS: '2' }, cwd: folder.path }
  tool = toolIn(start)
  cognito = new CognitoIdentityProviderClient(sdk())
})

afterAll(async () => {
  cognito?.destroy()
  await recorder?.close()
  await ministack?.close()
  await sendzen?.close()
  await folder?.remove()
})

describe('deploying', () => {
  it('creates every resource of the stage', async () => {
    const { status, report, stderr } = await tool(deploy)
    expect(status, stderr).toBe(0)
    expect(report.steps.map((step) => step.action)).toEqual(report.steps.map(() => 'create'))
    expect(report.steps.every((step) => step.status === 'done')).toBe(true)
    outputs = report.outputs
    expect(outputs.userPoolId).toMatch(/^us-east-1_/)
  })

  it('changes nothing the second time: not one call writes', async () => {
    recorder.clear()
    const { status, changes } = await tool(deploy)
    expect({ status, changes, writes: recorder.writes() }).toEqual({ status: 0, changes: [], writes: [] })
    expect(recorder.calls.length).toBeGreaterThan(0)
  })

  it('updates what a setting changes, and only that', async () => {
    recorder.clear()
    const { status, changes } = await tool(`${deploy} --otp-expiry-minutes 4 --log-retention-days 7`)
    expect(status).toBe(0)
    const kinds = changes.map((step) => `${step.action} ${step.kind}`)
    expect(new Set(kinds)).toEqual(
      new Set(['update function', 'update log-group', 'update user-pool-client', 'update record']),
    )
    expect(recorder.calls.filter((call) => call.startsWith('Create'))).toEqual([])
    expect((await tool(deploy)).changes).toEqual([])
  })

  it('repairs what somebody changed by hand', async () => {
    const name = (trigger: string) => `whatsapp-otp-${stage}-${trigger}`
    const lambda = new LambdaClient(sdk())
    const logs = new CloudWatchLogsClient(sdk())
    await Promise.all([
      lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: name('createAuthChallenge'), Timeout: 30 }),
      ),
      lambda.send(
        new RemovePermissionCommand({
          FunctionName: name('verifyAuthChallenge'),
          StatementId: 'whatsapp-otp-cognito',
        }),
      ),
      logs.send(
        new PutRetentionPolicyCommand({
          logGroupName: `/aws/lambda/${name('preSignUp')}`,
          retentionInDays: 365,
        }),
      ),
      cognito.send(
        new UpdateUserPoolClientCommand({
          UserPoolId: outputs.userPoolId,
          ClientId: outputs.loginClientId,
          ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH'],
        }),
      ),
    ])
    const { status, changes } = await tool(deploy)
    expect(status).toBe(0)
    expect(changes.map((step) => `${step.action} ${step.kind} ${step.fields.join()}`).sort()).toEqual([
      'create permission ',
      'update function timeout',
      'update log-group retentionDays',
      'update user-pool-client authFlows',
    ])
    expect((await tool(deploy)).changes).toEqual([])
    lambda.destroy()
    logs.destroy()
  })
})

describe('alarms', () => {
  const alarmKinds = ['alarm', 'alarm-topic', 'dashboard']
  const on = `${deploy} --alarms true --alarm-email ops@example.com`
  const kindsOf = async (command: string) => {
    const { status, changes, stderr } = await tool(command)
    expect(status, stderr).toBe(0)
    return changes
      .filter(({ kind }) => alarmKinds.includes(kind))
      .map(({ action, kind }) => `${action} ${kind}`)
  }

  it('are made, differ only by what ministack does not keep, and are removed', async () => {
    expect(new Set(await kindsOf(on))).toEqual(new Set(alarmKinds.map((kind) => `create ${kind}`)))
    // It drops the `Metrics` of an alarm, so that each deploy puts them again. AWS keeps them.
    const { changes } = await tool(deploy)
    expect(new Set(changes.map(({ kind, fields }) => `${kind} ${fields}`))).toEqual(
      new Set(['alarm metrics']),
    )
    expect(new Set(await kindsOf(`${deploy} --alarms false`))).toEqual(
      new Set(alarmKinds.map((kind) => `delete ${kind}`)),
    )
    expect((await tool(deploy)).changes).toEqual([])
  })
})

type Challenge = Extract<Round, { kind: 'challenge' }>

function challenge(round: Round): Challenge {
  if (round.kind !== 'challenge') throw new Error('tokens came instead of a challenge')
  return round
}
const begin = async (clientId: string, phone: string) =>
  challenge(await startSignIn(cognito, { clientId }, phone))
const codesFor = (phone: string) => sendzen.inbox.list(phone).map((message) => message.code)
const wrongCode = (code: string) => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0')
const claimsOf = (token = '') =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>

describe('signing up and in', () => {
  const phone = '+15550100001'

  it('creates a user on the signup client, and none on the login client', async () => {
    expect(await signUp(cognito, { clientId: outputs.signupClientId }, phone)).toBe(true)
    expect(await signUp(cognito, { clientId: outputs.signupClientId }, phone)).toBe(false)
    await expect(signUp(cognito, { clientId: outputs.loginClientId }, '+15550100002')).rejects.toThrow(
      /not accepted/,
    )
  })

  it('refuses numbers of countries that are not allowed', async () => {
    await expect(signUp(cognito, { clientId: outputs.signupClientId }, '+4915112345678')).rejects.toThrow(
      /not accepted/,
    )
  })

  it('sends one code, keeps it over a wrong answer, and gives tokens for it', async () => {
    const client = { clientId: outputs.signupClientId }
    const first = await begin(client.clientId, phone)
    const [code = ''] = codesFor(phone)
    const codeLength = String(code.length)
    expect(first.parameters).toMatchObject({ status: 'sent', codeLength, attemptsLeft: '2' })
    const second = challenge(await answerChallenge(cognito, client, first, wrongCode(code)))
    expect(second.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '1' })
    expect(codesFor(phone)).toEqual([code])
    const last = await answerChallenge(cognito, client, second, code)
    if (last.kind !== 'tokens') throw new Error(`no tokens: ${last.parameters.status}`)
    expect(claimsOf(last.tokens.IdToken)).toMatchObject({
      phone_number: phone,
      phone_number_verified: true,
      'custom:whatsapp_verified': 'true',
      aud: outputs.signupClientId,
    })
    const user = await cognito.send(
      new AdminGetUserCommand({ UserPoolId: outputs.userPoolId, Username: phone }),
    )
    expect(user.UserStatus).toBe('CONFIRMED')
  })

  it('signs the same user in on the login client, where a resend repeats the code', async () => {
    const client = { clientId: outputs.loginClientId }
    await coolDown(client.clientId, phone)
    const before = codesFor(phone).length
    const first = await begin(client.clientId, phone)
    expect(first.parameters.status).toBe('sent')
    expect(challenge(await resendCode(cognito, client, first)).parameters.status).toBe('cooldown')
    await passed(first)
    const resent = challenge(await resendCode(cognito, client, first))
    expect(resent.parameters.status).toBe('sent')
    const [code = '', ...again] = codesFor(phone).slice(before)
    expect(again).toEqual([code])
    expect((await answerChallenge(cognito, client, resent, code)).kind).toBe('tokens')
  })

  it('refuses the right code once the answers to it are used up', async () => {
    const client = { clientId: outputs.signupClientId }
    const guessed = '+15550100003'
    await signUp(cognito, client, guessed)
    let round = await begin(client.clientId, guessed)
    const [code = ''] = codesFor(guessed)
    for (const status of ['wrong', 'exhausted']) {
      round = challenge(await answerChallenge(cognito, client, round, wrongCode(code)))
      expect(round.parameters.status).toBe(status)
    }
    // `differences.rounds`: the third answer ends it here, where AWS would give one more challenge.
    await expect(answerChallenge(cognito, client, round, code)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    })
    expect(codesFor(guessed)).toEqual([code])
  })
})

/** The pause between two messages is real time here; a challenge says how much of it is left. */
const passed = ({ parameters }: Challenge) =>
  new Promise((resolve) => setTimeout(resolve, Number(parameters.resendIn) * 1000))

async function coolDown(clientId: string, phone: string): Promise<void> {
  // Nothing has been found out about strangers here, so that a session is not told of the pause.
  await passed(await begin(clientId, phone))
}

describe('ministack differs from AWS, as the table says', () => {
  it.each(Object.entries(differences))('%s', async (_name, difference) => {
    const phone = '+15550100005'
    await signUp(cognito, { clientId: outputs.signupClientId }, phone)
    const { userPoolId, signupClientId } = outputs
    const cloudwatch = new CloudWatchClient(sdk())
    const subject = { cognito, cloudwatch, userPoolId, clientId: signupClientId, phone }
    const holds = await difference.holds(subject)
    expect(holds, `no longer true: ${difference.ministack}`).toBe(true)
  })
})

describe('a deploy that is killed', () => {
  it('is finished by the next one', async () => {
    const line = 'deploy --stage killed --no-verify'
    expect(await killTool(start, line, recorder.next('CreateUserPoolClient'))).toBe('SIGKILL')
    const { status, report } = await tool(line)
    expect(status).toBe(0)
    expect(report.steps.filter((step) => step.action === 'keep').length).toBeGreaterThan(0)
    expect((await tool(line)).changes).toEqual([])
    expect((await tool('destroy --stage killed --yes')).status).toBe(0)
    expect(await leftovers(start, 'killed')).toEqual([])
  })
})

describe('a stage with reports, alarms and SMS', () => {
  it('is made, found unchanged, and removed without a trace', { timeout: 240_000 }, async () => {
    const everything = {
      DELIVERY_WEBHOOK: 'true',
      SMS_FALLBACK: 'true',
      SMS_ORIGINATION_NUMBER: '+12065550100',
      ALARMS: 'true',
      ALARM_EMAIL: 'ops@example.org',
    }
    const whole = toolIn({ ...start, env: { ...start.env, ...everything } })
    const line = 'deploy --stage whole --no-verify'
    const made = await whole(line)
    expect(made.status, made.stderr).toBe(0)
    expect(made.changes.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['queue', 'event-source', 'function-url', 'alarm-topic', 'dashboard']),
    )
    // `differences.alarmMetrics`: those alone are written again.
    expect((await whole(line)).changes.filter(({ kind }) => kind !== 'alarm')).toEqual([])
    const gone = await whole('destroy --stage whole --yes')
    expect(gone.status, gone.stderr).toBe(0)
    expect(await leftovers(start, 'whole')).toEqual([])
  })
})

describe('destroying', () => {
  it('removes everything, as the AWS CLI confirms', async () => {
    expect(await leftovers(start, stage)).toHaveLength(5 + 5 + 5 + 1 + 5 + 1)
    const { status, changes } = await tool(`destroy --stage ${stage} --yes`)
    expect(status).toBe(0)
    expect(changes.every((step) => step.action === 'delete' && step.status === 'done')).toBe(true)
    expect(await leftovers(start, stage)).toEqual([])
  })

  it('finds nothing the second time, and says so', async () => {
    recorder.clear()
    const { status, report } = await tool(`destroy --stage ${stage} --yes`)
    expect(status).toBe(1)
    expect(report.error?.code).toBe('STAGE_NOT_FOUND')
    expect(recorder.writes()).toEqual([])
  })
})
