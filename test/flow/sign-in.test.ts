// The way most people go, on the deployed stage: sign up, type the code, come back later; and what it costs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wrongFor } from './app.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({ WHATSAPP_LANG_CODE: 'en_US,es,pt_BR' })
})
afterAll(() => stage?.close())

/** What the functions asked of AWS while `run` ran, without services that only a cold start needs. */
async function callsDuring(run: () => Promise<unknown>): Promise<string[]> {
  const from = stage.sandbox.calls.length
  await run()
  return stage.callsOfFunctions(from).filter((call) => call !== 'ssm.GetParameters')
}

describe('a sign-in', () => {
  it('of a new user takes one message and marks the number as proven in the same call', async () => {
    const { app } = stage
    const asked = await app.begin()
    expect(asked.parameters).toEqual({
      status: 'sent',
      destination: '+•••••••••••',
      channel: 'whatsapp',
      codeLength: '6',
      expiresIn: '300',
      resendIn: '45',
      attemptsLeft: '3',
    })
    const done = await app.answer(asked, asked.code)
    expect(done).toMatchObject({ kind: 'tokens' })
    expect(app.messages(asked.phone)).toHaveLength(1)
    expect(await stage.attributesOf(asked.phone)).toMatchObject({
      phone_number_verified: 'true',
      'custom:whatsapp_verified': 'true',
      'custom:auth_purpose': 'signup',
    })
  })

  it('works with either client, and only one of them may create users', async () => {
    const { app } = stage
    const phone = await app.signUp()
    const asked = await app.start(phone, 'login')
    expect((await app.answer(asked, app.code(phone))).kind).toBe('tokens')
    stage.clientIds = { ...stage.clientIds, signup: stage.clientIds.login }
    const refused = app.signUp()
    await expect(refused).rejects.toThrow('This sign-up was not accepted.')
    await stage.deploy()
  })

  it('goes on after a wrong answer with the same code and without a second message (15)', async () => {
    const { app } = stage
    const asked = await app.begin()
    const again = await app.fail(asked, wrongFor(asked.code))
    expect(again.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
    expect(app.messages(asked.phone)).toHaveLength(1)
    expect((await app.answer(again, asked.code)).kind).toBe('tokens')
  })

  it('comes in the language of the user, if the template has it', async () => {
    const { app } = stage
    for (const [locale, language] of Object.entries({ 'es-MX': 'es', pt_BR: 'pt_BR', de: 'en_US' })) {
      const phone = await stage.addUser({ locale })
      await app.start(phone)
      expect(app.messages(phone)).toMatchObject([{ language }])
    }
  })

  it('comes again in the language that a resend asks for', async () => {
    const { app } = stage
    const asked = await app.begin()
    stage.clock.advance(60_500)
    await app.resend(asked, { locale: 'es-MX' })
    expect(app.messages(asked.phone)).toMatchObject([{ language: 'en_US' }, { language: 'es' }])
  })
})

describe('the cost of a sign-in in DynamoDB', () => {
  const device = 'a-secret-of-at-least-128-bits'

  it.each([[{}], [{ device }]])(
    'is two reads and four writes in four invocations for a returning user, and no call to Cognito, with %o',
    async (metadata) => {
      const { app } = stage
      const asked = await app.begin()
      await app.answer(asked, asked.code, metadata)
      stage.clock.advance(61_000)
      const { phone } = asked
      const invocations = stage.invocations.length
      const calls = await callsDuring(async () =>
        app.answer(await app.start(phone, 'login'), app.code(phone), metadata),
      )
      expect(stage.invocations.length - invocations).toBe(4)
      expect(calls.sort()).toEqual([
        ...['dynamodb.GetItem', 'dynamodb.GetItem'],
        ...['dynamodb.PutItem', 'dynamodb.PutItem', 'dynamodb.PutItem'],
        'dynamodb.UpdateItem',
      ])
    },
  )

  it('is two reads and six writes for a new user, whose account is settled in Cognito once', async () => {
    const { app } = stage
    const phone = await app.signUp()
    const calls = await callsDuring(async () => app.answer(await app.start(phone), app.code(phone)))
    expect(calls.sort()).toEqual([
      'cognito-idp.AdminSetUserPassword',
      'cognito-idp.AdminUpdateUserAttributes',
      'cognito-idp.AdminUserGlobalSignOut',
      ...['dynamodb.GetItem', 'dynamodb.GetItem'],
      ...['dynamodb.PutItem', 'dynamodb.PutItem', 'dynamodb.PutItem', 'dynamodb.PutItem'],
      ...['dynamodb.UpdateItem', 'dynamodb.UpdateItem'],
    ])
  })

  it('is two reads and one write more for each wrong answer', async () => {
    const { app } = stage
    const asked = await app.begin()
    const calls = await callsDuring(() => app.fail(asked, wrongFor(asked.code)))
    expect(calls).toEqual(['dynamodb.GetItem', 'dynamodb.PutItem', 'dynamodb.GetItem'])
  })

  it('is one read and two writes more for each resend', async () => {
    const { app } = stage
    const phone = await stage.addProvenUser()
    const asked = await app.start(phone)
    stage.clock.advance(61_000)
    const calls = await callsDuring(() => app.resend(asked))
    expect(calls.sort()).toEqual(['dynamodb.GetItem', 'dynamodb.PutItem', 'dynamodb.UpdateItem'])
  })

  it('is one read for a request that the cooldown refuses', async () => {
    const { app } = stage
    const asked = await app.begin()
    stage.clock.advance(20_000)
    expect(await callsDuring(() => app.start(asked.phone, 'login'))).toEqual(['dynamodb.GetItem'])
  })

  it('counts each write as one unit: an item stays below a kilobyte', async () => {
    const { app } = stage
    const asked = await app.begin()
    await app.answer(asked, asked.code)
    const { cid } = stage.answerEvent(asked, '').request.privateChallengeParameters as { cid: string }
    const items = [...(await stage.evidence.items()).values()].filter((item) => item.includes(cid))
    expect(items).toHaveLength(1)
    const attributes = Object.entries(JSON.parse(items[0]!) as Record<string, { S?: string; N?: string }>)
    // As DynamoDB counts: names and values.
    const size = attributes.reduce((sum, [name, { S, N }]) => sum + name.length + (S ?? N ?? '').length, 0)
    expect(size).toBeLessThan(1024)
  })
})

keepsItsSecrets(() => stage)
