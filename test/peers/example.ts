// An example of the project's, started as its README says: the packed package in a folder of its own, without this
// checkout, its own `npm run dev`, and a browser in front of it.
import { cp, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, openBrowser } from './browser.ts'
import { type Dev, startDev } from './dev.ts'
import { installPacked } from './packed.ts'
import { root, temporaryFolder } from './program.ts'

export interface Example extends Omit<Dev, 'stop'> {
  browser: Browser
  close(): Promise<void>
}

/** `packages`: what the example needs besides, of those that the peers' installation has brought. */
export async function openExample(name: string, packages: string[], pixelRatio = 1): Promise<Example> {
  const folder = await temporaryFolder()
  const app = join(folder.path, 'app')
  const source = join(root, 'examples', name)
  await cp(source, app, { recursive: true, filter: (path) => !/node_modules|\.next$/.test(path) })
  await rm(join(app, 'package.json'))
  await installPacked(app)
  await copyPackages(packages, join(app, 'node_modules'))
  await cp(join(source, 'package.json'), join(app, 'package.json'))
  const dev = await startDev(app, ['npm', 'run', 'dev', '--'])
  const browser = await openBrowser(join(folder.path, 'profile'), 'light', pixelRatio)
  return {
    ...dev,
    browser,
    async close() {
      await browser.close()
      await dev.stop()
      await folder.remove()
    },
  }
}

const from = join(root, 'test/peers/node_modules')

/** They and all that they depend on; copied, since bundlers follow links out of the folder, or refuse to. */
async function copyPackages(names: string[], to: string): Promise<void> {
  const found = new Set<string>()
  const find = async (name: string): Promise<void> => {
    if (found.has(name)) return
    const text = await readFile(join(from, name, 'package.json'), 'utf8').catch(() => undefined)
    // Optional packages of other systems are not there.
    if (text === undefined) return
    found.add(name)
    const { dependencies, optionalDependencies } = JSON.parse(text)
    await Promise.all(Object.keys({ ...dependencies, ...optionalDependencies }).map(find))
  }
  await Promise.all(names.map(find))
  await Promise.all([...found].map((name) => cp(join(from, name), join(to, name), { recursive: true })))
  await mkdir(join(to, '.bin'), { recursive: true })
  for (const name of names) {
    const { bin = {} } = JSON.parse(await readFile(join(from, name, 'package.json'), 'utf8'))
    if (bin[name]) await symlink(join('..', name, bin[name]), join(to, '.bin', name))
  }
}
