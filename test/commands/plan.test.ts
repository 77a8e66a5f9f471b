// What a deploy would do: shown whole, field by field, and as an exit code; it changes nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { document, named, screen, startWithStage } from '../cli/scene.ts'
import { screenOf, Terminal } from '../cli/terminal.ts'

describe('plan before there is a stage', () => {
  let terminal: Terminal
  beforeAll(async () => {
    terminal = await Terminal.start()
  })
  afterAll(() => terminal.close())

  it('shows all of it and changes nothing', async () => {
    const result = await terminal.run('plan')
    expect(result.writes).toEqual([])
    expect(named(screenOf(terminal, result))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      <the whole stage: + create>

      Plan: 34 to create, 0 to update, 0 to delete, 0 unchanged
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      "
    `)
  })

  it('--detailed-exitcode exits 2', async () => {
    expect((await terminal.run('plan --detailed-exitcode')).code).toBe(2)
  })

  it('--json says the same', async () => {
    expect(await document(terminal, 'plan --json')).toMatchInlineSnapshot(`
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
          "master-key create",
          "provider-key create",
          "findings create",
          "brake create",
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
})

describe('plan of a stage', () => {
  let terminal: Terminal
  beforeAll(async () => {
    terminal = await startWithStage()
  })
  afterAll(() => terminal.close())

  it('shows a changed setting field by field', async () => {
    expect(await screen(terminal, 'plan --otp-expiry-minutes 3')).toMatchInlineSnapshot(`
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

      Plan: 0 to create, 5 to update, 0 to delete, 29 unchanged
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      "
    `)
  })

  it('--detailed-exitcode exits 0', async () => {
    expect((await terminal.run('plan --detailed-exitcode')).code).toBe(0)
  })
})
