// Everything that `doctor` can find, provoked: each failure names what is wrong and what to do.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { DeleteFunctionCommand, RemovePermissionCommand } from '@aws-sdk/client-lambda'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Clients, createClients } from '../../src/aws/clients.ts'
import { names } from '../../src/names.ts'
import { documentOf, type Result, type RunOptions, screenOf, Terminal } from './terminal.ts'

interface Finding {
  id: string
  verdict: string
  detail?: string
  remedy?: string
}

let terminal: Terminal
let clients: Clients
const servers: Server[] = []
beforeAll(async () => {
  terminal = await Terminal.start()
  clients = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
})
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})
afterAll(() => terminal.close())

/** Checks that take longer than a second say so; on a slow machine these are others. */
function screenOfDoctor(result: Result): string {
  return screenOf(terminal, result).replace(/ {2}<duration>$/gm, '')
}

/** The findings that did not pass, by their id, and the exit code. Nothing may be changed. */
async function ailments(line = 'doctor', options: RunOptions = {}) {
  const result = await terminal.run(`${line} --json`, options)
  expect(result.writes).toEqual([])
  const { checks, healthy } = documentOf(result) as unknown as { checks: Finding[]; healthy: boolean }
  expect(healthy).toBe(result.code === 0)
  const ill = checks.filter(({ verdict }) => !['pass', 'skip'].includes(verdict))
  for (const { remedy } of ill) expect(remedy).toMatch(/\w/)
  return {
    code: result.code,
    ill: Object.fromEntries(
      ill.map(({ id, verdict, detail }) => [id, `${verdict}: ${terminal.still(detail ?? '')}`]),
    ),
    skipped: checks.filter(({ verdict }) => verdict === 'skip').map(({ id }) => id),
  }
}

/** A server before another one: it answers what the test says, and passes on everything else. */
async function between(
  target: string,
  answer: (path: string) => { status?: number; body: string } | undefined,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const own = answer(request.url ?? '')
    if (own) return void response.writeHead(own.status ?? 200).end(own.body)
    const { authorization = '' } = request.headers
    const passed = await fetch(`${target}${request.url}`, { headers: { authorization } })
    response.writeHead(passed.status).end(await passed.text())
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** SendZen with one answer of its own. */
const sendzenWith = async (path: RegExp, change: (body: string) => string): Promise<RunOptions> => {
  const { endpoint } = terminal.sandbox
  const authorization = `Bearer ${terminal.sandbox.env().SENDZEN_API_KEY}`
  const cache = new Map<string, string>()
  for (const known of ['/v1/waba', `/v1/100000000000001/message_templates?limit=100`]) {
    cache.set(known, await (await fetch(endpoint + known, { headers: { authorization } })).text())
  }
  const url = await between(endpoint, (asked) =>
    path.test(asked) ? { body: change(cache.get(asked) ?? '{}') } : undefined,
  )
  return { env: { SENDZEN_API_URL: `${url}/v1/messages` } }
}

describe('before the first deploy', () => {
  it('checks what there is, and sends the user to init', async () => {
    const result = await terminal.run('doctor')
    expect(result.writes).toEqual([])
    expect(screenOfDoctor(result)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      ✓ Node: <node>
      ✓ credentials: account 123456789012 · us-east-1 · user/developer · emulator at <sandbox>
      ✓ clock: in step with AWS
      ✓ permissions: user/developer may deploy and remove this stage
      ✓ SendZen key: accepted
      ✓ sender: +15550100900 is connected
      ✓ template otp_login (en_US): approved, with a button for the code
      ✓ expiry in the message: 5 min, as codes live
      ! stage: there is no stage «dev» in this account and region yet
          → whatsapp-otp init --stage dev
      --- stderr

      9 checks: 8 passed, 1 to look at, 0 failed, 0 skipped
      "
    `)
  })

  it('says what is missing where nothing is set up', async () => {
    const env = {
      SENDZEN_API_KEY: undefined,
      WHATSAPP_FROM: undefined,
      AWS_ACCESS_KEY_ID: undefined,
      AWS_PROFILE: 'not-there',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    }
    expect(screenOfDoctor(await terminal.run('doctor', { env }))).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      ✓ Node: <node>
      ✖ credentials: There are no usable AWS credentials: Could not load credentials from any providers
          → set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or no account yet? whatsapp-otp demo
      - clock: there are no usable AWS credentials
      - permissions: there are no usable AWS credentials
      ✖ SendZen key: there is none
          → set SENDZEN_API_KEY, or run whatsapp-otp init
      - sender: SendZen cannot be asked
      - template: SendZen cannot be asked
      - stage: there are no usable AWS credentials
      --- stderr

      8 checks: 1 passed, 0 to look at, 2 failed, 5 skipped
      "
    `)
  })
})

describe('with a stage', () => {
  beforeAll(async () => {
    expect((await terminal.run('deploy --no-verify')).code).toBe(0)
  })

  it('finds nothing where nothing is wrong', async () => {
    const result = await terminal.run('doctor')
    expect(screenOfDoctor(result)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      ✓ Node: <node>
      ✓ credentials: account 123456789012 · us-east-1 · user/developer · emulator at <sandbox>
      ✓ clock: in step with AWS
      ✓ permissions: user/developer may deploy and remove this stage
      ✓ SendZen key: accepted
      ✓ sender: +15550100900 is connected
      ✓ template otp_login (en_US): approved, with a button for the code
      ✓ expiry in the message: 5 min, as codes live
      ✓ stage: dev, deployed by version <version>
      ✓ resources: 31 of 31 as wanted
      ✓ pool calls its triggers: all 5
      ✓ sign-in: 11 checks hold
      ✓ session outlives the code: codes live 5 min
      ✓ messages of the stage: 0 of 200 in this hour, 0 of 1000 today (UTC)
      --- stderr

      14 checks: 14 passed, 0 to look at, 0 failed, 0 skipped
      "
    `)
    expect(await ailments()).toEqual({ code: 0, ill: {}, skipped: [] })
  })

  it('finds expired credentials', async () => {
    const sts = await between('', () => ({
      status: 403,
      body: '<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>',
    }))
    const { code, ill, skipped } = await ailments('doctor', { env: { AWS_ENDPOINT_URL_STS: sts } })
    expect(ill.account).toMatchInlineSnapshot(
      `"fail: There are no usable AWS credentials: the credentials have expired"`,
    )
    expect([code, skipped]).toEqual([1, ['clock', 'permissions', 'stage']])
  })

  it('finds a permission that is missing, by its name', async () => {
    const { deployPolicy } = await import('../../src/stage/policy.ts')
    const { account, region } = terminal.sandbox
    const { Statement } = deployPolicy({ stage: 'dev', account, region, partition: 'aws' })
    const allow = (without: string) => [
      ...Statement.map((one) => ({ ...one, Action: one.Action.filter((action) => action !== without) })),
      { Effect: 'Allow' as const, Action: ['iam:SimulatePrincipalPolicy'], Resource: ['*'] },
    ]
    terminal.sandbox.setCallerPolicy({ Version: '2012-10-17', Statement: allow('') })
    expect((await ailments()).ill).toEqual({})
    terminal.sandbox.setCallerPolicy({ Version: '2012-10-17', Statement: allow('lambda:UpdateFunctionCode') })
    const { code, ill } = await ailments()
    terminal.sandbox.setCallerPolicy(undefined)
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "permissions": "fail: user/developer may not call lambda:UpdateFunctionCode",
        },
      ]
    `)
  })

  it('says so where the simulator may not be asked, which is no failure', async () => {
    const allowed = { Effect: 'Allow' as const, Action: ['*'], Resource: ['*'] }
    const denied = { Effect: 'Deny' as const, Action: ['iam:SimulatePrincipalPolicy'], Resource: ['*'] }
    terminal.sandbox.setCallerPolicy({ Version: '2012-10-17', Statement: [allowed, denied] })
    const { code, skipped } = await ailments()
    terminal.sandbox.setCallerPolicy(undefined)
    expect([code, skipped]).toEqual([0, ['permissions']])
  })

  it('finds a clock that is ten minutes off', async () => {
    for (const [off, words] of [
      [600_000, '10 min ahead of AWS'],
      [-600_000, '10 min behind AWS'],
    ] as const) {
      const clock = { ...terminal.clock, now: () => Date.now() + off }
      const { code, ill } = await ailments('doctor', { clock })
      expect(code).toBe(1)
      expect(ill.clock).toContain(words)
    }
  })

  it('warns of a clock that is two minutes off', async () => {
    const clock = { ...terminal.clock, now: () => Date.now() + 120_000 }
    const { code, ill } = await ailments('doctor', { clock })
    expect(code).toBe(0)
    expect(ill.clock).toMatch(/^warn/)
  })

  it('finds a key that SendZen refuses, and never shows it', async () => {
    const options = { env: { SENDZEN_API_KEY: 'sz_live_of-nobody' } }
    const { code, ill, skipped } = await ailments('doctor', options)
    expect(ill).toMatchInlineSnapshot(`
      {
        "sendzen.key": "fail: SendZen refused the API key: it answered 401: the key is wrong, expired, or of another project",
      }
    `)
    expect([code, skipped]).toEqual([1, ['sendzen.sender', 'sendzen.template']])
    expect(JSON.stringify(ill)).not.toContain('of-nobody')
  })

  it('finds an outage of SendZen', async () => {
    terminal.sandbox.sendzen.outage = true
    const { code, ill } = await ailments()
    terminal.sandbox.sendzen.outage = false
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "sendzen.key": "fail: SendZen has an outage or cannot be reached (SendZen has a fault of its own (503)); no code can be sent",
        },
      ]
    `)
  })

  it('finds a sender that is disconnected', async () => {
    const options = await sendzenWith(/waba$/, (body) => body.replace('CONNECTED', 'DISCONNECTED'))
    const { code, ill } = await ailments('doctor', options)
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "sendzen.sender": "fail: +15550100900: it is disconnected",
        },
      ]
    `)
  })

  it('finds a sender that the account lacks', async () => {
    expect((await ailments('doctor --from +4915100000000')).ill).toMatchInlineSnapshot(`
      {
        "sendzen.sender": "fail: the account has no sender +4915100000000; it has +15550100900, +15550100901",
      }
    `)
  })

  it('finds a template that is not approved in one language', async () => {
    const { code, ill } = await ailments('doctor --languages en_US,fr,es')
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "template.fr": "fail: there is none in fr; there is en, en_US, es, pt_BR",
        },
      ]
    `)
    expect((await ailments('doctor --template otp_pending')).ill).toMatchInlineSnapshot(`
      {
        "template.en_US": "fail: it still waits for approval by Meta",
      }
    `)
  })

  it('finds a template without the button for the code', async () => {
    const options = await sendzenWith(/message_templates/, () =>
      JSON.stringify({
        data: [
          {
            name: 'otp_login',
            language: 'en_US',
            status: 'APPROVED',
            category: 'AUTHENTICATION',
            components: [{ type: 'BODY', text: '{{1}}' }],
          },
        ],
      }),
    )
    const { code, ill } = await ailments('doctor', options)
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "template.en_US": "fail: it has no button for the code",
        },
      ]
    `)
  })

  it('warns of a footer that says another time', async () => {
    const { code, ill } = await ailments('doctor --otp-expiry-minutes 3')
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        0,
        {
          "template.expiry": "warn: its footer says 5 min, codes live 3 min (OTP_EXPIRY_MINUTES); WhatsApp may deliver it <duration> later, when the code is dead",
        },
      ]
    `)
  })

  it('finds caps that are used up, or nearly', async () => {
    const { record } = await stage()
    const iso = new Date(terminal.clock.now()).toISOString()
    const sent = async (day: number) => {
      const Item = {
        pk: { S: `G#${record.userPoolId}#${iso.slice(0, 10).replaceAll('-', '')}` },
        sd: { N: String(day) },
        [`s${iso.slice(11, 13)}`]: { N: '5' },
      }
      await clients.dynamodb.send(new PutItemCommand({ TableName: names.table('dev'), Item }))
      return (await ailments()).ill.quotas
    }
    expect(await sent(10)).toBe(undefined)
    expect(await sent(800)).toMatch(/^warn: .*800 of 1000 today/)
    expect(await sent(1000)).toMatch(/^fail: .*nothing more is sent/)
    await sent(0)
  })

  it('finds a session that is shorter than the code', async () => {
    const { record } = await stage()
    const { cognito } = clients
    await cognito.send(
      new UpdateUserPoolClientCommand({
        UserPoolId: record.userPoolId,
        ClientId: record.loginClientId,
        AuthSessionValidity: 3,
        ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      }),
    )
    const { code, ill } = await ailments()
    expect(code).toBe(1)
    expect(ill.session).toMatchInlineSnapshot(
      `"fail: codes live 5 min, but a session of the login client: 3 min"`,
    )
    expect(ill['resource.user-pool-client:login']).toContain('authSessionMinutes is 3, not 7')
    await repair()
  })

  it('finds a trigger that the pool does not call', async () => {
    const { record } = await stage()
    await unwire(clients.cognito, record.userPoolId)
    const { code, ill } = await ailments()
    expect(code).toBe(1)
    expect(ill.wiring).toMatchInlineSnapshot(`"fail: verifyAuthChallenge: it calls nothing"`)
    await repair()
  })

  it('finds a permission that was taken away, and a function that is gone', async () => {
    const { lambda } = clients
    const FunctionName = names.function('dev', 'createAuthChallenge')
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: names.permission }))
    const { code, ill } = await ailments()
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "resource.permission:createAuthChallenge": "fail: is missing",
          "works": "fail: does not hold: Cognito may invoke whatsapp-otp-dev-createAuthChallenge: its policy lacks the statement; a sign-in gets its challenge: CreateAuthChallenge invocation failed due to error AccessDeniedException.",
        },
      ]
    `)
    await lambda.send(new DeleteFunctionCommand({ FunctionName: names.function('dev', 'preSignUp') }))
    expect((await ailments()).ill['resource.function:preSignUp']).toMatch(/^fail: is missing/)
    expect((await terminal.run('status')).code).toBe(1)
    expect(screenOf(terminal, await terminal.run('stages'))).toContain('preSignUp is missing')
    await repair()
  })
})

async function stage() {
  const { readRecordHave } = await import('../../src/resources/stage-record.ts')
  const { account, region } = terminal.sandbox
  const place = { stage: 'dev', account, region, partition: 'aws' }
  return { record: (await readRecordHave({ ...clients, place }))!.record }
}

/** A deploy puts everything right again; the remedy that doctor names. */
async function repair(): Promise<void> {
  expect((await terminal.run('deploy --no-verify')).code).toBe(0)
  expect((await ailments()).ill).toEqual({})
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
