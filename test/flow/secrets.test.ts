// That keys and settings can be replaced under a running stage, and what happens when they cannot be read.
import { randomBytes } from 'node:crypto'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { MasterKeyDocument } from '../../src/core/master-key.ts'
import { names } from '../../src/names.ts'
import { account } from '../../src/sandbox/sendzen/account.ts'
import { wrongFor } from './app.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())
afterEach(() => stage.sandbox.faults.clear())

const unavailable = { status: 'unavailable', attemptsLeft: '0', expiresIn: '0', resendIn: '5' }
const hideSecrets = () => stage.sandbox.faults.add({ service: 'ssm', kind: 'fail-before', times: 1_000 })

describe('the secrets', () => {
  /** Writes secrets as an operator does, without a deploy. */
  async function write(Name: string, content: object): Promise<void> {
    const now = await stage.secrets()
    stage.evidence.secrets.add(now.sendzenApiKey).add(now.otpMasterKey)
    const Value = JSON.stringify(content)
    await stage.aws.ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }))
  }
  const giveKey = (sendzenApiKey: string) =>
    write(names.providerKey(stage.aws.place.stage), { sendzenApiKey })
  async function replace(change: (now: MasterKeyDocument) => MasterKeyDocument): Promise<void> {
    const { sendzenApiKey: _, ...now } = await stage.secrets()
    await write(names.masterKey(stage.aws.place.stage), change(now))
  }

  /** Has both functions read the secrets at this moment, so that it is known when they read them again. */
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
    hideSecrets()
    const known = await app.start(phone)
    const unknown = await app.start(stage.newPhone())
    expect(known.parameters).toMatchObject(unavailable)
    expect(unknown.parameters).toEqual(known.parameters)
    expect(stage.sandbox.sendzen.attempts).toBe(attempts)
    stage.sandbox.faults.clear()
    expect((await app.resend(known)).parameters.status).toBe('sent')

    const asked = await app.begin()
    await stage.restart('verifyAuthChallenge')
    hideSecrets()
    const refused = await app.fail(asked, asked.code)
    stage.sandbox.faults.clear()
    expect((await app.answer(refused, asked.code)).kind).toBe('tokens')
  })

  it('that were read before are used on while they cannot be read again (85)', async () => {
    const { app } = stage
    await haveThemRead()
    stage.clock.advance(11 * 60_000)
    hideSecrets()
    const asked = await app.begin()
    expect((await app.answer(asked, asked.code)).kind).toBe('tokens')
  })

  it('with a new SendZen key are in use within a minute, without a deploy (84)', async () => {
    const { app } = stage
    await haveThemRead()
    const { sendzenApiKey } = await stage.secrets()
    await giveKey('sz_not_a_key_that_sendzen_knows')
    stage.clock.advance(40_000)
    expect((await app.start(await app.signUp())).parameters.status).toBe('sent')
    stage.clock.advance(11_000)
    expect((await app.start(await app.signUp())).parameters.status).toBe('delivery_failed')
    await giveKey(sendzenApiKey)
    expect(sendzenApiKey).toBe(account.apiKey)
    stage.clock.advance(60_000)
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
    await stage.deployForTest({
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
    for (const [client, status] of [
      ['signup', 'sent'],
      ['login', 'rate_limited'],
    ] as const) {
      stage.clock.advance(31_000)
      expect((await app.start(asked.phone, client)).parameters.status).toBe(status)
    }
  })
})

keepsItsSecrets(() => stage)
