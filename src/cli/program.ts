// Every command with its flags and its help, as commander knows them, and the usage errors of a line that does not fit.
import { Command, CommanderError, Option } from 'commander'
import type { CommandSpec, Flags } from '../commands/frame/command.ts'
import { type ExitCode, exitCodes, usageError } from '../errors.ts'
import type { Io } from '../terminal/io.ts'
import { version } from '../version.ts'
import { commandIn, commands, globalOptions } from './catalogue.ts'

type Action = (spec: CommandSpec, args: string[], flags: Flags) => Promise<ExitCode>

/**
 * Registers every command by its summary and the one asked for in full; gives the function that runs it. `layOut`
 * replaces what breaks a description into lines.
 */
export async function buildProgram(
  argv: string[],
  io: { stdout: Pick<Io['stdout'], 'write' | 'columns'> },
  act: Action,
  layOut: { boxWrap?(text: string): string } = {},
): Promise<() => Promise<ExitCode>> {
  let code: ExitCode = exitCodes.done
  const program = new Command('whatsapp-otp')
    .description('WhatsApp one-time-passcode sign-in for an AWS account')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, ...layOut })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => io.stdout.columns ?? 80,
    })
    .addHelpText('after', programExamples)
  for (const [flag, help, repeatable] of globalOptions) {
    if (repeatable) program.option(flag, help, together)
    else program.option(flag, help)
  }

  const asked = commandIn(argv)
  for (const [name, { summary, group, load }] of commands) {
    if (name !== asked) {
      program.command(name).helpGroup(`${group}:`).summary(summary).description(summary).allowUnknownOption()
      continue
    }
    const { command: spec } = await load()
    const command = program
      .command(name)
      .helpGroup(`${group}:`)
      .summary(summary)
      .description(spec.description)
    for (const word of (spec.args ?? '').split(' ').filter(Boolean)) command.argument(word)
    for (const [flag, help, repeatable] of spec.options ?? []) {
      if (repeatable) command.option(flag, help, together)
      else command.option(flag, help)
    }
    if (spec.settings) await addSettings(command)
    command.addHelpText('after', examplesText(spec.examples))
    command.action(async (...parts: unknown[]) => {
      const args = parts.slice(0, -2).filter((part) => typeof part === 'string')
      code = await act(spec, args, command.optsWithGlobals())
    })
  }

  return async () => {
    try {
      await program.parseAsync(argv.length > 0 ? argv : ['--help'], { from: 'user' })
      return code
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error
      if (error.exitCode === 0) return exitCodes.done
      const message = error.message.replace(/^error: /, '').replace(/\n+/g, ' ')
      throw usageError(
        'USAGE',
        message.replace(/^./, (first) => first.toUpperCase()),
        {
          next: [`whatsapp-otp ${asked && commands.has(asked) ? `${asked} ` : ''}--help`],
          cause: error,
        },
      )
    }
  }
}

/** The values of a flag that may stand more than once. */
const together = (value: string, others: string[] = []) => [...others, value]

async function addSettings(command: Command): Promise<void> {
  const { schema, settingKeys, textOf } = await import('../settings/schema.ts')
  for (const key of settingKeys) {
    const row = schema[key]
    if (!('flag' in row)) continue
    const preset = 'default' in row && row.default !== undefined ? `; default ${textOf(row.default)}` : ''
    command.addOption(new Option(row.flag, `${row.help} (${row.env}${preset})`))
  }
}

function examplesText(examples: [string, string][]): string {
  const width = Math.max(...examples.map(([line]) => line.length))
  return `\nExamples:\n${examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`).join('\n')}\n`
}

const programExamples = examplesText([
  ['whatsapp-otp demo', 'see it all work, without an account'],
  ['whatsapp-otp init', 'set up sign-in in your AWS account'],
  ['whatsapp-otp destroy --stage dev', 'remove a stage without a trace'],
])
