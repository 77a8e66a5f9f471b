import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkAccount } from '../../../src/messaging/check.ts'
import { type Delivery, followDelivery } from '../../../src/messaging/delivery.ts'
import { createSendzenApi } from '../../../src/messaging/sendzen/api.ts'
import { account } from '../../../src/sandbox/sendzen/account.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'

// The same calls against a SendZen that somebody else wrote: the two must read its documents alike.
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 })
})
afterAll(() => sandbox.close())

const connect = (key: string) => createSendzenApi({ url: `${sandbox.endpoint}/v1/messages`, key })
const from = account.senders[0].phone

it('its account passes the check, and another key does not', async () => {
  const settings = {
    whatsappFrom: from,
    whatsappTemplateName: account.template,
    whatsappLanguages: ['en_US'],
    otpExpiryMinutes: 5,
  }
  const checked = await checkAccount(connect(account.apiKey), settings)
  expect(checked).toMatchObject({ sender: { phone: from }, template: { usable: true } })
  await expect(checkAccount(connect('another'), settings)).rejects.toMatchObject({
    code: 'SENDZEN_KEY_REFUSED',
  })
})

it('a message is sent and followed to its phone', async () => {
  const api = connect(account.apiKey)
  const to = '+15550100001'
  const { now, advance } = sandbox.clock
  const clock = { now, steady: now, sleep: async (ms: number) => advance(ms) }
  const sentAt = now()
  const { id } = await api.sendTemplate({
    from,
    to,
    template: account.template,
    language: 'en_US',
    code: '123456',
  })
  let last: Delivery | undefined
  for await (const news of followDelivery({ api, id, to, sentAt, clock, capMs: 10_000 })) {
    last = news
    if (news.status === 'delivered') break
  }
  expect(last).toMatchObject({ status: 'delivered', matchedBy: 'id' })
})

it('a new template is taken in the form that is sent', async () => {
  const api = connect(account.apiKey)
  const created = await api.createTemplate(account.wabaId, {
    name: 'fresh_otp',
    language: 'de',
    expiryMinutes: 5,
  })
  expect(['PENDING', 'APPROVED']).toContain(created.status)
  expect((await api.listTemplates(account.wabaId)).map(({ name }) => name)).toContain('fresh_otp')
})
