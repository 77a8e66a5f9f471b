// What happens when Cognito delivers an event again, because an answer came late or not at all.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Trigger } from '../../src/names.ts'
import type { Fault } from '../../src/sandbox/account/faults.ts'
import { wrongFor } from './app.ts'
import { keepsItsSecrets, Stage, type TriggerEvent } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())
afterEach(() => {
  stage.deliveries = {}
  stage.sandbox.faults.clear()
})

/** Loaded before the function: ends its process the moment a call to AWS fails, as a crash would. */
const fragile = `
import http from 'node:http'
const request = http.request
http.request = (...given) => {
  const call = request(...given)
  const die = () => process.exit(1)
  return call.on('error', die).on('response', ({ statusCode }) => statusCode >= 500 && die())
}`

/** Kills the first of two deliveries of Create at a call, and gives what the second one answers. */
async function killedAt(fault: Fault, run: () => Promise<void>): Promise<void> {
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(fragile)}`
  await stage.restart('createAuthChallenge', { NODE_OPTIONS })
  stage.sandbox.faults.add(fault)
  stage.deliveries = { createAuthChallenge: 2 }
  const from = stage.invocations.length
  await run()
  const first = stage.invocations.slice(from).find(({ trigger }) => trigger === 'createAuthChallenge')
  expect(first?.result?.kind).toBe('function-error')
  stage.deliveries = {}
  await stage.restart('createAuthChallenge', { NODE_OPTIONS: '' })
}

const deliver = (trigger: Trigger, times: number) => {
  stage.deliveries = { [trigger]: times }
}

function challengeOf(response: Record<string, unknown>) {
  const { publicChallengeParameters, privateChallengeParameters } = response as {
    publicChallengeParameters: Record<string, string>
    privateChallengeParameters: Record<string, string>
  }
  return { status: publicChallengeParameters.status, cid: privateChallengeParameters.cid }
}

describe('the first message of a sign-in', () => {
  it('goes out once while the provider takes twelve seconds and Cognito asks three times (26)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    const { sendzen } = stage.sandbox
    const before = sendzen.attempts
    sendzen.failNext({ slowMs: 12_000 })
    const starting = app.start(phone)
    await vi.waitFor(() => expect(sendzen.attempts).toBe(before + 1), { timeout: 30_000, interval: 10 })
    const event: TriggerEvent = stage.lastEvent('createAuthChallenge')
    stage.clock.advance(5_000)
    const second = challengeOf(await stage.invoke('createAuthChallenge', event))
    stage.clock.advance(5_000)
    const third = challengeOf(await stage.invoke('createAuthChallenge', event))
    const asked = await starting
    const { cid } = stage.answerEvent(asked, '').request.privateChallengeParameters as { cid: string }
    expect([second, third]).toEqual([
      { status: 'cooldown', cid },
      { status: 'cooldown', cid },
    ])
    expect(asked.parameters.status).toBe('sent')
    expect(app.messages(phone)).toHaveLength(1)
    expect((await app.answer(asked, app.code(phone))).kind).toBe('tokens')
  })

  it('is sent by the second invocation when the first died before its permit (27)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    await killedAt({ service: 'dynamodb', operation: 'PutItem', kind: 'fail-before' }, async () => {
      const asked = await app.start(phone)
      expect(asked.parameters.status).toBe('sent')
      expect(app.messages(phone)).toHaveLength(1)
      expect((await app.answer(asked, app.code(phone))).kind).toBe('tokens')
    })
  })

  it('is sent by nobody when the first died after its permit, and a resend brings it (28)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    let asked = await app.start(await app.signUp())
    await killedAt({ service: 'dynamodb', operation: 'PutItem', kind: 'fail-after' }, async () => {
      asked = await app.start(phone)
      expect(asked.parameters).toMatchObject({ status: 'cooldown', attemptsLeft: '3' })
    })
    expect(app.messages(phone)).toEqual([])
    stage.clock.advance(61_000)
    const again = await app.resend(asked)
    expect(again.parameters.status).toBe('sent')
    expect(app.messages(phone)).toHaveLength(1)
    expect((await app.answer(again, app.code(phone))).kind).toBe('tokens')
  })

  it('goes out once when the first died after it was sent', async () => {
    const { app } = stage
    const phone = await app.signUp()
    // The messaging API is reached by the same means, so losing its answer kills as well.
    stage.sandbox.sendzen.failNext('answerLost')
    await killedAt({ service: 'none', kind: 'slow' }, async () => {
      const asked = await app.start(phone)
      expect(asked.parameters).toMatchObject({ status: 'cooldown', attemptsLeft: '3' })
      expect((await app.answer(asked, app.code(phone))).kind).toBe('tokens')
    })
    expect(app.messages(phone)).toHaveLength(1)
  })

  it('goes out once however often and however late the event is delivered again', async () => {
    const { app } = stage
    const phone = await app.signUp()
    deliver('createAuthChallenge', 5)
    const asked = await app.start(phone)
    const event = stage.lastEvent('createAuthChallenge')
    const { cid } = stage.answerEvent(asked, '').request.privateChallengeParameters as { cid: string }
    // What says nothing of itself is another sign-in, which takes the code that is alive: no rule looks at the time.
    for (const seconds of [5, 12, 20]) {
      stage.clock.advance(seconds * 1_000)
      const again = challengeOf(await stage.invoke('createAuthChallenge', event))
      expect(again).toEqual({ status: 'cooldown', cid })
    }
    expect(app.messages(phone)).toHaveLength(1)
    expect((await app.answer(asked, app.code(phone))).kind).toBe('tokens')
  })

  it('goes out once when the event is delivered again after midnight (31)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    stage.clock.moveTo(Date.UTC(2026, 10, 23, 23, 59, 58))
    const asked = await app.start(phone)
    const event = stage.lastEvent('createAuthChallenge')
    stage.clock.advance(5_000)
    const { cid } = stage.answerEvent(asked, '').request.privateChallengeParameters as { cid: string }
    const again = challengeOf(await stage.invoke('createAuthChallenge', event))
    expect(again).toEqual({ status: 'cooldown', cid })
    expect(app.messages(phone)).toHaveLength(1)
  })
})

describe('a later round', () => {
  it('sends one message for a resend that is delivered three times (29)', async () => {
    const { app } = stage
    const asked = await app.begin()
    stage.clock.advance(61_000)
    deliver('createAuthChallenge', 3)
    const again = await app.resend(asked)
    expect(again.parameters).toMatchObject({ status: 'sent', attemptsLeft: '3' })
    expect(app.messages(asked.phone)).toHaveLength(2)
    const sent = (await stage.evidence.entries('createAuthChallenge')).filter(
      ({ event }) => event === 'otp_sent',
    )
    expect(sent.at(-1)).toMatchObject({ n: 2 })
    expect((await app.answer(again, asked.code)).kind).toBe('tokens')
  })

  it('sends one message for a resend that makes a new code and is delivered three times (29)', async () => {
    const { app } = stage
    const asked = await app.begin()
    stage.clock.advance(290_000)
    deliver('createAuthChallenge', 3)
    const again = await app.resend(asked)
    expect(app.messages(asked.phone)).toHaveLength(2)
    expect((await app.answer(again, app.code(asked.phone))).kind).toBe('tokens')
  })

  it('sends nothing and charges nothing when the prompt after a wrong answer is delivered again (30)', async () => {
    const { app } = stage
    const asked = await app.begin()
    deliver('createAuthChallenge', 3)
    const again = await app.fail(asked, wrongFor(asked.code))
    expect(again.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
    expect(app.messages(asked.phone)).toHaveLength(1)
  })

  it('lets nobody in twice: a right answer whose success got lost is refused, and a new code helps (33)', async () => {
    const { app } = stage
    const asked = await app.begin()
    deliver('verifyAuthChallenge', 2)
    const lost = await app.fail(asked, asked.code)
    expect(lost.parameters).toMatchObject({ status: 'expired', attemptsLeft: '0' })
    stage.deliveries = {}
    stage.clock.advance(61_000)
    const again = await app.resend(lost)
    expect(app.code(asked.phone)).not.toBe(asked.code)
    expect((await app.answer(again, app.code(asked.phone))).kind).toBe('tokens')
  })

  it('issues tokens once for a sign-in that Define decides twice (34)', async () => {
    const { app } = stage
    const asked = await app.begin()
    deliver('defineAuthChallenge', 2)
    expect((await app.answer(asked, asked.code)).kind).toBe('tokens')
    const decisions = stage.invocations.slice(-2).map(({ result }) => result)
    expect(decisions[0]).toEqual(decisions[1])
  })

  it('signs up once when the events of a sign-up are delivered again', async () => {
    stage.deliveries = { preSignUp: 3, postConfirmation: 3 }
    const phone = await stage.app.signUp()
    expect(await stage.attributesOf(phone)).toMatchObject({ phone_number_verified: 'false' })
    const events = (await stage.evidence.entries('preSignUp')).filter(
      ({ event }) => event === 'signup_accepted',
    )
    expect(events.length).toBeGreaterThanOrEqual(3)
  })
})

keepsItsSecrets(() => stage)
