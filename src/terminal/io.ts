// The outside world of one run.
import type { EventEmitter } from 'node:events'
import type { CallLimits } from '../aws/calls.ts'
import type { Clock } from '../clock.ts'
import type { ExitCode } from '../errors.ts'

/** Tests give their own. */
export interface Io {
  env: Record<string, string | undefined>
  cwd: string
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  /** Emits SIGINT, SIGTERM and SIGHUP. */
  signals: Pick<EventEmitter, 'on' | 'off'>
  /** Leaves at once, without finishing anything: the second Ctrl-C. */
  leave: (code: ExitCode) => void
  clock: Clock
  /** How long a call to AWS may take, where it is not the usual. */
  limits?: CallLimits | undefined
  /** Asks which version is published; absent where that is nobody's concern. */
  publishedVersion?: ((signal: AbortSignal) => Promise<string | undefined>) | undefined
}
