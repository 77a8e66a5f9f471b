// The package as npm packs it, installed into a folder where nothing else is.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './program.ts'

const npm = promisify(execFile)

/** Gives the path of the tarball. */
export async function packInto(folder: string): Promise<string> {
  const packed = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const { stdout } = await npm('npm', packed, { cwd: root })
  return join(folder, (Object.values(JSON.parse(stdout))[0] as { filename: string }).filename)
}

/** Gives the folder of the installed package. npm keeps this machine's settings, although nothing is fetched. */
export async function installPacked(folder: string): Promise<string> {
  const tarball = await packInto(folder)
  await npm('npm', ['install', '--no-fund', '--no-audit', '--prefix', folder, tarball], { cwd: folder })
  return join(folder, 'node_modules/whatsapp-otp')
}
