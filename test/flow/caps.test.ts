// What an attack on the whole stage meets: the caps on all messages, on blocks of numbers, and on SMS.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inParallel, keepsItsSecrets, Stage } from './stage.ts'

const hour = 3_600_000

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({ POOL_SENDS_PER_HOUR: '20', POOL_SENDS_PER_DAY: '1000', SMS_FALLBACK: 'true' })
})
// The caps are counted by the hour of the clock.
beforeEach(() => stage.clock.advance(hour))
afterAll(() => stage?.close())

/** The statuses that these numbers are shown, and how often each. */
async function statusesOf(phones: string[]): Promise<Record<string, number>> {
  const asked = await inParallel(phones.length, (n) => stage.app.start(phones[n]!), 8)
  const counts: Record<string, number> = {}
  for (const { parameters } of asked) {
    const status = parameters.status ?? ''
    counts[status] = (counts[status] ?? 0) + 1
  }
  return counts
}

const people = (count: number, add: () => Promise<string>) => inParallel(count, add, 4)

describe('the cap of the stage', () => {
  it('lets exactly its number of messages out, however many numbers ask at once (20)', async () => {
    const attempts = stage.sandbox.sendzen.attempts
    const entries = async () =>
      (await stage.evidence.entries('createAuthChallenge')).filter(
        ({ event, reason }) => event === 'otp_suppressed' && reason === 'pool',
      )
    const before = (await entries()).length
    expect(await statusesOf(await people(26, () => stage.addProvenUser()))).toEqual({
      sent: 20,
      rate_limited: 6,
    })
    expect(stage.sandbox.sendzen.attempts - attempts).toBe(20)
    const suppressed = (await entries()).slice(before)
    expect(suppressed).toHaveLength(6)
    expect(suppressed[0]).toMatchObject({ otp_suppressed: 1 })
    stage.clock.advance(hour)
    expect(await statusesOf([await stage.addProvenUser()])).toEqual({ sent: 1 })
  })

  it('stops numbers that were never proven at 70 %, and leaves the rest to those that were (21)', async () => {
    const strangers = await people(17, () => stage.app.signUp())
    expect(await statusesOf(strangers)).toEqual({ sent: 14, rate_limited: 3 })
    const proven = await people(8, () => stage.addProvenUser())
    expect(await statusesOf(proven)).toEqual({ sent: 6, rate_limited: 2 })
  })

  it('shows a number without an account the same when nothing is left (46)', async () => {
    await statusesOf(await people(20, () => stage.addProvenUser()))
    const known = await stage.app.start(await stage.addProvenUser())
    const unknown = await stage.app.start(stage.newPhone())
    expect(known.parameters.status).toBe('rate_limited')
    expect(unknown.parameters).toEqual(known.parameters)
  })

  it('can be raised by a deploy, without waiting for the hour (86)', async () => {
    await statusesOf(await people(20, () => stage.addProvenUser()))
    const late = await stage.addProvenUser()
    await stage.deployForTest({ POOL_SENDS_PER_HOUR: '21' })
    expect(await statusesOf([late])).toEqual({ sent: 1 })
  })
})

describe('a block of ten thousand numbers', () => {
  it('gets ten messages in an hour while its numbers are not proven (22)', async () => {
    const block = stage.newPhone().slice(0, -4)
    const phones = await inParallel(11, (n) => stage.app.signUp(`${block}${1000 + n}`), 4)
    expect(await statusesOf(phones)).toEqual({ sent: 10, rate_limited: 1 })
    expect(stage.sandbox.inbox.list().filter((message) => message.to.startsWith(block))).toHaveLength(10)
  })
})

describe('SMS, where it is on', () => {
  it('brings the same code to a number that is not on WhatsApp, once (71)', async () => {
    const { app } = stage
    stage.sandbox.sendzen.failNext('notOnWhatsApp')
    const phone = await app.signUp()
    const asked = await app.start(phone)
    expect(asked.parameters).toMatchObject({ status: 'sent', channel: 'sms', attemptsLeft: '3' })
    expect(app.messages(phone)).toEqual([])
    const texts = stage.sandbox.textMessages.filter((sms) => sms.to === phone)
    expect(texts).toHaveLength(1)
    expect(texts[0]?.attributes).toMatchObject({ 'AWS.SNS.SMS.SMSType': 'Transactional' })
    const code = /\d{6}/.exec(texts[0]?.message ?? '')?.[0] ?? ''
    expect((await app.answer(asked, code)).kind).toBe('tokens')
  })

  it('does not follow a message whose fate is unknown: nobody gets two codes (66)', async () => {
    const { app } = stage
    stage.sandbox.sendzen.failNext('answerLost')
    const asked = await app.begin()
    expect(asked.parameters).toMatchObject({ status: 'sent', channel: 'whatsapp' })
    expect(stage.sandbox.textMessages.filter((sms) => sms.to === asked.phone)).toEqual([])
    expect((await app.answer(asked, asked.code)).kind).toBe('tokens')
  })

  it('is used three times a day for one number, and not a fourth time (25)', async () => {
    const { app } = stage
    const phone = await stage.addProvenUser()
    const shown: string[] = []
    for (let n = 0; n < 4; n++) {
      stage.sandbox.sendzen.failNext('notOnWhatsApp')
      const { parameters } = await app.start(phone)
      shown.push(`${parameters.channel} ${parameters.status}`)
      stage.clock.advance(61_000)
    }
    expect(shown).toEqual(['sms sent', 'sms sent', 'sms sent', 'whatsapp delivery_failed'])
    expect(stage.sandbox.textMessages.filter((sms) => sms.to === phone)).toHaveLength(3)
  })

  it('can be wished for by a resend, and carries the code that WhatsApp carried', async () => {
    const { app } = stage
    const asked = await app.begin()
    stage.clock.advance(61_000)
    const again = await app.resend(asked, { channel: 'sms' })
    expect(again.parameters).toMatchObject({ status: 'sent', channel: 'sms' })
    const text = stage.sandbox.textMessages.findLast((sms) => sms.to === asked.phone)
    expect(text?.message).toContain(asked.code)
    expect((await app.answer(again, asked.code)).kind).toBe('tokens')
  })

  it('is not used at all where it is off (71)', async () => {
    const { app } = stage
    await stage.deployForTest({ SMS_FALLBACK: 'false' })
    const before = stage.sandbox.textMessages.length
    stage.sandbox.sendzen.failNext('notOnWhatsApp')
    const failed = await app.start(await app.signUp())
    expect(failed.parameters).toMatchObject({ status: 'delivery_failed', channel: 'whatsapp' })
    stage.clock.advance(61_000)
    const again = await app.resend(failed, { channel: 'sms' })
    expect(again.parameters).toMatchObject({ status: 'sent', channel: 'whatsapp' })
    expect(stage.sandbox.textMessages).toHaveLength(before)
  })
})

keepsItsSecrets(() => stage)
