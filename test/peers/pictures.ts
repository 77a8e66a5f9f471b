// `npm run pictures`: the pictures of docs/, taken of the example with Vite on a phone, by day and by night.
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openExample } from './example.ts'
import { root } from './program.ts'

const folder = join(root, 'docs/pictures')
/** Bytes: the pages are to be there at once. */
const most = 60_000

it('takes the pictures of docs/front-end.md', async () => {
  await mkdir(folder, { recursive: true })
  const { browser, address, messages, close } = await openExample(
    'vite-react',
    ['react', 'react-dom', 'vite'],
    2,
  )
  const { page } = browser
  const phone = '+15550100001'

  async function take(name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      const path = join(folder, `${name}-${colorScheme}.png`)
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path })
      expect((await stat(path)).size).toBeLessThan(most)
    }
  }

  try {
    await page.setViewportSize({ width: 360, height: 480 })
    await page.goto(address)
    await page.getByLabel('Phone number').fill('(555) 010-0001')
    await take('number')
    await page.getByRole('button', { name: 'Send code' }).click()
    await page.getByLabel('Code').waitFor()
    await take('code')
    await page.getByLabel('Code').fill((await messages(phone)).at(-1)!.code)
    await page.getByText(`You are ${phone}`).waitFor()
    await take('signed-in')
  } finally {
    await close()
  }
})
