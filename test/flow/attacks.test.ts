// What was done to a stage of the former rules, once each: take a number, lock it, run it up, plant something in it.
import { randomBytes } from 'node:crypto'
import {
  CreateUserPoolClientCommand,
  InitiateAuthCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Asked, wrongFor } from './app.ts'
import { inParallel, keepsItsSecrets, Stage } from './stage.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({ SMS_FALLBACK: 'true' })
})
afterAll(() => stage?.close())

const newDevice = () => randomBytes(16).toString('base64url')

/** A user who has proven this number, with the tokens of that sign-in. */
async function proven(phone = stage.newPhone(), metadata: Record<string, string> = {}) {
  const { app } = stage
  await app.signUp(phone)
  return { phone, ...(await signIn(phone, metadata)) }
}

/** By whoever holds the phone. */
async function signIn(phone: string, metadata: Record<string, string> = {}) {
  const { app } = stage
  stage.clock.advance(minute)
  const done = await app.answer(await app.start(phone), app.code(phone), metadata)
  if (done.kind !== 'tokens') throw new Error(`not signed in: ${done.parameters.status}`)
  return { tokens: done.tokens, userName: nameIn(done.tokens.AccessToken ?? '') }
}

/** Cognito's own name of whom an access token is for. */
function nameIn(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    username: string
  }
  return claims.username
}

/** As an app, or whoever has a token, changes a number without proof. */
async function write(AccessToken: string | undefined, phone: string): Promise<void> {
  const UserAttributes = [{ Name: 'phone_number', Value: phone }]
  await stage.aws.cognito.send(new UpdateUserAttributesCommand({ AccessToken, UserAttributes }))
}

const plantedPassword = `Planted-password-1!${'x'.repeat(60)}`

const SignUp = (phone: string, attributes: Record<string, string> = {}, Password = plantedPassword) =>
  stage.aws.cognito.send(
    new SignUpCommand({
      ClientId: stage.clientIds.signup,
      Username: phone,
      Password,
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    }),
  )

describe('1: a number that somebody has written without proof', () => {
  it('is its owner’s with the second try, and the taker has his own again', async () => {
    const { app } = stage
    const mallory = await proven()
    const owner = stage.newPhone()
    await write(mallory.tokens.AccessToken, owner)
    const first = await app.start(owner)
    expect((await app.fail(first, app.code(owner))).parameters.status).toBe('expired')
    const own = await proven(owner)
    expect(own.userName).not.toBe(mallory.userName)
    expect((await signIn(mallory.phone)).userName).toBe(mallory.userName)
    expect((await signIn(owner)).userName).toBe(own.userName)
  })

  it('and written back keeps nobody out', async () => {
    const { phone, tokens, userName } = await proven()
    await write(tokens.AccessToken, stage.newPhone())
    await write(tokens.AccessToken, phone)
    expect((await signIn(phone)).userName).toBe(userName)
  })

  it('can be proven: by a code to it, in a session that has proven the old one', async () => {
    const { app } = stage
    const { phone, userName } = await proven()
    const next = stage.newPhone()
    stage.clock.advance(minute)
    const wish = { action: 'change_number', phoneNumber: next }
    const asked = await app.fail(await app.start(phone), app.code(phone), wish)
    expect(asked.parameters.status).toBe('sent')
    expect((await app.answer(asked, app.code(next))).kind).toBe('tokens')
    expect((await signIn(next)).userName).toBe(userName)
    const heir = await proven(phone)
    expect(heir.userName).not.toBe(userName)
  })

  it('is taken where it is somebody’s, and only whoever holds it learns so', async () => {
    const { app } = stage
    const owner = await proven()
    const { phone } = await proven()
    stage.clock.advance(minute)
    const wish = { action: 'change_number', phoneNumber: owner.phone }
    const asked = await app.fail(await app.start(phone), app.code(phone), wish)
    expect(asked.parameters.status).toBe('sent')
    expect((await app.fail(asked, wrongFor(app.code(owner.phone)))).parameters.status).toBe('wrong')
    stage.clock.advance(minute)
    const again = await app.fail(await app.start(phone), app.code(phone), wish)
    expect((await app.fail(again, app.code(owner.phone))).parameters.status).toBe('taken')
    expect((await signIn(owner.phone)).userName).toBe(owner.userName)
  })
})

describe('2: ten starts a day', () => {
  it('for five days keep a known device from no code, and no owner is locked out afterwards', async () => {
    const { app } = stage
    const device = newDevice()
    const { phone } = await proven(undefined, { device })
    for (let n = 0; n < 5; n++) {
      for (let start = 0; start < 11; start++) {
        const stranger = await app.start(phone)
        const answer = '0'.repeat(Number(stranger.parameters.codeLength))
        for (let wrong = 0; wrong < 2; wrong++) await stage.judge(stage.answerEvent(stranger, answer))
        stage.clock.advance(13 * minute)
      }
      const before = app.messages(phone).length
      const asked = await app.resend(await app.start(phone), { device })
      expect(asked.parameters).toMatchObject({ status: 'sent', attemptsLeft: '3' })
      expect(app.messages(phone).length).toBeGreaterThan(before)
      expect((await app.answer(asked, app.code(phone), { device })).kind).toBe('tokens')
      stage.clock.advance(day - 11 * 13 * minute)
    }
    stage.clock.advance(day)
    const plain = await app.start(phone)
    expect((await app.answer(plain, app.code(phone))).kind).toBe('tokens')
  })
})

describe('3: requests for many numbers at once', () => {
  it('leave messages of the hour to proven numbers, and more to known devices', async () => {
    const { app } = stage
    await stage.deployForTest({ POOL_SENDS_PER_HOUR: '20', POOL_SIGNUPS_PER_HOUR: '500' })
    const device = newDevice()
    const [holder, owner] = [await proven(undefined, { device }), await proven()]
    stage.clock.advance(hour)
    const strangers = await inParallel(40, () => app.signUp(), 4)
    const { attempts } = stage.sandbox.sendzen
    await inParallel(40, (n) => app.start(strangers[n]!), 8)
    expect(stage.sandbox.sendzen.attempts - attempts).toBe(14)
    await signIn(owner.phone)
    for (let n = 0; n < 4; n++) await app.start(await stage.addProvenUser())
    expect(stage.sandbox.sendzen.attempts - attempts).toBe(18)
    const asked = await app.resend(await app.start(holder.phone), { device })
    expect((await app.answer(asked, app.code(holder.phone), { device })).kind).toBe('tokens')
  })

  it('make no more users in an hour than is set, in words that say nothing', async () => {
    await stage.deployForTest({ POOL_SIGNUPS_PER_HOUR: '3', POOL_SIGNUPS_PER_DAY: '5' })
    stage.clock.advance(day)
    const tries = await inParallel(6, () => stage.app.signUp().catch((error: Error) => error), 3)
    const refused = tries.filter((one) => one instanceof Error)
    expect(refused).toHaveLength(3)
    const foreign = await stage.app.signUp('+18765550142').catch((error: Error) => error)
    expect(new Set(refused.map((error) => String(error)))).toEqual(new Set([String(foreign)]))
    stage.clock.advance(hour)
    for (let n = 0; n < 2; n++) await stage.app.signUp()
    await expect(stage.app.signUp()).rejects.toThrow()
    stage.clock.advance(day)
    await stage.app.signUp()
  })

  it('bring no SMS for the asking while WhatsApp delivers, and few afterwards', async () => {
    const { app } = stage
    await stage.deployForTest({ POOL_SMS_PER_HOUR: '4' })
    stage.clock.advance(hour)
    const asked = await inParallel(6, () => app.begin(), 3)
    const before = stage.sandbox.textMessages.length
    const early = await inParallel(6, (n) => app.resend(asked[n]!, { channel: 'sms' }), 3)
    expect(stage.sandbox.textMessages).toHaveLength(before)
    stage.clock.advance(minute)
    const late = await inParallel(6, (n) => app.resend(early[n]!, { channel: 'sms' }), 3)
    expect(new Set(late.map(({ parameters }) => parameters.status))).toEqual(new Set(['sent']))
    expect(stage.sandbox.textMessages).toHaveLength(before + 4)
  })
})

describe('4: what is written before the proof', () => {
  it.each([
    ['email', 'mallory@example.com'],
    ['name', 'Mallory'],
    ['picture', 'https://example.com/x.png'],
    ['website', 'javascript:alert(1)'],
  ])('is refused at sign-up: %s', async (name, value) => {
    const phone = stage.newPhone()
    const planted = SignUp(phone, { phone_number: phone, [name]: value })
    await expect(planted).rejects.toThrow('This sign-up was not accepted.')
  })

  it('does not count after it: neither attribute nor password, where the setting lets an app write some', async () => {
    const { app } = stage
    await stage.deployForTest({ SIGNUP_ATTRIBUTES: 'name,website' })
    const phone = stage.newPhone()
    await SignUp(phone, { phone_number: phone, name: 'Mallory', website: 'javascript:alert(1)' })
    await stage.deploy({ SIGNUP_ATTRIBUTES: 'name' })
    const asked = await app.start(phone)
    expect((await app.answer(asked, app.code(phone))).kind).toBe('tokens')
    const attributes = await stage.attributesOf(phone)
    expect(attributes).toMatchObject({ name: 'Mallory', phone_number_verified: 'true' })
    expect(attributes).not.toHaveProperty('website')
    const { UserPoolClient } = await stage.aws.cognito.send(
      new CreateUserPoolClientCommand({
        UserPoolId: stage.poolId,
        ClientName: 'somebody-elses',
        ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      }),
    )
    const byPassword = stage.aws.cognito.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: UserPoolClient?.ClientId,
        AuthParameters: { USERNAME: phone, PASSWORD: plantedPassword },
      }),
    )
    await expect(byPassword).rejects.toThrow('Incorrect username or password.')
  })
})

it('5: three wrong answers of a stranger who starts right after the owner leave the owner his three', async () => {
  const { app } = stage
  const owner = await app.begin()
  stage.clock.advance(10_000)
  let stranger: Asked = await app.start(owner.phone)
  for (let n = 0; n < 3; n++) stranger = await app.fail(stranger, wrongFor(owner.code))
  expect(stranger.parameters.status).toBe('exhausted')
  const again = await app.fail(owner, 'abc')
  expect(again.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '3' })
  expect((await app.answer(again, owner.code)).kind).toBe('tokens')
})

it('6: guesses that leave the owner his sign-ins meet sixteen codes of six digits in ninety days, not hundreds', async () => {
  const { app } = stage
  const { phone } = await proven()
  const guesses: Record<string, number> = {}
  for (let n = 0; n < 24; n++) {
    stage.clock.advance(day)
    const stranger = await app.start(phone)
    const code = app.code(phone)
    for (let wrong = 0; wrong < 3; wrong++) await stage.judge(stage.answerEvent(stranger, wrongFor(code)))
    guesses[code.length] = (guesses[code.length] ?? 0) + 3
    await signIn(phone)
  }
  expect(guesses[6]).toBeLessThanOrEqual(16)
  expect(guesses[8]).toBeLessThanOrEqual(48)
  expect(guesses[10]).toBeGreaterThan(0)
})

describe('7: a number that WhatsApp refuses at once', () => {
  it('is shown like one without an account, in this round and the next', async () => {
    const { app } = stage
    await stage.deployForTest({ SMS_FALLBACK: 'false' })
    const phone = await app.signUp()
    stage.sandbox.sendzen.failNext('notOnWhatsApp')
    const known = await app.start(phone)
    const unknown = await app.start(stage.newPhone())
    expect(unknown.parameters).toEqual(known.parameters)
    expect(known.parameters.status).toBe('sent')
    const answered = [await app.fail(known, 'abc'), await app.fail(unknown, 'abc')]
    expect(answered[1]?.parameters.status).toEqual(answered[0]?.parameters.status)
  })
})

it('8: whoever reloads the page within the pause signs in with the code in his hand', async () => {
  const { app } = stage
  const owner = await app.begin()
  stage.clock.advance(30_000)
  const reloaded = await app.start(owner.phone)
  expect(reloaded.parameters).toMatchObject({ status: 'cooldown', attemptsLeft: '3' })
  expect(Number(reloaded.parameters.expiresIn)).toBeGreaterThan(200)
  expect((await app.answer(reloaded, owner.code)).kind).toBe('tokens')
  expect(app.messages(owner.phone)).toHaveLength(1)
})

describe('9: a block of numbers that is closed', () => {
  it('costs a number in it nothing but the wait', async () => {
    const { app } = stage
    stage.clock.advance(hour)
    const block = stage.newPhone().slice(0, -4)
    const others = await inParallel(10, (n) => app.signUp(`${block}${1000 + n}`), 4)
    await inParallel(10, (n) => app.start(others[n]!), 4)
    const victim = await app.signUp(`${block}2000`)
    for (let n = 0; n < 5; n++) {
      expect((await app.start(victim)).parameters.status).toBe('sent')
      stage.clock.advance(minute)
    }
    expect(app.messages(victim)).toEqual([])
    stage.clock.advance(hour)
    for (let n = 1; n <= 5; n++) {
      const asked = await app.start(victim)
      expect([asked.parameters.status, app.messages(victim).length]).toEqual(['sent', n])
      stage.clock.advance(minute)
    }
  })

  it('has limits that can be set', async () => {
    const { app } = stage
    await stage.deployForTest({ BLOCK_SENDS_PER_HOUR: '2' })
    stage.clock.advance(hour)
    const block = stage.newPhone().slice(0, -4)
    const phones = await inParallel(3, (n) => app.signUp(`${block}${1000 + n}`), 1)
    for (const phone of phones) await app.start(phone)
    expect(phones.map((phone) => app.messages(phone).length)).toEqual([1, 1, 0])
  })
})

keepsItsSecrets(() => stage)
