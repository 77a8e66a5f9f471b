// What doctor prints: before the first deploy, where nothing is set up, and where all is well.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWithStage } from '../cli/scene.ts'
import { Terminal } from '../cli/terminal.ts'
import { ailments, screenOfDoctor } from '../insight/doctor/ailments.ts'

describe('doctor before the first deploy', () => {
  let terminal: Terminal
  beforeAll(async () => {
    terminal = await Terminal.start()
  })
  afterAll(() => terminal.close())

  it('checks what there is, and sends the user to init', async () => {
    const result = await terminal.run('doctor')
    expect(result.writes).toEqual([])
    expect(screenOfDoctor(terminal, result)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      <the account and the sender are well>
      ! stage: there is no stage «dev» in this account and region yet
          → whatsapp-otp init --stage dev
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)

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
    expect(screenOfDoctor(terminal, await terminal.run('doctor', { env }))).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      ✓ Node: <node>
      ✖ credentials: There is no AWS profile «not-there»: your AWS configuration has none at all
          → choose another with --profile or AWS_PROFILE, or aws configure --profile not-there   makes it; with SSO: aws configure sso
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

describe('doctor with a stage', () => {
  it('finds nothing where nothing is wrong', async () => {
    const terminal = await startWithStage()
    const result = await terminal.run('doctor')
    expect(screenOfDoctor(terminal, result)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      ✓ sign-in: works: 11 checks hold, the provider accepts key, sender and template, nothing was sent in the last day
      <the account and the sender are well>
      ✓ stage: dev, deployed by version <version>
      ✓ resources: 34 of 34 as wanted
      ✓ brake: not pulled
      ✓ test numbers: none
      ✓ latest messages: none in the last day
      ✓ pool calls its triggers: all 5
      ✓ sign-in is answered: 11 checks hold
      ✓ session outlives the code: codes live 5 min
      ✓ messages of the stage: 0 of 200 in this hour, 0 of 1000 today (UTC)
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)

      18 checks: 18 passed, 0 to look at, 0 failed, 0 skipped
      "
    `)
    expect(await ailments(terminal)).toEqual({ code: 0, ill: {}, skipped: [] })
    await terminal.close()
  })
})
