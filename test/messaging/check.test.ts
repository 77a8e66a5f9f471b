import { describe, expect, it } from 'vitest'
import type { AppError } from '../../src/errors.ts'
import { checkAccount, type SendingSettings } from '../../src/messaging/check.ts'
import { isOutage, ProviderError } from '../../src/messaging/provider.ts'
import { startSendzen } from './sendzen/server.ts'

const settings: SendingSettings = {
  whatsappFrom: '15550100000',
  whatsappTemplateName: 'otp',
  whatsappLanguages: ['en_US'],
  otpExpiryMinutes: 5,
}

async function check(
  changes: Partial<SendingSettings> = {},
  account: { number?: string; template?: object } = {},
) {
  const template = {
    name: 'otp',
    language: 'en_US',
    status: 'APPROVED',
    category: 'AUTHENTICATION',
    ...account.template,
  }
  const waba = { waba_id: '11', phone_number: '15550100000', number_status: account.number ?? 'CONNECTED' }
  const { api } = await startSendzen(({ path }) => {
    if (path === '/v1/waba') return { body: { data: { projects: [{ wabas: [waba] }] } } }
    if (path === '/v1/11/message_templates') return { body: { data: { data: [template] } } }
    return { body: {} }
  })
  return checkAccount(api, { ...settings, ...changes })
}

describe('a stage’s sending settings', () => {
  it('that the account has pass without warnings', async () => {
    expect(await check()).toMatchObject({
      sender: { wabaId: '11' },
      template: { usable: true },
      warnings: [],
    })
  })

  it.each([
    ['an unknown sender', { whatsappFrom: '15550100009' }, {}, 'SENDER_UNKNOWN', '15550100000'],
    ['a banned sender', {}, { number: 'BANNED' }, 'SENDER_UNUSABLE', 'banned'],
    ['an unknown template', { whatsappTemplateName: 'other' }, {}, 'TEMPLATE_UNKNOWN', 'otp'],
    ['a waiting template', {}, { template: { status: 'PENDING' } }, 'TEMPLATE_UNUSABLE', 'approval'],
    ['a missing language', { whatsappLanguages: ['en_US', 'de'] }, {}, 'TEMPLATE_UNUSABLE', 'de is missing'],
  ])('with %s are refused with the reason', async (_, changes, account, code, why) => {
    const error = (await check(changes, account).catch((thrown) => thrown)) as AppError
    expect(error.code).toBe(code)
    expect(error.why).toContain(why)
    expect(error.next.length).toBeGreaterThan(0)
  })

  it('with doubts pass with warnings', async () => {
    const { warnings } = await check(
      { otpExpiryMinutes: 3 },
      { number: 'PENDING', template: { message_send_ttl_seconds: 600 } },
    )
    expect(warnings).toHaveLength(2)
  })

  it('are told where the life of the template leaves an SMS no time', async () => {
    const on = { smsFallback: true, deliveryWebhook: true }
    const of = (life: number | undefined, changes: Partial<SendingSettings> = on) =>
      check(changes, { template: life === undefined ? {} : { message_send_ttl_seconds: life } })
    expect(await of(60)).toMatchObject({ templateLifeSeconds: 60, warnings: [] })
    expect(await of(255)).toMatchObject({ templateLifeSeconds: 255, warnings: [] })
    expect((await of(256)).warnings).toEqual([
      'Template otp: WhatsApp tries to deliver it for 256 s, codes live 300 s: an SMS follows only messages that are reported as failed; for those of which nothing is reported let it try 255 s at most',
    ])
    expect(await of(undefined)).toMatchObject({
      templateLifeSeconds: undefined,
      warnings: [expect.stringContaining('for 600 s')],
    })
    expect((await of(256, { smsFallback: true })).warnings).toEqual([])
  })
})

it('an outage is told apart from a no', () => {
  expect(isOutage(new ProviderError('unreachable', 'SENDZEN_UNREACHABLE', 'x'))).toBe(true)
  expect(isOutage(new ProviderError('key', 'SENDZEN_KEY_REFUSED', 'x'))).toBe(false)
  expect(isOutage(new Error('x'))).toBe(false)
})
