// Part start-up: how long until the tool has answered, beside a Node that does nothing.
import { startSandbox } from '../../src/sandbox/server.ts'
import type { Part } from './part.ts'
import { openWorkspace, run } from './program.ts'
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
    return rows
  } finally {
    await sandbox.close()
    await workspace.remove()
  }
}
