// Delivery reports end to end: SendZen's webhook, the public address, the log, and what a stranger sees of them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readActivity } from '../../src/insight/activity.ts'
import { functionNames, names } from '../../src/names.ts'
import { readReportUrl } from '../../src/resources/reports/function-url.ts'
import { readWebhookSecret } from '../../src/resources/reports/webhook-secret.ts'
import { eventually } from '../eventually.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
let secret = ''
beforeAll(async () => {
  stage = await Stage.open({ DELIVERY_WEBHOOK: 'true' })
  secret = (await readWebhookSecret(stage.aws))!
  stage.sandbox.sendzen.setWebhook({ url: (await readReportUrl(stage.aws))!, secret })
})
afterAll(() => stage?.close())

interface Line {
  event: string
  number?: string
  cid?: string
  messageId?: string
  providerCode?: string
  latencyMs?: number
}

const lines = async (...of: Parameters<typeof stage.evidence.lines>) =>
  (await stage.evidence.lines(...of)).map((line) => JSON.parse(line) as Line)
const reported = (messageId: string) => async () => {
  const all = (await lines('deliveryStatus')).filter((line) => line.messageId === messageId)
  return all.map(({ event }) => event)
}
const messageOf = (phone: string) => stage.sandbox.inbox.list(phone).at(-1)!

describe('a message', () => {
  it('is followed from its acceptance to the phone, with its code and number', async () => {
    const { phone } = await stage.app.begin()
    const { id } = messageOf(phone)
    // Each is its own request: which is noted first, nobody knows.
    await eventually(async () =>
      expect((await reported(id)()).sort()).toEqual(['report_delivered', 'report_sent']),
    )
    stage.sandbox.sendzen.read(id)
    await eventually(async () => expect(await reported(id)()).toContain('report_read'))
    const sent = (await lines('createAuthChallenge')).find(({ messageId }) => messageId === id)
    const delivered = (await lines('deliveryStatus')).find(({ event }) => event === 'report_delivered')
    expect(delivered).toMatchObject({ number: sent?.number, cid: sent?.cid, messageId: id })
    expect(delivered?.latencyMs).toBeGreaterThanOrEqual(0)
  })

  it('that WhatsApp refuses afterwards is told with the reason', async () => {
    const phone = await stage.app.signUp()
    stage.sandbox.sendzen.failNext('notOnWhatsAppLate')
    const { parameters } = await stage.app.start(phone)
    // The same as for every other number: who asks learns nothing from it.
    expect(parameters.status).toBe('sent')
    const { id } = messageOf(phone)
    await eventually(async () => expect(await reported(id)()).toEqual(['report_failed']))
    const { aws } = stage
    const day = await readActivity(aws, 0, functionNames)
    expect(day).toMatchObject({ delivered: 1, read: 1, undelivered: 1 })
    expect(day.reasons).toContainEqual({ event: 'report_failed', reason: '131026', count: 1 })
  })

  it('is remembered with one item, and one that is only pretended with none', async () => {
    const { phone } = await stage.app.begin()
    const keys = [...(await stage.evidence.items()).keys()]
    const before = keys.filter((key) => key.startsWith('M#')).length
    stage.clock.advance(60_000)
    await stage.app.start(phone)
    const after = [...(await stage.evidence.items()).keys()].filter((key) => key.startsWith('M#')).length
    expect(after).toBe(before + 1)
    expect((await stage.app.start(stage.newPhone())).parameters.status).toBe('sent')
    const now = [...(await stage.evidence.items()).keys()].filter((key) => key.startsWith('M#')).length
    expect(now).toBe(after)
  })

  it('is not followed once the setting is off, and its function is gone', async () => {
    await stage.deployForTest({ DELIVERY_WEBHOOK: 'false' })
    const { phone } = await stage.app.begin()
    expect(messageOf(phone).status).toBe('delivered')
    const kinds = stage.sandbox.inventory().map(({ name }) => name)
    expect(kinds).not.toContain(names.function('flow', 'deliveryStatus'))
    const keys = [...(await stage.evidence.items()).keys()].filter((key) => key.startsWith('M#'))
    await stage.app.begin()
    expect([...(await stage.evidence.items()).keys()].filter((key) => key.startsWith('M#'))).toEqual(keys)
  })
})

it('writes its secret nowhere', async () => {
  const groups = (
    await Promise.all(functionNames.map((name) => stage.evidence.lines(name).catch(() => [])))
  ).flat()
  const items = [...(await stage.evidence.items()).values()]
  expect([...groups, ...items].join('\n')).not.toContain(secret)
})

keepsItsSecrets(() => stage)
