// The programmatic API of the packed package, in a folder of somebody else's: its types alone, a program that
// plays a whole life of a stage, and a test run whose global set-up starts the sandbox.
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSandbox } from '../../src/sandbox/server.ts'
import { installPacked } from './packed.ts'
import { programs, root, run, temporaryFolder } from './program.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
  await installPacked(folder.path)
  await cp(join(import.meta.dirname, 'foreign'), folder.path, { recursive: true })
  const [deploy, globalSetup] = await pageBlocks()
  await writeFile(join(folder.path, 'deploy.ts'), deploy ?? '')
  await writeFile(join(folder.path, 'global-setup.ts'), globalSetup ?? '')
  const { dependencies } = JSON.parse(await readFile(join(folder.path, 'package.json'), 'utf8'))
  await writeFile(join(folder.path, 'package.json'), JSON.stringify({ type: 'module', dependencies }))
}, 120_000)
afterAll(() => folder?.remove())

/** The TypeScript of docs/program.md, block by block. */
async function pageBlocks(): Promise<string[]> {
  const page = await readFile(join(root, 'docs/program.md'), 'utf8')
  return [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)
}

const compilers = {
  'the project’s own': join(root, 'node_modules/typescript/bin/tsc'),
  5.9: join(import.meta.dirname, 'node_modules/typescript5/bin/tsc'),
}

describe('the programmatic API', () => {
  it.each(Object.entries(compilers))(
    'type-checks strictly with TypeScript %s and no other types',
    async (_, tsc) => {
      const { status, stdout } = await run(process.execPath, [tsc, '-p', '.'], { env: {}, cwd: folder.path })
      expect(stdout).toBe('')
      expect(status).toBe(0)
    },
  )

  it.each([
    ['20.19.0', programs.node20],
    ['24', programs.node24],
  ])('plays a whole life of a stage on Node %s', async (_, node) => {
    const { stdout, stderr } = await run(node, ['out/life.js'], { env: {}, cwd: folder.path })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      planned: 34,
      cancelled: 'CANCELLED',
      made: true,
      steps: true,
      healthy: true,
      sent: 0,
      sameIds: true,
      wrong: 'SETTING_INVALID',
      changes: expect.arrayContaining([['environment.OTP_EXPIRY_MINUTES', '5', '3']]),
      again: false,
      before: expect.any(Number),
      gone: 34,
      left: [],
    })
  })

  it('deploys as docs/program.md has it', async () => {
    const sandbox = await startSandbox({ region: 'eu-central-1' })
    try {
      const start = { env: sandbox.env(), cwd: folder.path }
      const { status, stdout, stderr } = await run(process.execPath, ['out/deploy.js'], start)
      expect(status, stderr).toBe(0)
      expect(stdout).toMatch(/^done user-pool$/m)
      expect(stdout).toMatch(/^true eu-central-1_\w+$/m)
    } finally {
      await sandbox.close()
    }
  })

  it('serves a test run: the page’s global set-up, and a test that signs a user up and in', async () => {
    // It finds its own dependencies where it really lies.
    await mkdir(join(folder.path, 'node_modules'), { recursive: true })
    await symlink(join(root, 'node_modules/vitest'), join(folder.path, 'node_modules/vitest'))
    const vitest = join(folder.path, 'node_modules/vitest/vitest.mjs')
    const ended = await run(process.execPath, [vitest, 'run'], { env: { NO_COLOR: '1' }, cwd: folder.path })
    expect(ended.status, ended.stdout + ended.stderr).toBe(0)
    expect(ended.stdout).toMatch(/Tests +1 passed/)
  })

  it('keeps what the package does not offer to itself', async () => {
    const reach = "import('whatsapp-otp/dist/cli.js').catch((error) => console.log(error.code))"
    const { stdout } = await run(process.execPath, ['-e', reach], { env: {}, cwd: folder.path })
    expect(stdout.trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })
})
