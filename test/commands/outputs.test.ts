// The ids of a stage in the form that an app wants, on the screen or in a file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { document, screen, startWithStage } from '../cli/scene.ts'
import type { Terminal } from '../cli/terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await startWithStage()
})
afterAll(() => terminal.close())

describe('outputs', () => {
  for (const format of ['env', 'json', 'amplify', 'next', 'vite']) {
    it(`come as ${format}`, async () => {
      const { code, stdout } = await terminal.run(`outputs --format ${format}`)
      expect(code).toBe(0)
      expect(terminal.still(stdout)).toMatchSnapshot()
    })
  }

  it('are one document with --json', async () => {
    expect(await document(terminal, 'outputs --json')).toMatchInlineSnapshot(`
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
    expect(await screen(terminal, 'outputs --format vite --write .env.local')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      Wrote the ids of stage dev (vite, 7 lines) into <folder>/.env.local
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
      VITE_WHATSAPP_OTP_JWKS_URI=<sandbox>/<pool>/.well-known/jwks.json
      VITE_WHATSAPP_OTP_ENDPOINT=<sandbox>
      # whatsapp-otp: end
      "
    `)
    expect((await terminal.run('outputs --format vite --write .env.local')).stderr).toContain('Unchanged')
    expect(file()).toBe(once)
  })
})
