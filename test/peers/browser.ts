// Debian's Chromium without a window, with a profile of its own, and a list of everything it complains about.
import { execFileSync } from 'node:child_process'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

export interface Browser {
  context: BrowserContext
  page: Page
  /** Messages of the console at level error, and exceptions that nobody caught. */
  complaints: string[]
  close(): Promise<void>
}

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function openBrowser(
  profile: string,
  colorScheme: 'light' | 'dark' = 'light',
  deviceScaleFactor = 1,
): Promise<Browser> {
  const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim()
  const viewport = { width: 900, height: 700 }
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args,
    viewport,
    colorScheme,
    deviceScaleFactor,
  })
  const page = context.pages()[0] ?? (await context.newPage())
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { context, page, complaints, close: () => context.close() }
}
