// The inbox page of the sandbox in a real browser, as somebody who builds a sign-in uses it.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AwsCli, awsCliIn } from './aws-cli.ts'
import { type Browser, openBrowser } from './browser.ts'
import { root, temporaryFolder } from './program.ts'
import { deployIntoSandbox, type SandboxStage } from './sandbox-stage.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let stage: SandboxStage
let aws: AwsCli
let browser: Browser
const phone = '+15550100001'
const other = '+15550100002'

/** An app's sign-in: the code of a new message appears on the page. */
async function askForCode(to: string): Promise<void> {
  const { signupClientId } = stage.ids
  const password = `${'Unused-1-'.repeat(6)}!`
  await aws.read(`cognito-idp sign-up --client-id ${signupClientId} --username ${to} --password ${password}`)
  await aws.read(
    `cognito-idp initiate-auth --client-id ${signupClientId} --auth-flow CUSTOM_AUTH --auth-parameters USERNAME=${to}`,
  )
}

/** Kept for people to look at; no test depends on it. */
const picture = (name: string) =>
  browser.page.screenshot({ path: join(root, '.cache/peers/screenshots', `${name}.png`), fullPage: true })

beforeAll(async () => {
  await mkdir(join(root, '.cache/peers/screenshots'), { recursive: true })
  ;[folder, stage] = await Promise.all([temporaryFolder(), deployIntoSandbox()])
  aws = awsCliIn(stage.start)
  stage.sandbox.showStage({
    Endpoint: stage.sandbox.endpoint,
    'User pool': stage.ids.userPoolId,
    'Signup client': stage.ids.signupClientId,
    'Login client': stage.ids.loginClientId,
  })
  browser = await openBrowser(join(folder.path, 'profile'))
  await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], {
    origin: stage.sandbox.endpoint,
  })
  await browser.page.goto(`${stage.sandbox.endpoint}/`)
})
afterAll(async () => {
  await browser?.close()
  await stage?.close()
  await folder?.remove()
})

const cards = () => browser.page.getByRole('listitem')

describe('the page of the sandbox', () => {
  it('is connected, and says what will appear where', async () => {
    const { page } = browser
    await page.getByText('live', { exact: true }).waitFor()
    await page.getByText('No messages yet.').waitFor()
    await page.getByText('Ids of the stage').click()
    await page.getByText(stage.ids.userPoolId).waitFor()
    await picture('1-empty')
  })

  it('shows a message the moment it is sent, without a reload', async () => {
    await askForCode(phone)
    const [code = ''] = stage.codes(phone)
    await cards().filter({ hasText: code }).waitFor()
    expect(await cards().first().textContent()).toContain(phone)
    await cards().filter({ hasText: 'delivered' }).waitFor()
  })

  it('copies the code by one click, and the message counts as read', async () => {
    await browser.page.getByRole('button', { name: /^Copy code/ }).click()
    await browser.page.getByText('Copied', { exact: true }).waitFor()
    expect(await browser.page.evaluate(() => navigator.clipboard.readText())).toBe(stage.codes(phone)[0])
    await cards().filter({ hasText: 'read' }).waitFor()
    expect(stage.sandbox.inbox.list(phone)).toMatchObject([{ status: 'read' }])
  })

  it('puts the newest message first, and filters by number', async () => {
    await askForCode(other)
    await cards().nth(1).waitFor()
    expect(await cards().first().textContent()).toContain(other)
    await picture('2-messages')
    await browser.page.getByLabel('To', { exact: true }).fill('0001')
    await cards().filter({ hasText: other }).waitFor({ state: 'detached' })
    expect(await cards().count()).toBe(1)
    expect(await cards().first().textContent()).toContain(phone)
    await browser.page.getByLabel('To', { exact: true }).fill('999')
    await browser.page.getByText('No messages to this number.').waitFor()
    await browser.page.getByLabel('To', { exact: true }).fill('')
    await cards().nth(1).waitFor()
  })

  it('stays usable on a narrow dark screen', async () => {
    const { page } = browser
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 360, height: 640 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    await picture('3-narrow-dark')
  })

  it('clears the inbox for everybody', async () => {
    await browser.page.getByRole('button', { name: 'Clear' }).click()
    await browser.page.getByText('No messages yet.').waitFor()
    expect(await cards().count()).toBe(0)
    expect(stage.sandbox.inbox.list()).toEqual([])
  })

  it('has nothing to complain about: no error in the console, no exception', () => {
    expect(browser.complaints).toEqual([])
  })
})
