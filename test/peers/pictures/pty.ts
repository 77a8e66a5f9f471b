// The program in a terminal of its own (util-linux's `script`), watched and typed into as a person does.
import { spawn } from 'node:child_process'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { environment, root } from '../program.ts'

/** What came at which time, in milliseconds since the start. */
export interface Chunk {
  at: number
  data: string
}

export interface Size {
  columns: number
  rows: number
}

export interface Played {
  chunks: Chunk[]
  status: number | null
}

/** Waits until the text was printed after the last answer, then presses the keys. */
export type Answer = readonly [after: string, keys: string]

export const ctrlC = '\u0003'

/**
 * Runs `whatsapp-otp <line>` of this checkout to its end. `answers` are given one after the other, as their
 * questions come. Throws where the program is not done within two minutes.
 */
export async function play(
  line: string,
  { columns, rows }: Size,
  { env = {}, cwd, answers = [] }: { env?: Record<string, string>; cwd: string; answers?: readonly Answer[] },
): Promise<Played> {
  const program = `${process.execPath} ${join(root, 'bin/whatsapp-otp.js')} ${line}`
  const shell = `stty cols ${columns} rows ${rows}; exec ${program}`
  const colours = { TERM: 'xterm-256color', COLORTERM: 'truecolor', FORCE_COLOR: '3' }
  const child = spawn('script', ['--quiet', '--return', '--command', shell, devNull], {
    cwd,
    env: environment({ cwd, env: { SHELL: '/bin/sh', ...colours, ...env } }),
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 120_000,
  })
  const began = performance.now()
  const chunks: Chunk[] = []
  const open = [...answers]
  let unheard = ''
  const hear = (data: string) => {
    chunks.push({ at: performance.now() - began, data })
    unheard += data
    const [next] = open
    if (!next || !unheard.includes(next[0])) return
    open.shift()
    unheard = ''
    // The question is drawn before a person reads it.
    setTimeout(() => child.stdin.write(next[1]), 150)
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (open.length > 0) {
    const said = chunks.map(({ data }) => data).join('')
    throw new Error(`«${line}» never asked «${open[0]?.[0]}»; it said:\n${said.slice(-2_000)}`)
  }
  return { chunks, status }
}
