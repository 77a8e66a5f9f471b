// `npm run pictures`: the recording, and the screens of the terminal and of the page of `dev`.
import { writeFileSync } from 'node:fs'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { Desk } from '../../dev/program.ts'
import { openBrowser } from '../browser.ts'
import { root, temporaryFolder } from '../program.ts'
import { film, framesOf } from './film.ts'
import { play } from './pty.ts'
import { palettes, screenSvg } from './screen.ts'
import { scenes, shoot, size } from './screens.ts'

const folder = join(root, 'docs/pictures')
await mkdir(folder, { recursive: true })
const desk = new Desk()
afterAll(() => desk.clear())

it('records demo', async () => {
  const size = { columns: 78, rows: 25 }
  const { path, remove } = await temporaryFolder()
  const { chunks, status } = await play('demo', size, { cwd: path })
  await remove()
  expect(status).toBe(0)
  const svg = film(await framesOf(chunks, size), size, '+1 555 010 0900')
  await writeFile(join(folder, 'demo.svg'), svg)
  // README shows it to everybody at once.
  expect(svg.length).toBeLessThan(1_000_000)
})

it.each(Object.keys(scenes))('takes %s', async (name) => {
  const { typed, rows } = await shoot(name)
  for (const [scheme, palette] of Object.entries(palettes)) {
    writeFileSync(join(folder, `${name}-${scheme}.svg`), screenSvg(typed, rows, palette, size.columns))
  }
})

it('takes the page of dev', async () => {
  const { env } = await desk.dev()
  const profile = await temporaryFolder()
  const browser = await openBrowser(join(profile.path, 'profile'))
  const { page } = browser
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.goto(`${env.AWS_ENDPOINT_URL}/`)
  await page.getByLabel('Phone number').fill('+15550100001')
  await page.getByRole('button', { name: 'Send code' }).click()
  await page
    .getByRole('button', { name: /^Enter code/ })
    .first()
    .click()
  await page.getByText('is signed in').waitFor()
  for (const colorScheme of ['light', 'dark'] as const) {
    const path = join(folder, `page-${colorScheme}.png`)
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path })
    expect((await stat(path)).size).toBeLessThan(200_000)
  }
  await browser.close()
  await profile.remove()
})
