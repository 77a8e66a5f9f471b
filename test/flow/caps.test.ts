// What an attack on the whole stage meets: the caps on all messages, on blocks of numbers, and on SMS.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inParallel, keepsItsSecrets, Stage } from './stage.ts'

const hour = 3_600_000
const device = 'a-secret-of-at-least-128-bits'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({ POOL_SENDS_PER_HOUR: '20', POOL_SENDS_PER_DAY: '1000', SMS_FALLBACK: 'true' })
})
// The caps are counted by the hour of the clock.
beforeEach(() => stage.clock.advance(hour))
afterAll(() => stage?.close())

/** How many of these numbers get a message. All are shown the same: what a cap of the stage holds back, too. */
async function sentTo(phones: string[]): Promise<number> {
  const { attempts } = stage.sandbox.sendzen
  const asked = await inParallel(phones.length, (n) => stage.app.start(phones[n]!), 8)
  expect(new Set(asked.map(({ parameters }) => parameters.status))).toEqual(new Set(['sent']))
  return stage.sandbox.sendzen.attempts - attempts
}

const people = (count: number, add: () => Promise<string>) => inParallel(count, add, 4)

describe('the cap of the stage', () => {
  it('lets exactly the share of proven numbers out, however many of them ask at once (20)', async () => {
    const entries = async () =>
      (await stage.evidence.entries('createAuthChallenge')).filter(
        ({ event, reason }) => event === 'otp_suppressed' && reason === 'pool',
      )
    const before = (await entries()).length
    expect(await sentTo(await people(26, () => stage.addProvenUser()))).toBe(18)
    const suppressed = (await entries()).slice(before)
    expect(suppressed).toHaveLength(8)
    expect(suppressed[0]).toMatchObject({ otp_suppressed: 1 })
    stage.clock.advance(hour)
    expect(await sentTo([await stage.addProvenUser()])).toBe(1)
  })

  it('stops strangers at 70 % and proven numbers at 90 %, and leaves the rest to known devices (21)', async () => {
    const { app } = stage
    const owner = await app.begin()
    await app.answer(owner, owner.code, { device })
    stage.clock.advance(hour)
    const strangers = await people(17, () => stage.app.signUp())
    expect(await sentTo(strangers)).toBe(14)
    expect(await sentTo(await people(8, () => stage.addProvenUser()))).toBe(4)
    const asked = await app.start(owner.phone)
    expect(app.messages(owner.phone)).toHaveLength(1)
    const again = await app.resend(asked, { device })
    expect(again.parameters.status).toBe('sent')
    expect((await app.answer(again, app.code(owner.phone), { device })).kind).toBe('tokens')
  })

  it('shows a number without an account the same when nothing is left (46)', async () => {
    await sentTo(await people(20, () => stage.addProvenUser()))
    let known = await stage.app.start(await stage.addProvenUser())
    let unknown = await stage.app.start(stage.newPhone())
    expect(stage.app.messages(known.phone)).toHaveLength(0)
    for (let n = 0; n < 2; n++) {
      expect(unknown.parameters).toEqual(known.parameters)
      stage.clock.advance(61_000)
      known = await stage.app.resend(known)
      unknown = await stage.app.resend(unknown)
    }
  })

  it('can be raised by a deploy, without waiting for the hour (86)', async () => {
    await sentTo(await people(20, () => stage.addProvenUser()))
    const late = await stage.addProvenUser()
    await stage.deployForTest({ POOL_SENDS_PER_HOUR: '30' })
    expect(await sentTo([late])).toBe(1)
  })
})

describe('a block of ten thousand numbers', () => {
  it('gets ten messages in an hour while its numbers are not proven (22)', async () => {
    const block = stage.newPhone().slice(0, -4)
    const phones = await inParallel(11, (n) => stage.app.signUp(`${block}${1000 + n}`), 4)
    expect(await sentTo(phones)).toBe(10)
    expect(stage.sandbox.inbox.list().filter((message) => message.to.startsWith(block))).toHaveLength(10)
  })
})

describe('SMS, where it is on', () => {
  it('brings the same code to a number that is not on WhatsApp, once (71)', async () => {
    const { app } = stage
    stage.sandbox.sendzen.failNext('notOnWhatsApp')
    const phone = await app.signUp()
    const asked = await app.start(phone)
    // As asked for: that this number is not on WhatsApp is nothing for strangers.
    expect(asked.parameters).toMatchObject({ status: 'sent', channel: 'whatsapp', attemptsLeft: '3' })
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
    expect(new Set(shown)).toEqual(new Set(['whatsapp sent']))
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
    expect(failed.parameters).toMatchObject({ status: 'sent', channel: 'whatsapp' })
    expect(app.messages(failed.phone)).toEqual([])
    stage.clock.advance(61_000)
    const again = await app.resend(failed, { channel: 'sms' })
    expect(again.parameters).toMatchObject({ status: 'sent', channel: 'whatsapp' })
    expect(stage.sandbox.textMessages).toHaveLength(before)
  })
})

keepsItsSecrets(() => stage)
