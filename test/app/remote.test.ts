// A page whose server signs in: the same calls and states as with the client itself, and no token in the page.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Client } from '../../app/options.ts'
import { createRemoteClient } from '../../app/remote.ts'
import type { ServerOptions } from '../../app/server.ts'
import { de } from '../../app/texts/index.ts'
import { Stage } from '../flow/stage.ts'
import { browser, serverOf } from './browser.ts'

let stage: Stage
const clients: Client[] = []
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

/** Two tabs of one browser have one and the same `page`. */
function pageOf(options: Partial<ServerOptions> = {}) {
  const server = serverOf(stage, options)
  const page = browser(server)
  const net = { isOffline: false }
  const send = async (url: string, init?: RequestInit) => {
    if (net.isOffline) throw new TypeError('offline')
    const name = url.replace('/auth/', '')
    const request = page.request(name, init?.body ? JSON.parse(String(init.body)) : undefined)
    const response = (await server.handle(request))!
    page.keep(response.headers.getSetCookie())
    return response
  }
  const open = () => {
    const client = createRemoteClient({ texts: de, fetch: send as typeof fetch })
    clients.push(client)
    return client
  }
  return { open, net, page }
}

it('is restoring until the server has said how it stands, then goes through the same states', async () => {
  const { open } = pageOf()
  const client = open()
  expect(client.state.step).toBe('restoring')
  expect(await client.ready()).toMatchObject({ step: 'idle', next: 'phone' })
  const steps: string[] = []
  client.subscribe(({ step }) => steps.push(step))
  const phone = stage.newPhone()
  const [asked, twice] = await Promise.all([client.start(phone), client.start(phone)])
  expect(twice).toBe(asked)
  expect(asked).toMatchObject({ step: 'code', text: de.sent, challenge: { codeLength: 6 } })
  expect(await client.answer('12')).toMatchObject({ says: 'invalid_code', text: de.invalid_code })
  const done = await client.answer(stage.app.code(phone))
  expect(done).toMatchObject({ step: 'signedIn', user: { phone } })
  expect(steps).toEqual(['sending', 'code', 'verifying', 'code', 'verifying', 'signedIn'])
  await expect(client.tokens()).rejects.toMatchObject({ code: 'not_signed_in' })
  expect(stage.app.messages(phone)).toHaveLength(1)
})

it('goes on after a reload in the middle, and tells the other tab of the sign-in and of its end', async () => {
  const { open } = pageOf()
  const phone = await stage.app.signUp()
  const first = open()
  await first.start(phone)
  const reloaded = open()
  expect(await reloaded.ready()).toMatchObject({ step: 'code', phone })
  const until = (client: Client, step: string) =>
    new Promise<void>((resolve) => {
      const end = client.subscribe((state) => {
        if (state.step !== step) return
        end()
        resolve()
      })
    })
  const heard = until(first, 'signedIn')
  await reloaded.answer(stage.app.code(phone))
  await heard
  const left = until(reloaded, 'idle')
  await first.signOut()
  await left
})

it('keeps the question over a lost connection', async () => {
  const { open, net } = pageOf()
  const phone = await stage.app.signUp()
  const client = open()
  await client.start(phone)
  net.isOffline = true
  expect(await client.answer(stage.app.code(phone))).toMatchObject({
    step: 'failed',
    next: 'retry',
    says: 'network',
  })
  net.isOffline = false
  expect((await client.answer(stage.app.code(phone))).step).toBe('signedIn')
})

it('changes the number, over a refusal of the server, which leaves user and question where they are', async () => {
  const refusal = { isOn: false }
  const { open } = pageOf({ answers: { take: () => !refusal.isOn } })
  const [phone, next] = [stage.newPhone(), stage.newPhone()]
  const client = open()
  await client.start(phone)
  await client.answer(stage.app.code(phone))
  stage.clock.advance(61_000)
  expect(await client.start(phone)).toMatchObject({ step: 'code', challenge: { isChange: false } })
  const asked = await client.changeNumber(next, stage.app.code(phone))
  expect(asked).toMatchObject({ step: 'code', user: { phone }, challenge: { isChange: true } })
  refusal.isOn = true
  expect(await client.answer(stage.app.code(next))).toEqual({
    ...asked,
    ...{ step: 'failed', next: 'retry', says: 'too_many_requests', text: de.too_many_requests },
    error: expect.objectContaining({ code: 'too_many_requests' }),
  })
  refusal.isOn = false
  const done = await client.answer(stage.app.code(next))
  expect(done).toMatchObject({ step: 'signedIn', user: { phone: next } })
  expect(done.error).toBeUndefined()
})

it('tells times by the clock of the device, which is another one than the server’s', async () => {
  const { open } = pageOf()
  stage.clock.advance(3_600_000)
  const phone = await stage.app.signUp()
  const { challenge } = await open().start(phone)
  const inSeconds = (at = 0) => Math.round((at - Date.now()) / 1000)
  expect(inSeconds(challenge?.expiresAt)).toBeGreaterThan(290)
  expect(inSeconds(challenge?.expiresAt)).toBeLessThanOrEqual(300)
  expect(inSeconds(challenge?.resendAt)).toBeLessThanOrEqual(60)
  expect(challenge?.smsAt).toBeUndefined()
})

it('asks nothing and stays restoring where a server draws the page, and keeps no process waiting', async () => {
  const bundle = await build({
    stdin: {
      contents:
        "import { createRemoteClient } from './app/remote.ts'; globalThis.state = createRemoteClient().state",
      resolveDir: join(import.meta.dirname, '../..'),
    },
    ...{ bundle: true, write: false, format: 'esm' },
  })
  const program = `globalThis.fetch = () => console.log('asked')
${bundle.outputFiles[0]!.text}
setTimeout(() => console.log(state.step), 10)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 10_000,
  })
  expect(stdout).toBe('restoring\n')
})
