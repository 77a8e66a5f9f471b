// Where everything is printed: data on stdout, talk on stderr, and in JSON mode exactly one document.
import { once } from 'node:events'
import { redact } from '../redact.ts'
import { tableLines, widthOf, wrap } from './layout.ts'
import { written, writtenJson } from './text.ts'
import { createTheme, isCi, type Theme, wantsColor } from './theme.ts'

/** What is needed of a terminal or of a test's memory stream. */
export type Sink = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; writableNeedDrain?: boolean }

export interface OutputOptions {
  stdout: Sink
  stderr: Sink
  env?: Record<string, string | undefined>
  json?: boolean
  /** --no-color. */
  noColor?: boolean
  /** Overrides the decision that `env`, `noColor` and the streams lead to. */
  color?: boolean
  /** True when there is somebody to ask. */
  interactive?: boolean
  /** Columns; the terminal's own by default, 80 where there is none. */
  width?: number
}

export interface Output {
  readonly isJson: boolean
  readonly interactive: boolean
  /** A line may be redrawn: a terminal that knows its size, not JSON, not CI. */
  readonly isLive: boolean
  readonly width: number
  /** Columns for talk: those of the terminal, none to keep to where it goes into a file or a pipe. */
  readonly talkWidth: number
  /** Columns for the result: those of the terminal, none to keep to where it goes into a file or a pipe. */
  readonly dataWidth: number
  readonly theme: Theme
  /** The terminal itself, for what draws on it: spinner and prompts. */
  readonly terminal: Sink
  /** True once the document of JSON mode is out. */
  readonly hasDocument: boolean
  /** A line, or lines, of the result. Nothing in JSON mode. */
  data(text: string): void
  /** Aligned columns of the result; blocks of lines where they do not fit. Nothing in JSON mode. */
  table(rows: string[][], header?: string[]): void
  /** The one document of this run, with `schemaVersion` first. Nothing outside JSON mode. */
  json(document: object): void
  /** One event of a stream that is JSON lines (`logs --json`). */
  jsonLine(event: object): void
  /** Resolves when the reader of the result has room for more: whoever prints without end waits for it. */
  drained(): Promise<void>
  /** A line of talk. Nothing in JSON mode. */
  say(text?: string): void
  /** An empty line of talk. */
  blank(): void
  /** Something to look at that stops nothing; also in JSON mode, on stderr. */
  warn(text: string): void
  /** Lines of an error or of --debug, without secrets; also in JSON mode, on stderr. */
  trouble(text: string): void
  /** From now on this text is taken out of errors and of what --debug shows. */
  hide(secret: string | undefined): void
  /** Takes hidden secrets, tokens and phone numbers out of a text. */
  redacted(text: string): string
  /** Runs something that needs the terminal for itself; a spinner waits meanwhile. */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** Who draws a line that is redrawn says here how to pause and to go on. */
  drawWith(line: { pause(): void; resume(): void } | undefined): void
}

export function createOutput(options: OutputOptions): Output {
  const { stdout, stderr, env = {}, json = false, noColor, interactive = false } = options
  const color = options.color ?? wantsColor({ env, noColor, isTTY: stderr.isTTY })
  const dataColor = options.color ?? wantsColor({ env, noColor, isTTY: stdout.isTTY })
  const theme = createTheme(color)
  // A terminal that does not know its size says 0.
  const width = options.width ?? (stderr.columns || 80)
  const talkWidth = stderr.isTTY ? width : Number.POSITIVE_INFINITY
  const secrets = new Set<string>()
  let drawn: { pause(): void; resume(): void } | undefined
  let hasDocument = false
  let streaming = false

  const talk = (text: string) => void stderr.write(`${written(text, color)}\n`)
  const data = (text: string) => {
    if (!json) stdout.write(`${written(text, dataColor)}\n`)
  }
  const print = (value: object, indent?: number) =>
    void stdout.write(`${writtenJson(JSON.stringify(value, null, indent))}\n`)
  const redacted = (text: string) => redact(text, secrets)

  return {
    isJson: json,
    interactive,
    isLive: stderr.isTTY === true && stderr.columns !== 0 && !json && !isCi(env) && env.TERM !== 'dumb',
    width,
    talkWidth,
    dataWidth: stdout.isTTY ? stdout.columns || width : Number.POSITIVE_INFINITY,
    theme,
    terminal: stderr,
    get hasDocument() {
      return hasDocument
    },
    data,
    table(rows, header) {
      const room = { width: this.dataWidth }
      for (const line of tableLines(rows, { ...(header ? { header } : {}), ...room })) data(line)
    },
    json(document) {
      if (!json) return
      if (hasDocument) throw new Error('a second JSON document in one run')
      hasDocument = true
      // After lines of a stream, a failure is one more line.
      print({ schemaVersion: 1, ...document }, streaming ? undefined : 2)
    },
    jsonLine(event) {
      streaming = true
      print(event)
    },
    async drained() {
      // A reader that has gone wants nothing any more.
      if (!stdout.writableNeedDrain) return
      const over = new AbortController()
      const heard = ['drain', 'close'].map((event) => once(stdout, event, over))
      await Promise.race(heard).finally(() => over.abort())
    },
    say(text = '') {
      if (!json) talk(folded(text, talkWidth))
    },
    blank() {
      if (!json) talk('')
    },
    warn(text) {
      talk(`${theme.warning} ${wrap(text, talkWidth - 2, '  ').join('\n')}`)
    },
    trouble: (text) => talk(redacted(text)),
    hide(secret) {
      if (secret) secrets.add(secret)
    },
    redacted,
    async alone(work) {
      drawn?.pause()
      try {
        return await work()
      } finally {
        drawn?.resume()
      }
    },
    drawWith(line) {
      drawn = line
    },
  }
}

/** Breaks the lines that do not fit, and indents what follows a little more than their beginning. */
function folded(text: string, width: number): string {
  const fold = (line: string) => {
    if (widthOf(line) <= width) return line
    const [indent = ''] = /^ */.exec(line) ?? []
    return wrap(line, width, `${indent}  `).join('\n')
  }
  return text.split('\n').map(fold).join('\n')
}
