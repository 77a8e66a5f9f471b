// What belongs to a session, a container and a key: nobody is shown, sent or let in by those of another.

import { describe, expect, it } from 'vitest'
import { createPool, masterKey, phone, type Step, wrongFor } from './pool.ts'

const minute = 60_000
const newKey = Buffer.alloc(32, 9).toString('base64url')

describe('asked again after an answer', () => {
  const nothing = { expiresIn: '0', attemptsLeft: '0' }

  it('a session is shown its own code, not the newer one of another session', async () => {
    const pool = createPool()
    const user = pool.addUser()
    const older = await pool.start(user)
    pool.clock.advance(minute)
    const newer = await pool.start(user)
    await pool.judge(newer, wrongFor(pool.lastCode()))
    expect((await pool.respond(older, 'x')).parameters).toMatchObject({ expiresIn: '240', attemptsLeft: '3' })
    expect((await pool.respond(newer, 'x')).parameters).toMatchObject({ expiresIn: '300', attemptsLeft: '2' })
  })

  it('a session that names the code of another user or client is shown none', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    const sameNumber = pool.addUser()
    const shown = async (changes: Partial<Step>) =>
      (await pool.respond({ ...step, ...changes }, 'x')).parameters
    expect(await shown({ client: pool.clients.login })).toMatchObject(nothing)
    expect(await shown({ userName: sameNumber })).toMatchObject(nothing)
    expect(await shown({})).toMatchObject({ expiresIn: '300', attemptsLeft: '3' })
  })
})

describe('a first round', () => {
  it('is one too where an emulator leaves the empty session out', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    pool.clock.advance(minute)
    const bare = { ...step, entries: undefined as never }
    expect((await pool.repeatCreate(bare)).parameters).toMatchObject({ status: 'sent', expiresIn: '300' })
    expect(pool.messages).toHaveLength(2)
  })

  it('of which nothing can be read shows a session that never had a code', async () => {
    const pool = createPool()
    pool.aws.fail('GetParameters')
    const step = await pool.start(pool.addUser())
    const bare = { ...step, entries: undefined as never }
    pool.aws.fail('GetParameters')
    const again = await pool.repeatCreate(bare)
    expect(again.parameters).toMatchObject({ status: 'unavailable', resendIn: '5' })
    expect(again.metadata).toMatch(/^otp2\|[\w-]{22}\|[\w-]{22}\|0\|\w+N\|0{12}\|$/)
    expect(again.metadata).not.toBe(step.metadata)
  })
})

describe('the channel of a resend', () => {
  const resent = async (smsAllowed: boolean, channel?: string) => {
    const pool = createPool({ smsAllowed })
    const step = await pool.start(pool.addUser())
    pool.clock.advance(minute)
    await pool.resend(step, channel ? { channel } : {})
    return { whatsapp: pool.messages.length - 1, sms: pool.aws.sms.length }
  }

  it('is SMS only where that is wished for and allowed', async () => {
    expect(await resent(true, 'sms')).toEqual({ whatsapp: 0, sms: 1 })
    expect(await resent(true, 'whatsapp')).toEqual({ whatsapp: 1, sms: 0 })
    expect(await resent(true)).toEqual({ whatsapp: 1, sms: 0 })
    expect(await resent(false, 'sms')).toEqual({ whatsapp: 1, sms: 0 })
  })
})

describe('a new master key', () => {
  it('leaves codes under the previous one to be sent again', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    const code = pool.lastCode()
    pool.aws.secrets = JSON.stringify({
      sendzenApiKey: 'k',
      otpMasterKey: newKey,
      kid: 'k2',
      previous: { otpMasterKey: masterKey, kid: 'k1' },
    })
    pool.restart()
    pool.clock.advance(minute)
    expect((await pool.resend(step)).parameters.status).toBe('sent')
    expect(pool.messages.map((message) => message.code)).toEqual([code, code])
  })

  it('without the previous one lets nobody in with a code that it cannot check', async () => {
    const pool = createPool()
    const step = await pool.start(pool.addUser())
    pool.aws.secrets = JSON.stringify({
      sendzenApiKey: 'k',
      otpMasterKey: newKey,
      kid: 'k2',
      idMasterKey: masterKey,
    })
    expect(await pool.judge(step, pool.lastCode())).toBe(false)
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_secrets_error', reason: 'unknown_key' })
    const asked = await pool.respond(step, 'x')
    expect(asked.parameters).toMatchObject({ status: 'unavailable', attemptsLeft: '3' })
  })
})

describe('a defect', () => {
  it('of what sends is told as one, and keeps the session', async () => {
    const pool = createPool()
    pool.provider = async () => {
      throw new TypeError('a defect')
    }
    const step = await pool.start(pool.addUser())
    expect(step).toMatchObject({ outcome: 'challenge', parameters: { status: 'unavailable' } })
    expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_internal_error', reason: 'TypeError' })
  })
})

it('waits for nobody longer than the invocation may take', async () => {
  const pool = createPool()
  pool.provider = async () => {
    pool.clock.advance(10_000)
    return { outcome: 'sent' }
  }
  await pool.start(pool.addVerifiedUser())
  pool.clock.slept.length = 0
  await pool.start('nobody')
  expect(Math.max(...pool.clock.slept)).toBe(3900 - 250)
})

describe('the first proof', () => {
  /** What Verify asks Cognito to write of a user with these attributes. */
  const written = async (attributes: Record<string, string> = {}) => {
    const pool = createPool()
    const user = pool.addUser(phone, attributes)
    const step = await pool.start(user)
    const { json } = pool.aws
    const asked: unknown[] = []
    pool.aws.json = async (service, operation, input, deadline) => {
      if (operation === 'AdminUpdateUserAttributes') asked.push({ service, user, input })
      return json(service, operation, input, deadline)
    }
    await pool.judge(step, pool.lastCode())
    return asked
  }
  const proof = [
    { Name: 'phone_number', Value: phone },
    { Name: 'phone_number_verified', Value: 'true' },
    { Name: 'custom:whatsapp_verified', Value: 'true' },
  ]

  it('asks Cognito once to mark the number, and that of the pool, and who has signed up', async () => {
    expect(await written()).toEqual([
      {
        service: 'cognito-idp',
        user: 'user-1',
        input: {
          UserPoolId: 'us-east-1_Test',
          Username: 'user-1',
          UserAttributes: [...proof, { Name: 'custom:auth_purpose', Value: 'signup' }],
        },
      },
    ])
  })

  it.each([
    ['whom an administrator made', { 'cognito:user_status': 'FORCE_CHANGE_PASSWORD' }],
    ['who was imported', { 'cognito:user_status': 'RESET_REQUIRED' }],
    ['of whom Cognito does not say it', { 'cognito:user_status': '' }],
    ['who is marked already', { 'custom:auth_purpose': 'migration' }],
  ])('does not say that a user %s has signed up', async (_name, attributes) => {
    expect(await written(attributes)).toMatchObject([{ input: { UserAttributes: proof } }])
  })
})

it('nothing is sent before the country is judged again, since not every sign-up shows its number', async () => {
  const pool = createPool({ countries: ['US'] })
  const step = await pool.start(pool.addUser('+18765550123'))
  expect(step.parameters).toEqual((await createPool().start('nobody')).parameters)
  expect(pool.messages).toHaveLength(0)
  expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_decoy', reason: 'country' })
})
