// What the program answers without loading the CLI is what the CLI would say.
import { execFileSync } from 'node:child_process'
import { openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { commands } from '../../src/cli/catalogue.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { exitCodes } from '../../src/errors.ts'
import { version } from '../../src/version.ts'

const root = resolve(import.meta.dirname, '../..')
const { stored } = createRequire(import.meta.url)(join(root, 'bin/stored.js')) as {
  stored(argv: string[], columns: () => number): string | undefined
}

async function helpOf(argv: string[], columns: number): Promise<string> {
  let text = ''
  const write = (chunk: string | Uint8Array) => {
    text += chunk
    return true
  }
  await (await buildProgram(argv, { stdout: { write, columns } }, async () => exitCodes.done))()
  return text
}

it.each([[[]], [['--help']], ...[...commands.keys()].map((name) => [[name, '--help']])])(
  'the help of %j is the same at every width',
  async (argv) => {
    for (const columns of [20, 41, 50, 66, 80, 81, 120, 400]) {
      expect(
        stored(argv, () => columns),
        `${columns} columns`,
      ).toBe(await helpOf(argv, columns))
    }
  },
)

it('the version is the package’s', () => {
  expect(stored(['--version'], () => 80)).toBe(`${version()}\n`)
  expect(stored(['-V'], () => 80)).toBe(`${version()}\n`)
})

it.each([
  [['deploy']],
  [['help', 'deploy']],
  [['--help', '--json']],
  [['deploy', '--help', '--stage', 'x']],
  [['--stage', '--help']],
  [['deploy', '--version']],
])('%j is the CLI’s', (argv) => {
  expect(stored(argv, () => 80)).toBeUndefined()
})

it.each(['constructor', 'help'])('of %s nothing is stored, and the CLI says so', (word) => {
  expect(() => stored([word, '--help'], () => 80)).toThrow('ENOENT')
})

it.each(['../../package', '..', 'a/b'])('%s is no command', (word) => {
  expect(stored([word, '--help'], () => 80)).toBeUndefined()
})

it.skipIf(process.platform !== 'linux')('what cannot be printed is told in the CLI’s words', () => {
  const stdio: ['ignore', number, 'pipe'] = ['ignore', openSync('/dev/full', 'w'), 'pipe']
  expect(() =>
    execFileSync(process.execPath, [join(root, 'bin/whatsapp-otp.js'), '--help'], { stdio }),
  ).toThrow('Not everything could be printed')
})
