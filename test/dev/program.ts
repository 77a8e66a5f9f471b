// `whatsapp-otp dev`, and other commands beside it, as processes of their own: with a home, a folder and a temporary folder.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { eventually } from '../eventually.ts'

const program = resolve(import.meta.dirname, '../../bin/whatsapp-otp.js')

export interface Ended {
  /** As a shell tells it. */
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Started {
  pid: number
  stdout(): string
  stderr(): string
  kill(signal: NodeJS.Signals): void
  ended: Promise<Ended>
}

/** The variables of the lines `export NAME=value`, as a shell that evaluates them has them. */
export function exportsIn(stdout: string): Record<string, string> {
  return Object.fromEntries(
    [...stdout.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  )
}

/** A developer's machine: what runs on it sees this home, this folder and this temporary folder. */
export class Desk {
  readonly root = mkdtempSync(join(tmpdir(), 'whatsapp-otp-desk-'))
  readonly home = join(this.root, 'home')
  readonly cwd = join(this.root, 'project')
  readonly temporary = join(this.root, 'tmp')
  readonly #running = new Set<Started>()

  constructor() {
    for (const folder of [this.home, this.cwd, this.temporary]) mkdirSync(folder)
  }

  start(argv: string[], env: Record<string, string> = {}): Started {
    const { PATH } = process.env
    const own = { PATH, HOME: this.home, TMPDIR: this.temporary, NO_COLOR: '1' } as Record<string, string>
    const child = spawn(process.execPath, [program, ...argv], {
      cwd: this.cwd,
      env: { ...own, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString()
    })
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString()
    })
    const started: Started = {
      pid: child.pid!,
      stdout: () => stdout,
      stderr: () => stderr,
      kill: (signal) => child.kill(signal),
      ended: new Promise((done) => {
        child.on('exit', () => this.#running.delete(started))
        child.on('close', (code, signal) => done({ code, signal, stdout, stderr }))
      }),
    }
    this.#running.add(started)
    return started
  }

  run(argv: string[], env: Record<string, string> = {}): Promise<Ended> {
    return this.start(argv, env).ended
  }

  /** `dev` once it is ready, with the variables that it prints. */
  async dev(argv: string[] = ['--port', '0'], env: Record<string, string> = {}) {
    const started = this.start(['dev', ...argv], env)
    let over: Ended | undefined
    void started.ended.then((ended) => {
      over = ended
    })
    await eventually(() => {
      if (!over && !started.stderr().includes('Ctrl-C stops it'))
        throw new Error(`not yet: ${started.stderr()}`)
    })
    if (over) throw new Error(`dev has ended with ${over.code}: ${over.stderr}`)
    return { ...started, env: exportsIn(started.stdout()) }
  }

  /** What lies in the temporary folder, but for what Node itself keeps there. */
  leftovers(): string[] {
    return readdirSync(this.temporary).filter((name) => name !== 'node-compile-cache')
  }

  async clear(): Promise<void> {
    const running = [...this.#running]
    for (const one of running) one.kill('SIGKILL')
    await Promise.all(running.map((one) => one.ended))
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** The processes that a process has started. */
export function childrenOf(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=']).toString().trim().split('\n')
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number))
  return pairs.filter(([, parent]) => parent === pid).map(([child]) => child!)
}

/** What `ps` says of a process; nothing of one that has ended. */
function told(pid: number, what: string): string {
  try {
    return execFileSync('ps', ['-o', `${what}=`, '-p', String(pid)])
      .toString()
      .trim()
  } catch {
    return ''
  }
}

/** What a process was started with. */
export const commandOf = (pid: number) => told(pid, 'args')

/** Whether a process lives; one that has ended and that nobody has asked about yet does not. */
export const isAlive = (pid: number) => /^[^Z]/.test(told(pid, 'stat'))
