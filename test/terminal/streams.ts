// Streams in memory: what was printed can be read, and a terminal's size and answers can be played.
import { PassThrough } from 'node:stream'
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
