// One execution environment of a function: a Node process, its start, its invocations and its end.

import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { forgetProcess, guardProcess } from '../account/remains.ts'

/** How an invocation ended inside the process. `payload` is JSON text. */
export type Outcome =
  | { kind: 'answer'; payload: string }
  | { kind: 'function-error'; message: string; type: string; trace: string[] }
  | { kind: 'timeout' }

export interface ProcessStart {
  directory: string
  handler: string
  logFormat: 'Text' | 'JSON'
  logLevel: string
  environment: Record<string, string>
}

export interface Invocation {
  requestId: string
  payload: string
  /** Milliseconds until the process is killed. */
  timeout: number
  clockOffset: number
  context: Record<string, string>
}

type Message =
  | { type: 'ready' }
  | { type: 'log'; line: string }
  | { type: 'answer'; payload: string; requestId: string }
  | { type: 'failed'; requestId: string; error: { message: string; type: string; trace: string[] } }

/** Beside this file in the source; one directory up from the chunks of the bundle. */
const hostFile = ['./function-host.js', '../function-host.js']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path))

export class FunctionProcess {
  /** True once the process is of no further use. */
  ended = false
  readonly logStream: string
  readonly #child: ChildProcess
  readonly #onLine: (line: string) => void
  #waiting: ((outcome: Outcome) => void) | undefined
  #requestId = ''
  #isReady = false
  #isFrozen = false
  #queued: object | undefined

  /** `onLine` receives every line the function writes, in order and before its answer. */
  constructor(start: ProcessStart, logStream: string, clockOffset: number, onLine: (line: string) => void) {
    if (!hostFile) throw new Error('function-host.js is missing from this installation')
    this.logStream = logStream
    this.#onLine = onLine
    this.#child = fork(hostFile, [], {
      env: start.environment,
      execArgv: [],
      cwd: start.directory,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C in a terminal is for the sandbox; its functions end when it closes the channel.
      detached: true,
    })
    // Only what Node itself prints at its end arrives here; the host sends the rest as messages.
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.#printed(chunk.toString()))
    }
    this.#child.on('message', (message: Message) => this.#receive(message))
    const { pid } = this.#child
    if (pid !== undefined) {
      guardProcess(pid)
      this.#child.once('exit', () => forgetProcess(pid))
    }
    this.#child.once('close', (code, signal) => this.#closed(code, signal))
    this.#child.once('error', () => this.#closed(1, null))
    const { environment: _environment, ...rest } = start
    this.#child.send({ ...rest, clockOffset })
  }

  /** Runs one event; a process runs one at a time. */
  invoke(invocation: Invocation): Promise<Outcome> {
    this.#requestId = invocation.requestId
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#settle({ kind: 'timeout' })
        this.kill()
      }, invocation.timeout)
      this.#waiting = (outcome) => {
        clearTimeout(timer)
        resolve(outcome)
      }
      const { timeout, ...event } = invocation
      const message = { ...event, deadline: Date.now() + timeout }
      this.#thaw()
      if (this.ended) this.#closed(1, null)
      else if (this.#isReady) this.#child.send(message)
      else this.#queued = message
    })
  }

  /**
   * Ends the invocation as far as the caller goes, and stops the process where it stands, as Lambda freezes
   * one. The next invocation thaws it, and what was under way goes on then.
   */
  freeze(): void {
    // Where no process can be stopped it ends.
    if (process.platform === 'win32') this.kill()
    else this.#isFrozen = this.#child.kill('SIGSTOP')
    this.#settle({ kind: 'timeout' })
  }

  #thaw(): void {
    if (this.#isFrozen) this.#child.kill('SIGCONT')
    this.#isFrozen = false
  }

  kill(): void {
    this.ended = true
    this.#child.kill('SIGKILL')
  }

  #settle(outcome: Outcome): void {
    this.#waiting?.(outcome)
    this.#waiting = undefined
  }

  #receive(message: Message): void {
    switch (message.type) {
      case 'log':
        this.#onLine(message.line)
        break
      case 'ready':
        this.#isReady = true
        if (this.#queued) this.#child.send(this.#queued)
        this.#queued = undefined
        break
      case 'answer':
        // One that was given up may end while another runs.
        if (message.requestId === this.#requestId) this.#settle({ kind: 'answer', payload: message.payload })
        break
      case 'failed':
        // A handler that never loaded leaves nothing that could be used again.
        if (!this.#isReady || message.error.type.startsWith('Runtime.')) this.ended = true
        else if (message.requestId !== this.#requestId) break
        this.#settle({ kind: 'function-error', ...message.error })
    }
  }

  #printed(text: string): void {
    for (const line of text.split('\n')) if (line) this.#onLine(line)
  }

  #closed(code: number | null, signal: NodeJS.Signals | null): void {
    this.ended = true
    const how = signal ? `signal: ${signal}` : `exit status ${code ?? 0}`
    this.#settle({
      kind: 'function-error',
      type: 'Runtime.ExitError',
      message: `RequestId: ${this.#requestId} Error: Runtime exited with error: ${how}`,
      trace: [],
    })
  }
}
