// Completion scripts: complete, free of errors, and tried in bash itself.
import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../../src/cli/catalogue.ts'
import { Terminal } from '../cli/terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await Terminal.start()
})
afterAll(() => terminal.close())

const scriptOf = async (shell: string) => {
  const { code, stdout } = await terminal.run(`completion ${shell}`)
  expect(code).toBe(0)
  return stdout
}

describe('completion', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`knows every command in ${shell}, and reads without errors where that shell is there`, async () => {
      const script = await scriptOf(shell)
      for (const name of commands.keys()) expect(script).toContain(name)
      const file = join(terminal.cwd, `completion.${shell}`)
      writeFileSync(file, script)
      const checked = spawnSync(shell, ['-n', file], { encoding: 'utf8' })
      if (!checked.error) expect([checked.status, checked.stderr]).toEqual([0, ''])
    })
  }

  it('offers in bash what fits, and nothing else', async () => {
    const file = join(terminal.cwd, 'completion.bash')
    writeFileSync(file, await scriptOf('bash'))
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: bash's own
    const play = [
      'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))',
      '_whatsapp_otp; echo "${COMPREPLY[@]}"',
    ].join('; ')
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: bash's own
    const offered = (...words: string[]) =>
      execFileSync('bash', ['-c', play, file, 'whatsapp-otp', ...words], { encoding: 'utf8' }).trim()
    expect(offered('st')).toBe('status stages')
    expect(offered('--stage', 'prod', 'dep')).toBe('deploy')
    expect(offered('outputs', '--format', '')).toBe('env json amplify next vite')
    expect(offered('deploy', '--sms-fallback', 't')).toBe('true')
    expect(offered('completion', 'z')).toBe('zsh')
    expect(offered('destroy', '--keep')).toBe('--keep-users')
    expect(offered('users', 'r')).toBe('reset')
    expect(offered('status', '--stage', '')).toBe('')
  })

  it('prints one document with --json', async () => {
    const { stdout } = await terminal.run('completion bash --json')
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, command: 'completion', shell: 'bash' })
  })
})
