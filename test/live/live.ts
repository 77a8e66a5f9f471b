// Runs `npm run live` in process against a sandbox: streams in memory, a folder of its own, time that is moved.
import type { EventEmitter } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { live } from '../../src/live/main.ts'
import type { LiveReport } from '../../src/live/report.ts'
import type { Unsettled } from '../../src/sandbox/account/unsettled.ts'
import { type OpenSandbox, startOpenSandbox } from '../../src/sandbox/server.ts'
import { reachDirectly } from '../sandbox/direct.ts'
import { ioInMemory, type Memory } from '../terminal/streams.ts'

export interface LiveOptions {
  /** Variables beside those of the sandbox; undefined takes one away. */
  env?: Record<string, string | undefined>
  /** Keys that are pressed once a text stands on the screen; there is a terminal then. */
  answers?: [after: string, keys: () => string][]
  stage?: string
  during?: (running: { stderr: Memory; signals: EventEmitter }) => Promise<void>
}

export interface Ended {
  code: number
  stdout: string
  stderr: string
  /** Undefined where none was written. */
  report: LiveReport | undefined
  markdown: string
}

export const phone = '+12125550142'

export class Account {
  readonly sandbox: OpenSandbox
  readonly cwd = mkdtempSync(join(tmpdir(), 'whatsapp-otp-live-'))

  /** Invocations that Cognito has given up. */
  readonly #givenUp = new Set<Promise<unknown>>()
  /** Only what stops an invocation where it stands takes time to be seen. */
  readonly #stops: boolean

  private constructor(sandbox: OpenSandbox) {
    this.sandbox = sandbox
    this.#stops = sandbox.inside.world.unsettled.lateInvocation === 'stops'
    sandbox.inside.aroundInvoke(async (request, next) => {
      if (!isSlow(request.payload)) return next(request)
      if (this.#stops) return next({ ...request, timeoutMs: patienceMs })
      this.#givenUp.add(next({ ...request, timeoutMs: 60_000 }))
      return { kind: 'timeout' }
    })
  }

  static async start(world: Partial<Unsettled> = {}): Promise<Account> {
    const sandbox = await startOpenSandbox({ world })
    await reachDirectly(sandbox.endpoint)
    return new Account(sandbox)
  }

  async live(
    line: string,
    { env = {}, answers = [], stage = 'live-x7k2', during }: LiveOptions = {},
  ): Promise<Ended> {
    const isTTY = answers.length > 0
    const variables = { ...this.sandbox.env(), ...env }
    const { io, stdin, stdout, stderr, signals } = ioInMemory({
      isTTY,
      columns: 100,
      env: variables,
      cwd: this.cwd,
    })
    const { now, advance } = this.sandbox.clock
    const sleep = async (ms: number) => {
      advance(ms)
      await (this.#stops && ms === slowMs ? setTimeout(ms) : setImmediate())
      await Promise.all(this.#givenUp)
    }
    const running = live(line.split(' ').filter(Boolean), {
      ...io,
      clock: { now, steady: now, sleep },
      slowMs: this.#stops ? slowMs : 0,
      stage,
    })
    let isOver = false
    const over = running.finally(() => {
      isOver = true
    })
    let seen = 0
    for (const [after, keys] of answers) {
      while (!stderr.all().slice(seen).includes(after) && !isOver) await setImmediate()
      seen = stderr.all().length
      stdin.write(keys())
    }
    await during?.({ stderr, signals })
    const code = await over
    return { code, stdout: stdout.all(), stderr: stderr.all(), ...this.#reports() }
  }

  #reports(): Pick<Ended, 'report' | 'markdown'> {
    const read = (ending: string) => {
      try {
        return readFileSync(join(this.cwd, `live-report.${ending}`), 'utf8')
      } catch {
        return ''
      }
    }
    const json = read('json')
    return { report: json ? JSON.parse(json) : undefined, markdown: read('md') }
  }

  /** The code that arrived last. */
  code(): string {
    return this.sandbox.inbox.list(phone).at(-1)!.code
  }

  async close(): Promise<void> {
    await this.sandbox.close()
    rmSync(this.cwd, { recursive: true, force: true })
  }
}

const patienceMs = 1_500
const slowMs = 1_900

function isSlow(payload: unknown): boolean {
  const { request } = payload as { request?: { challengeAnswer?: string } }
  return request?.challengeAnswer === 'slow'
}
