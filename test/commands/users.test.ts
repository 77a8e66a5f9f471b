// One user: shown with the number masked, and what was counted forgotten, never without a note.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { document, screen, signIn, startWithStage } from '../cli/scene.ts'
import type { Terminal } from '../cli/terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await startWithStage()
})
afterAll(() => terminal.close())

describe('users', () => {
  it('shows one, with the number masked', async () => {
    await signIn(terminal, '+15550100007')
    const shown = await screen(terminal, 'users show +15550100007')
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
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Find the user  <duration>
      "
    `)
  })

  it('resets the counters after a question, and notes who did it', async () => {
    await signIn(terminal, '+15550100008')
    const result = await terminal.run('users reset +15550100008', {
      answers: [['Forget what was counted', 'y\r']],
    })
    expect(result.code).toBe(0)
    expect(result.writes).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'dynamodb:PutItem'])
    const { user } = (await document(terminal, 'users show +15550100008 --json')) as unknown as {
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
    expect(stdout).not.toContain('15550100008')
  })

  it('resets nothing where the note cannot be written', async () => {
    await signIn(terminal, '+15550100009')
    terminal.sandbox.faults.add({ service: 'logs', operation: 'PutLogEvents', kind: 'fail-before', times: 9 })
    const result = await terminal.run('users reset +15550100009 --yes')
    terminal.sandbox.faults.clear()
    expect(result.code).toBe(1)
    expect(result.writes).not.toContain('dynamodb:PutItem')
  })
})
