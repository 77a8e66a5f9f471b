// Runs a program to its end, in a folder and an environment of its own: nothing that this machine is set
// to (profiles, keys, endpoints) reaches it.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
const here = fileURLToPath(new URL('./', import.meta.url))

/** Programs that the peers' installation has brought. */
export const programs = {
  ministack: join(root, '.cache/peers/venv/bin/ministack'),
  aws: join(root, '.cache/peers/venv/bin/aws'),
  python: join(root, '.cache/peers/venv/bin/python'),
  /** The oldest Node that the package supports. */
  node20: join(here, 'node_modules/node20/bin/node'),
  /** The Node that Lambda runs the triggers on. */
  node24: join(here, 'node_modules/node24/bin/node'),
}

export interface Ended {
  status: number
  stdout: string
  stderr: string
}

export interface Start {
  env: Record<string, string>
  cwd: string
  /** A minute, unless it is given. */
  timeoutMs?: number
}

/** The environment of every program: this machine's path, with one `node` in front, and a home that is empty. */
export function environment({ env, cwd }: Start, node = process.execPath): Record<string, string> {
  return { PATH: [dirname(node), process.env.PATH].join(delimiter), HOME: cwd, LANG: 'C.UTF-8', ...env }
}

/** Never throws for an exit code; a program that cannot be started at all does. */
export function run(file: string, args: string[], start: Start): Promise<Ended> {
  const options = {
    cwd: start.cwd,
    env: environment(start),
    maxBuffer: 32 * 1024 * 1024,
    timeout: start.timeoutMs ?? 60_000,
  }
  return new Promise((resolve, reject) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error)
      else resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

/** A folder for the length of a test file; the given function removes it. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'whatsapp-otp-peers-'))
  // Without it, one that happens to lie further up would decide how Node reads what is written here.
  await writeFile(join(path, 'package.json'), '{}')
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}
