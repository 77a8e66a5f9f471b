// The CLI as a process of its own against a sandbox of this one, which hears of each of its calls.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Runs } from './runs.ts'

const program = resolve(import.meta.dirname, '../../bin/whatsapp-otp.js')

export interface Ended {
  code: number | null
  signal: string | null
  /** What it wrote on stderr. */
  text: string
}

/** Starts it in an empty folder, which is gone once it has ended. */
export function startProgram(runs: Runs, argv: string[], env: Record<string, string>) {
  const cwd = mkdtempSync(join(tmpdir(), 'whatsapp-otp-program-'))
  const child = spawn(process.execPath, [program, ...argv], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, NO_COLOR: '1', CI: '1', ...runs.sandbox.env(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  child.stderr.on('data', (data: Buffer) => {
    text += data.toString()
  })
  const ended = new Promise<Ended>((done) => {
    // Not at its exit: the end of what it wrote may still be on its way then.
    child.on('close', (code, signal) => {
      rmSync(cwd, { recursive: true, force: true })
      done({ code, signal, text })
    })
  })
  const { faults } = runs.sandbox
  const { take } = Object.getPrototypeOf(faults) as typeof faults
  return {
    ended,
    kill: (signal: NodeJS.Signals) => process.kill(child.pid!, signal),
    /** `hear` is told of each call of the sandbox before it takes effect; gives what ends that. */
    onCall(hear: (service: string, operation: string) => void): () => void {
      faults.take = (service, operation) => {
        hear(service, operation)
        return take.call(faults, service, operation)
      }
      return () => {
        faults.take = take
      }
    },
  }
}
