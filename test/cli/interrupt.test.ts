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
    expect(stderr).toMatch(/Why {3}\d+ of 34 steps are done; it is safe to repeat/)
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
