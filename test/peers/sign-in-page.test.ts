// The form for React in a real browser, made from the packed package: what a user sees and does, with and without a server.

import { mkdir, symlink } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, openBrowser } from './browser.ts'
import { installPacked } from './packed.ts'
import { root, temporaryFolder } from './program.ts'
import { deployIntoSandbox, type SandboxStage } from './sandbox-stage.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let stage: SandboxStage
let browser: Browser
let server: Server
let origin = ''
let phones = 0
const newPhone = () => `+1555010${1000 + phones++}`

/** All that an app has to write. */
const app = (settings: object) => `
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { createClient } from 'whatsapp-otp/client'
import { US } from 'whatsapp-otp/client/countries'
import { createRemoteClient } from 'whatsapp-otp/client/remote'
import { ar, en } from 'whatsapp-otp/client/texts'
import { SignIn, useOtp } from 'whatsapp-otp/react'

const rtl = location.search.includes('ar')
const texts = rtl ? ar : en
const client = location.search.includes('server')
  ? createRemoteClient({ texts })
  : createClient({ ...${JSON.stringify(settings)}, country: US, texts })
function App() {
  const { step, user } = useOtp(client)
  if (step === 'restoring') return createElement('p', {}, '…')
  if (step !== 'signedIn') return createElement(SignIn, { client, texts, className: 'otp' })
  return createElement('div', {},
    createElement('p', {}, 'Hello ' + user.phone),
    createElement('button', { onClick: () => client.signOut() }, 'Sign out'))
}
document.dir = rtl ? 'rtl' : 'ltr'
createRoot(document.getElementById('app')).render(createElement(App))
`

beforeAll(async () => {
  ;[folder, stage] = await Promise.all([temporaryFolder(), deployIntoSandbox()])
  const installed = await installPacked(folder.path)
  for (const name of ['react', 'react-dom', 'scheduler']) {
    const target = join(folder.path, 'node_modules', name)
    await symlink(join(root, 'test/peers/node_modules', name), target).catch(() => undefined)
  }
  const settings = {
    region: stage.sandbox.region,
    endpoint: stage.sandbox.endpoint,
    clientId: stage.ids.loginClientId,
    signUpClientId: stage.ids.signupClientId,
  }
  const { outputFiles } = await build({
    stdin: { contents: app(settings), resolveDir: folder.path, loader: 'js' },
    ...{ bundle: true, format: 'iife', define: { 'process.env.NODE_ENV': '"production"' } },
    write: false,
  })
  const { createOtpServer } = await import(join(installed, 'dist/app/server.js'))
  const { US } = await import(join(installed, 'dist/app/countries.js'))
  const otp = createOtpServer({ ...settings, userPoolId: stage.ids.userPoolId, country: US })
  const page = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Shop</title><link rel="icon" href="data:,"><div id="app"></div><script>${outputFiles[0]!.text.replaceAll('</script', '<\\/script')}</script>`
  server = createServer((message, response) => {
    const chunks: Buffer[] = []
    message.on('data', (chunk) => chunks.push(chunk))
    message.on('end', async () => {
      const headers = new Headers(
        Object.entries(message.headers).map(([name, value]): [string, string] => [name, String(value)]),
      )
      const body = message.method === 'POST' ? { body: Buffer.concat(chunks) } : {}
      const request = new Request(`${origin}${message.url}`, {
        method: message.method ?? 'GET',
        headers,
        ...body,
      })
      const answer: Response | undefined = await otp.handle(request)
      if (!answer) return response.writeHead(200, { 'content-type': 'text/html' }).end(page)
      response.writeHead(answer.status, {
        ...Object.fromEntries(answer.headers),
        'set-cookie': answer.headers.getSetCookie(),
      })
      response.end(await answer.text())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await mkdir(join(root, '.cache/peers/screenshots'), { recursive: true })
  browser = await openBrowser(join(folder.path, 'profile'))
})
afterAll(async () => {
  await browser?.close()
  server?.close()
  await stage?.close()
  await folder?.remove()
})

const codeFor = (phone: string) => stage.sandbox.inbox.list(phone).at(-1)!.code
const national = (phone: string) => phone.slice(2)
/** Kept for people to look at; no test depends on it. */
const picture = (name: string) =>
  browser.page.screenshot({ path: join(root, '.cache/peers/screenshots', `${name}.png`), fullPage: true })

async function open(query = ''): Promise<void> {
  await browser.page.goto(`${origin}/${query}`)
  await browser.page.getByRole('textbox').waitFor()
}

describe.each([
  ['by itself', ''],
  ['with a server', '?server'],
])('a page that signs in %s', (_, query) => {
  it('takes a number and a code by keyboard alone, and survives a reload in the middle', async () => {
    const { page } = browser
    const phone = newPhone()
    await open(query)
    await page.keyboard.press('Tab')
    await page.keyboard.type(national(phone))
    await page.keyboard.press('Enter')
    await page.getByText('Enter the code that we have sent you on WhatsApp.').waitFor()
    await page.reload()
    const field = page.getByLabel('Code')
    await field.waitFor()
    expect(await field.getAttribute('autocomplete')).toBe('one-time-code')
    expect(await field.getAttribute('inputmode')).toBe('numeric')
    await field.fill('000000')
    await page.getByRole('alert').getByText('That is not the code.').waitFor()
    await page.getByLabel('Code').fill(`${codeFor(phone)} is your verification code.`)
    await page.getByText(`Hello ${phone}`).waitFor()
    await page.reload()
    await page.getByText(`Hello ${phone}`).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Phone number').waitFor()
  })

  it('offers another message when its time has come, and another number', async () => {
    const { page } = browser
    await open(query)
    await page.getByLabel('Phone number').fill('hello')
    await page.getByRole('button', { name: 'Send code' }).click()
    await page.getByRole('alert').getByText('That is not a phone number.').waitFor()
    await page.getByLabel('Phone number').fill(national(newPhone()))
    await page.getByRole('button', { name: 'Send code' }).click()
    const resend = page.getByRole('button', { name: /Send again/ })
    await resend.waitFor()
    expect(await resend.isDisabled()).toBe(true)
    expect(await resend.textContent()).toMatch(/Send again \(Please wait \d+ s\)/)
    await page.getByRole('button', { name: 'Another number' }).click()
    await page.getByLabel('Phone number').waitFor()
  })

  it('tells its other tabs that the user has left', async () => {
    const { page, context } = browser
    const phone = newPhone()
    await open(query)
    await page.getByLabel('Phone number').fill(national(phone))
    await page.getByRole('button', { name: 'Send code' }).click()
    await page.getByLabel('Code').waitFor()
    await page.getByLabel('Code').fill(codeFor(phone))
    await page.getByText(`Hello ${phone}`).waitFor()
    const tab = await context.newPage()
    await tab.goto(`${origin}/${query}`)
    // Without a server the tokens are those of one tab.
    if (query) {
      await tab.getByText(`Hello ${phone}`).waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await tab.getByLabel('Phone number').waitFor()
    } else {
      await tab.getByLabel('Phone number').waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
    }
    await page.getByLabel('Phone number').waitFor()
    await tab.close()
  })
})

it('keeps its tokens from scripts where a server signs in', async () => {
  const { page, context } = browser
  const phone = newPhone()
  await open('?server')
  await page.getByLabel('Phone number').fill(national(phone))
  await page.getByRole('button', { name: 'Send code' }).click()
  await page.getByLabel('Code').waitFor()
  await page.getByLabel('Code').fill(codeFor(phone))
  await page.getByText(`Hello ${phone}`).waitFor()
  const seen = await page.evaluate(
    () => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }),
  )
  expect(seen).not.toMatch(/ey[\w-]+\.ey/)
  const cookies = await context.cookies(origin)
  expect(cookies.filter(({ name }) => name.startsWith('otp_')).every(({ httpOnly }) => httpOnly)).toBe(true)
})

it('reads from right to left, on a phone, in the dark', async () => {
  const { page } = browser
  await page.setViewportSize({ width: 360, height: 640 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await open('?ar')
  await page.getByRole('textbox').fill(national(newPhone()))
  await page.getByRole('button').first().click()
  await page.getByText('أدخل الرمز').waitFor()
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(wide).toBeLessThanOrEqual(0)
  await picture('sign-in-ar')
})

it('has nothing to complain about', () => {
  expect(browser.complaints).toEqual([])
})
