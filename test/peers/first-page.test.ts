// The way of somebody who tries this for the first time, as docs/front-end.md describes it: from an empty folder to a
// page with a user who is signed in. What is typed and written here is taken out of the page.
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Browser, openBrowser } from './browser.ts'
import { type Dev, startDev } from './dev.ts'
import { packInto } from './packed.ts'
import { root, temporaryFolder } from './program.ts'

const run = promisify(execFile)
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let tarball = ''
let browser: Browser
let dev: Dev | undefined
beforeAll(async () => {
  folder = await temporaryFolder()
  tarball = await packInto(folder.path)
  browser = await openBrowser(join(folder.path, 'profile'))
})
afterAll(async () => {
  await browser?.close()
  await dev?.stop()
  await folder?.remove()
})

/** The fenced blocks of the section, in their order. */
async function recipe() {
  const page = await readFile(join(root, 'docs/front-end.md'), 'utf8')
  const section = /^## The first page\n(.*?)^## /ms.exec(page)?.[1] ?? ''
  const blocks = [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, kind, text = '']) => ({
    kind,
    text,
  }))
  const [typed, html, script, last] = blocks.map(({ text }) => text)
  expect(blocks.map(({ kind }) => kind)).toEqual(['sh', 'html', 'jsx', 'sh'])
  return { typed: typed!.trim().split('\n'), html: html!, script: script!, last: last!.trim() }
}

/** The versions that this project is tested with, for those that a reader gets; the package itself is the packed one. */
async function pinned(name: string): Promise<string> {
  if (name === 'whatsapp-otp') return tarball
  const { dependencies } = JSON.parse(await readFile(join(root, 'test/peers/package.json'), 'utf8'))
  return name in dependencies ? `${name}@${dependencies[name]}` : name
}

it('leads from an empty folder to a user who is signed in, in minutes and with few lines', async () => {
  const { typed, html, script, last } = await recipe()
  const app = join(folder.path, 'my-app')
  const begun = performance.now()
  await mkdir(app)
  for (const line of typed) {
    const words = await Promise.all(line.split(' ').map(pinned))
    await run(words[0]!, words.slice(1), { cwd: app })
  }
  await writeFile(join(app, 'index.html'), html)
  await writeFile(join(app, 'main.jsx'), script)
  const [, ...words] = /^(npx) (whatsapp-otp) (dev) (--exec) "(.*)"$/.exec(last)!
  dev = await startDev(app, words)

  const { page } = browser
  await page.goto(dev.address)
  await page.getByLabel('Phone number').fill('+1 555 010 0001')
  await page.getByRole('button', { name: 'Send code' }).click()
  await page.getByLabel('Code').waitFor()
  const [message] = await dev.messages('+15550100001')
  await page.getByLabel('Code').fill(message!.code)
  await page.getByText('Hello +15550100001').waitFor()

  const seconds = Math.round((performance.now() - begun) / 1000)
  const lines = `${html}${script}`.split('\n').filter((line) => line.trim() !== '').length
  process.stdout.write(`from an empty folder to a user who is signed in: ${seconds} s, ${lines} lines\n`)
  expect(seconds).toBeLessThan(300)
  expect(lines).toBeLessThan(20)
}, 300_000)
