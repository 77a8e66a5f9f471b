// The life of a stage as a person and as a program see it: what every command prints, and its exit code.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { screenOf, Terminal } from './terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await Terminal.start()
})
afterAll(() => terminal.close())

const screen = async (line: string, options = {}) => screenOf(terminal, await terminal.run(line, options))

describe('a stage that is deployed', () => {
  it('is planned', async () => {
    expect(await screen('plan')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      + create  role preSignUp  whatsapp-otp-dev-us-east-1-preSignUp
      + create  role defineAuthChallenge
      + create  role createAuthChallenge
      + create  role verifyAuthChallenge
      + create  role postConfirmation  whatsapp-otp-dev-us-east-1-postConfirmation
      + create  log-group preSignUp  /aws/lambda/whatsapp-otp-dev-preSignUp
      + create  log-group defineAuthChallenge
      + create  log-group createAuthChallenge
      + create  log-group verifyAuthChallenge
      + create  log-group postConfirmation
      + create  table  whatsapp-otp-dev
      + create  secrets  /whatsapp-otp/dev/secrets
      + create  user-pool  WhatsApp-otp-auth-pool-dev
      + create  user-pool-client signup  WhatsApp-otp-signup-dev
      + create  user-pool-client login  WhatsApp-otp-login-dev
      + create  role-policy preSignUp
      + create  role-policy defineAuthChallenge
      + create  role-policy createAuthChallenge
      + create  role-policy verifyAuthChallenge
      + create  role-policy postConfirmation
      + create  function preSignUp  whatsapp-otp-dev-preSignUp
      + create  function defineAuthChallenge  whatsapp-otp-dev-defineAuthChallenge
      + create  function createAuthChallenge  whatsapp-otp-dev-createAuthChallenge
      + create  function verifyAuthChallenge  whatsapp-otp-dev-verifyAuthChallenge
      + create  function postConfirmation  whatsapp-otp-dev-postConfirmation
      + create  permission preSignUp  whatsapp-otp-dev-preSignUp/whatsapp-otp-cognito
      + create  permission defineAuthChallenge
      + create  permission createAuthChallenge
      + create  permission verifyAuthChallenge
      + create  permission postConfirmation
      + create  record  /whatsapp-otp/dev/stage

      Plan: 31 to create, 0 to update, 0 to delete, 0 unchanged
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      "
    `)
  })
  it('is deployed', async () => {
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
      + create  role preSignUp  whatsapp-otp-dev-us-east-1-preSignUp
      + create  role defineAuthChallenge
      + create  role createAuthChallenge
      + create  role verifyAuthChallenge
      + create  role postConfirmation  whatsapp-otp-dev-us-east-1-postConfirmation
      + create  log-group preSignUp  /aws/lambda/whatsapp-otp-dev-preSignUp
      + create  log-group defineAuthChallenge
      + create  log-group createAuthChallenge
      + create  log-group verifyAuthChallenge
      + create  log-group postConfirmation
      + create  table  whatsapp-otp-dev
      + create  secrets  /whatsapp-otp/dev/secrets
      + create  user-pool  WhatsApp-otp-auth-pool-dev
      + create  user-pool-client signup  WhatsApp-otp-signup-dev
      + create  user-pool-client login  WhatsApp-otp-login-dev
      + create  role-policy preSignUp
      + create  role-policy defineAuthChallenge
      + create  role-policy createAuthChallenge
      + create  role-policy verifyAuthChallenge
      + create  role-policy postConfirmation
      + create  function preSignUp  whatsapp-otp-dev-preSignUp
      + create  function defineAuthChallenge  whatsapp-otp-dev-defineAuthChallenge
      + create  function createAuthChallenge  whatsapp-otp-dev-createAuthChallenge
      + create  function verifyAuthChallenge  whatsapp-otp-dev-verifyAuthChallenge
      + create  function postConfirmation  whatsapp-otp-dev-postConfirmation
      + create  permission preSignUp  whatsapp-otp-dev-preSignUp/whatsapp-otp-cognito
      + create  permission defineAuthChallenge
      + create  permission createAuthChallenge
      + create  permission verifyAuthChallenge
      + create  permission postConfirmation
      + create  record  /whatsapp-otp/dev/stage

      Plan: 31 to create, 0 to update, 0 to delete, 0 unchanged
      ✓ role preSignUp  <duration>
      ✓ role defineAuthChallenge  <duration>
      ✓ role createAuthChallenge  <duration>
      ✓ role verifyAuthChallenge  <duration>
      ✓ role postConfirmation  <duration>
      ✓ secrets  <duration>
      ✓ role-policy preSignUp  <duration>
      ✓ role-policy defineAuthChallenge  <duration>
      ✓ role-policy createAuthChallenge  <duration>
      ✓ log-group preSignUp  <duration>
      ✓ log-group defineAuthChallenge  <duration>
      ✓ log-group createAuthChallenge  <duration>
      ✓ log-group verifyAuthChallenge  <duration>
      ✓ log-group postConfirmation  <duration>
      ✓ user-pool  <duration>
      ✓ user-pool-client signup  <duration>
      ✓ role-policy verifyAuthChallenge  <duration>
      ✓ role-policy postConfirmation  <duration>
      ✓ user-pool-client login  <duration>
      ✓ function defineAuthChallenge  <duration>
      ✓ function postConfirmation  <duration>
      ✓ permission defineAuthChallenge  <duration>
      ✓ permission postConfirmation  <duration>
      ✓ table  <duration>
      ✓ function preSignUp  <duration>
      ✓ function verifyAuthChallenge  <duration>
      ✓ permission preSignUp  <duration>
      ✓ function createAuthChallenge  <duration>
      ✓ permission verifyAuthChallenge  <duration>
      ✓ permission createAuthChallenge  <duration>
      ✓ record  <duration>
      ✓ Check that the pool calls its triggers  <duration>

      Done in <duration>, <n> API calls

      Next
        whatsapp-otp login <your number> --stage dev   sign in from here
        whatsapp-otp outputs --stage dev --format env  the ids for your app
      "
    `)
  })
  it('is destroyed', async () => {
    expect(await screen('destroy --yes --stage dev')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      --- stderr
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      - delete  role preSignUp  whatsapp-otp-dev-us-east-1-preSignUp
      - delete  role defineAuthChallenge
      - delete  role createAuthChallenge
      - delete  role verifyAuthChallenge
      - delete  role postConfirmation  whatsapp-otp-dev-us-east-1-postConfirmation
      - delete  log-group preSignUp  /aws/lambda/whatsapp-otp-dev-preSignUp
      - delete  log-group defineAuthChallenge
      - delete  log-group createAuthChallenge
      - delete  log-group verifyAuthChallenge
      - delete  log-group postConfirmation
      - delete  table  whatsapp-otp-dev
      - delete  secrets  /whatsapp-otp/dev/secrets
      - delete  user-pool  WhatsApp-otp-auth-pool-dev
      - delete  user-pool-client signup  WhatsApp-otp-signup-dev
      - delete  user-pool-client login  WhatsApp-otp-login-dev
      - delete  role-policy preSignUp
      - delete  role-policy defineAuthChallenge
      - delete  role-policy createAuthChallenge
      - delete  role-policy verifyAuthChallenge
      - delete  role-policy postConfirmation
      - delete  function preSignUp  whatsapp-otp-dev-preSignUp
      - delete  function defineAuthChallenge  whatsapp-otp-dev-defineAuthChallenge
      - delete  function createAuthChallenge  whatsapp-otp-dev-createAuthChallenge
      - delete  function verifyAuthChallenge  whatsapp-otp-dev-verifyAuthChallenge
      - delete  function postConfirmation  whatsapp-otp-dev-postConfirmation
      - delete  permission preSignUp  whatsapp-otp-dev-preSignUp/whatsapp-otp-cognito
      - delete  permission defineAuthChallenge
      - delete  permission createAuthChallenge
      - delete  permission verifyAuthChallenge
      - delete  permission postConfirmation
      - delete  record  /whatsapp-otp/dev/stage

      Plan: 0 to create, 0 to update, 31 to delete, 0 unchanged
      ✓ user-pool  <duration>
      ✓ user-pool-client signup  <duration>
      ✓ user-pool-client login  <duration>
      ✓ function preSignUp  <duration>
      ✓ permission preSignUp  <duration>
      ✓ function defineAuthChallenge  <duration>
      ✓ permission defineAuthChallenge  <duration>
      ✓ function createAuthChallenge  <duration>
      ✓ permission createAuthChallenge  <duration>
      ✓ function verifyAuthChallenge  <duration>
      ✓ permission verifyAuthChallenge  <duration>
      ✓ function postConfirmation  <duration>
      ✓ log-group preSignUp  <duration>
      ✓ permission postConfirmation  <duration>
      ✓ role-policy preSignUp  <duration>
      ✓ log-group defineAuthChallenge  <duration>
      ✓ role-policy defineAuthChallenge  <duration>
      ✓ log-group createAuthChallenge  <duration>
      ✓ role-policy createAuthChallenge  <duration>
      ✓ log-group verifyAuthChallenge  <duration>
      ✓ role-policy verifyAuthChallenge  <duration>
      ✓ log-group postConfirmation  <duration>
      ✓ secrets  <duration>
      ✓ role-policy postConfirmation  <duration>
      ✓ role preSignUp  <duration>
      ✓ role defineAuthChallenge  <duration>
      ✓ role createAuthChallenge  <duration>
      ✓ role verifyAuthChallenge  <duration>
      ✓ role postConfirmation  <duration>
      ✓ table  <duration>
      ✓ record  <duration>
      ✓ Read again  <duration>

      Nothing is left: read again after <duration>
      "
    `)
  })
})
