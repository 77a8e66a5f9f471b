// The package as npm packs it, installed into an empty folder: the life of a stage on the oldest Node that is
// supported and on the one that Lambda runs, without this checkout.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { installPacked } from './packed.ts'
import { programs, run, temporaryFolder } from './program.ts'
import { toolIn } from './tool.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let installed: string
beforeAll(async () => {
  folder = await temporaryFolder()
  installed = await installPacked(folder.path)
}, 120_000)
afterAll(() => folder?.remove())

describe('the packed package', () => {
  it('installs alone, without any dependency', async () => {
    const packages = await readdir(join(folder.path, 'node_modules'))
    expect(packages.filter((name) => !name.startsWith('.'))).toEqual(['whatsapp-otp'])
  })

  it('holds what runs and what is read, nothing else', async () => {
    expect((await readdir(installed)).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin',
      'dist',
      'docs',
      'llms.txt',
      'package.json',
      'schemas',
      'skills',
    ])
    const triggers = await readdir(join(installed, 'dist/triggers'))
    expect(triggers.filter((file) => file.endsWith('.zip'))).toHaveLength(7)
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
    expect(manifest.dependencies).toBeUndefined()
  })
})

describe.each([
  ['20.19.0', programs.node20],
  ['24', programs.node24],
])('on Node %s it', (version, node) => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox()
  })
  afterAll(() => sandbox?.close())

  const start = () => ({ env: sandbox.env(), cwd: folder.path })
  const entry = () => join(installed, 'bin/whatsapp-otp.js')

  it('plans, deploys, finds nothing to do, updates, checks and destroys a stage', async () => {
    expect((await run(node, ['--version'], start())).stdout).toMatch(new RegExp(`^v${version}`))
    const tool = toolIn(start(), { node, entry: entry() })
    const planned = await tool('plan --stage packed --detailed-exitcode')
    expect(planned.status).toBe(2)
    const deployed = await tool('deploy --stage packed')
    expect(deployed.status, deployed.stderr).toBe(0)
    // A person reads this: no word of the runtime about itself belongs there.
    expect(deployed.stderr).not.toMatch(/warning/i)
    expect(deployed.changes).toHaveLength(planned.changes.length)
    expect((await tool('deploy --stage packed')).changes).toEqual([])
    const updated = await tool('deploy --stage packed --max-login-attempts 5')
    expect(updated.changes.map((step) => step.action)).toContain('update')
    expect((await tool('status --stage packed')).status).toBe(0)
    expect((await tool('destroy --stage packed --yes')).status).toBe(0)
    expect(sandbox.inventory()).toEqual([])
  })

  it('tells the whole story on its own sandbox, with triggers that run on the same Node', async () => {
    const { status, stdout, stderr } = await run(node, [entry(), 'demo', '--json'], {
      env: {},
      cwd: folder.path,
    })
    expect(status, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, command: 'demo' })
    expect(stderr).not.toMatch(/warning/i)
  })

  it('runs a command inside its sandbox and returns its exit code', async () => {
    const inside = 'test -n "$WHATSAPP_OTP_LOGIN_CLIENT_ID" && exit 7'
    const args = [entry(), 'dev', '--port', '0', '--exec', inside]
    expect((await run(node, args, { env: {}, cwd: folder.path })).status).toBe(7)
  })
})
