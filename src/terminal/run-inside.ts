// Runs somebody's command line in a shell on this terminal, and passes Ctrl-C on to it.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { AppError } from '../errors.ts'

export interface Inside {
  env: Record<string, string | undefined>
  cwd: string
  signal: AbortSignal
}

/** Resolves to the exit code. Throws EXEC_FAILED where there is no shell to run it. */
export function runInside(line: string, { env, cwd, signal }: Inside): Promise<number> {
  const child = spawn(line, { shell: true, stdio: 'inherit', cwd, env })
  signal.addEventListener('abort', () => child.kill('SIGINT'))
  return new Promise((resolve, reject) => {
    child.on('error', (cause) =>
      reject(new AppError('EXEC_FAILED', `«${line}» could not be started`, { why: cause.message, cause })),
    )
    // A shell reports a signal as 128 + its number; so do we.
    child.on('exit', (code, killedBy) => resolve(code ?? 128 + (killedBy ? constants.signals[killedBy] : 0)))
  })
}
