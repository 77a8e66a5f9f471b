// What happens when the table or the secrets cannot be reached: nothing is sent, nobody gets in, sessions live on.

import { randomBytes } from 'node:crypto'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { names } from '../../src/names.ts'
import type { SecretsDocument } from '../../src/resources/secrets.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { account } from '../../src/sandbox/sendzen-account.ts'
import { wrongFor } from './app.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())
afterEach(() => stage.sandbox.faults.clear())

const unavailable = { status: 'unavailable', attemptsLeft: '0', expiresIn: '0', resendIn: '5' }
const down = (service: string, kind: Fault['kind'] = 'fail-before', operation?: string): void =>
  stage.sandbox.faults.add({ service, kind, times: 1_000, ...(operation ? { operation } : {}) })

describe('while the table is down', () => {
  it.each(['fail-before', 'throttle'] as const)(
    '(%s) nothing is sent, known or unknown (75)',
    async (kind) => {
      const { app } = stage
      const phone = await app.signUp()
      const { attempts } = stage.sandbox.sendzen
      down('dynamodb', kind)
      const known = await app.start(phone)
      const unknown = await app.start(stage.newPhone())
      expect(known.parameters).toMatchObject(unavailable)
      expect(unknown.parameters).toEqual(known.parameters)
      expect(stage.sandbox.sendzen.attempts).toBe(attempts)
      const entries = await stage.evidence.entries('createAuthChallenge')
      expect(entries.at(-1)).toMatchObject({ event: 'otp_store_error', otp_store_error: 1 })

      stage.sandbox.faults.clear()
      const again = await app.resend(known)
      expect(again.parameters.status).toBe('sent')
      expect((await app.answer(again, app.code(phone))).kind).toBe('tokens')
    },
  )

  it('the right answer is not right, and is right again afterwards (76)', async () => {
    const { app } = stage
    const asked = await app.begin()
    down('dynamodb')
    const refused = await app.fail(asked, asked.code)
    expect(refused.parameters).toMatchObject(unavailable)
    stage.sandbox.faults.clear()
    expect((await app.answer(refused, asked.code)).kind).toBe('tokens')
  })

  it('for writes only, an answer cannot be paid for and so is not looked at (76)', async () => {
    const { app } = stage
    const asked = await app.begin()
    down('dynamodb', 'fail-before', 'PutItem')
    expect((await app.answer(asked, asked.code)).kind).toBe('challenge')
  })

  it('for one call only, nobody notices (78)', async () => {
    const { app } = stage
    for (const operation of ['GetItem', 'PutItem', 'UpdateItem']) {
      const phone = await app.signUp()
      stage.sandbox.faults.add({ service: 'dynamodb', operation, kind: 'throttle' })
      const asked = await app.start(phone)
      expect(asked.parameters.status).toBe('sent')
      stage.sandbox.faults.add({ service: 'dynamodb', operation, kind: 'fail-before' })
      expect((await app.answer(asked, app.code(phone))).kind).toBe('tokens')
      stage.sandbox.faults.clear()
    }
  })
})

describe('when a call did its work and its answer got lost', () => {
  it.each([
    ['the reservation', 'PutItem', 1],
    ['the count of the block', 'UpdateItem', 1],
    ['the count of the pool', 'UpdateItem', 2],
  ])('of %s, one message goes out (77)', async (_what, operation, nth) => {
    const { app } = stage
    const phone = await app.signUp()
    stage.sandbox.faults.add({ service: 'dynamodb', operation, kind: 'fail-after', nth })
    const asked = await app.start(phone)
    expect(asked.parameters).toMatchObject({ status: 'sent', attemptsLeft: '3' })
    expect(app.messages(phone)).toHaveLength(1)
    expect((await app.answer(asked, app.code(phone))).kind).toBe('tokens')
  })

  it('the pool cannot be counted at all, and nothing goes out; a resend does, once it can (77)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    down('dynamodb', 'fail-before', 'UpdateItem')
    const asked = await app.start(phone)
    expect(asked.parameters.status).toBe('unavailable')
    expect(app.messages(phone)).toEqual([])
    stage.sandbox.faults.clear()
    stage.clock.advance(61_000)
    const again = await app.resend(asked)
    expect(app.messages(phone)).toHaveLength(1)
    expect((await app.answer(again, app.code(phone))).kind).toBe('tokens')
  })

  it.each([
    ['the charge', 1],
    ['the use', 2],
  ])('of %s, the right answer lets in once', async (_what, nth) => {
    const { app } = stage
    const asked = await app.begin()
    stage.sandbox.faults.add({ service: 'dynamodb', operation: 'PutItem', kind: 'fail-after', nth })
    expect((await app.answer(asked, asked.code)).kind).toBe('tokens')
    expect(await stage.judge(stage.answerEvent(asked, asked.code))).toBe(false)
  })

  it('the number cannot be marked as proven, and the same code helps once it can', async () => {
    const { app } = stage
    const asked = await app.begin()
    down('cognito-idp', 'fail-before', 'AdminUpdateUserAttributes')
    const refused = await app.fail(asked, asked.code)
    expect(refused.parameters).toMatchObject({ status: 'unavailable', attemptsLeft: '3' })
    expect(await stage.attributesOf(asked.phone)).toMatchObject({ phone_number_verified: 'false' })
    stage.sandbox.faults.clear()
    expect((await app.answer(refused, asked.code)).kind).toBe('tokens')
  })
})

describe('the secrets', () => {
  /** Writes the secrets as an operator does, without a deploy. */
  async function replace(change: (now: SecretsDocument) => SecretsDocument): Promise<void> {
    const now = await stage.secrets()
    stage.evidence.secrets.add(now.sendzenApiKey).add(now.otpMasterKey)
    const Name = names.secrets(stage.aws.place.stage)
    const Value = JSON.stringify(change(now))
    await stage.aws.ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }))
  }

  /** Has both functions read the secrets at this moment, so that they read them again in ten minutes. */
  async function haveThemRead(): Promise<void> {
    await stage.restart('createAuthChallenge')
    await stage.restart('verifyAuthChallenge')
    const asked = await stage.app.begin()
    await stage.app.answer(asked, asked.code)
  }

  it('that cannot be read at first mean unavailable, to known and unknown alike (85)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    await stage.restart('createAuthChallenge')
    const { attempts } = stage.sandbox.sendzen
    down('ssm')
    const known = await app.start(phone)
    const unknown = await app.start(stage.newPhone())
    expect(known.parameters).toMatchObject(unavailable)
    expect(unknown.parameters).toEqual(known.parameters)
    expect(stage.sandbox.sendzen.attempts).toBe(attempts)
    stage.sandbox.faults.clear()
    expect((await app.resend(known)).parameters.status).toBe('sent')

    const asked = await app.begin()
    await stage.restart('verifyAuthChallenge')
    down('ssm')
    const refused = await app.fail(asked, asked.code)
    stage.sandbox.faults.clear()
    expect((await app.answer(refused, asked.code)).kind).toBe('tokens')
  })

  it('that were read before are used on while they cannot be read again (85)', async () => {
    const { app } = stage
    await haveThemRead()
    stage.clock.advance(11 * 60_000)
    down('ssm')
    const asked = await app.begin()
    expect((await app.answer(asked, asked.code)).kind).toBe('tokens')
  })

  it('with a new SendZen key are in use after ten minutes, without a deploy (84)', async () => {
    const { app } = stage
    await haveThemRead()
    const { sendzenApiKey } = await stage.secrets()
    await replace((now) => ({ ...now, sendzenApiKey: 'sz_not_a_key_that_sendzen_knows' }))
    stage.clock.advance(9 * 60_000)
    expect((await app.start(await app.signUp())).parameters.status).toBe('sent')
    stage.clock.advance(61_000)
    expect((await app.start(await app.signUp())).parameters.status).toBe('delivery_failed')
    await replace((now) => ({ ...now, sendzenApiKey }))
    expect(sendzenApiKey).toBe(account.apiKey)
    stage.clock.advance(10 * 60_000)
    expect((await app.start(await app.signUp())).parameters.status).toBe('sent')
  })

  it('with a new master key take no code, no limit and no resend away (84)', async () => {
    const { app } = stage
    await haveThemRead()
    stage.clock.advance(9.5 * 60_000)
    const before = await app.begin()
    const other = await app.begin()
    await replace(({ otpMasterKey, kid, ...now }) => ({
      ...now,
      otpMasterKey: randomBytes(32).toString('base64url'),
      kid: 'second',
      previous: { otpMasterKey, kid },
    }))
    stage.clock.advance(61_500)
    // The limits are still filed under the same key: the cooldown is over, the wrong answer is remembered.
    const wrong = await app.fail(before, wrongFor(before.code))
    expect(wrong.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
    const again = await app.resend(wrong)
    expect(app.messages(before.phone).map((message) => message.code)).toEqual([before.code, before.code])
    expect((await app.answer(again, before.code)).kind).toBe('tokens')
    expect((await app.answer(other, other.code)).kind).toBe('tokens')

    const after = await app.begin()
    expect((await app.answer(after, after.code)).kind).toBe('tokens')
    expect((await app.start(after.phone)).parameters.status).toBe('cooldown')
  })

  it('that another container has already replaced are read again for its codes (84)', async () => {
    const { app } = stage
    await haveThemRead()
    await replace(({ otpMasterKey, kid, ...now }) => ({
      ...now,
      otpMasterKey: randomBytes(32).toString('base64url'),
      kid: 'third',
      // What numbers are filed under stays what it was, however often the master key is replaced.
      idMasterKey:
        now.idMasterKey ??
        (now.previous as { otpMasterKey: string } | undefined)?.otpMasterKey ??
        otpMasterKey,
      previous: { otpMasterKey, kid },
    }))
    stage.clock.advance(11_000)
    await stage.restart('createAuthChallenge')
    const asked = await app.begin()
    expect((await app.answer(asked, asked.code)).kind).toBe('tokens')
  })
})

describe('settings', () => {
  it('that a function cannot work with keep it from starting, and so from sending (18, 86)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    const { attempts } = stage.sandbox.sendzen
    for (const wrong of [{ ALLOWED_COUNTRIES: '' }, { OTP_LENGTH: '4' }, { MAX_LOGIN_ATTEMPTS: '0' }]) {
      await stage.restart('createAuthChallenge', wrong)
      await expect(app.start(phone)).rejects.toThrow(/^CreateAuthChallenge failed with error/)
      await stage.deploy()
    }
    expect(stage.sandbox.sendzen.attempts).toBe(attempts)
    expect((await app.start(phone)).parameters.status).toBe('sent')
  })

  it('that are deployed anew hold from the next message on (86)', async () => {
    const { app } = stage
    await stage.deploy({
      OTP_LENGTH: '8',
      OTP_EXPIRY_MINUTES: '2',
      MAX_LOGIN_ATTEMPTS: '1',
      RESEND_COOLDOWN_SECONDS: '30',
      MAX_SENDS_PER_HOUR: '2',
    })
    const asked = await app.begin()
    expect(asked.code).toMatch(/^\d{8}$/)
    expect(asked.parameters).toMatchObject({
      codeLength: '8',
      expiresIn: '120',
      attemptsLeft: '1',
      resendIn: '30',
    })
    expect((await app.fail(asked, wrongFor(asked.code))).parameters.status).toBe('exhausted')
    for (const status of ['sent', 'rate_limited']) {
      stage.clock.advance(31_000)
      expect((await app.start(asked.phone)).parameters.status).toBe(status)
    }
  })
})

keepsItsSecrets(() => stage)
