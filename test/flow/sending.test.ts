// When a message goes out and when not: the pauses and limits of one number, and who gets none at all.
import { DescribeUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Asked, wrongFor } from './app.ts'
import { inParallel, keepsItsSecrets, Stage } from './stage.ts'

const hour = 3_600_000
const day = 24 * hour

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
  // Warm, so that a function's start does not count into the pauses that are measured here.
  await stage.app.begin()
})
afterAll(() => stage?.close())

/** The messages that the counter of the whole pool has counted today. */
async function poolCount(): Promise<number> {
  const today = new Date(stage.clock.now()).toISOString().slice(0, 10).replaceAll('-', '')
  const item = (await stage.evidence.items()).get(`G#${stage.poolId}#${today}`)
  return Number((JSON.parse(item ?? '{}') as { sd?: { N: string } }).sd?.N ?? 0)
}

describe('a second code', () => {
  it('is refused before the pause is over, in words that say when to come back, and sent right after (12)', async () => {
    const { app } = stage
    const { phone } = await app.begin()
    const sentAt = stage.clock.now()
    stage.clock.moveTo(sentAt + 43_500)
    const early = await app.start(phone, 'login')
    expect(early.parameters).toMatchObject({ status: 'cooldown', attemptsLeft: '0', expiresIn: '0' })
    expect(early.parameters.resendIn).toMatch(/^[12]$/)
    expect(app.messages(phone)).toHaveLength(1)
    stage.clock.moveTo(sentAt + 46_000)
    expect((await app.start(phone)).parameters.status).toBe('sent')
    expect(app.messages(phone)).toHaveLength(2)
  })

  it('can be asked for in the session that had to wait', async () => {
    const { app } = stage
    const { phone } = await app.begin('login')
    stage.clock.advance(20_000)
    const waiting = await app.start(phone)
    expect(waiting.parameters.status).toBe('cooldown')
    expect((await app.fail(waiting, '123456')).parameters.status).toBe('cooldown')
    const again = await app.start(phone)
    stage.clock.advance(41_000)
    const sent = await app.resend(again)
    expect(sent.parameters).toMatchObject({ status: 'sent', attemptsLeft: '3', expiresIn: '300' })
    expect((await app.answer(sent, app.code(phone))).kind).toBe('tokens')
  })

  it('is a sixth in the hour and an eleventh in the day for nobody, until the window has moved on (13)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    const first = stage.clock.now()
    const sentAt: number[] = []
    // Asks every ten minutes for more than a day.
    for (let at = first; at <= first + day + 10 * 60_000; at += 10 * 60_000) {
      stage.clock.moveTo(at)
      const { status } = (await app.start(phone)).parameters
      expect(['sent', 'rate_limited']).toContain(status)
      if (status === 'sent') sentAt.push(at)
    }
    const within = (from: number, span: number) =>
      sentAt.filter((at) => at >= from && at < from + span).length
    for (const at of sentAt) {
      expect(within(at, hour)).toBeLessThanOrEqual(5)
      expect(within(at, day)).toBeLessThanOrEqual(10)
    }
    expect(within(first, hour)).toBe(5)
    expect(within(first, day)).toBe(10)
    expect(sentAt.length).toBeGreaterThan(10)
    expect(app.messages(phone)).toHaveLength(sentAt.length)
  })

  it('is none when fifty requests come at once (14)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    // Ten containers that have started: on a small machine the start of more takes longer than Cognito waits.
    await inParallel(10, () => app.start(stage.newPhone()))
    const asked = await inParallel(50, () => app.start(phone), 10)
    expect(app.messages(phone)).toHaveLength(1)
    const code = app.code(phone)
    expect(new Set(asked.map((round) => round.parameters.status))).toEqual(new Set(['sent', 'cooldown']))
    expect(new Set(asked.map((round) => round.parameters.attemptsLeft))).toEqual(new Set(['3']))
    const answers = await Promise.allSettled(asked.map((round) => app.answer(round, code)))
    expect(answers.filter((one) => one.status === 'fulfilled' && one.value.kind === 'tokens')).toHaveLength(1)
  })

  it('is none for a session that begins 17 seconds later: it shares the code, and takes none of its tries (32)', async () => {
    const { app } = stage
    const first = await app.begin()
    stage.clock.advance(17_000)
    const second = await app.start(first.phone)
    expect(second.parameters).toMatchObject({ status: 'cooldown', attemptsLeft: '3' })
    expect(second.parameters.expiresIn).toMatch(/^28[23]$/)
    expect(app.messages(first.phone)).toHaveLength(1)
    expect((await app.answer(second, first.code)).kind).toBe('tokens')
    expect((await app.fail(first, first.code)).parameters.status).toBe('expired')
  })

  it('has tries of its own for each session: a stranger who shares it can spend none of the owner’s (32)', async () => {
    const { app } = stage
    const owner = await app.begin()
    const again = await app.fail(owner, wrongFor(owner.code))
    let stranger = await app.start(owner.phone)
    expect(stranger.parameters).toMatchObject({ status: 'cooldown', attemptsLeft: '3' })
    for (let n = 0; n < 3; n++) stranger = await app.fail(stranger, wrongFor(owner.code))
    expect((await app.answer(again, owner.code)).kind).toBe('tokens')
  })

  it('is not asked for by a clock that is two seconds behind (79)', async () => {
    const { app } = stage
    const { phone } = await app.begin()
    const sentAt = stage.clock.now()
    for (const [after, status] of [
      [-2_000, 'cooldown'],
      [42_000, 'cooldown'],
      [47_000, 'sent'],
    ] as const) {
      stage.clock.moveTo(sentAt + after)
      expect((await app.start(phone, 'login')).parameters.status).toBe(status)
    }
    expect(app.messages(phone)).toHaveLength(2)
  })
})

describe('a resend', () => {
  it('is refused at 10 seconds and brings the same code after the pause (16)', async () => {
    const { app } = stage
    const asked = await app.begin()
    stage.clock.advance(10_500)
    const early = await app.resend(asked)
    expect(early.parameters).toMatchObject({ status: 'cooldown', attemptsLeft: '3' })
    expect(early.parameters.resendIn).toMatch(/^(34|35)$/)
    stage.clock.advance(36_000)
    const again = await app.resend(early)
    expect(again.parameters).toMatchObject({ status: 'sent', resendIn: '45' })
    expect(app.messages(asked.phone).map((message) => message.code)).toEqual([asked.code, asked.code])
    expect((await app.answer(again, asked.code)).kind).toBe('tokens')
  })

  it('of a code with less than a minute to live is a new code, and the old one is worth nothing (44)', async () => {
    const { app } = stage
    const asked = await app.begin()
    stage.clock.advance(245_000)
    const again = await app.resend(asked)
    expect(again.parameters).toMatchObject({ status: 'sent', expiresIn: '300', attemptsLeft: '3' })
    const code = app.code(asked.phone)
    expect(code).not.toBe(asked.code)
    const at = await app.fail(again, asked.code)
    expect((await app.answer(at, code)).kind).toBe('tokens')
  })

  it('of an expired code is a new code in the same session (43)', async () => {
    const { app } = stage
    const asked = await app.begin()
    stage.clock.advance(310_000)
    const expired = await app.fail(asked, asked.code)
    expect(expired.parameters).toMatchObject({ status: 'expired', attemptsLeft: '0', expiresIn: '0' })
    const again = await app.resend(expired)
    const at = await app.fail(again, asked.code)
    expect((await app.answer(at, app.code(asked.phone))).kind).toBe('tokens')
  })

  it('counts like any other message: the sixth in the hour is refused (16)', async () => {
    const { app } = stage
    const { phone } = await app.begin()
    let asked: Asked | undefined
    for (let n = 1; n < 5; n++) {
      stage.clock.advance(61_000)
      asked = asked && n < 3 ? await app.resend(asked) : await app.start(phone)
      expect(asked.parameters.status).toBe('sent')
    }
    stage.clock.advance(61_000)
    expect((await app.resend(asked!)).parameters.status).toBe('rate_limited')
    expect(app.messages(phone)).toHaveLength(5)
  })
})

describe('a number', () => {
  it('of a country that is not allowed cannot sign up, in words that say nothing (17, 19, 52)', async () => {
    const { app } = stage
    const before = await stage.evidence.items()
    // Jamaica shares +1 with the US; +881 and +800 belong to no country.
    for (const phone of ['+18765550142', '+4915112345678', '+88161234567', '+80012345678']) {
      await expect(app.signUp(phone)).rejects.toThrow(
        'PreSignUp failed with error This sign-up was not accepted.',
      )
    }
    expect(await stage.evidence.items()).toEqual(before)
  })

  it('that is none is refused by the function too, whatever Cognito lets through (19)', async () => {
    await stage.app.signUp()
    const seen = stage.lastEvent('preSignUp')
    for (const phone_number of [
      '+0212555014',
      '12125550142',
      '+1212555014212345',
      '+1 212 555 0142',
      '',
      '+1',
    ]) {
      const event = { ...seen, request: { ...seen.request, userAttributes: { phone_number } } }
      await expect(stage.invoke('preSignUp', event)).rejects.toThrow('This sign-up was not accepted')
    }
  })

  it('of a country that is no longer allowed gets no message, and looks like one that does (17)', async () => {
    const { app } = stage
    const phone = await stage.addProvenUser()
    await stage.setAttributes(phone, { phone_number: '+447911123456', phone_number_verified: 'true' })
    const attempts = stage.sandbox.sendzen.attempts
    const foreign = await app.start('+447911123456')
    expect(stage.sandbox.sendzen.attempts).toBe(attempts)
    expect(foreign.parameters).toEqual((await app.begin()).parameters)
  })

  it('that is refused does not use up the pool: only permitted messages count there (24)', async () => {
    const { app } = stage
    const { phone } = await app.begin()
    const before = await poolCount()
    expect(before).toBeGreaterThan(0)
    for (let n = 0; n < 5; n++) await app.start(phone)
    await app.start(stage.newPhone())
    await app.signUp('+18765550142').catch(() => undefined)
    expect(await poolCount()).toBe(before)
  })
})

describe('the pool', () => {
  it('has no other door through which Cognito would send a message (23)', async () => {
    const { UserPool } = await stage.aws.cognito.send(
      new DescribeUserPoolCommand({ UserPoolId: stage.poolId }),
    )
    expect(UserPool?.SmsConfiguration?.SnsCallerArn).toBeUndefined()
    expect(UserPool?.AutoVerifiedAttributes ?? []).toEqual([])
    expect(UserPool?.MfaConfiguration).toBe('OFF')
    expect(UserPool?.AccountRecoverySetting?.RecoveryMechanisms).toEqual([
      { Name: 'admin_only', Priority: 1 },
    ])
  })
})

keepsItsSecrets(() => stage)
