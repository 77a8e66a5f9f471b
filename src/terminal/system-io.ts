// The outside world as it is: this process, its terminal, its clock.
import { systemClock } from '../clock.ts'
import type { Io } from './io.ts'

export function systemIo(): Io {
  return {
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signals: process,
    leave: (code) => process.exit(code),
    clock: systemClock,
  }
}
