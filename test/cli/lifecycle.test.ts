// The life of a stage as a person and as a program see it: what every command prints, and its exit code.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, type RunOptions, screenOf, Terminal } from './terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await Terminal.start()
})
afterAll(() => terminal.close())

const screen = async (line: string, options: RunOptions = {}) =>
  screenOf(terminal, await terminal.run(line, options))

/** The document with what differs from run to run taken out; long lists of steps as one line each. */
const document = async (line: string) => {
  const result = await terminal.run(line)
  expect(result.stderr).toBe('')
  const { steps, resources, ...rest } = documentOf({ ...result, stdout: terminal.still(result.stdout) })
  const lines = (list: unknown) =>
    (list as { kind: string; action?: string; condition?: string; status?: string }[]).map(
      ({ kind, action, condition, status }) => [kind, action, condition, status].filter(Boolean).join(' '),
    )
  return {
    exit: result.code,
    ...rest,
    ...(steps ? { steps: [...new Set(lines(steps))] } : {}),
    ...(resources ? { resources: [...new Set(lines(resources))] } : {}),
  }
}

describe('before there is a stage', () => {
  it('plan shows all of it and changes nothing', async () => {
    const result = await terminal.run('plan')
    expect(result.writes).toEqual([])
    expect(screenOf(terminal, result)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      + create  5 roles  whatsapp-otp-dev-us-east-1-*
      + create  5 log groups  /aws/lambda/whatsapp-otp-dev-*
      + create  table  whatsapp-otp-dev
      + create  secrets  /whatsapp-otp/dev/secrets
      + create  user pool  WhatsApp-otp-auth-pool-dev
      + create  2 user pool clients  WhatsApp-otp-*
      + create  5 role policies  whatsapp-otp-dev-us-east-1-*
      + create  5 functions  whatsapp-otp-dev-*
      + create  5 permissions  whatsapp-otp-dev-*
      + create  record  /whatsapp-otp/dev/stage

      Plan: 31 to create, 0 to update, 0 to delete, 0 unchanged
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      "
    `)
  })

  it('plan --detailed-exitcode exits 2', async () => {
    expect((await terminal.run('plan --detailed-exitcode')).code).toBe(2)
  })

  it('plan --json says the same', async () => {
    expect(await document('plan --json')).toMatchInlineSnapshot(`
      {
        "account": "123456789012",
        "apiCalls": 0,
        "command": "plan",
        "exit": 0,
        "ms": 0,
        "outputs": {
          "account": "123456789012",
          "endpoint": "<sandbox>",
          "loginClientId": "",
          "region": "us-east-1",
          "signupClientId": "",
          "stage": "dev",
          "userPoolId": "",
        },
        "region": "us-east-1",
        "schemaVersion": 1,
        "stage": "dev",
        "steps": [
          "role create",
          "log-group create",
          "table create",
          "secrets create",
          "user-pool create",
          "user-pool-client create",
          "role-policy create",
          "function create",
          "permission create",
          "record create",
        ],
      }
    `)
  })

  it('stages has none', async () => {
    expect(await screen('stages')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · user/developer · emulator at <sandbox>
      ✓ Read the stages  <duration>
      There is no stage here yet: whatsapp-otp init
      "
    `)
  })
})

describe('policy', () => {
  it('prints a policy as JSON, ready for IAM', async () => {
    const { code, stdout, writes } = await terminal.run('policy')
    expect([code, writes]).toEqual([0, []])
    const { Version, Statement } = JSON.parse(stdout)
    expect(Version).toBe('2012-10-17')
    expect(Statement.every(({ Effect }: { Effect: string }) => Effect === 'Allow')).toBe(true)
    expect(await document('policy --json')).toMatchObject({
      command: 'policy',
      policy: { Version, Statement },
    })
  })
})

describe('a deploy', () => {
  it('shows the plan, every step, the ids and what to do next', async () => {
    expect(await screen('deploy')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      User pool      <pool>
      Signup client  <client>
      Login client   <client>
      Issuer         https://cognito-idp.us-east-1.amazonaws.com/<pool>
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      ✓ Check SendZen  <duration>
      + create  5 roles  whatsapp-otp-dev-us-east-1-*
      + create  5 log groups  /aws/lambda/whatsapp-otp-dev-*
      + create  table  whatsapp-otp-dev
      + create  secrets  /whatsapp-otp/dev/secrets
      + create  user pool  WhatsApp-otp-auth-pool-dev
      + create  2 user pool clients  WhatsApp-otp-*
      + create  5 role policies  whatsapp-otp-dev-us-east-1-*
      + create  5 functions  whatsapp-otp-dev-*
      + create  5 permissions  whatsapp-otp-dev-*
      + create  record  /whatsapp-otp/dev/stage

      Plan: 31 to create, 0 to update, 0 to delete, 0 unchanged
      ✓ function createAuthChallenge  <duration>
      ✓ function defineAuthChallenge  <duration>
      ✓ function postConfirmation  <duration>
      ✓ function preSignUp  <duration>
      ✓ function verifyAuthChallenge  <duration>
      ✓ log group createAuthChallenge  <duration>
      ✓ log group defineAuthChallenge  <duration>
      ✓ log group postConfirmation  <duration>
      ✓ log group preSignUp  <duration>
      ✓ log group verifyAuthChallenge  <duration>
      ✓ permission createAuthChallenge  <duration>
      ✓ permission defineAuthChallenge  <duration>
      ✓ permission postConfirmation  <duration>
      ✓ permission preSignUp  <duration>
      ✓ permission verifyAuthChallenge  <duration>
      ✓ record  <duration>
      ✓ role createAuthChallenge  <duration>
      ✓ role defineAuthChallenge  <duration>
      ✓ role policy createAuthChallenge  <duration>
      ✓ role policy defineAuthChallenge  <duration>
      ✓ role policy postConfirmation  <duration>
      ✓ role policy preSignUp  <duration>
      ✓ role policy verifyAuthChallenge  <duration>
      ✓ role postConfirmation  <duration>
      ✓ role preSignUp  <duration>
      ✓ role verifyAuthChallenge  <duration>
      ✓ secrets  <duration>
      ✓ table  <duration>
      ✓ user pool  <duration>
      ✓ user pool client login  <duration>
      ✓ user pool client signup  <duration>
      ✓ Check that the pool calls its triggers  <duration>

      Done in <duration>, <n> API calls

      Next
        whatsapp-otp login <your number> --stage dev   sign in from here
        whatsapp-otp outputs --stage dev --format env  the ids for your app
      "
    `)
  })

  it('changes nothing the second time', async () => {
    const result = await terminal.run('deploy')
    expect(result.writes).toEqual([])
    expect(screenOf(terminal, result)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      User pool      <pool>
      Signup client  <client>
      Login client   <client>
      Issuer         https://cognito-idp.us-east-1.amazonaws.com/<pool>
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      ✓ Check SendZen  <duration>
      Plan: 0 to create, 0 to update, 0 to delete, 31 unchanged

      Nothing to change in <duration>, <n> API calls

      Next
        whatsapp-otp login <your number> --stage dev   sign in from here
        whatsapp-otp outputs --stage dev --format env  the ids for your app
      "
    `)
  })

  it('shows a changed setting field by field', async () => {
    expect(await screen('plan --otp-expiry-minutes 3')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      ~ update  user pool client signup  WhatsApp-otp-signup-dev
          authSessionMinutes: 7 → 5
      ~ update  user pool client login  WhatsApp-otp-login-dev
          authSessionMinutes: 7 → 5
      ~ update  function createAuthChallenge  whatsapp-otp-dev-createAuthChallenge
          environment.OTP_EXPIRY_MINUTES: 5 → 3
      ~ update  function verifyAuthChallenge  whatsapp-otp-dev-verifyAuthChallenge
          environment.OTP_EXPIRY_MINUTES: 5 → 3
      ~ update  record  /whatsapp-otp/dev/stage
          settings.otpExpiryMinutes: 5 → 3

      Plan: 0 to create, 5 to update, 0 to delete, 26 unchanged
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      "
    `)
  })

  it('prints one document with --json', async () => {
    expect(await document('deploy --json --max-login-attempts 4')).toMatchInlineSnapshot(`
      {
        "account": "123456789012",
        "apiCalls": 0,
        "command": "deploy",
        "exit": 0,
        "ms": 0,
        "outputs": {
          "account": "123456789012",
          "endpoint": "<sandbox>",
          "issuer": "https://cognito-idp.us-east-1.amazonaws.com/<pool>",
          "jwksUri": "<sandbox>/<pool>/.well-known/jwks.json",
          "loginClientId": "<client>",
          "region": "us-east-1",
          "signupClientId": "<client>",
          "stage": "dev",
          "userPoolId": "<pool>",
        },
        "region": "us-east-1",
        "schemaVersion": 1,
        "stage": "dev",
        "steps": [
          "role keep done",
          "log-group keep done",
          "table keep done",
          "secrets keep done",
          "user-pool keep done",
          "user-pool-client keep done",
          "role-policy keep done",
          "function keep done",
          "function update done",
          "permission keep done",
          "record update done",
        ],
      }
    `)
  })

  it('of one function ships that one', async () => {
    expect(await screen('deploy --function preSignUp --no-verify')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      User pool      <pool>
      Signup client  <client>
      Login client   <client>
      Issuer         https://cognito-idp.us-east-1.amazonaws.com/<pool>
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      ✓ Check SendZen  <duration>
      Plan: 0 to create, 0 to update, 0 to delete, 1 unchanged

      Nothing to change in <duration>, <n> API calls

      Next
        whatsapp-otp login <your number> --stage dev   sign in from here
        whatsapp-otp outputs --stage dev --format env  the ids for your app
      "
    `)
  })

  it('plan --detailed-exitcode then exits 0', async () => {
    expect((await terminal.run('plan --detailed-exitcode')).code).toBe(0)
  })
})

describe('looking at a stage', () => {
  it('status groups what is well', async () => {
    expect(await screen('status')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Stage dev, version <version>, <duration> old
      ✓ 5 roles
      ✓ 5 log groups
      ✓ table
      ✓ secrets
      ✓ user pool
      ✓ 2 user pool clients
      ✓ 5 role policies
      ✓ 5 functions
      ✓ 5 permissions
      ✓ record
      ✓ the pool calls its 5 triggers
      ✓ 5 functions active
      ✓ Cognito may invoke 5 functions
      ✓ a sign-in gets its challenge
      Users      about 0 (Cognito's own estimate)
      Last 24 h  0 sent, 0 failed, 0 verified, 0 wrong
      Guessing   1 in 50,000 a day for one number, 1 in 10,000 until it is locked
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      Read in <duration>
      "
    `)
  })

  it('status --json has everything', async () => {
    expect(await document('status --json')).toMatchInlineSnapshot(`
      {
        "account": "123456789012",
        "checks": [
          {
            "check": "the function whatsapp-otp-dev-preSignUp is active",
            "ok": true,
          },
          {
            "check": "Cognito may invoke whatsapp-otp-dev-preSignUp",
            "ok": true,
          },
          {
            "check": "the function whatsapp-otp-dev-defineAuthChallenge is active",
            "ok": true,
          },
          {
            "check": "Cognito may invoke whatsapp-otp-dev-defineAuthChallenge",
            "ok": true,
          },
          {
            "check": "the function whatsapp-otp-dev-createAuthChallenge is active",
            "ok": true,
          },
          {
            "check": "Cognito may invoke whatsapp-otp-dev-createAuthChallenge",
            "ok": true,
          },
          {
            "check": "the function whatsapp-otp-dev-verifyAuthChallenge is active",
            "ok": true,
          },
          {
            "check": "Cognito may invoke whatsapp-otp-dev-verifyAuthChallenge",
            "ok": true,
          },
          {
            "check": "the function whatsapp-otp-dev-postConfirmation is active",
            "ok": true,
          },
          {
            "check": "Cognito may invoke whatsapp-otp-dev-postConfirmation",
            "ok": true,
          },
          {
            "check": "a sign-in gets its challenge",
            "ok": true,
          },
        ],
        "command": "status",
        "createdAt": "<time>",
        "exit": 0,
        "guessing": {
          "perDay": {
            "guesses": 20,
            "oneIn": 50000,
            "probability": 0.00001999984000064,
          },
          "untilLocked": {
            "guesses": 100,
            "oneIn": 10000,
            "probability": 0.00009999520014719677,
          },
          "withoutLimits": {
            "guesses": 41472000,
            "oneIn": 1,
            "probability": 1,
          },
        },
        "lastDay": {
          "errors": 0,
          "failed": 0,
          "locked": 0,
          "partial": false,
          "reasons": [],
          "rejected": 0,
          "sent": 0,
          "signUpsRefused": 0,
          "suppressed": 0,
          "unknown": 0,
          "verified": 0,
        },
        "ms": 0,
        "outputs": {
          "account": "123456789012",
          "endpoint": "<sandbox>",
          "issuer": "https://cognito-idp.us-east-1.amazonaws.com/<pool>",
          "jwksUri": "<sandbox>/<pool>/.well-known/jwks.json",
          "loginClientId": "<client>",
          "region": "us-east-1",
          "signupClientId": "<client>",
          "stage": "dev",
          "userPoolId": "<pool>",
        },
        "region": "us-east-1",
        "resources": [
          "role as wanted",
          "log-group as wanted",
          "table as wanted",
          "secrets as wanted",
          "user-pool as wanted",
          "user-pool-client as wanted",
          "role-policy as wanted",
          "function as wanted",
          "permission as wanted",
          "record as wanted",
        ],
        "schemaVersion": 1,
        "stage": "dev",
        "triggers": [
          {
            "actual": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-preSignUp",
            "trigger": "preSignUp",
            "wanted": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-preSignUp",
          },
          {
            "actual": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-defineAuthChallenge",
            "trigger": "defineAuthChallenge",
            "wanted": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-defineAuthChallenge",
          },
          {
            "actual": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-createAuthChallenge",
            "trigger": "createAuthChallenge",
            "wanted": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-createAuthChallenge",
          },
          {
            "actual": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-verifyAuthChallenge",
            "trigger": "verifyAuthChallenge",
            "wanted": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-verifyAuthChallenge",
          },
          {
            "actual": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-postConfirmation",
            "trigger": "postConfirmation",
            "wanted": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-postConfirmation",
          },
        ],
        "users": 0,
        "version": "<version>",
      }
    `)
  })

  it('stages has a line for it', async () => {
    // The columns are as wide as the age that stands in them.
    expect((await screen('stages')).replace(/ {2,}/g, '  ')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
        stage  age  version  pool  health
      ✓ dev  <duration>  <version>  <pool>  healthy
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · user/developer · emulator at <sandbox>
      ✓ Read the stages  <duration>
      1 stage
      "
    `)
  })

  it('stages --json has its ids', async () => {
    expect(await document('stages --json')).toMatchInlineSnapshot(`
      {
        "account": "123456789012",
        "command": "stages",
        "exit": 0,
        "region": "us-east-1",
        "schemaVersion": 1,
        "stages": [
          {
            "createdAt": "<time>",
            "healthy": true,
            "problems": [],
            "stage": "dev",
            "userPoolId": "<pool>",
            "version": "<version>",
          },
        ],
      }
    `)
  })
})

describe('outputs', () => {
  for (const format of ['env', 'json', 'amplify', 'next', 'vite']) {
    it(`come as ${format}`, async () => {
      const { code, stdout } = await terminal.run(`outputs --format ${format}`)
      expect(code).toBe(0)
      expect(terminal.still(stdout)).toMatchSnapshot()
    })
  }

  it('are one document with --json', async () => {
    expect(await document('outputs --json')).toMatchInlineSnapshot(`
      {
        "command": "outputs",
        "exit": 0,
        "outputs": {
          "account": "123456789012",
          "endpoint": "<sandbox>",
          "issuer": "https://cognito-idp.us-east-1.amazonaws.com/<pool>",
          "jwksUri": "<sandbox>/<pool>/.well-known/jwks.json",
          "loginClientId": "<client>",
          "region": "us-east-1",
          "signupClientId": "<client>",
          "stage": "dev",
          "userPoolId": "<pool>",
        },
        "schemaVersion": 1,
      }
    `)
  })

  it('are kept in a block of their own in a file', async () => {
    terminal.write('.env.local', 'MINE=1\n')
    expect(await screen('outputs --format vite --write .env.local')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      Wrote <folder>/.env.local
      "
    `)
    const file = () => readFileSync(join(terminal.cwd, '.env.local'), 'utf8')
    const once = file()
    expect(terminal.still(once)).toMatchInlineSnapshot(`
      "MINE=1
      # whatsapp-otp: begin, written by \`whatsapp-otp outputs\`
      VITE_WHATSAPP_OTP_REGION=us-east-1
      VITE_WHATSAPP_OTP_USER_POOL_ID=<pool>
      VITE_WHATSAPP_OTP_SIGNUP_CLIENT_ID=<client>
      VITE_WHATSAPP_OTP_LOGIN_CLIENT_ID=<client>
      VITE_WHATSAPP_OTP_ISSUER=https://cognito-idp.us-east-1.amazonaws.com/<pool>
      VITE_WHATSAPP_OTP_ENDPOINT=<sandbox>
      # whatsapp-otp: end
      "
    `)
    expect((await terminal.run('outputs --format vite --write .env.local')).stderr).toContain('Unchanged')
    expect(file()).toBe(once)
  })
})

describe('messages', () => {
  it('test-send follows one until it is delivered', async () => {
    expect(await screen('test-send +15550100001')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      accepted   msg_<uuid>
      sent       after <duration>
      delivered  after <duration>
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Send otp_login (en_US)  <duration>
      "
    `)
  })

  it('test-send --json says what became of it', async () => {
    expect(await document('test-send +15550100001 --json')).toMatchInlineSnapshot(`
      {
        "command": "test-send",
        "exit": 0,
        "language": "en_US",
        "matchedBy": "id",
        "messageId": "msg_<uuid>",
        "schemaVersion": 1,
        "status": "delivered",
      }
    `)
  })

  it('test-send --no-wait returns when it is accepted', async () => {
    expect(await screen('test-send +15550100001 --no-wait --lang es')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      accepted   msg_<uuid>
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ! es is not among the stage's languages (en_US)
      ✓ Send otp_login (es)  <duration>
      "
    `)
  })

  it('test-send fails in words when WhatsApp could not deliver', async () => {
    expect(await screen('test-send +15550109026')).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      accepted   msg_<uuid>
      failed     after <duration>
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Send otp_login (en_US)  <duration>
      ✖ WhatsApp did not deliver the message (131026)
        Why   the number is not on WhatsApp, runs an old app, or has not accepted the terms
        Next  let this user sign in another way; sending again will not help
      "
    `)
    expect(await document('test-send +15550109026 --json')).toMatchInlineSnapshot(`
      {
        "error": {
          "code": "NOT_DELIVERED",
          "message": "WhatsApp did not deliver the message (131026)",
          "next": [
            "let this user sign in another way; sending again will not help",
          ],
          "why": "the number is not on WhatsApp, runs an old app, or has not accepted the terms",
        },
        "exit": 1,
        "schemaVersion": 1,
      }
    `)
  })

  it('test-send fails when SendZen refuses', async () => {
    expect(await screen('test-send +15550109056')).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✖ Send otp_login (en_US)  <duration>
      ✖ Could not send the message
        Why   too many messages to this number in a short time
        Next  wait; the pause grows with each message
      "
    `)
  })

  it('test-send gives up after --timeout, which is no failure', async () => {
    expect(await screen('test-send +15550109020 --timeout 5')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      accepted   msg_<uuid>
      sent       after <duration>
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Send otp_login (en_US)  <duration>
      ! No word on its delivery within <duration>; it may still arrive
      "
    `)
  })

  it('login takes a user through a wrong and the right code', async () => {
    const codeOf = () => terminal.sandbox.inbox.list('+15550100007').at(-1)!.code
    const result = await terminal.run('login +15550100007', {
      answers: [
        ['Code (or', '000000\r'],
        ['attempts are left', ''],
        ['Code (or', () => `${codeOf()}\r`],
      ],
    })
    expect(result.code).toBe(0)
    expect(result.stdout).toContain('phone_number_verified true')
    expect(result.stdout + result.stderr).not.toMatch(/eyJ/)
  })
})

describe('users', () => {
  it('shows one, with the number masked', async () => {
    const shown = await screen('users show +15550100007')
    expect(shown).not.toContain('15550100007')
    expect(shown).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      User      +*********07  <uuid>
      Status    CONFIRMED, enabled
      Proven    phone_number_verified yes, custom:whatsapp_verified yes
      Messages  1 in the last hour, 1 in the last day
      Answers   2 in the last hour, 2 in the last day
      Failures  0 in a row
      Now       no message for <duration>: the pause between two messages
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Find the user  <duration>
      "
    `)
  })

  it('resets the counters after a question, and notes who did it', async () => {
    const result = await terminal.run('users reset +15550100007', {
      answers: [['Forget what was counted', 'y\r']],
    })
    expect(result.code).toBe(0)
    expect(result.writes).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'dynamodb:PutItem'])
    const { user } = (await document('users show +15550100007 --json')) as unknown as {
      user: { counters: object }
    }
    expect(user.counters).toEqual({
      sendsLastHour: 0,
      sendsLastDay: 0,
      checksLastHour: 0,
      checksLastDay: 0,
      failures: 0,
    })
    const { stdout } = await terminal.run('logs verify --filter counters_reset --since 1h')
    expect(stdout).toContain('by=user/developer')
    expect(stdout).not.toContain('15550100007')
  })

  it('resets nothing where the note cannot be written', async () => {
    terminal.sandbox.faults.add({ service: 'logs', operation: 'PutLogEvents', kind: 'fail-before', times: 9 })
    const result = await terminal.run('users reset +15550100007 --yes')
    terminal.sandbox.faults.clear()
    expect(result.code).toBe(1)
    expect(result.writes).not.toContain('dynamodb:PutItem')
  })
})

describe('rotate-key', () => {
  it('refuses a key that SendZen refuses, and changes nothing', async () => {
    const result = await terminal.run('rotate-key --stdin', { stdin: 'sz_live_wrong\n' })
    expect(result.writes).toEqual([])
    expect(screenOf(terminal, result)).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✖ Check the key with SendZen  <duration>
      ✖ SendZen refused the API key
        Why   it answered 401: the key is wrong, expired, or of another project
        Next  create a key at https://app.sendzen.io and set SENDZEN_API_KEY
        More  whatsapp-otp doctor
      "
    `)
  })

  it('changes nothing when the key is the same', async () => {
    const { code, writes, stderr } = await terminal.run('rotate-key')
    expect([code, writes]).toEqual([0, []])
    expect(stderr).toContain('has this key already')
  })
})

describe('a destroy', () => {
  it('asks for the name of the stage and takes no other', async () => {
    const result = await terminal.run('destroy', {
      answers: [
        ['Type dev', 'prod\r'],
        ['type dev exactly', '\u0003'],
      ],
    })
    expect(result.writes).toEqual([])
    expect(result.code).toBe(130)
  })

  it('says what goes, removes it, and reads again', async () => {
    expect(await screen('destroy --stage dev --yes')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      - delete  5 roles  whatsapp-otp-dev-us-east-1-*
      - delete  5 log groups  /aws/lambda/whatsapp-otp-dev-*
      - delete  table  whatsapp-otp-dev
      - delete  secrets  /whatsapp-otp/dev/secrets
      - delete  user pool  WhatsApp-otp-auth-pool-dev
      - delete  2 user pool clients  WhatsApp-otp-*
      - delete  5 role policies  whatsapp-otp-dev-us-east-1-*
      - delete  5 functions  whatsapp-otp-dev-*
      - delete  5 permissions  whatsapp-otp-dev-*
      - delete  record  /whatsapp-otp/dev/stage

      Plan: 0 to create, 0 to update, 31 to delete, 0 unchanged
      ! 1 users go with the user pool (Cognito's own estimate)
      ✓ function createAuthChallenge  <duration>
      ✓ function defineAuthChallenge  <duration>
      ✓ function postConfirmation  <duration>
      ✓ function preSignUp  <duration>
      ✓ function verifyAuthChallenge  <duration>
      ✓ log group createAuthChallenge  <duration>
      ✓ log group defineAuthChallenge  <duration>
      ✓ log group postConfirmation  <duration>
      ✓ log group preSignUp  <duration>
      ✓ log group verifyAuthChallenge  <duration>
      ✓ permission createAuthChallenge  <duration>
      ✓ permission defineAuthChallenge  <duration>
      ✓ permission postConfirmation  <duration>
      ✓ permission preSignUp  <duration>
      ✓ permission verifyAuthChallenge  <duration>
      ✓ record  <duration>
      ✓ role createAuthChallenge  <duration>
      ✓ role defineAuthChallenge  <duration>
      ✓ role policy createAuthChallenge  <duration>
      ✓ role policy defineAuthChallenge  <duration>
      ✓ role policy postConfirmation  <duration>
      ✓ role policy preSignUp  <duration>
      ✓ role policy verifyAuthChallenge  <duration>
      ✓ role postConfirmation  <duration>
      ✓ role preSignUp  <duration>
      ✓ role verifyAuthChallenge  <duration>
      ✓ secrets  <duration>
      ✓ table  <duration>
      ✓ user pool  <duration>
      ✓ user pool client login  <duration>
      ✓ user pool client signup  <duration>
      ✓ Read again  <duration>

      Nothing is left: read again after <duration>
      "
    `)
    expect(terminal.sandbox.inventory()).toEqual([])
  })

  it('prints one document with --json', async () => {
    expect((await terminal.run('deploy')).code).toBe(0)
    expect(await document('destroy --stage dev --yes --json')).toMatchInlineSnapshot(`
      {
        "account": "123456789012",
        "apiCalls": 0,
        "command": "destroy",
        "exit": 0,
        "ms": 0,
        "outputs": {
          "account": "123456789012",
          "endpoint": "<sandbox>",
          "loginClientId": "",
          "region": "us-east-1",
          "signupClientId": "",
          "stage": "dev",
          "userPoolId": "",
        },
        "region": "us-east-1",
        "schemaVersion": 1,
        "stage": "dev",
        "steps": [
          "role delete done",
          "log-group delete done",
          "table delete done",
          "secrets delete done",
          "user-pool delete done",
          "user-pool-client delete done",
          "role-policy delete done",
          "function delete done",
          "permission delete done",
          "record delete done",
        ],
      }
    `)
  })
})
