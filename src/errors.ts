// The one kind of error a user sees: what failed, why, and what to do next.

/** The documented exit codes of every command. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** Changes are pending; only with --detailed-exitcode. */
  pending: 2,
  /** Wrong usage, or an answer that nobody gave. */
  usage: 3,
  /** No usable AWS credentials. */
  credentials: 4,
  cancelled: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export interface AppErrorOptions {
  /** Why it failed, one sentence without a full stop at its end. */
  why?: string
  /** Commands or actions that get the user on, the most likely one first. */
  next?: string[]
  exitCode?: ExitCode
  /** Kept for --debug; never shown otherwise. */
  cause?: unknown
}

/**
 * An expected failure. `message` says in the user's words what failed; `code` is stable and meant for
 * programs (`STAGE_NAME_INVALID`). Nothing secret may be put into any of its texts.
 */
export class AppError extends Error {
  readonly code: string
  readonly why: string | undefined
  readonly next: string[]
  readonly exitCode: ExitCode

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.why = options.why
    this.next = options.next ?? []
    this.exitCode = options.exitCode ?? exitCodes.failed
  }
}

/** What to do where the same again may end well. */
export const runAgain = 'run the same command again; it is safe to repeat'

/** A wrong flag, a bad value or a missing answer: exit code 3. */
export function usageError(code: string, message: string, options: Omit<AppErrorOptions, 'exitCode'> = {}) {
  return new AppError(code, message, { ...options, exitCode: exitCodes.usage })
}

/** Ctrl-C: exit code 130. */
export function cancelled(why: string, next: string[] = []) {
  return new AppError('CANCELLED', 'Cancelled', { why, next, exitCode: exitCodes.cancelled })
}
