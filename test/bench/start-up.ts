// Part start-up: how long until the tool has answered, and until a terminal shows something, beside a Node that does nothing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startSandbox } from '../../src/sandbox/server.ts'
import type { Part } from './part.ts'
import { type Env, openWorkspace, root, run } from './program.ts'
import type { Row } from './rows.ts'
import { interleave, spreadOf } from './samples.ts'

export const startUp: Part = async ({ samples, node24 }) => {
  const [workspace, sandbox] = await Promise.all([openWorkspace(), startSandbox()])
  try {
    const env = sandbox.env()
    await workspace.tool('deploy --stage bench', env)
    const bin = `${workspace.folder}/package/bin/whatsapp-otp.js`
    const nodes = { [process.version]: process.execPath, ...(node24 ? { 'node 24': node24 } : {}) }
    const lines = ['--version', '--help', 'deploy --help', 'plan --stage bench']
    const start = async (node: string, args: string[]) =>
      (await run(node, args, { cwd: workspace.folder, env: { ...env, TMPDIR: workspace.folder } })).ms
    const rows: Row[] = []
    for (const [name, node] of Object.entries(nodes)) {
      // The first run fills the cache of compiled code, where this Node has one.
      for (const line of lines) await start(node, [bin, ...line.split(' ')])
      const taken = await interleave(samples(15), {
        bare: () => start(node, ['-e', '0']),
        ...Object.fromEntries(lines.map((line) => [line, () => start(node, [bin, ...line.split(' ')])])),
      })
      const floor = { what: `${name} -e 0`, value: spreadOf(taken.bare) }
      for (const line of lines) {
        const value = spreadOf(taken[line as 'bare'])
        rows.push({ part: 'Start-up', what: `${line}, ${name}`, unit: 'ms', value, floor })
      }
    }
    if (await hasTerminal()) rows.push(...(await firstOutputs(nodes, bin, env, samples(5))))
    return rows
  } finally {
    await sandbox.close()
    await workspace.remove()
  }
}

/** `script` of util-linux lends a terminal. */
const hasTerminal = () =>
  run('script', ['--version'], { cwd: root }).then(
    () => true,
    () => false,
  )

/** Milliseconds until a program has written its first byte to a terminal of 100 columns. */
async function firstOutput(words: string[], env: Env): Promise<number> {
  const started = performance.now()
  const line = ['stty cols 100;', 'exec', ...words.map((word) => `'${word}'`)].join(' ')
  const child = spawn('script', ['-qfec', line, '/dev/null'], {
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  await once(child.stdout, 'data')
  const ms = performance.now() - started
  // It takes two seconds to end, and with it what it runs, which would be in the way of the next.
  child.kill()
  await once(child, 'close')
  return ms
}

async function firstOutputs(
  nodes: Record<string, string>,
  bin: string,
  env: Env,
  samples: number,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const [name, node] of Object.entries(nodes)) {
    const lines = ['deploy --stage bench', 'status --stage bench', 'init --stage other']
    const taken = await interleave(samples, {
      bare: () => firstOutput([node, '-p', '0'], env),
      ...Object.fromEntries(
        lines.map((line) => [line, () => firstOutput([node, bin, ...line.split(' ')], env)]),
      ),
    })
    const floor = { what: `${name} -p 0`, value: spreadOf(taken.bare) }
    for (const line of lines) {
      const value = spreadOf(taken[line as 'bare'])
      rows.push({ part: 'First output on a terminal', what: `${line}, ${name}`, unit: 'ms', value, floor })
    }
  }
  return rows
}
