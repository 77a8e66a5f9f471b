// Opens a page in the user's own browser.
import { spawn } from 'node:child_process'

const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer' }

/** Resolves to false where there is nothing to open it with. */
export function openPage(url: string, env: Record<string, string | undefined>): Promise<boolean> {
  const opener = openers[process.platform] ?? 'xdg-open'
  return new Promise((resolve) => {
    const child = spawn(opener, [url], { stdio: 'ignore', detached: true, env })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}
