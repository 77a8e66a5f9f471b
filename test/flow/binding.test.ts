// What a code is good for: once, for the user, client, session and number that it was made for, in its time.
import { AdminDeleteUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wrongFor } from './app.ts'
import { inParallel, keepsItsSecrets, Stage } from './stage.ts'

const day = 86_400_000

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())

const challengeId = (event: { request: Record<string, unknown> }) =>
  (event.request.privateChallengeParameters as { cid: string }).cid

describe('a right answer', () => {
  it('given twenty times at once lets exactly one in (36)', async () => {
    const { app } = stage
    const asked = await app.begin()
    const events = inParallel(20, () => stage.judge(stage.answerEvent(asked, asked.code)))
    expect((await events).filter(Boolean)).toHaveLength(1)
  })

  it('given twenty times at once by somebody who was here before lets exactly one in (36)', async () => {
    const { app } = stage
    const phone = await stage.addProvenUser()
    const asked = await app.start(phone)
    const events = inParallel(20, () => stage.judge(stage.answerEvent(asked, app.code(phone))))
    expect((await events).filter(Boolean)).toHaveLength(1)
  })

  it('given again, in the same session or in a new one, is refused as used (37)', async () => {
    const { app } = stage
    const asked = await app.begin()
    const again = stage.answerEvent(asked, asked.code)
    expect((await app.answer(asked, asked.code)).kind).toBe('tokens')
    expect(await stage.judge(again)).toBe(false)
    stage.clock.advance(61_000)
    const next = await app.start(asked.phone)
    expect((await app.fail(next, asked.code)).parameters).toMatchObject({
      status: 'wrong',
      attemptsLeft: '2',
    })
    const reasons = (await stage.evidence.entries('verifyAuthChallenge')).map(({ reason }) => reason)
    expect(reasons.slice(-2)).toEqual(['replayed', 'wrong'])
  })

  it('belongs to its own session, not to another of the same user (38)', async () => {
    const { app } = stage
    const first = await app.begin()
    stage.clock.advance(61_000)
    const second = await app.start(first.phone)
    const refused = await app.fail(second, first.code)
    expect(refused.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
    expect((await app.answer(refused, app.code(first.phone))).kind).toBe('tokens')
    // The first session still has its own code.
    expect((await app.answer(first, first.code)).kind).toBe('tokens')
  })

  it('does not pass with the challenge of another user, who is charged nothing for it (39)', async () => {
    const { app } = stage
    const mine = await app.begin()
    const other = await app.begin()
    const items = await stage.evidence.items()
    const forged = stage.answerEvent(mine, other.code)
    forged.request.privateChallengeParameters = stage.answerEvent(
      other,
      '',
    ).request.privateChallengeParameters
    expect(await stage.judge(forged)).toBe(false)
    expect(await stage.evidence.items()).toEqual(items)
    expect((await app.answer(other, other.code)).kind).toBe('tokens')
  })

  it('does not pass through the other client (40, 41)', async () => {
    const asked = await stage.app.begin('login')
    const items = await stage.evidence.items()
    const event = stage.answerEvent(asked, asked.code)
    event.callerContext.clientId = stage.clientIds.signup
    expect(await stage.judge(event)).toBe(false)
    event.callerContext.clientId = 'somebody-elses'
    expect(await stage.judge(event)).toBe(false)
    expect(await stage.evidence.items()).toEqual(items)
    expect((await stage.app.answer(asked, asked.code)).kind).toBe('tokens')
  })

  it('passes a moment before the code expires, and not a moment later, whatever DynamoDB still holds (42)', async () => {
    const { app } = stage
    for (const [after, kind] of [
      [299_000, 'tokens'],
      [301_500, 'challenge'],
    ] as const) {
      const phone = await app.signUp()
      const sentAt = stage.clock.now()
      const asked = await app.start(phone)
      stage.clock.moveTo(sentAt + after)
      expect((await app.answer(asked, app.code(phone))).kind).toBe(kind)
    }
    const [last] = (await stage.evidence.entries('verifyAuthChallenge')).slice(-1)
    expect(last).toMatchObject({ event: 'otp_rejected', reason: 'expired' })
  })

  it('does not pass when the number was changed after the code was sent (56)', async () => {
    const { app } = stage
    const asked = await app.begin()
    const other = stage.newPhone()
    await stage.setAttributes(asked.phone, { phone_number: other })
    expect((await app.answer(asked, asked.code)).kind).toBe('challenge')
    const attributes = await stage.attributesOf(other)
    expect(attributes.phone_number_verified).toBe('false')
    expect(attributes['custom:whatsapp_verified']).toBeUndefined()
  })

  it('does not pass for a user who is gone, nor for the one who has his number now (91, 92)', async () => {
    const { app } = stage
    const asked = await app.begin()
    const event = stage.answerEvent(asked, asked.code)
    await stage.aws.cognito.send(
      new AdminDeleteUserCommand({ UserPoolId: stage.poolId, Username: asked.phone }),
    )
    await expect(app.answer(asked, asked.code)).rejects.toThrow('Incorrect username or password.')

    await app.signUp(asked.phone)
    const next = await app.start(asked.phone)
    expect(next.parameters.status).toBe('cooldown')
    expect((await app.answer(next, asked.code)).kind).toBe('challenge')
    // Even with the old challenge in hand.
    const items = await stage.evidence.items()
    const forged = { ...event, userName: next.username }
    expect(await stage.judge(forged)).toBe(false)
    expect(await stage.evidence.items()).toEqual(items)
  })
})

describe('a challenge', () => {
  it('that is forged, unknown or missing takes no answer and breaks nothing (45)', async () => {
    const asked = await stage.app.begin()
    const items = await stage.evidence.items()
    const own = stage.answerEvent(asked, asked.code)
    const { cid } = own.request.privateChallengeParameters as { cid: string }
    for (const parameters of [
      { cid: 'A'.repeat(22), decoy: 'false' },
      { cid: '', decoy: 'false' },
      { decoy: 'false' },
      { cid: `${cid} `, decoy: 'false' },
      { cid: '__proto__', decoy: 'false' },
      { cid: 'x'.repeat(100_000), decoy: 'false' },
      {},
    ]) {
      const event = { ...own, request: { ...own.request, privateChallengeParameters: parameters } }
      expect(await stage.judge(event)).toBe(false)
    }
    expect(await stage.evidence.items()).toEqual(items)
    expect((await stage.app.answer(asked, asked.code)).kind).toBe('tokens')
  })

  it('is not answered by a wish for a resend, even one that carries the right code (59)', async () => {
    const { app } = stage
    const asked = await app.begin()
    const at = await app.fail(asked, asked.code, { action: 'resend' })
    expect(at.parameters).toMatchObject({ status: 'cooldown', attemptsLeft: '3' })
    expect((await app.answer(at, asked.code)).kind).toBe('tokens')
  })

  it('is not disturbed by metadata that means nothing (60)', async () => {
    const { app } = stage
    for (const metadata of [
      { action: 'RESEND' },
      { action: 'start', captcha: 'x'.repeat(100_000) },
      { constructor: 'x', toString: 'x', hasOwnProperty: 'x', ['__proto__']: 'resend' },
    ] as Record<string, string>[]) {
      const asked = await app.begin()
      const at = await app.fail(asked, wrongFor(asked.code), metadata)
      expect(at.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
      expect((await app.answer(at, asked.code, metadata)).kind).toBe('tokens')
      expect(app.messages(asked.phone)).toHaveLength(1)
    }
  })

  it('has an id that no other challenge has', async () => {
    const ids = await inParallel(5, async () => challengeId(stage.answerEvent(await stage.app.begin(), '')))
    expect(new Set(ids).size).toBe(5)
  })
})

describe('a number that was away for ninety days', () => {
  it('signs in, and its return is logged, since it may have a new owner (90)', async () => {
    const { app } = stage
    const asked = await app.begin()
    await app.answer(asked, asked.code)
    const returns = async (days: number) => {
      stage.clock.advance(days * day)
      const again = await app.start(asked.phone)
      expect((await app.answer(again, app.code(asked.phone))).kind).toBe('tokens')
      const entries = await stage.evidence.entries('verifyAuthChallenge')
      return entries.filter(({ event }) => event === 'otp_dormant_signin').length
    }
    expect(await returns(89)).toBe(0)
    expect(await returns(91)).toBe(1)
  })
})

keepsItsSecrets(() => stage)
