// Streams in memory: what was printed can be read, and a terminal's size and answers can be played.
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import type { Io } from '../../src/terminal/io.ts'
import type { Output, Sink } from '../../src/terminal/output.ts'
import { createOutput, type OutputOptions } from '../../src/terminal/output.ts'

export interface Memory extends PassThrough {
  isTTY: boolean
  columns: number
  cursorTo(): boolean
  moveCursor(): boolean
  clearLine(): boolean
  /** Everything that was written so far. */
  all(): string
  lines(): string[]
}

export function memory({ isTTY = false, columns = 80 } = {}): Memory {
  const stream = new PassThrough()
  let all = ''
  stream.on('data', (chunk) => {
    all += String(chunk)
  })
  return Object.assign(stream, {
    isTTY,
    columns,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    all: () => all,
    lines: () => all.split('\n').slice(0, -1),
  })
}

export function outputInMemory(
  options: Partial<OutputOptions> & { isTTY?: boolean; columns?: number } = {},
): {
  output: Output
  stdout: Memory
  stderr: Memory
} {
  const stdout = memory(options)
  const stderr = memory(options)
  const sinks: { stdout: Sink; stderr: Sink } = { stdout, stderr }
  return { output: createOutput({ ...sinks, ...options }), stdout, stderr }
}

/** The world outside of a program that runs in this process; variables that are undefined are not set. */
export function ioInMemory({
  isTTY,
  columns,
  env,
  cwd,
}: {
  isTTY: boolean
  columns: number
  env: Record<string, string | undefined>
  cwd: string
}) {
  const stdin = Object.assign(new PassThrough(), { isTTY })
  const stdout = memory({ isTTY, columns })
  const stderr = memory({ isTTY, columns })
  const signals = new EventEmitter()
  const all = Object.entries({ TERM: 'dumb', NO_COLOR: '1', ...env })
  const io = {
    env: Object.fromEntries(all.filter(([, value]) => value !== undefined)),
    cwd,
    stdin: stdin as unknown as Io['stdin'],
    stdout: stdout as unknown as Io['stdout'],
    stderr: stderr as unknown as Io['stderr'],
    signals,
    leave: () => {},
  }
  return { io, stdin, stdout, stderr, signals }
}
