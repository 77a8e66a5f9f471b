// The zips that are uploaded, unpacked by another program and driven through a sign-in, each in a process of
// the Node that Lambda runs them on.

import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AdminGetUserCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signUp } from '../../src/aws/sign-in.ts'
import { type Trigger, triggerNames } from '../../src/names.ts'
import { keysOf } from '../sandbox/lambda/signed.ts'
import { programs, root, run, temporaryFolder } from './program.ts'
import { deployIntoSandbox, type SandboxStage, wrongCode } from './sandbox-stage.ts'

const phone = '+15550100001'
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let stage: SandboxStage
let lambda: LambdaClient
let user: { userName: string; userAttributes: Record<string, string> }

/** Loads the handler as Lambda does, invokes it once, and prints what it answers below its log lines. */
const host = `
const { handler } = await import(process.argv[2])
const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 5000 }
const { response } = await handler(JSON.parse(process.argv[3]), context)
process.stdout.write('\\n' + JSON.stringify({ node: process.version, response }))
`

beforeAll(async () => {
  ;[folder, stage] = await Promise.all([temporaryFolder(), deployIntoSandbox()])
  const sdk = {
    endpoint: stage.sandbox.endpoint,
    region: stage.sandbox.region,
    credentials: keysOf(stage.sandbox),
  }
  lambda = new LambdaClient(sdk)
  await writeFile(join(folder.path, 'host.mjs'), host)
  const start = { env: {}, cwd: folder.path }
  for (const trigger of triggerNames) {
    const zip = join(root, 'dist/triggers', `${trigger}.zip`)
    const { status, stderr } = await run('python3', ['-m', 'zipfile', '-e', zip, trigger], start)
    expect(status, stderr).toBe(0)
  }
  const cognito = new CognitoIdentityProviderClient(sdk)
  await signUp(cognito, { clientId: stage.ids.signupClientId }, phone)
  const found = await cognito.send(
    new AdminGetUserCommand({ UserPoolId: stage.ids.userPoolId, Username: phone }),
  )
  const attributes = (found.UserAttributes ?? []).map(({ Name, Value }) => [Name, Value])
  user = { userName: found.Username ?? '', userAttributes: Object.fromEntries(attributes) }
  cognito.destroy()
})
afterAll(async () => {
  lambda?.destroy()
  await stage?.close()
  await folder?.remove()
})

type Response = Record<string, unknown>

/** One invocation in a process of its own, with the variables that the deployed function has. */
async function invoke(trigger: Trigger, triggerSource: string, request: object): Promise<Response> {
  const FunctionName = `whatsapp-otp-peer-${trigger}`
  const deployed = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
  const event = {
    version: '1',
    region: stage.sandbox.region,
    userPoolId: stage.ids.userPoolId,
    userName: user.userName,
    callerContext: { awsSdkVersion: 'none', clientId: stage.ids.signupClientId },
    triggerSource,
    request: { userAttributes: user.userAttributes, ...request },
    response: {},
  }
  const env = { ...stage.sandbox.env(), ...deployed.Environment?.Variables }
  const args = ['host.mjs', `./${trigger}/index.mjs`, JSON.stringify(event)]
  const ended = await run(programs.node24, args, { env, cwd: folder.path })
  expect(ended).toMatchObject({ status: 0, stderr: '' })
  const answer = JSON.parse(ended.stdout.split('\n').at(-1) ?? '') as { node: string; response: Response }
  expect(answer.node).toMatch(/^v24\./)
  return answer.response
}

const customChallenge = { challengeName: 'CUSTOM_CHALLENGE' }

describe('on Lambda’s Node, the uploaded code', () => {
  let created: {
    publicChallengeParameters: object
    privateChallengeParameters: object
    challengeMetadata: string
  }
  let code: string
  const verify = async (challengeAnswer: string) => {
    const { privateChallengeParameters } = created
    const source = 'VerifyAuthChallengeResponse_Authentication'
    return invoke('verifyAuthChallenge', source, { privateChallengeParameters, challengeAnswer })
  }

  it('confirms a sign-up, and lets it pass', async () => {
    const admitted = await invoke('preSignUp', 'PreSignUp_SignUp', {
      userAttributes: { phone_number: phone },
    })
    expect(admitted).toMatchObject({ autoConfirmUser: true })
    await invoke('postConfirmation', 'PostConfirmation_ConfirmSignUp', {})
  })

  it('asks for a challenge, and sends the code of it', async () => {
    const source = 'DefineAuthChallenge_Authentication'
    expect(await invoke('defineAuthChallenge', source, { session: [] })).toMatchObject({
      ...customChallenge,
      issueTokens: false,
    })
    created = (await invoke('createAuthChallenge', 'CreateAuthChallenge_Authentication', {
      ...customChallenge,
      session: [],
    })) as typeof created
    expect(created.publicChallengeParameters).toMatchObject({ status: 'sent' })
    code = stage.codes(phone).at(-1) ?? ''
    expect(code).toMatch(/^\d{6}$/)
    expect(JSON.stringify(created)).not.toContain(code)
  })

  it('refuses a wrong code and accepts the right one, from new processes that share nothing', async () => {
    expect(await verify(wrongCode(code))).toEqual({ answerCorrect: false })
    expect(await verify(code)).toEqual({ answerCorrect: true })
    expect(await verify(code)).toEqual({ answerCorrect: false })
  })

  it('issues tokens for it', async () => {
    const session = [
      { ...customChallenge, challengeResult: true, challengeMetadata: created.challengeMetadata },
    ]
    const decided = await invoke('defineAuthChallenge', 'DefineAuthChallenge_Authentication', { session })
    expect(decided).toMatchObject({ issueTokens: true, failAuthentication: false })
  })
})

it('are the same bytes where another Node builds them, in another time zone', async () => {
  const copy = join(folder.path, 'checkout')
  for (const part of ['build.mjs', 'notices.mjs', 'package.json', 'src/core', 'triggers']) {
    await cp(join(root, part), join(copy, part), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  const { status, stderr } = await run(programs.node24, ['build.mjs', 'triggers'], {
    env: { TZ: 'Asia/Tokyo' },
    cwd: copy,
  })
  expect(status, stderr).toBe(0)
  const manifestIn = (from: string) => readFile(join(from, 'dist/triggers/manifest.json'), 'utf8')
  expect(await manifestIn(copy)).toBe(await manifestIn(root))
})
