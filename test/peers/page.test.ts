// The workshop page of `dev` in a real browser, as somebody who builds a sign-in uses it.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Desk } from '../dev/program.ts'
import { type Browser, openBrowser } from './browser.ts'
import { root, temporaryFolder } from './program.ts'

const desk = new Desk()
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let browser: Browser
let endpoint = ''
let phones = 0
const newPhone = () => `+1555012${1000 + phones++}`

beforeAll(async () => {
  await mkdir(join(root, '.cache/peers/screenshots'), { recursive: true })
  folder = await temporaryFolder()
  const dev = await desk.dev()
  endpoint = dev.env.AWS_ENDPOINT_URL ?? ''
  browser = await openBrowser(join(folder.path, 'profile'))
  await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: endpoint })
  browser.page.setDefaultTimeout(10_000)
  await browser.page.setViewportSize({ width: 1280, height: 800 })
  await browser.page.goto(`${endpoint}/`)
  await browser.page.getByText('live', { exact: true }).waitFor()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await desk.clear()
  await folder?.remove()
})

const page = () => browser.page
const part = (name: string) => page().getByRole('region', { name })
const button = (name: string | RegExp) => page().getByRole('button', { name })
const go = (view: string) => page().getByRole('link', { name: view, exact: true }).click()
const newest = () => part('Phone').getByRole('listitem').first()
const steps = () => part('Sequence').locator('.step')

/** Kept for people to look at; no test depends on it. */
const picture = (name: string) =>
  page().screenshot({ path: join(root, '.cache/peers/screenshots', `${name}.png`), fullPage: true })

async function askFor(phone: string): Promise<void> {
  await go('App')
  const field = part('App').getByRole('textbox')
  const out = button('Sign out')
  const other = button('Another number')
  await field.or(out).first().waitFor()
  if (await out.isVisible()) await out.click()
  if (await other.isVisible()) await other.click()
  await page().getByLabel('Phone number').fill(phone)
  await button('Send code').click()
}

async function signIn(phone = newPhone()): Promise<string> {
  await askFor(phone)
  await newest()
    .filter({ hasText: phone })
    .getByRole('button', { name: /^Enter code/ })
    .click()
  await part('App').getByText('is signed in').waitFor()
  return phone
}

async function movedTo(hash: string): Promise<void> {
  await page().goto(`${endpoint}/${hash}`)
  await page().getByText('live', { exact: true }).waitFor()
}

describe('the workshop page', () => {
  it('says at first what will appear where', async () => {
    await part('Phone').getByText('No messages yet.').waitFor()
    await part('Sequence').getByText('No sign-in yet.').waitFor()
    await picture('page-1-empty')
  })

  it('signs somebody up with the code that its own phone shows, and draws each step', async () => {
    await signIn()
    expect((await steps().allTextContents()).join('\n')).toMatch(
      /app to cognito: SignUp[\s\S]*PreSignUp[\s\S]*InitiateAuth[\s\S]*DefineAuthChallenge[\s\S]*CreateAuthChallenge[\s\S]*send the code[\s\S]*RespondToAuthChallenge[\s\S]*VerifyAuthChallengeResponse[\s\S]*cognito to app: tokens/,
    )
    await part('Sequence')
      .getByRole('link', { name: /signed in$/ })
      .waitFor()
    await newest().getByText('read').waitFor()
    await picture('page-2-signed-in')
  })

  it('says in words why a stranger is sent nothing', async () => {
    await button('Sign out').click()
    await page().getByLabel('sign up who has no account').uncheck()
    const stranger = newPhone()
    await askFor(stranger)
    await part('Sequence')
      .getByRole('link', { name: new RegExp(`\\${stranger}.*no account has the number`) })
      .waitFor()
    await page().getByLabel('sign up who has no account').check()
  })

  it('says why a second message is held back, and lets time pass for it', async () => {
    const phone = newPhone()
    await askFor(phone)
    await newest().filter({ hasText: phone }).waitFor()
    await button(/^Send again \(/).waitFor()
    await button('+1 min').click()
    await button('Send again').click()
    await part('Phone').getByRole('listitem').filter({ hasText: phone }).nth(1).waitFor()
    await button('Another number').click()
    await page().getByLabel('Phone number').fill(phone)
    await button('Send code').click()
    await part('Sequence')
      .getByRole('link', { name: /still counts|RESEND_COOLDOWN_SECONDS/ })
      .first()
      .waitFor()
  })

  it('has numbers that fail to click, and shows what SendZen said', async () => {
    await page().getByText('Numbers that fail').click()
    await button(/not on WhatsApp: refused at once/).click()
    await newest().filter({ hasText: 'Refused by SendZen: 131026' }).waitFor()
    await steps().filter({ hasText: '131026' }).first().waitFor()
    await page().getByText('Numbers that fail').click()
    await picture('page-3-refused')
  })

  it('breaks things by a switch', async () => {
    await go('Faults')
    await page().getByLabel('SendZen is down (503)').check()
    const phone = newPhone()
    await askFor(phone)
    await newest().filter({ hasText: 'Refused by SendZen' }).waitFor()
    await go('Faults')
    await picture('page-4-faults')
    await page().getByLabel('SendZen is down (503)').uncheck()
    await page()
      .getByLabel(/The next message/)
      .selectOption({ label: 'a proxy answers HTML (502)' })
    await button('Decide').click()
    await page().getByText('The next message: a proxy answers HTML (502).').waitFor()
    await askFor(newPhone())
    await newest().filter({ hasText: '502' }).waitFor()
  })

  it('lists users, and deletes one', async () => {
    const phone = await signIn()
    await go('Users')
    const user = page().getByRole('listitem').filter({ hasText: phone })
    await user.getByText('custom:whatsapp_verified').waitFor()
    await picture('page-5-users')
    await button(`Delete ${phone}`).click()
    await user.waitFor({ state: 'detached' })
  })

  it('copies a code by one click, and the ids', async () => {
    const phone = newPhone()
    await askFor(phone)
    const code = await newest().filter({ hasText: phone }).locator('.code').textContent()
    await button(`Copy code ${code} sent to ${phone}`).click()
    expect(await page().evaluate(() => navigator.clipboard.readText())).toBe(code)
    await go('Ids')
    await button('Copy').click()
    await button('Copied').waitFor()
    const ids = await page().evaluate(() => navigator.clipboard.readText())
    expect(ids).toMatch(/^WHATSAPP_OTP_USER_POOL_ID=\S+$/m)
    expect(ids).toContain(`AWS_ENDPOINT_URL=${endpoint}`)
  })

  it('has an address for every place: a number, a sign-in, a view; and says what is not there', async () => {
    const phone = await signIn()
    await part('Sequence')
      .getByRole('link', { name: new RegExp(`^\\${phone}`) })
      .click()
    const sequence = new URL(page().url()).hash
    await newest().getByRole('link').click()
    const messages = new URL(page().url()).hash
    expect(messages).toBe(`#/phone/${phone}`)
    await signIn()

    await movedTo(messages)
    await page().reload()
    await newest().filter({ hasText: phone }).waitFor()
    expect(await part('Phone').getByRole('listitem').count()).toBe(1)
    await movedTo(sequence)
    await part('Sequence')
      .getByRole('list', { name: `Steps of the sign-in of ${phone}` })
      .waitFor()
    await movedTo('#/sequence/gone')
    await part('Sequence').getByText('not here any more').waitFor()
    await movedTo('#/users')
    await part('Users').waitFor()
    await movedTo('#/%E0%A4%A')
    await part('App').waitFor()
  })

  it('works by keyboard alone', async () => {
    await go('App')
    await button('Sign out').click()
    const phone = newPhone()
    await page().getByLabel('Phone number').focus()
    await page().keyboard.type(phone)
    await page().keyboard.press('Enter')
    const code = await newest().filter({ hasText: phone }).locator('.code').textContent()
    await page().getByLabel('Code', { exact: true }).waitFor()
    await page().keyboard.type(code ?? '')
    await part('App').getByText('is signed in').waitFor()
    await page().reload()
    await part('App').getByText('is signed in').waitFor()
    const reached = new Set<string>()
    for (let n = 0; n < 15; n++) {
      await page().keyboard.press('Tab')
      reached.add(await page().evaluate(() => document.activeElement?.textContent ?? ''))
    }
    const wanted = [
      '+1 min',
      '+1 day',
      'App',
      'Phone',
      'Sequence',
      'Users',
      'Faults',
      'Ids',
      'Clear',
      'Sign out',
    ]
    expect(wanted.filter((name) => !reached.has(name))).toEqual([])
  })

  it.each(['App', 'Phone', 'Sequence', 'Users', 'Faults', 'Ids'])(
    'stays usable on a narrow dark screen: %s',
    async (view) => {
      await page().emulateMedia({ colorScheme: 'dark' })
      await page().setViewportSize({ width: 360, height: 640 })
      await go(view)
      await part(view).waitFor()
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
      await picture(`page-narrow-${view}`)
    },
  )

  it('clears everything for everybody', async () => {
    await page().setViewportSize({ width: 1280, height: 800 })
    await go('App')
    await button('Clear').click()
    await part('Phone').getByText('No messages yet.').waitFor()
    await part('Sequence').getByText('No sign-in yet.').waitFor()
  })

  it('has nothing to complain about, but for the answers of Cognito that a browser notes', () => {
    expect(browser.complaints.filter((line) => !line.includes('status of 400'))).toEqual([])
  })
})
