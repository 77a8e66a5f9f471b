// The stages of an account and region.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { document, screen, startWithStage } from '../cli/scene.ts'
import { Terminal } from '../cli/terminal.ts'

describe('stages', () => {
  it('has none before the first deploy', async () => {
    const terminal = await Terminal.start()
    expect(await screen(terminal, 'stages')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · user/developer · emulator at <sandbox>
      ✓ Read the stages  <duration>
      There is no stage here yet: whatsapp-otp init
      "
    `)
    await terminal.close()
  })
})

describe('stages with one', () => {
  let terminal: Terminal
  beforeAll(async () => {
    terminal = await startWithStage()
  })
  afterAll(() => terminal.close())

  it('has a line for it', async () => {
    // The columns are as wide as the age that stands in them.
    expect((await screen(terminal, 'stages')).replace(/ {2,}/g, '  ')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
        stage  age  version  pool  health
      ✓ dev  <duration>  <version>  <pool>  healthy
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · user/developer · emulator at <sandbox>
      ✓ Read the stages  <duration>
      1 stage
      "
    `)
  })

  it('--json has its ids', async () => {
    expect(await document(terminal, 'stages --json')).toMatchInlineSnapshot(`
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
            "judgement": [],
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
