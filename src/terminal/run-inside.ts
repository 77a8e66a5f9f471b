// Runs somebody's command line in a shell on this terminal, and passes on to it what signals arrive here.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { AppError, exitCodes } from '../errors.ts'
import type { Io } from './io.ts'

export interface Inside {
  /** Variables beside those of the program itself. */
  env: Record<string, string>
  /** Names of those that it does not get. */
  without: readonly string[]
  io: Pick<Io, 'cwd' | 'env' | 'signals' | 'stdin'>
}

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Resolves to the exit code. Throws EXEC_FAILED where there is no shell to run it. */
export function runInside(line: string, { env: added, without, io }: Inside): Promise<number> {
  const { cwd, signals, stdin } = io
  const env = {
    ...Object.fromEntries(Object.entries(io.env).filter(([name]) => !without.includes(name))),
    ...added,
  }
  // Without a terminal nobody but us tells the shell's own children: they get a group of their own to be reached in.
  const isGroup = !stdin.isTTY && process.platform !== 'win32'
  const child = spawn(line, { shell: true, stdio: 'inherit', cwd, env, detached: isGroup })
  const kill = (signal: NodeJS.Signals) => {
    if (!isGroup) return child.kill(signal)
    try {
      return child.pid !== undefined && process.kill(-child.pid, signal)
    } catch {
      return false
    }
  }
  // A terminal has told everyone on it of Ctrl-C already, and many take the second one for impatience.
  const handlers = passedOn
    .filter((name) => name !== 'SIGINT' || !stdin.isTTY)
    .map((name) => [name, () => void kill(name)] as const)
  const atOnce = () => kill('SIGKILL')
  for (const [name, handler] of handlers) signals.on(name, handler)
  process.on('exit', atOnce)
  return new Promise<number>((resolve, reject) => {
    child.on('error', (cause) =>
      reject(new AppError('EXEC_FAILED', `«${line}» could not be started`, { why: cause.message, cause })),
    )
    // A shell reports a signal as 128 + its number; so do we.
    child.on('exit', (code, killedBy) => resolve(code ?? 128 + (killedBy ? constants.signals[killedBy] : 0)))
  }).finally(() => {
    for (const [name, handler] of handlers) signals.off(name, handler)
    process.off('exit', atOnce)
  })
}

/** For a command line whose turn never came. */
export function notRun(line: string, cause: unknown): AppError {
  const why = 'it was stopped before the sandbox was ready'
  return new AppError('EXEC_NOT_RUN', `«${line}» was not run`, { why, exitCode: exitCodes.cancelled, cause })
}
