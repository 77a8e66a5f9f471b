// examples/vite-react, built with the packed package and used in a real browser as its user would.
import { cp, mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type PreviewServer, preview } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, openBrowser } from './browser.ts'
import { installPacked } from './packed.ts'
import { root, temporaryFolder } from './program.ts'
import { deployIntoSandbox, type SandboxStage, wrongCode } from './sandbox-stage.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let stage: SandboxStage
let browser: Browser
let server: PreviewServer
let address = ''
let phones = 0
const newPhone = () => `+1555020${1000 + phones++}`

beforeAll(async () => {
  ;[folder, stage] = await Promise.all([temporaryFolder(), deployIntoSandbox()])
  const app = join(folder.path, 'app')
  await cp(join(root, 'examples/vite-react'), app, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  })
  await rm(join(app, 'package.json'))
  await installPacked(app)
  for (const name of ['react', 'react-dom', 'scheduler']) {
    await symlink(join(root, 'test/peers/node_modules', name), join(app, 'node_modules', name))
  }
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: stage.sandbox.endpoint,
    AWS_REGION: stage.sandbox.region,
    WHATSAPP_OTP_LOGIN_CLIENT_ID: stage.ids.loginClientId,
    WHATSAPP_OTP_SIGNUP_CLIENT_ID: stage.ids.signupClientId,
  })
  const options = { root: app, logLevel: 'error' as const }
  await build(options)
  server = await preview({ ...options, preview: { port: 0, host: '127.0.0.1' } })
  address = server.resolvedUrls?.local[0] ?? ''
  await mkdir(join(root, '.cache/peers/screenshots'), { recursive: true })
  browser = await openBrowser(join(folder.path, 'profile'))
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await server?.close()
  await stage?.close()
  await folder?.remove()
})

const messages = (phone: string) => stage.sandbox.inbox.list(phone)
const codeFor = (phone: string) => messages(phone).at(-1)!.code
/** Kept for people to look at; no test depends on it. */
const picture = (name: string) =>
  browser.page.screenshot({ path: join(root, '.cache/peers/screenshots', `${name}.png`), fullPage: true })

async function askFor(phone: string): Promise<void> {
  const { page } = browser
  await page.goto(address)
  // A sign-in that was begun before has survived.
  const other = page.getByRole('button', { name: 'Another number' })
  await page.getByRole('textbox').waitFor()
  if (await other.isVisible()) await other.click()
  await page.getByLabel('Phone number').fill(phone.slice(2))
  await page.getByRole('button', { name: 'Send code' }).click()
  await page.getByLabel('Code').waitFor()
}

async function signIn(phone: string): Promise<void> {
  await askFor(phone)
  await browser.page.getByLabel('Code').fill(codeFor(phone))
  await browser.page.getByText(`You are ${phone}, proven.`).waitFor()
}

describe('the example with Vite', () => {
  it('signs up and in, over a wrong code and a reload in the middle', async () => {
    const { page } = browser
    const phone = newPhone()
    await askFor(phone)
    await picture('example-code')
    await page.getByLabel('Code').fill(wrongCode(codeFor(phone)))
    await page.getByRole('alert').getByText('That is not the code.').waitFor()
    await page.reload()
    await page.getByLabel('Code').fill(codeFor(phone))
    await page.getByText(`You are ${phone}, proven.`).waitFor()
    await picture('example-signed-in')
    expect(messages(phone)).toHaveLength(1)
  })

  it('keeps the user signed in in another tab, and signs him out in both', async () => {
    const { page, context } = browser
    await page.reload()
    const tab = await context.newPage()
    await tab.goto(address)
    await tab.getByText('You are').waitFor()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.getByLabel('Phone number').waitFor()
    await tab.getByLabel('Phone number').waitFor()
    await tab.close()
  })

  it('sends the same code again, once its time has come', async () => {
    const { page } = browser
    const phone = newPhone()
    await askFor(phone)
    await page.clock.install()
    stage.sandbox.clock.advance(60_000)
    await page.clock.fastForward(60_000)
    await page.getByRole('button', { name: 'Send again' }).click()
    await expect.poll(() => messages(phone).length).toBe(2)
    expect(messages(phone)[1]!.code).toBe(messages(phone)[0]!.code)
  })

  it('says that a code has expired, and asks for a new one', async () => {
    const { page } = browser
    const phone = newPhone()
    await askFor(phone)
    stage.sandbox.clock.advance(6 * 60_000)
    await page.getByLabel('Code').fill(codeFor(phone))
    await page.getByRole('alert').getByText('The code has expired.').waitFor()
  })

  it('changes the number', async () => {
    const { page } = browser
    const phone = newPhone()
    const next = newPhone()
    await signIn(phone)
    stage.sandbox.clock.advance(60_000)
    await page.getByLabel('Another number').fill(next.slice(2))
    await page.getByRole('button', { name: 'Change number' }).click()
    await page.getByLabel('Code for your number').waitFor()
    await page.getByLabel('Code for your number').fill(codeFor(phone))
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByLabel('Code for the new number').waitFor()
    await page.getByLabel('Code for the new number').fill(codeFor(next))
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText(`You are ${next}, proven.`).waitFor()
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByLabel('Phone number').waitFor()
  })

  it('fits a phone in the dark', async () => {
    const { page } = browser
    await page.setViewportSize({ width: 360, height: 640 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await askFor(newPhone())
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(wide).toBeLessThanOrEqual(0)
    await picture('example-dark')
  })

  it('has nothing to complain about', () => {
    expect(browser.complaints).toEqual([])
  })
})
