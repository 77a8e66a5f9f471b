// Ctrl-C in the middle: what is done stays and is said, and the same command finishes the job.
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Running, Terminal } from './terminal.ts'

let terminal: Terminal
beforeEach(async () => {
  terminal = await Terminal.start()
})
afterEach(() => terminal.close())

const afterText = (text: string) => async (running: Running) => {
  while (!running.stderr.all().includes(text)) await setImmediate()
  running.signals.emit('SIGINT')
}

describe('Ctrl-C', () => {
  it('in a deploy says how far it came, and the next deploy finishes', async () => {
    const { code, stderr } = await terminal.run('deploy', { during: afterText('✓ table') })
    expect(code).toBe(130)
    expect(stderr).toContain('Finishing the call under way')
    expect(stderr).toMatch(/Why {3}\d+ of 31 steps are done; it is safe to repeat/)
    expect(stderr).toContain('Next  whatsapp-otp deploy --stage dev')
    expect((await terminal.run('deploy')).code).toBe(0)
    expect((await terminal.run('status')).code).toBe(0)
  })

  it('in a destroy too, and the next destroy leaves nothing', async () => {
    expect((await terminal.run('deploy --no-verify')).code).toBe(0)
    const line = 'destroy --stage dev --yes'
    expect((await terminal.run(line, { during: afterText('✓ user pool') })).code).toBe(130)
    expect((await terminal.run(line)).code).toBe(0)
    expect(terminal.sandbox.inventory()).toEqual([])
  })

  it('prints one document with --json as well', async () => {
    const during = async ({ signals }: Running) => {
      while (!terminal.sandbox.inventory().some(({ kind }) => kind === 'role')) await setImmediate()
      signals.emit('SIGINT')
    }
    const { code, stdout } = await terminal.run('deploy --json', { during })
    expect([code, JSON.parse(stdout).error.code]).toEqual([130, 'CANCELLED'])
  })
})

describe('rotate-key', () => {
  it('puts a new key in place without a deploy, and warns of an old one that is left in .env', async () => {
    const key = terminal.sandbox.env().SENDZEN_API_KEY
    expect((await terminal.run('deploy --no-verify', { env: { SENDZEN_API_KEY: key } })).code).toBe(0)
    await spoil()
    terminal.write('.env', 'SENDZEN_API_KEY=sz_live_former\n')
    const options = { env: { SENDZEN_API_KEY: undefined }, stdin: `${key}\n` }
    const result = await terminal.run('rotate-key --stdin', options)
    expect(result.code).toBe(0)
    expect(result.writes).toEqual(['ssm:PutParameter'])
    expect(result.stderr).toContain('within 10 minutes')
    expect(result.stderr).toContain('the next deploy would put that one back')
    expect(result.stdout + result.stderr).not.toContain(key)
    terminal.write('.env', '')
    expect((await terminal.run('test-send +15550100001', { env: { SENDZEN_API_KEY: undefined } })).code).toBe(
      0,
    )
  })
})

/** Puts a key into the stage that SendZen no longer takes. */
async function spoil(): Promise<void> {
  const { createClients } = await import('../../src/aws/clients.ts')
  const { GetParameterCommand, PutParameterCommand } = await import('@aws-sdk/client-ssm')
  const { ssm } = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
  const Name = '/whatsapp-otp/dev/secrets'
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))
  const document = { ...JSON.parse(Parameter?.Value ?? '{}'), sendzenApiKey: 'sz_live_revoked' }
  const Value = JSON.stringify(document)
  await ssm.send(new PutParameterCommand({ Name, Type: 'SecureString', Value, Overwrite: true }))
}
