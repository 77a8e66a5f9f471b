// What a session, a client or an attribute cannot be bent to: tokens without proof, or proof for another number.
import type { DefineAuthChallengeTriggerEvent } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { define } from '../../../triggers/rounds/define.ts'
import { createPool, phone, wrongFor } from './pool.ts'

describe('Define', () => {
  const ours = `otp2|${'S'.repeat(22)}|${'A'.repeat(22)}|1|mwt7reo0A|0123456789ab|`
  const entry = (challengeName: string, challengeResult: boolean, challengeMetadata?: string) => ({
    challengeName,
    challengeResult,
    challengeMetadata,
  })
  function decide(session: unknown, more: object = {}) {
    const event = {
      request: { userAttributes: {}, session, ...more },
      response: { issueTokens: null, failAuthentication: null, challengeName: null },
    }
    return define(event as unknown as DefineAuthChallengeTriggerEvent, 3, true).response
  }
  const tokens = { issueTokens: true, failAuthentication: false }
  const refused = { issueTokens: false, failAuthentication: true }
  const challenge = { issueTokens: false, failAuthentication: false, challengeName: 'CUSTOM_CHALLENGE' }

  it('begins with a challenge, for users who do not exist too', () => {
    expect(decide([])).toEqual(challenge)
    expect(decide(undefined)).toEqual(challenge)
    expect(decide([], { userNotFound: true })).toEqual(challenge)
  })

  it('issues tokens for a right answer to one of our challenges', () => {
    const right = entry('CUSTOM_CHALLENGE', true, ours)
    expect(decide([entry('CUSTOM_CHALLENGE', false, ours), right])).toMatchObject(tokens)
  })

  it.each([
    ['another kind of challenge before ours', [entry('SRP_A', true), entry('CUSTOM_CHALLENGE', true, ours)]],
    ['a password, whatever metadata it bears', [entry('PASSWORD_VERIFIER', true, ours)]],
    ['metadata that is not ours', [entry('CUSTOM_CHALLENGE', true, 'otp1|AAAAAAAAAAAAAAAAAAAAAA|1')]],
    ['no metadata', [entry('CUSTOM_CHALLENGE', true)]],
    ['nine rounds', Array.from({ length: 9 }, () => entry('CUSTOM_CHALLENGE', false, ours))],
  ])('refuses %s', (_name, session) => {
    expect(decide(session)).toMatchObject(refused)
  })

  it('never issues tokens for a user who does not exist', () => {
    expect(decide([entry('CUSTOM_CHALLENGE', true, ours)], { userNotFound: true })).toMatchObject(refused)
  })
})

describe('the proof of a number', () => {
  it('is not given to another number that took its place meanwhile', async () => {
    const pool = createPool()
    const user = pool.addUser()
    const step = await pool.start(user)
    pool.write(user, { phone_number: '+12025550199' })
    const after = await pool.respond(step, pool.lastCode())
    expect(after.outcome).toBe('challenge')
    expect(pool.attributesOf(user).phone_number_verified).toBe('false')
  })

  it('names the number that was proven, should it change in that very moment', async () => {
    const pool = createPool()
    const user = pool.addUser()
    const step = await pool.start(user)
    pool.aws.interrupt = async () => {
      pool.write(user, { phone_number: '+12025550199' })
    }
    expect((await pool.respond(step, pool.lastCode())).outcome).toBe('tokens')
    expect(pool.attributesOf(user)).toMatchObject({ phone_number: phone, phone_number_verified: 'true' })
  })

  it('leaves the code usable when Cognito cannot write it down', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    const throttled = new AwsError('TooManyRequestsException', 400, false)
    pool.aws.fail('AdminUpdateUserAttributes', 'before', 1, throttled)
    const stalled = await pool.respond(step, pool.lastCode())
    expect(stalled.parameters).toMatchObject({ status: 'unavailable', attemptsLeft: '3' })
    expect((await pool.respond(stalled, pool.lastCode())).outcome).toBe('tokens')
  })

  it('lets nobody in whose user was deleted while the code was on its way', async () => {
    const pool = createPool()
    const user = pool.addUser()
    const step = await pool.start(user)
    pool.aws.users.delete(user)
    expect(await pool.judge(step, pool.lastCode())).toBe(false)
  })
})

describe('metadata sent along by a client', () => {
  it('asks for a resend and is never an answer, even with the right code', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    const after = await pool.respond(step, pool.lastCode(), { action: 'resend' })
    expect(after).toMatchObject({
      outcome: 'challenge',
      parameters: { status: 'cooldown', attemptsLeft: '3' },
    })
  })

  it('is otherwise ignored, whatever its size and its keys', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    const odd = { ['__proto__']: 'resend', constructor: 'x', note: 'y'.repeat(100_000), action: 'RESEND' }
    const after = await pool.respond(step, wrongFor(pool.lastCode()), odd)
    expect(after.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
    const inherited = Object.create({ action: 'resend' }) as Record<string, string>
    expect((await pool.respond(after, wrongFor(pool.lastCode()), inherited)).parameters.status).toBe('wrong')
    expect(pool.messages).toHaveLength(1)
  })
})

it('notices a number that comes back after ninety days', async () => {
  const pool = createPool()
  const user = pool.addUser()
  await pool.respond(await pool.start(user), pool.lastCode())
  pool.clock.advance(91 * 86_400_000)
  await pool.respond(await pool.start(user), pool.lastCode())
  expect(pool.logged().filter((line) => line.event === 'otp_dormant_signin')).toHaveLength(1)
})
