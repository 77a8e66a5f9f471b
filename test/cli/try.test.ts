// What can be tried without an account: the sandbox, commands inside it, and the story that it tells.
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, type Running, Terminal } from './terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await Terminal.start()
})
afterAll(() => terminal.close())

/** Waits for a text, then presses Ctrl-C once. */
const until = (text: string) => async (running: Running) => {
  while (!`${running.stdout.all()}${running.stderr.all()}`.includes(text)) await setImmediate()
  running.signals.emit('SIGINT')
}

describe('dev', () => {
  it('prints the variables of an app, and ends with Ctrl-C and exit 0', async () => {
    const result = await terminal.run('dev --port 0', { during: until('Ctrl-C stops it') })
    expect(result.code).toBe(0)
    expect(result.stdout).toMatch(/^export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+$/m)
    expect(result.stdout).toMatch(/^export WHATSAPP_OTP_USER_POOL_ID=us-east-1_\w+$/m)
    expect(result.stdout.match(/AWS_ACCESS_KEY_ID/g)).toHaveLength(1)
    expect(result.stderr).not.toContain('Finishing')
  })

  it('tells an empty one’s SendZen too, since it is there to be deployed to', async () => {
    const { stdout } = await terminal.run('dev --empty --port 0', { during: until('Ctrl-C stops it') })
    expect(stdout).toContain('export SENDZEN_API_KEY=')
    expect(stdout).not.toContain('USER_POOL_ID')
  })

  it('prints one document with --json', async () => {
    const result = await terminal.run('dev --empty --port 0 --json', { during: until('SENDZEN_API_URL') })
    expect(documentOf(result)).toMatchObject({ schemaVersion: 1, command: 'dev' })
  })

  it('runs a command inside and returns its exit code', async () => {
    const line = ['dev', '--port', '0', '--exec', 'test -n "$WHATSAPP_OTP_LOGIN_CLIENT_ID" && exit 7']
    expect((await terminal.run(line)).code).toBe(7)
  })
})

describe('demo', () => {
  it('plays the whole story and leaves nothing', async () => {
    const { code, stdout, stderr, writes } = await terminal.run('demo', { tty: true, columns: 50 })
    expect([code, stdout, writes]).toEqual([0, '', []])
    expect(stderr).toContain('nothing left behind')
    // Each code is seen on the phone, and as what the app answers with.
    const codes = [...stderr.matchAll(/│ (\d{6}) is your verification code/g)].map(([, code]) => code)
    expect(codes).toHaveLength(3)
    expect(stderr).toContain(`RespondToAuthChallenge ${codes[0]}`)
    expect(stderr).toContain('Next\n  whatsapp-otp dev')
    // A slow computer says besides what it is at.
    const lines = stderr
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('… '))
    expect(lines.length).toBeLessThan(90)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50)
  })

  it('is one document with --json', async () => {
    const result = await terminal.run('demo --json')
    const { chapters } = documentOf(result) as { chapters?: object[] }
    expect([result.code, chapters?.length]).toEqual([0, 9])
  })
})

describe('help', () => {
  it('has three examples for every command, and lists them all', async () => {
    const { commands } = await import('../../src/cli/catalogue.ts')
    const { stdout } = await terminal.run('--help')
    for (const [name] of commands) {
      expect(stdout).toMatch(new RegExp(`^  ${name}( |$)`, 'm'))
      const help = (await terminal.run(`${name} --help`)).stdout
      expect(help.split('Examples:\n')[1]?.trim().split('\n')).toHaveLength(3)
    }
  })

  it('comes for `help <command>` as for `<command> --help`', async () => {
    expect((await terminal.run('help deploy')).stdout).toBe((await terminal.run('deploy --help')).stdout)
  })

  it('is what no words at all give', async () => {
    const { code, stdout } = await terminal.run('')
    expect([code, stdout.startsWith('Usage:')]).toEqual([0, true])
  })
})
