// This package's root folder and version, the same from the sources and from the bundle, and what npm has.
import { exec, execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds our package.json, with a separator at its end left out. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('package.json of whatsapp-otp not found')
    folder = parent
  }
  return folder
}

export function version(): string {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).version
}

/** Compares `1.2.3` forms by their numbers; what follows a hyphen does not count. */
export function isNewer(a: string, b: string): boolean {
  const numbers = (text: string) => text.split('-')[0]!.split('.').map(Number)
  const [x, y] = [numbers(a), numbers(b)]
  const at = x.findIndex((part, index) => part !== (y[index] ?? 0))
  return at >= 0 && x[at]! > (y[at] ?? 0)
}

/**
 * The version that is published, as npm tells it: through the registry, proxy and rights that the user has set
 * up. Undefined when npm is not there, does not know, or the signal aborts.
 */
export function publishedVersion(signal: AbortSignal): Promise<string | undefined> {
  const options = { signal, timeout: 10_000 }
  return new Promise((resolve) => {
    const tell = (error: Error | null, stdout: string) => {
      const text = stdout.trim()
      resolve(!error && /^\d+\.\d+\.\d+/.test(text) ? text : undefined)
    }
    // On Windows npm is a script, which only a shell can run.
    if (process.platform === 'win32') exec('npm view whatsapp-otp version', options, tell)
    else execFile('npm', ['view', 'whatsapp-otp', 'version'], options, tell)
  })
}
