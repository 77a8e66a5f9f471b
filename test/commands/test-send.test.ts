// One message to try the sender: how it is followed, and how it fails.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { document, screen, startWithStage } from '../cli/scene.ts'
import type { Terminal } from '../cli/terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await startWithStage()
})
afterAll(() => terminal.close())

describe('test-send', () => {
  it('follows one until it is delivered', async () => {
    expect(await screen(terminal, 'test-send +15550100001')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      accepted   msg_<uuid>
      sent       after <duration>
      delivered  after <duration>
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Send otp_login (en_US)  <duration>
      "
    `)
  })

  it('--json says what became of it', async () => {
    expect(await document(terminal, 'test-send +15550100001 --json')).toMatchInlineSnapshot(`
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

  it('--no-wait returns when it is accepted', async () => {
    expect(await screen(terminal, 'test-send +15550100001 --no-wait --lang es')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      accepted   msg_<uuid>
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ! es is not among the stage's languages (en_US)
      ✓ Send otp_login (es)  <duration>
      "
    `)
  })

  it('fails in words when WhatsApp could not deliver', async () => {
    expect(await screen(terminal, 'test-send +15550109026')).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      accepted   msg_<uuid>
      failed     after <duration>
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Send otp_login (en_US)  <duration>
      ✖ WhatsApp did not deliver the message (131026)
        Why   the number is not on WhatsApp, runs an old app, or has not accepted the terms
        Next  let this user sign in another way; sending again will not help
      "
    `)
    expect(await document(terminal, 'test-send +15550109026 --json')).toMatchInlineSnapshot(`
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

  it('fails when SendZen refuses', async () => {
    expect(await screen(terminal, 'test-send +15550109056')).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✖ Send otp_login (en_US)  <duration>
      ✖ Could not send the message
        Why   too many messages to this number in a short time
        Next  wait; the pause grows with each message
      "
    `)
  })

  it('gives up after --timeout, which is no failure', async () => {
    expect(await screen(terminal, 'test-send +15550109020 --timeout 5')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      accepted   msg_<uuid>
      sent       after <duration>
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Send otp_login (en_US)  <duration>
      ! No word on its delivery within <duration>; it may still arrive
      "
    `)
  })
})
