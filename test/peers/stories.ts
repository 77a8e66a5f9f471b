// What a user does with an app that signs in by WhatsApp, from the first visit to a new number; the same for each example.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Example } from './example.ts'
import { faintTexts, overflow } from './legible.ts'
import { root } from './program.ts'
import { wrongCode } from './sandbox-stage.ts'

/** `name` is that of its pictures. */
export function tellStories(name: string, open: () => Promise<Example>): void {
  let example: Example
  let phones = 0
  const newPhone = () => `+1555020${1000 + phones++}`
  beforeAll(async () => {
    await mkdir(join(root, '.cache/peers/screenshots'), { recursive: true })
    example = await open()
  }, 300_000)
  afterAll(() => example?.close())

  const page = () => example.browser.page
  const button = (text: string | RegExp) => page().getByRole('button', { name: text, exact: true })
  const field = (label: string) => page().getByLabel(label, { exact: true })
  const codeFor = async (phone: string) => (await example.messages(phone)).at(-1)!.code
  /** The newest one that came, once it is asked for. */
  async function typeCode(label: string, phone: string): Promise<void> {
    await field(label).waitFor()
    await field(label).fill(await codeFor(phone))
  }
  /** Kept for people to look at; no test depends on it. */
  const picture = (what: string) =>
    page().screenshot({
      path: join(root, '.cache/peers/screenshots', `${name}-${what}.png`),
      fullPage: true,
    })

  async function askFor(phone: string): Promise<void> {
    await page().goto(example.address)
    await field('Phone number').fill(phone.slice(2))
    await button('Send code').click()
    await field('Code').waitFor()
  }
  const isSignedIn = (phone: string, on = page()) => on.getByText(`You are ${phone}, proven.`).waitFor()

  describe('its user', () => {
    it('signs up and in, over a wrong code and a reload in the middle', async () => {
      const phone = newPhone()
      await askFor(phone)
      await picture('code')
      await field('Code').fill(wrongCode(await codeFor(phone)))
      await page().getByRole('alert').getByText('That is not the code.').waitFor()
      await page().reload()
      await typeCode('Code', phone)
      await isSignedIn(phone)
      await picture('signed-in')
      expect(await example.messages(phone)).toHaveLength(1)
    })

    it('is signed in in a second tab, and signs out in both', async () => {
      const phone = `+1555020${1000 + phones - 1}`
      await page().reload()
      await isSignedIn(phone)
      const tab = await example.browser.context.newPage()
      await tab.goto(example.address)
      await isSignedIn(phone, tab)
      await button('Sign out').click()
      await field('Phone number').waitFor()
      await tab.getByLabel('Phone number', { exact: true }).waitFor()
      await tab.close()
      await page().reload()
      await field('Phone number').waitFor()
    })

    it('changes the number, over one that has an owner, and signs out everywhere', async () => {
      const [owned, phone, next] = [newPhone(), newPhone(), newPhone()]
      await askFor(owned)
      await typeCode('Code', owned)
      await isSignedIn(owned)
      await button('Sign out').click()
      await example.advance(61_000)
      await askFor(phone)
      await typeCode('Code', phone)
      await isSignedIn(phone)
      await example.advance(61_000)
      await field('Another number').fill(owned.slice(2))
      await button('Change number').click()
      await typeCode('Code for your number', phone)
      await button('Go on').click()
      await field('Code for the new number').waitFor()
      await picture('change')
      await typeCode('Code for the new number', owned)
      await button('Go on').click()
      await field('Another number').fill(next.slice(2))
      await button('Go on').click()
      await field('Code for the new number').waitFor()
      await page().reload()
      await typeCode('Code for the new number', next)
      await button('Go on').click()
      await isSignedIn(next)
      await page().reload()
      await isSignedIn(next)
      await button('Sign out everywhere').click()
      await field('Phone number').waitFor()
    })

    it('gets the same code again, is told that it has expired, and signs in with a new one', async () => {
      const phone = newPhone()
      await page().clock.install()
      await askFor(phone)
      const again = async () => {
        await example.advance(61_000)
        await page().clock.fastForward(61_000)
        await button('Send again').click()
        await button(/^Send again \(/).waitFor()
      }
      await again()
      const [first, second, ...more] = await example.messages(phone)
      expect([second?.code, more]).toEqual([first?.code, []])
      await example.advance(6 * 60_000)
      await typeCode('Code', phone)
      await page().getByRole('alert').getByText('The code has expired.').waitFor()
      await again()
      expect(await codeFor(phone)).not.toBe(first?.code)
      await typeCode('Code', phone)
      await isSignedIn(phone)
      await button('Sign out').click()
      await field('Phone number').waitFor()
    })

    it('has a phone in the dark and no mouse', async () => {
      const phone = newPhone()
      await page().setViewportSize({ width: 360, height: 640 })
      await page().emulateMedia({ colorScheme: 'dark' })
      const isFit = async () => expect([await overflow(page()), await faintTexts(page())]).toEqual([0, []])
      await page().goto(example.address)
      await field('Phone number').waitFor()
      await page().keyboard.press('Tab')
      await page().keyboard.type(phone.slice(2))
      await isFit()
      await picture('dark')
      await page().keyboard.press('Enter')
      await field('Code').waitFor()
      // Where the code is asked for, the field has the focus.
      await page().keyboard.type(wrongCode(await codeFor(phone)))
      await page().getByRole('alert').getByText('That is not the code.').waitFor()
      await isFit()
      await picture('dark-wrong')
      await page().keyboard.type(await codeFor(phone))
      await isSignedIn(phone)
      await isFit()
      const focused = () => page().evaluate(() => document.activeElement?.textContent)
      for (let n = 0; n < 9 && (await focused()) !== 'Sign out'; n++) await page().keyboard.press('Tab')
      await page().keyboard.press('Enter')
      await field('Phone number').waitFor()
    })
  })

  it('leaves nothing in the console to complain about', () => {
    expect(example.browser.complaints).toEqual([])
  })
}
