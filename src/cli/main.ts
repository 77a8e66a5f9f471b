// One run of the command line: its signals, its streams, and the one place where errors end.
import { setImmediate } from 'node:timers/promises'
import type { Context } from '../commands/frame/command.ts'
import { AppError, cancelled, type ExitCode, exitCodes } from '../errors.ts'
import { showError } from '../terminal/error-view.ts'
import type { Io } from '../terminal/io.ts'
import { createOutput } from '../terminal/output.ts'
import { createPrompts } from '../terminal/prompt.ts'
import { systemIo } from '../terminal/system-io.ts'
import { lookForUpdate } from '../terminal/update-notice.ts'
import { publishedVersion, version } from '../version.ts'
import { createTasks } from '../views/tasks.ts'
import { commandIn } from './catalogue.ts'
import { buildProgram } from './program.ts'

/** Runs one command line and resolves to its exit code. Never throws, never leaves the process. */
export async function main(argv: string[], io: Io = { ...systemIo(), publishedVersion }): Promise<ExitCode> {
  const abort = new AbortController()
  const output = createOutput(outputOptions(argv, io))
  const tasks = createTasks(output, io.clock)
  // Something is to be seen before the command is loaded.
  const isRead = tasks.passing('Read the settings')
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
    const program = await buildProgram(argv, { stdout: afterLine(io, isRead) }, async (spec, args, flags) => {
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
        tasks,
        sources,
        target: targetOf(sources),
        clock: io.clock,
        signal: abort.signal,
        commandTable: async () => (await import('./command-table.ts')).commandTable(),
        invoke: (words, part) => main(words, { ...io, publishedVersion: undefined, ...part }),
      }
      isRead()
      const code = await spec.run(context, ...args)
      return typeof code === 'number' ? (code as ExitCode) : exitCodes.done
    })
    const code = await program()
    // A file tells of a full disk right after the write.
    await setImmediate()
    if (unwritten) throw notWritten(unwritten)
    return code
  } catch (error) {
    isRead()
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

/** Where help and version go: what was shown until then is gone first. */
function afterLine({ stdout }: Io, isRead: () => void): Pick<Io['stdout'], 'write' | 'columns'> {
  const write = (text: string | Uint8Array) => {
    isRead()
    return stdout.write(text)
  }
  return { write, columns: stdout.columns }
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
