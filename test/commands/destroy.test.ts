// A destroy asks first, says what goes, removes it all, and reads again.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { document, screen, signIn, startWithStage } from '../cli/scene.ts'
import type { Terminal } from '../cli/terminal.ts'

let terminal: Terminal
beforeEach(async () => {
  terminal = await startWithStage()
})
afterEach(() => terminal.close())

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
    await signIn(terminal, '+15550100007')
    expect(await screen(terminal, 'destroy --stage dev --yes')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      <the whole stage: - delete>

      Plan: 0 to create, 0 to update, 34 to delete, 0 unchanged
      ! With the pool go about 1 user (Cognito's own estimate)
      <every step>
      ✓ Read again  <duration>

      Nothing is left: read again after <duration>
      "
    `)
    expect(terminal.sandbox.inventory()).toEqual([])
  })

  it('prints one document with --json', async () => {
    expect(await document(terminal, 'destroy --stage dev --yes --json')).toMatchInlineSnapshot(`
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
          "master-key delete done",
          "provider-key delete done",
          "findings delete done",
          "brake delete done",
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
