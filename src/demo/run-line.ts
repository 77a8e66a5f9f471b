// A command line of this tool inside the demo: with none of the user's settings, and its document in the place of talk.
import { PassThrough } from 'node:stream'
import { AppError, type ExitCode, exitCodes } from '../errors.ts'
import type { Io } from '../terminal/io.ts'

export interface Inside {
  invoke(argv: string[], io: Partial<Io>): Promise<ExitCode>
  env: Io['env']
  cwd: string
  debug: boolean
}

/** Gives the document. Throws DEMO_FAILED with why, as the command says it. */
export async function runLine(line: string, { invoke, env, cwd, debug }: Inside): Promise<unknown> {
  const stdout = new PassThrough({ encoding: 'utf8' })
  const stderr = new PassThrough({ encoding: 'utf8' })
  const argv = [...line.split(' '), '--json', '--no-input', ...(debug ? ['--debug'] : [])]
  const code = await invoke(argv, {
    ...{ env, cwd },
    stdout: stdout as unknown as Io['stdout'],
    stderr: stderr as unknown as Io['stderr'],
  })
  const document = JSON.parse(String(stdout.read()))
  if (code === exitCodes.done) return document
  throw new AppError('DEMO_FAILED', `«whatsapp-otp ${line}» failed`, {
    why: String(document.error?.message),
    next: ['whatsapp-otp demo --debug', 'please report it with what that prints'],
    cause: stderr.read() ?? undefined,
  })
}

/** What the terminal needs; nothing of the user's AWS or SendZen settings may reach the demo, files included. */
export function terminalEnv(env: Io['env'], none: string): Io['env'] {
  const kept = ['PATH', 'HOME', 'TERM', 'LANG', 'NO_COLOR', 'FORCE_COLOR', 'CI', 'COLUMNS']
  const files = { AWS_CONFIG_FILE: none, AWS_SHARED_CREDENTIALS_FILE: none }
  return { ...Object.fromEntries(kept.map((name) => [name, env[name]])), ...files }
}
