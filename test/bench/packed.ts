// Part packed: what an installation of the tool costs, in bytes, packages and time.
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Part } from './part.ts'
import { openWorkspace, run } from './program.ts'
import type { Row } from './rows.ts'
import { interleave, spreadOf } from './samples.ts'

const part = 'Installation'
const npm = join(dirname(process.execPath), 'npm')
const npx = join(dirname(process.execPath), 'npx')

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

async function sizeOf(paths: string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

export const packed: Part = async ({ samples }) => {
  const workspace = await openWorkspace()
  try {
    const { folder } = workspace
    const source = join(folder, 'package')
    await run(npm, ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: source })
    const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'))
    const tarball = join(folder, name ?? '')

    // Every time an empty folder and an empty cache, as for somebody who has never heard of the tool.
    let fresh = 0
    const inEmptyFolder = async (file: string, args: string[]) => {
      const cwd = join(folder, `empty-${fresh++}`)
      await mkdir(cwd)
      const env = { npm_config_cache: join(cwd, '.npm'), npm_config_audit: 'false', npm_config_fund: 'false' }
      // Without a manifest npm would look for one in the folders above.
      await writeFile(join(cwd, 'package.json'), '{}')
      return { cwd, ...(await run(file, args, { cwd, env })) }
    }
    const installed = await inEmptyFolder(npm, ['install', tarball])
    const modules = join(installed.cwd, 'node_modules')
    const unpacked = await filesBelow(join(modules, 'whatsapp-otp'))
    const maps = unpacked.filter((file) => file.endsWith('.map'))
    const packages = await readdir(modules).then((names) => names.filter((one) => !one.startsWith('.')))
    const taken = await interleave(samples(5), {
      npm: async () => (await inEmptyFolder(npm, ['--version'])).ms,
      install: async () => (await inEmptyFolder(npm, ['install', tarball])).ms,
      npx: async () => (await inEmptyFolder(npx, ['-y', '-p', tarball, 'whatsapp-otp', '--version'])).ms,
    })
    const floor = { what: 'npm --version', value: spreadOf(taken.npm) }
    const rows: Row[] = [
      {
        part,
        what: 'tarball',
        unit: 'kB',
        value: (await sizeOf([tarball])) / 1000,
        note: `unpacked ${((await sizeOf(unpacked)) / 1e6).toFixed(1)} MB, of it source maps ${((await sizeOf(maps)) / 1e6).toFixed(1)} MB`,
      },
      { part, what: 'packages', unit: '', value: packages.length },
      { part, what: 'node_modules', unit: 'MB', value: (await sizeOf(await filesBelow(modules))) / 1e6 },
      { part, what: 'npm install, cold cache', unit: 'ms', value: spreadOf(taken.install), floor },
      { part, what: 'first npx --version', unit: 'ms', value: spreadOf(taken.npx), floor },
    ]
    return rows
  } finally {
    await workspace.remove()
  }
}
