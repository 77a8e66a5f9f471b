// An outage night: whatever breaks, status, doctor and users show name it in their first ten lines, and exit as documented.
import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { DeleteParameterCommand } from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Clients, createClients } from '../../src/aws/clients.ts'
import { names } from '../../src/names.ts'
import { readReportUrl } from '../../src/resources/reports/function-url.ts'
import { readWebhookSecret } from '../../src/resources/reports/webhook-secret.ts'
import { account } from '../../src/sandbox/sendzen/account.ts'
import type { OpenSandbox } from '../../src/sandbox/server.ts'
import { startWithStage } from '../cli/scene.ts'
import { documentOf, type Result, type Terminal } from '../cli/terminal.ts'
import { eventually } from '../eventually.ts'
import { App } from '../flow/app.ts'

let terminal: Terminal
let clients: Clients
let app: App
let poolId = ''
let phones = 0
const newPhone = () => `+1212${200 + phones++}0142`

/** A stage of its own for each: what happened an hour ago is judged too. */
beforeEach(async () => {
  terminal = await startWithStage()
  clients = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
  const { outputs } = documentOf(await terminal.run('outputs --json'))
  const ids = outputs as Record<string, string>
  poolId = ids.userPoolId!
  const clientIds = { signup: ids.signupClientId!, login: ids.loginClientId! }
  app = new App({ aws: clients, clientIds, sandbox: terminal.sandbox, newPhone })
})
afterEach(() => terminal.close())

const ten = ({ stdout, stderr }: Result) =>
  (stdout.trim() === '' ? stderr : stdout).split('\n').slice(0, 10).join('\n')

/** What the three commands print first, and how they exit. */
async function look(phone: string) {
  const [status, doctor, user] = [
    await terminal.run('status'),
    await terminal.run('doctor'),
    await terminal.run(`users show ${phone}`),
  ]
  // Folded lines are one sentence.
  const unfolded = (text: string) => terminal.still(text).replace(/\n\s+/g, ' ')
  return {
    codes: [status.code, doctor.code],
    status: unfolded(ten(status)),
    doctor: unfolded(ten(doctor)),
    user: unfolded(ten(user)),
    ofUser: [user.code, ...toldTo(documentOf(await terminal.run(`users show ${phone} --json`)))],
    stages: (await terminal.run('stages')).code,
  }
}

/** The stage's own problems, as a program is told of them. */
const toldTo = ({ problems, error }: Record<string, unknown>) =>
  (problems as string[] | undefined) ?? [(error as { why: string }).why]

interface Outage {
  what: string
  /** Brings it about; gives what ends it. */
  begin(): Promise<() => unknown> | (() => unknown)
  /** How often a code is asked for, and by whom at last. */
  asks?: number
  phone?: string
  /** Waits for what is seen of it only later. */
  later?(): Promise<unknown>
  /** Of the stage, and of one user. */
  cause: RegExp
  exit: 0 | 1
  next: RegExp
  /** What `stages` exits with, which asks AWS only. */
  stages?: 0 | 1
  /** What `users show` exits with, whose answer is good whatever it is. */
  userExit?: 0 | 1
}

const sendzen = () => terminal.sandbox.sendzen
const dynamodb = (operation: string) => ({
  service: 'dynamodb',
  operation,
  kind: 'throttle' as const,
  times: 10_000,
})

const outages: Outage[] = [
  {
    what: 'the provider is down',
    begin() {
      sendzen().outage = true
      return () => {
        sendzen().outage = false
      }
    },
    asks: 3,
    cause: /SendZen has an outage/,
    exit: 1,
    next: /in a few minutes/,
  },
  {
    what: 'the key is revoked',
    begin() {
      sendzen().revoked = true
      return () => {
        sendzen().revoked = false
      }
    },
    cause: /SendZen refuses the stage's own key/,
    exit: 1,
    next: /whatsapp-otp rotate-key --stage dev/,
  },
  {
    what: 'the template is paused',
    begin() {
      sendzen().setTemplate(account.template, 'PAUSED')
      return () => sendzen().setTemplate(account.template, 'APPROVED')
    },
    cause: /template otp_login \(en_US\): it is paused by Meta for low quality/,
    exit: 1,
    next: /app\.sendzen\.io/,
    stages: 0,
  },
  {
    what: 'one number has no WhatsApp',
    begin: () => () => {},
    phone: '+15550109021',
    cause: /the number is not on WhatsApp/,
    exit: 0,
    next: /another way/,
  },
  {
    what: 'one country is not allowed at Meta, which comes as 403',
    begin: () => () => {},
    phone: '+15550109097',
    cause: /may not message users in that country/,
    exit: 0,
    next: /ALLOWED_COUNTRIES/,
  },
  {
    what: 'messages fail after they were taken',
    begin() {
      sendzen().failNext({ fails: { code: 131042, title: 'Business eligibility payment issue' } }, 3)
      return () => {}
    },
    asks: 3,
    cause: /3 of the last 3 messages failed.*the payment method at Meta/,
    exit: 1,
    next: /app\.sendzen\.io/,
    stages: 0,
  },
  {
    what: 'one message fails after it was taken, as the provider has kept',
    begin: () => () => {},
    phone: '+15550109026',
    cause: /the number is not on WhatsApp/,
    exit: 0,
    next: /another way/,
  },
  {
    what: 'one message fails after it was taken, as is reported to the stage',
    begin: takeReports,
    phone: '+15550109026',
    later: () =>
      eventually(async () => {
        const { stdout } = await terminal.run('logs deliveryStatus --since 1h')
        expect(stdout).toContain('did not arrive')
      }),
    cause: /the number is not on WhatsApp/,
    exit: 0,
    next: /another way/,
  },
  {
    what: 'reports are missing, since the provider does not know their address',
    async begin() {
      await turnReportsOn()
      return () => tellAddress()
    },
    asks: 3,
    async later() {
      terminal.sandbox.clock.advance(20 * 60_000)
    },
    cause: /no delivery report has come for 3 messages of the last hour: SendZen may not know the address/,
    exit: 1,
    next: /webhook.*app\.sendzen\.io/,
  },
  {
    what: 'the table is throttled',
    begin() {
      terminal.sandbox.faults.add(dynamodb('GetItem'), dynamodb('PutItem'), dynamodb('UpdateItem'))
      return () => terminal.sandbox.faults.clear()
    },
    asks: 3,
    cause: /DynamoDB throttles the table whatsapp-otp-dev/,
    exit: 1,
    next: /Service Quotas/,
    userExit: 1,
  },
  {
    what: 'a trigger is unwired',
    async begin() {
      return unwire(clients.cognito)
    },
    asks: 0,
    cause: /the pool does not call verifyAuthChallenge/,
    exit: 1,
    next: /whatsapp-otp deploy --stage dev/,
  },
  {
    what: 'the secrets are deleted',
    async begin() {
      for (const Name of [names.masterKey('dev'), names.providerKey('dev')]) {
        await clients.ssm.send(new DeleteParameterCommand({ Name }))
      }
      return () => terminal.run('deploy --no-verify')
    },
    asks: 0,
    cause: /secrets missing: \/whatsapp-otp-functions\/dev\/master-key/,
    userExit: 1,
    exit: 1,
    next: /whatsapp-otp deploy --stage dev/,
  },
  {
    what: 'the functions failed',
    begin() {
      const { functions } = (terminal.sandbox as OpenSandbox).inside
      const FunctionName = names.function('dev', 'createAuthChallenge')
      functions.trouble(FunctionName, { failed: { code: 'DisabledKMSKey', reason: 'The key is disabled.' } })
      return () => functions.trouble(FunctionName, undefined)
    },
    asks: 0,
    cause: /the function whatsapp-otp-dev-createAuthChallenge does not run: Failed: DisabledKMSKey/,
    exit: 1,
    next: /whatsapp-otp deploy --stage dev/,
  },
]

describe('an outage night', () => {
  it.each(outages)(
    'when $what',
    async ({ begin, asks = 1, phone, later, cause, exit, next, stages = exit, userExit = 0 }) => {
      const users = await Promise.all(
        Array.from({ length: Math.max(1, asks) }, (_, nth) => app.signUp(nth === 0 ? phone : undefined)),
      )
      const end = await begin()
      for (const user of users.slice(0, asks).reverse()) await app.start(user)
      await later?.()
      const seen = await look(users[0]!)
      expect(seen).toMatchObject({ codes: [exit, exit], stages })
      for (const words of [seen.status, seen.doctor]) {
        expect(words).toMatch(cause)
        expect(words).toMatch(next)
      }
      expect(seen.user).toMatch(cause)
      const [code, ...causes] = seen.ofUser
      // Where the stage keeps nothing that can be read, there is no answer about a user.
      expect(code).toBe(userExit)
      expect(causes.join()).toMatch(exit === 0 ? /^$/ : cause)

      await end()
      terminal.sandbox.clock.advance(2 * 3_600_000)
      for (const _ of Array(5)) expect((await app.begin()).parameters.status).toBe('sent')
      const { code: after, stdout } = await terminal.run('status')
      expect(stdout.split('\n')[1]).toMatch(/^✓ sign-in works: /)
      expect([after, (await terminal.run('stages')).code]).toEqual([0, 0])
    },
  )
})

async function turnReportsOn(): Promise<void> {
  const { code, stderr } = await terminal.run('deploy --no-verify', { env: { DELIVERY_WEBHOOK: 'true' } })
  if (code !== 0) throw new Error(stderr)
}

/** As an operator does it in the provider's dashboard. */
async function tellAddress(): Promise<void> {
  const { account: id, region } = documentOf(await terminal.run('outputs --json')).outputs as Record<
    string,
    string
  >
  const aws = {
    ...clients,
    place: { stage: 'dev', account: id!, region: region!, partition: 'aws' },
    clock: terminal.clock,
  }
  sendzen().setWebhook({ url: (await readReportUrl(aws))!, secret: (await readWebhookSecret(aws))! })
}

async function takeReports() {
  await turnReportsOn()
  await tellAddress()
  return () => {}
}

/** Gives what wires it again. */
async function unwire(cognito: CognitoIdentityProviderClient): Promise<() => Promise<unknown>> {
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: poolId }))
  const { VerifyAuthChallengeResponse: _, ...LambdaConfig } = UserPool?.LambdaConfig ?? {}
  await cognito.send(
    new UpdateUserPoolCommand({
      UserPoolId: poolId,
      LambdaConfig,
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
      ...(UserPool?.UserPoolTags ? { UserPoolTags: UserPool.UserPoolTags } : {}),
    }),
  )
  return () => terminal.run('deploy --no-verify')
}
