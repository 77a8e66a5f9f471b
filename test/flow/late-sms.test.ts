// An SMS in place of a message that did not arrive, end to end: SendZen's webhook, the queue, the function that it feeds.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { functionNames } from '../../src/names.ts'
import { noteFindings } from '../../src/resources/findings.ts'
import { readReportUrl } from '../../src/resources/reports/function-url.ts'
import { readWebhookSecret } from '../../src/resources/reports/webhook-secret.ts'
import { eventually } from '../eventually.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

/** Seconds that WhatsApp tries to deliver the template. */
const templateLife = 60

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({
    SMS_FALLBACK: 'true',
    SMS_ORIGINATION_NUMBER: '+12065550100',
    DELIVERY_WEBHOOK: 'true',
    RESEND_COOLDOWN_SECONDS: '5',
  })
  await noteFindings(stage.aws, { templateLifeSeconds: templateLife })
  await reportTo(stage)
})
afterAll(() => stage?.close())

async function reportTo({ aws, sandbox }: Stage): Promise<void> {
  const [url, secret] = await Promise.all([readReportUrl(aws), readWebhookSecret(aws)])
  sandbox.sendzen.setWebhook({ url: url!, secret: secret! })
}

const textsTo = (phone: string) => stage.sandbox.textMessages.filter(({ to }) => to === phone)
const events = async (name: 'deliveryStatus' | 'smsFallback') =>
  (await stage.evidence.lines(name)).flatMap((line) => (JSON.parse(line) as { event?: string }).event ?? [])
const settled = () => stage.sandbox.inside.functions.settleQueues()

it('goes out at once where WhatsApp reports the message as failed, with the code that signs in', async () => {
  const phone = await stage.app.signUp()
  stage.sandbox.sendzen.failNext('notOnWhatsAppLate')
  const asked = await stage.app.start(phone)
  expect(asked.parameters.status).toBe('sent')
  await eventually(() => expect(textsTo(phone)).toHaveLength(1))
  const code = stage.app.code(phone)
  expect(textsTo(phone)[0]!.message).toContain(code)
  expect((await stage.app.answer(asked, code)).kind).toBe('tokens')
  stage.clock.advance((templateLife + 15) * 1000)
  await settled()
  expect(textsTo(phone)).toHaveLength(1)
})

it('goes out after the template’s time where nothing is reported, and not before', async () => {
  stage.sandbox.sendzen.setWebhook(undefined)
  const { phone } = await stage.app.begin()
  stage.clock.advance((templateLife + 14) * 1000)
  await settled()
  expect(textsTo(phone)).toEqual([])
  stage.clock.advance(2_000)
  await eventually(() => expect(textsTo(phone)).toHaveLength(1))
  expect(await events('smsFallback')).toContain('fallback_sent')
  await reportTo(stage)
})

it('does not go out where the message has arrived', async () => {
  const { phone } = await stage.app.begin()
  await eventually(async () => expect(await events('deliveryStatus')).toContain('report_delivered'))
  stage.clock.advance((templateLife + 16) * 1000)
  await settled()
  expect(textsTo(phone)).toEqual([])
})

it('leaves neither number nor code in the queue, the table or a log', async () => {
  const { phone } = await stage.app.begin()
  const kept = [
    ...(await stage.evidence.items()).values(),
    ...(await Promise.all(functionNames.map((name) => stage.evidence.lines(name)))).flat(),
  ].join('\n')
  expect(kept).not.toContain(phone.slice(1))
  expect(kept).not.toContain(stage.app.code(phone))
})

keepsItsSecrets(() => stage)
