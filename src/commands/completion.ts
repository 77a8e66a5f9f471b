// `completion`: prints the script that completes commands and flags in a shell.
import { usageError } from '../errors.ts'
import { completionScript, flagOf, type Shell, shells, type Table } from '../shell/completion.ts'
import { commands, globalOptions } from './catalogue.ts'
import type { CommandSpec } from './command.ts'

export const command: CommandSpec = {
  args: '<shell>',
  description:
    'Prints a completion script for bash, zsh or fish. It is static: pressing Tab starts nothing and asks nobody.',
  choices: { '<shell>': shells },
  examples: [
    ['eval "$(whatsapp-otp completion bash)"', 'in ~/.bashrc'],
    ['eval "$(whatsapp-otp completion zsh)"', 'in ~/.zshrc, below compinit'],
    ['whatsapp-otp completion fish | source', 'in fish, or into its completions folder'],
  ],
  async run({ output }, shell = '') {
    if (!(shells as readonly string[]).includes(shell)) {
      throw usageError('UNKNOWN_SHELL', `«${shell}» is not a shell that can be completed`, {
        why: `they are ${shells.join(', ')}`,
        next: ['whatsapp-otp completion bash'],
      })
    }
    const script = completionScript(shell as Shell, await tableOf())
    output.data(script.trimEnd())
    output.json({ command: 'completion', shell, script })
  },
}

/** Loads every command: completion is the one place that needs them all. */
async function tableOf(): Promise<Table> {
  const { schema, settingKeys } = await import('../settings/schema.ts')
  const settings = settingKeys.flatMap((key) => {
    const row = schema[key]
    return 'flag' in row ? [flagOf(row.flag, row.help, row.flag.includes('<true|false>') ? truth : [])] : []
  })
  return {
    globals: [...globalOptions, helpFlag, versionFlag].map(([form, help]) => flagOf(form, help)),
    commands: await Promise.all(
      [...commands].map(async ([name, { summary, load }]) => {
        const { command: spec } = await load()
        const { options = [], choices = {} } = spec
        const own = options.map(([form, help]) => flagOf(form, help, choices[form.split(/[ ,]/)[0] ?? '']))
        const [argument = ''] = (spec.args ?? '').split(' ')
        return {
          name,
          summary,
          flags: [...own, ...(spec.settings ? settings : [])],
          words: choices[argument] ?? [],
        }
      }),
    ),
  }
}

const truth = ['true', 'false'] as const
const helpFlag: [string, string] = ['-h, --help', 'show help']
const versionFlag: [string, string] = ['-V, --version', 'print the version']
