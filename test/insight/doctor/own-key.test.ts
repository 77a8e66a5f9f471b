// The key that doctor and status test is the stage's own; another one in the shell is a matter of the next deploy.
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Clients, createClients } from '../../../src/aws/clients.ts'
import { names } from '../../../src/names.ts'
import { startWithStage } from '../../cli/scene.ts'
import { screenOf, type Terminal } from '../../cli/terminal.ts'
import { ailments } from './ailments.ts'

let terminal: Terminal
let clients: Clients
beforeAll(async () => {
  terminal = await startWithStage()
  clients = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
})
afterAll(() => terminal.close())

const store = (key: string) =>
  clients.ssm.send(
    new PutParameterCommand({
      Name: names.providerKey('dev'),
      Type: 'SecureString',
      Value: JSON.stringify({ sendzenApiKey: key }),
      Overwrite: true,
    }),
  )

describe('a stage and the shell with different keys', () => {
  it('is judged by its own: a bad one in the shell stops nothing yet', async () => {
    const env = { SENDZEN_API_KEY: 'sz_live_of-nobody' }
    expect((await terminal.run('status', { env })).code).toBe(0)
    const { code, ill } = await ailments(terminal, 'doctor', { env })
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        0,
        {
          "next.sendzen.key": "warn: SendZen refuses SENDZEN_API_KEY (environment): it answered 401: the key is wrong, expired, or of another project",
        },
      ]
    `)
  })

  it('is judged by its own: a good one in the shell helps nobody', async () => {
    await store('sz_live_revoked')
    const status = await terminal.run('status')
    expect(status.stdout).toContain("SendZen refuses the stage's own key")
    expect([status.code, `${status.stdout}${status.stderr}`.includes('sz_live_revoked')]).toEqual([1, false])
    const { code, ill } = await ailments(terminal)
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "sendzen.key": "fail: SendZen refuses the stage's own key, at <sandbox>: it answered 401: the key is wrong, expired, or of another project",
          "verdict": "fail: SendZen refuses the stage's own key, at <sandbox>: it answered 401: the key is wrong, expired, or of another project",
        },
      ]
    `)
    await store(terminal.sandbox.env().SENDZEN_API_KEY!)
  })

  it('where the stage has no address of another, a flag is tried for the next deploy only', async () => {
    const { code, ill } = await ailments(terminal, 'doctor --template otp_pending')
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        0,
        {
          "next.template.en_US": "warn: it still waits for approval by Meta",
        },
      ]
    `)
  })
})

describe('a stage whose secrets are gone', () => {
  const env = { SENDZEN_API_KEY: undefined }

  it('says so, whatever is asked of it, and takes a key again', async () => {
    await clients.ssm.send(new DeleteParameterCommand({ Name: names.providerKey('dev') }))
    expect((await terminal.run('status', { env })).stdout).toContain('secrets missing: ')
    const lines = await Promise.all(
      ['plan', 'deploy', 'test-send +12125550142'].map(async (line) =>
        screenOf(terminal, await terminal.run(line, { env })),
      ),
    )
    for (const line of lines) expect(line).toMatch(/^exit 1[\s\S]*✖ The secrets of stage «dev» are missing/)
    expect((await terminal.run('stages', { env })).code).toBe(1)
    expect((await terminal.run('deploy --no-verify')).code).toBe(0)
    expect((await ailments(terminal, 'doctor', { env })).code).toBe(0)
  })
})
