// The command line: global flags, lazy commands, signals, and the one place where errors end.
import { setImmediate } from 'node:timers/promises'
import { Command, CommanderError, Option } from 'commander'
import type { CommandSpec, Context, Flags } from '../commands/frame/command.ts'
import { AppError, cancelled, type ExitCode, exitCodes, usageError } from '../errors.ts'
import { showError } from '../terminal/error-view.ts'
import type { Io } from '../terminal/io.ts'
import { createOutput } from '../terminal/output.ts'
import { createPrompts } from '../terminal/prompt.ts'
import { systemIo } from '../terminal/system-io.ts'
import { lookForUpdate } from '../terminal/update-notice.ts'
import { publishedVersion, version } from '../version.ts'
import { createTasks } from '../views/tasks.ts'
import { commandIn, commands, globalOptions } from './catalogue.ts'

/** Runs one command line and resolves to its exit code. Never throws, never leaves the process. */
export async function main(argv: string[], io: Io = { ...systemIo(), publishedVersion }): Promise<ExitCode> {
  const abort = new AbortController()
  const output = createOutput(outputOptions(argv, io))
  let endless = false
  const interrupt = () => {
    if (abort.signal.aborted) return io.leave(exitCodes.cancelled)
    if (!endless) output.say('\nFinishing the call under way. Ctrl-C again leaves at once.')
    abort.abort()
  }
  let unwritten: NodeJS.ErrnoException | undefined
  // What changes a stage goes on, what only shows ends. A reader that has seen enough (`| head`) is no failure.
  const onBroken = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') unwritten ??= error
    if (endless) abort.abort()
  }
  const onUncaught = (error: unknown) =>
    io.leave(showError(error, output, { debug: argv.includes('--debug') }))
  const { env, clock, publishedVersion: lookUp } = io
  const update = lookForUpdate({ env, output, clock, current: version(), lookUp })
  io.signals.on('SIGINT', interrupt)
  io.signals.on('SIGTERM', interrupt)
  io.signals.on('SIGHUP', interrupt)
  io.signals.on('uncaughtException', onUncaught)
  for (const stream of [io.stdout, io.stderr]) stream.on('error', onBroken)
  try {
    const program = await buildProgram(argv, io, async (spec, args, flags) => {
      endless = spec.endless === true
      // Loaded here, since neither the help nor the version needs what checks settings.
      const [{ readSources, targetOf }, { withoutSettings }] = await Promise.all([
        import('../settings/sources.ts'),
        import('../settings/resolve.ts'),
      ])
      const prompts = createPrompts({ io, output, signal: abort.signal })
      const sources = await readSources(spec.settings ? flags : withoutSettings(flags), io.env, io.cwd)
      const context: Context = {
        io,
        flags,
        output,
        prompts,
        tasks: createTasks(output, io.clock),
        sources,
        target: targetOf(sources),
        clock: io.clock,
        signal: abort.signal,
        commandTable: async () => (await import('./command-table.ts')).commandTable(),
        invoke: (words, part) => main(words, { ...io, publishedVersion: undefined, ...part }),
      }
      const code = await spec.run(context, ...args)
      return typeof code === 'number' ? (code as ExitCode) : exitCodes.done
    })
    const code = await program()
    // A file tells of a full disk right after the write.
    await setImmediate()
    if (unwritten) throw notWritten(unwritten)
    return code
  } catch (error) {
    const isOver = abort.signal.aborted && !(error instanceof AppError)
    const failure = isOver ? cancelled('by Ctrl-C') : await inOurWords(error, argv)
    // The call that was ended with it is no failure where Ctrl-C is the usual end.
    if (endless && failure instanceof AppError && failure.code === 'CANCELLED') return exitCodes.done
    return showError(failure, output, { debug: argv.includes('--debug') })
  } finally {
    await update.show()
    io.signals.off('SIGINT', interrupt)
    io.signals.off('SIGTERM', interrupt)
    io.signals.off('SIGHUP', interrupt)
    io.signals.off('uncaughtException', onUncaught)
  }
}

function notWritten(cause: NodeJS.ErrnoException) {
  return new AppError('OUTPUT_NOT_WRITTEN', 'Not everything could be printed', {
    why: `${cause.message}; the command itself has ended well`,
    next: ['whatsapp-otp status   shows how the stage is'],
    cause,
  })
}

/** What AWS answered, or did not, and nobody on the way has put into words. */
async function inOurWords(error: unknown, argv: string[]): Promise<unknown> {
  if (error instanceof AppError) return error
  const [{ failedCall }, { toAppError }] = await Promise.all([
    import('../aws/calls.ts'),
    import('../aws/words.ts'),
  ])
  return failedCall(error) ? toAppError(error, `finish ${commandIn(argv)}`) : error
}

type Action = (spec: CommandSpec, args: string[], flags: Flags) => Promise<ExitCode>

/** Registers every command by its summary and the one asked for in full; gives the function that runs it. */
async function buildProgram(argv: string[], io: Io, act: Action): Promise<() => Promise<ExitCode>> {
  let code: ExitCode = exitCodes.done
  const program = new Command('whatsapp-otp')
    .description('WhatsApp one-time-passcode sign-in for an AWS account')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
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

function outputOptions(argv: string[], io: Io) {
  const json = argv.includes('--json')
  const interactive =
    !json && !argv.includes('--no-input') && !io.env.CI && Boolean(io.stdin.isTTY && io.stderr.isTTY)
  return {
    stdout: io.stdout,
    stderr: io.stderr,
    env: io.env,
    json,
    noColor: argv.includes('--no-color'),
    interactive,
  }
}
