// `completion`: prints the script that completes commands and flags in a shell.

import { usageError } from '../errors.ts'
import { completionScript, type Shell, shells } from '../terminal/completion-script.ts'
import type { CommandSpec } from './frame/command.ts'

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
  async run({ output, commandTable }, shell = '') {
    if (!(shells as readonly string[]).includes(shell)) {
      throw usageError('UNKNOWN_SHELL', `«${shell}» is not a shell that can be completed`, {
        why: `they are ${shells.join(', ')}`,
        next: ['whatsapp-otp completion bash'],
      })
    }
    const script = completionScript(shell as Shell, await commandTable())
    output.data(script.trimEnd())
    output.json({ command: 'completion', shell, script })
  },
}
