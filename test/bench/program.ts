// Programs as child processes, in an environment that nothing of this machine reaches but the path.
import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

export type Env = Record<string, string>

export interface Ended {
  ms: number
  stdout: string
}

/** Runs to the end; throws what was printed when it ends with another exit code than one of `ends`. */
export async function run(
  file: string,
  args: string[],
  options: { cwd: string; env?: Env; ends?: readonly number[] },
): Promise<Ended> {
  const started = performance.now()
  const env = { PATH: process.env.PATH ?? '', HOME: options.cwd, ...options.env }
  const child = spawn(file, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const ms = performance.now() - started
  if (!(options.ends ?? [0]).includes(code ?? -1))
    throw new Error(`${file} ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`)
  return { ms, stdout }
}

/** A copy of the built package in a folder of its own, so that a build meanwhile changes nothing. */
export interface Workspace {
  /** Holds the package below `package`; an empty folder otherwise. */
  folder: string
  /** Runs one command line of the tool. */
  tool(line: string, env?: Env, ends?: readonly number[]): Promise<Ended>
  remove(): Promise<void>
}

export async function openWorkspace(): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), 'whatsapp-otp-bench-'))
  for (const part of ['bin', 'dist', 'package.json', 'README.md', 'LICENSE']) {
    await cp(join(root, part), join(folder, 'package', part), { recursive: true })
  }
  const bin = join(folder, 'package', 'bin', 'whatsapp-otp.js')
  return {
    folder,
    tool: (line, env = {}, ends = [0]) =>
      run(process.execPath, [bin, ...line.split(' ')], { cwd: folder, env, ends }),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** The runtime of Lambda through npx; undefined where it cannot be had. */
export async function findNode24(): Promise<string | undefined> {
  // npx keeps what it has fetched in the home of whoever runs it.
  const env = { HOME: process.env.HOME ?? '', NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS ?? '' }
  const npx = join(dirname(process.execPath), 'npx')
  const found = await run(npx, ['-y', 'node@24', '-p', 'process.execPath'], { cwd: root, env }).catch(
    () => undefined,
  )
  return found?.stdout.trim().split('\n').at(-1)
}
