// The pages as a site: it builds, each page of its map opens without a complaint, and diagrams and pictures are there.

import { readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Browser, openBrowser } from './browser.ts'
import { root, run, temporaryFolder } from './program.ts'

const built = join(root, '.cache/site')
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: Server
let browser: Browser
let address = ''
beforeAll(async () => {
  await rm(built, { recursive: true, force: true })
  folder = await temporaryFolder()
  const vitepress = join(root, 'site/node_modules/vitepress/bin/vitepress.js')
  const { status, stdout, stderr } = await run(process.execPath, [vitepress, 'build', '.'], {
    env: {},
    cwd: join(root, 'site'),
    timeoutMs: 280_000,
  })
  expect(status, stdout + stderr).toBe(0)
  server = createServer(async ({ url = '/' }, response) => {
    const path = new URL(url, 'http://site').pathname.replace(/\/$/, '/index')
    const file = extname(path) ? path : `${path}.html`
    const body = await readFile(join(built, file)).catch(() => undefined)
    response.writeHead(body ? 200 : 404, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
    })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await openBrowser(join(folder.path, 'profile'))
}, 300_000)
afterAll(async () => {
  await browser?.close()
  server?.close()
  await folder?.remove()
})

it('opens every page of its map, with all pictures and diagrams, and complains about nothing', async () => {
  const { page, complaints } = browser
  await page.goto(address)
  const links = await page
    .locator('.VPSidebar a')
    .evaluateAll((all) => all.map((a) => a.getAttribute('href')))
  expect(links.length).toBeGreaterThan(20)
  for (const link of links) {
    await page.goto(`${address}${link}`)
    await page.locator('h1').first().waitFor()
    const sources = await page
      .locator('main pre', { hasText: /^(flowchart|sequenceDiagram|stateDiagram)/ })
      .count()
    for (let n = sources; n > 0; n--)
      await page
        .locator('.diagram svg')
        .nth(n - 1)
        .waitFor()
    const broken = await page.locator('main img').evaluateAll(async (all) => {
      const ends = await Promise.allSettled((all as HTMLImageElement[]).map((one) => one.decode()))
      return ends.filter(({ status }) => status === 'rejected').length
    })
    expect([link, broken]).toEqual([link, 0])
  }
  await page.goto(`${address}/docs/architecture`)
  await page.locator('.diagram svg').nth(3).waitFor()
  expect(complaints).toEqual([])
}, 120_000)
