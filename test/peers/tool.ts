// The built CLI as a child process, as its users run it.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { checkDocuments } from '../schemas/documented.ts'
import { type Ended, environment, root, run, type Start } from './program.ts'

export interface Step {
  kind: string
  name: string
  action: string
  fields: string[]
  status?: string
}

/** What `--json` prints; `error` only where the command failed. */
export interface Report {
  schemaVersion: number
  steps: Step[]
  outputs: { userPoolId: string; signupClientId: string; loginClientId: string; issuer: string }
  apiCalls: number
  error?: { code: string; message: string; why?: string; next: string[] }
}

export interface Answer extends Ended {
  report: Report
  /** The steps that are not «keep». */
  changes: Step[]
}

export interface Installed {
  node: string
  entry: string
}

const checkout: Installed = { node: process.execPath, entry: join(root, 'bin/whatsapp-otp.js') }

const argumentsOf = (line: string) => [...line.split(' '), '--json', '--no-input']

/** Gives a function that runs one command line of the tool with `--json`. */
export function toolIn(start: Start, { node, entry }: Installed = checkout) {
  return async (line: string): Promise<Answer> => {
    const ended = await run(node, [entry, ...argumentsOf(line)], start)
    const report = parse(ended, line)
    return { ...ended, report, changes: (report.steps ?? []).filter((step) => step.action !== 'keep') }
  }
}

export type Tool = ReturnType<typeof toolIn>

/** Runs a command line and kills its process at a moment; gives the signal that ended it, null if none did. */
export async function killTool(start: Start, line: string, moment: Promise<void>): Promise<string | null> {
  const { node, entry } = checkout
  const options = { cwd: start.cwd, env: environment(start), stdio: 'ignore' as const }
  const child = spawn(node, [entry, ...argumentsOf(line)], options)
  const ended = new Promise<string | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (_code, signal) => resolve(signal))
  })
  await Promise.race([moment, ended])
  child.kill('SIGKILL')
  return ended
}

function parse({ stdout, stderr, status }: Ended, line: string): Report {
  let report: Report
  try {
    report = JSON.parse(stdout) as Report
  } catch {
    throw new Error(`${line}: no JSON on stdout (exit ${status})\n${stdout}\n${stderr}`)
  }
  checkDocuments(stdout)
  return report
}
