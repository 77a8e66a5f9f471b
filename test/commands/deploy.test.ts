// A deploy as a person and as a program see it: the first one, one without a change, and one of a part.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { document, named, screen, startWithStage } from '../cli/scene.ts'
import { screenOf, Terminal } from '../cli/terminal.ts'

describe('a first deploy', () => {
  let terminal: Terminal
  beforeAll(async () => {
    terminal = await Terminal.start()
  })
  afterAll(() => terminal.close())

  it('shows the plan, every step, the ids and what to do next', async () => {
    expect(await screen(terminal, 'deploy')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      User pool      <pool>
      Signup client  <client>
      Login client   <client>
      Issuer         https://cognito-idp.us-east-1.amazonaws.com/<pool>
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      ✓ Check SendZen  <duration>
      <the whole stage: + create>

      Plan: 34 to create, 0 to update, 0 to delete, 0 unchanged
      <every step>
      ✓ Check that the pool calls its triggers  <duration>

      Done in <duration>, <n> API calls

      Next
        whatsapp-otp login <your number> --stage dev   sign in from here
        whatsapp-otp outputs --stage dev --format env  the ids for your app
      "
    `)
  })
})

describe('a deploy of a stage that is there', () => {
  let terminal: Terminal
  beforeAll(async () => {
    terminal = await startWithStage()
  })
  afterAll(() => terminal.close())

  it('changes nothing where nothing differs', async () => {
    // The first one finds out what the stage was made without.
    await terminal.run('deploy')
    const result = await terminal.run('deploy')
    expect(result.writes).toEqual([])
    expect(named(screenOf(terminal, result))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      User pool      <pool>
      Signup client  <client>
      Login client   <client>
      Issuer         https://cognito-idp.us-east-1.amazonaws.com/<pool>
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      ✓ Check SendZen  <duration>
      Plan: 0 to create, 0 to update, 0 to delete, 34 unchanged

      Nothing to change in <duration>, <n> API calls

      Next
        whatsapp-otp login <your number> --stage dev   sign in from here
        whatsapp-otp outputs --stage dev --format env  the ids for your app
      "
    `)
  })

  it('prints one document with --json', async () => {
    expect(await document(terminal, 'deploy --json --max-login-attempts 4')).toMatchInlineSnapshot(`
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
          "master-key keep done",
          "provider-key keep done",
          "findings keep done",
          "brake keep done",
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
    expect(await screen(terminal, 'deploy --function preSignUp --no-verify')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      User pool      <pool>
      Signup client  <client>
      Login client   <client>
      Issuer         https://cognito-idp.us-east-1.amazonaws.com/<pool>
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
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
})
