// The inbox for people and for tests: filter, clear, live events, and the page that shows it.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createInbox } from '../../../src/sandbox/sendzen/inbox.ts'
import { messagingBench, otp } from '../sendzen/bench.ts'

let s: Awaited<ReturnType<typeof messagingBench>>
beforeEach(async () => {
  s = await messagingBench()
})
afterEach(() => s.stop())

const [ann, bob] = ['+15550100001', '+15550100002'] as const
const codes = async (query = '') =>
  (await s.json('GET', `/inbox${query}`)).body.messages.map((m: { code: string }) => m.code)

it('lists messages oldest first, and those to one number however the plus is written', async () => {
  for (const [to, code] of [
    [ann, '1'],
    [bob, '2'],
    [ann, '3'],
  ] as const)
    await s.send(otp(to, code))
  expect(await codes()).toEqual(['1', '2', '3'])
  for (const to of ['+15550100001', '%2B15550100001', '15550100001', '%2B1%20555-010-0001']) {
    expect(await codes(`?to=${to}`)).toEqual(['1', '3'])
  }
  expect(await codes('?to=%2B19999999999')).toEqual([])
})

it('keeps the newest messages alone', () => {
  const inbox = createInbox(2)
  for (const id of ['1', '2', '3']) {
    inbox.add({ id, to: ann, from: '', template: '', language: '', code: '', status: 'queued', at: '' })
  }
  expect(inbox.list().map((message) => message.id)).toEqual(['2', '3'])
  expect(inbox.move('1', 'sent')).toBe(false)
})

it('is emptied whole, or for one number', async () => {
  for (const to of [ann, bob]) await s.send(otp(to))
  await s.json('DELETE', `/inbox?to=${ann}`)
  expect(s.inbox.list().map((m) => m.to)).toEqual([bob])
  expect((await s.json('DELETE', '/inbox')).body).toEqual({ messages: [] })
  expect(await codes()).toEqual([])
})

it('tells of messages, statuses and clearing as they happen', async () => {
  const response = await fetch(`${s.world.endpoint}/inbox/events`)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  await s.send(otp(ann))
  await s.json('DELETE', '/inbox')
  let heard = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    heard += decoder.decode(chunk, { stream: true })
    if (heard.includes('event: clear')) break
  }
  expect([...heard.matchAll(/^event: (\w+)/gm)].map((m) => m[1])).toEqual([
    'message',
    'status',
    'status',
    'clear',
  ])
  const [first] = [...heard.matchAll(/^data: (.*)/gm)].map((m) => JSON.parse(m[1] as string))
  expect(first).toMatchObject({ to: ann, code: '123456', status: 'queued' })
})

it('may be read by pages of this machine, and by no others', async () => {
  const allowed = async (origin: string) =>
    (await fetch(`${s.world.endpoint}/inbox`, { headers: { origin } })).headers.get(
      'access-control-allow-origin',
    )
  expect(await allowed('http://localhost:3000')).toBe('http://localhost:3000')
  expect(await allowed('https://example.com')).toBeNull()
  expect(await allowed('http://localhost.example.com')).toBeNull()
})

it('has a page that needs nothing from elsewhere and shows the stage', async () => {
  const response = await fetch(`${s.world.endpoint}/`)
  const page = await response.text()
  expect(response.headers.get('content-type')).toContain('text/html')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(page).toContain('<html lang="en">')
  expect(page).not.toMatch(/(src|href)="https?:/)
  s.showStage({ 'User pool': 'eu-west-1_abc' })
  expect((await s.json('GET', '/inbox/stage')).body).toEqual({ stage: { 'User pool': 'eu-west-1_abc' } })
})

it('tells programs where it is, and leaves other paths alone', async () => {
  expect(s.env()).toMatchObject({
    SENDZEN_API_URL: `${s.world.endpoint}/v1/messages`,
    WHATSAPP_OTP_INBOX_URL: `${s.world.endpoint}/inbox`,
    WHATSAPP_TEMPLATE_NAME: 'otp_login',
  })
  expect((await s.request('GET', '/elsewhere')).status).toBe(418)
  expect((await s.json('GET', '/inbox/nothing')).status).toBe(404)
})
