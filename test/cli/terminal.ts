// Runs whole command lines in process against a sandbox: streams in memory, a folder of its own, played keys.
import type { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { CallLimits } from '../../src/aws/calls.ts'
import { main } from '../../src/cli/main.ts'
import type { Clock } from '../../src/clock.ts'
import { type OpenSandbox, type SandboxOptions, startOpenSandbox } from '../../src/sandbox/server.ts'
import type { Io } from '../../src/terminal/io.ts'
import { version } from '../../src/version.ts'
import { checkDocuments } from '../schemas/documented.ts'
import { ioInMemory, type Memory } from '../terminal/streams.ts'

/** Waits for a text on the screen that came after the last answer, then presses the keys. */
export type Answer = [after: string, ...keys: (string | (() => string | Promise<string>))[]]

/** For `init` where nothing is set but the credentials. */
export const bare = {
  SENDZEN_API_KEY: undefined,
  WHATSAPP_FROM: undefined,
  WHATSAPP_TEMPLATE_NAME: undefined,
  WHATSAPP_LANG_CODE: undefined,
  ALLOWED_COUNTRIES: undefined,
}

export interface RunOptions {
  /** Variables beside those of the sandbox; undefined takes one away. */
  env?: Record<string, string | undefined>
  /** There is a person at a terminal. */
  tty?: boolean
  columns?: number
  /** What the person types; implies a terminal. */
  answers?: Answer[]
  /** What is piped into standard input. */
  stdin?: string
  clock?: Clock
  /** How long a call to AWS may take, where not the usual. */
  limits?: CallLimits
  /** Told of the running command, to press Ctrl-C or to look at what it has printed. */
  during?: (running: Running) => Promise<void>
}

export interface Running {
  stdout: Memory
  stderr: Memory
  signals: EventEmitter
}

export interface Result {
  code: number
  stdout: string
  stderr: string
  /** Changing calls to AWS that the command made, as `service:operation`. */
  writes: string[]
}

const reading = /^(Admin)?(Get|Describe|List|Filter|Simulate|BatchGet|Query|Scan|InitiateAuth$)/

export class Terminal {
  readonly sandbox: OpenSandbox
  readonly cwd: string
  /** The sandbox's time; waiting moves it instead of lasting. */
  readonly clock: Clock

  private constructor(sandbox: OpenSandbox) {
    this.sandbox = sandbox
    this.cwd = mkdtempSync(join(tmpdir(), 'whatsapp-otp-cli-'))
    this.clock = {
      now: sandbox.clock.now,
      steady: sandbox.clock.now,
      sleep: async (ms) => {
        sandbox.clock.advance(ms)
        await setImmediate()
      },
    }
  }

  static async start(options: SandboxOptions = {}): Promise<Terminal> {
    return new Terminal(await startOpenSandbox(options))
  }

  /** Runs `whatsapp-otp <line>`; words in the line are split at spaces, or given as a list. */
  async run(line: string | string[], options: RunOptions = {}): Promise<Result> {
    const { env = {}, answers = [], columns = 80 } = options
    const isTTY = options.tty ?? answers.length > 0
    // What is kept for the user is kept in the test's own folder.
    const variables = { ...this.sandbox.env(), XDG_STATE_HOME: join(this.cwd, '.state'), ...env }
    const outside = ioInMemory({ isTTY, columns, env: variables, cwd: this.cwd })
    const { stdin, stdout, stderr, signals } = outside
    if (options.stdin !== undefined) stdin.end(options.stdin)
    const io: Io = {
      ...outside.io,
      clock: options.clock ?? this.clock,
      limits: options.limits,
    }
    const before = this.sandbox.calls.length
    let code: number | undefined
    const words = typeof line === 'string' ? line.split(' ').filter(Boolean) : line
    const running = main(words, io).then((result) => {
      code = result
    })
    let seen = 0
    for (const [after, ...keys] of answers) {
      const patience = Date.now() + 50_000
      while (!stderr.all().slice(seen).includes(after)) {
        await setImmediate()
        if (code === undefined && Date.now() < patience) continue
        throw new Error(`never asked «${after}»; printed:\n${stderr.all().slice(-2_000)}`)
      }
      seen = stderr.all().length
      for (const key of keys) {
        stdin.write(typeof key === 'string' ? key : await key())
        // The screen is drawn anew between two presses of a person.
        await setImmediate()
      }
    }
    await options.during?.({ stdout, stderr, signals })
    await running
    if (words.includes('--json')) checkDocuments(stdout.all())
    const writes = this.sandbox.calls
      .slice(before)
      .filter(({ caller, operation }) => !caller.roleName && !reading.test(operation))
      .map(({ service, operation }) => `${service}:${operation}`)
    return { code: code as unknown as number, stdout: stdout.all(), stderr: stderr.all(), writes }
  }

  /** Writes a file into the folder that the commands run in. */
  write(name: string, text: string): void {
    writeFileSync(join(this.cwd, name), text)
  }

  /** Takes out what differs from run to run: ids, times, durations, counts of calls, ports, folders. */
  still(text: string): string {
    return text
      .replaceAll(this.cwd, '<folder>')
      .replaceAll(this.sandbox.endpoint, '<sandbox>')
      .replaceAll(version(), '<version>')
      .replaceAll(process.versions.node, '<node>')
      .replace(/us-east-1_\w{9}/g, '<pool>')
      .replace(/\b[a-z0-9]{26}\b/g, '<client>')
      .replace(/(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uuid>')
      .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, '<time>')
      .replace(/"(ms|apiCalls)": \d+/g, '"$1": 0')
      .replace(/\d+ API calls/g, '<n> API calls')
      .replace(/(\d+ min )?\d+(\.\d)? s\b/g, '<duration>')
      .replace(/^… .*\n/gm, '')
      .replace(/(?:^[✓✖] [a-z\d][^\n]*<duration>\n)+/gm, inOneOrder)
  }

  async close(): Promise<void> {
    await this.sandbox.close()
    rmSync(this.cwd, { recursive: true, force: true })
  }
}

/** Steps that run at the same time end in any order. */
function inOneOrder(block: string): string {
  return `${block.trimEnd().split('\n').sort().join('\n')}\n`
}

/** What a command printed, made comparable: exit code, stdout and stderr as one text. */
export function screenOf(terminal: Terminal, { code, stdout, stderr }: Result): string {
  return `exit ${code}\n--- stdout\n${terminal.still(stdout)}--- stderr\n${terminal.still(stderr)}`
}

/** The one document that `--json` prints; throws when there is none or something beside it. */
export function documentOf({ stdout }: Result): Record<string, unknown> {
  return JSON.parse(stdout)
}
