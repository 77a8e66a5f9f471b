// That nobody can tell a number with an account from one without, by what a sign-in shows.
import { AdminDisableUserCommand, AdminEnableUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Asked } from './app.ts'
import { onlookers, type Step, statuses } from './onlookers.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
  // A pretended message takes as long as a real one of this container took; the first one is real.
  await stage.app.begin()
})
afterAll(() => stage?.close())

const { shown, compare, wrong, resend, later } = onlookers(() => stage)

describe('a number without an account is shown the same', () => {
  it('at first, for wrong answers, and when the code is used up (46, 49)', async () => {
    expect(statuses(await compare([wrong, wrong, wrong, wrong]))).toEqual([
      ...['sent 3', 'wrong 2', 'wrong 1', 'exhausted 0', 'exhausted 0'],
    ])
  })

  it('for a resend too early, in time, and with a new code (46)', async () => {
    const all = await compare([later(10.5, resend), later(51, resend), wrong, later(200.5, resend), wrong])
    expect(statuses(all)).toEqual(['sent 3', 'cooldown 3', 'sent 3', 'wrong 2', 'sent 3', 'wrong 2'])
  })

  it('for answers that cannot be a code, and after the code’s life (46)', async () => {
    const malformed: Step = (at) => stage.app.fail(at, 'abc')
    const all = await compare([malformed, later(301.5, wrong), resend])
    expect(statuses(all)).toEqual(['sent 3', 'wrong 3', 'expired 0', 'sent 3'])
  })

  it('in the cooldown and at the limits of the hour (46)', async () => {
    const fresh = (at: Asked) => stage.app.start(at.phone)
    const minute = later(61.5, fresh)
    const other = (at: Asked) => stage.app.start(at.phone, 'login')
    const first = [later(20.5, fresh), later(0, other), later(60.5, fresh)]
    const all = await compare([...first, minute, minute, minute, later(61.5, other)])
    expect(statuses(all)).toEqual([
      ...['sent 3', 'cooldown 3', 'cooldown 0', 'sent 3', 'sent 3', 'sent 3', 'sent 3', 'rate_limited 0'],
    ])
  })

  it('when its day of answers is used up, over several sessions (49)', async () => {
    const next = later(61.5, (at) => stage.app.start(at.phone))
    const all = await compare([
      wrong,
      wrong,
      wrong,
      next,
      wrong,
      wrong,
      wrong,
      next,
      wrong,
      wrong,
      wrong,
      next,
      wrong,
      wrong,
    ])
    expect(statuses(all).slice(-3)).toEqual(['sent 1', 'rate_limited 0', 'rate_limited 0'])
  })

  it('while the messages of others fail (51)', async () => {
    const { sendzen } = stage.sandbox
    sendzen.failNext('keyInvalid')
    const [proven] = await shown(await stage.addProvenUser(), [])
    const [unknown] = await shown(stage.newPhone(), [])
    expect(proven).toMatchObject({ status: 'delivery_failed', resendIn: '5' })
    expect(unknown).toEqual(proven)
    // Back to how it mostly is.
    await stage.app.begin()
  })

  it('by error texts too: a session that goes on too long ends in the same words (52)', async () => {
    const words = async (phone: string) => {
      let at = await stage.app.start(phone)
      for (let n = 0; n < 8; n++) at = await wrong(at)
      return wrong(at).then(
        () => 'goes on',
        (error: Error) => `${error.name}: ${error.message}`,
      )
    }
    const known = await words(await stage.app.signUp())
    expect(known).toBe('NotAuthorizedException: Incorrect username or password.')
    expect(await words(stage.newPhone())).toBe(known)
  })
})

describe('a number without an account', () => {
  it('gets no message, and its challenge has the hidden part that Cognito asks for (47)', async () => {
    const { attempts } = stage.sandbox.sendzen
    const unknown = await stage.app.start(stage.newPhone())
    expect(stage.sandbox.sendzen.attempts).toBe(attempts)
    const hidden = stage.answerEvent(unknown, '').request.privateChallengeParameters
    expect(hidden).toEqual({
      cid: expect.stringMatching(/^[\w-]{22}$/),
      sid: expect.stringMatching(/^[\w-]{22}$/),
      decoy: 'true',
    })
  })

  it('is let in by no answer, not even if a lucky one were the stored code (49)', async () => {
    const unknown = await stage.app.start(stage.newPhone())
    const event = stage.answerEvent(unknown, '246813')
    // Whatever else is said, userNotFound alone keeps Define from issuing tokens.
    expect(await stage.judge(event)).toBe(false)
    event.request.privateChallengeParameters = {
      ...(event.request.privateChallengeParameters as object),
      decoy: 'false',
    }
    expect(await stage.judge(event)).toBe(false)
  })

  it('uses up its own tries and nobody else’s: one who signs up later begins afresh', async () => {
    const phone = stage.newPhone()
    await shown(phone, [wrong, wrong, wrong])
    await stage.app.signUp(phone)
    const known = await stage.app.start(phone)
    expect(known.parameters).toMatchObject({ status: 'sent', attemptsLeft: '3' })
  })
})

describe('a user in an unusual state', () => {
  it('whose number was replaced by an unproven one looks like anybody, and its holder gets a code (50, 57)', async () => {
    const phone = await stage.addProvenUser()
    const changed = stage.newPhone()
    await stage.setAttributes(phone, { phone_number: changed })
    for (const client of ['signup', 'login'] as const) {
      const asked = await stage.app.start(changed, client)
      expect(asked.parameters.status).toBe(client === 'signup' ? 'sent' : 'cooldown')
    }
    expect(stage.app.messages(changed)).toHaveLength(1)
    stage.clock.advance(61_500)
    const [first] = await shown(changed, [])
    expect([first]).toEqual(await shown(stage.newPhone(), []))
  })

  it('who was made by an administrator and never confirmed signs in like anybody (50)', async () => {
    const phone = await stage.addUser()
    const asked = await stage.app.start(phone)
    expect(asked.parameters.status).toBe('sent')
    expect((await stage.app.answer(asked, stage.app.code(phone))).kind).toBe('tokens')
  })

  it('who is disabled gets neither a message nor, in the middle of a sign-in, tokens (50)', async () => {
    const { app } = stage
    const user = { UserPoolId: stage.poolId }
    const asked = await app.begin()
    await stage.aws.cognito.send(new AdminDisableUserCommand({ ...user, Username: asked.phone }))
    await expect(app.answer(asked, asked.code)).rejects.toThrow('User is disabled.')
    const { attempts } = stage.sandbox.sendzen
    stage.clock.advance(61_000)
    await expect(app.start(asked.phone)).rejects.toThrow('User is disabled.')
    expect(stage.sandbox.sendzen.attempts).toBe(attempts)
    await stage.aws.cognito.send(new AdminEnableUserCommand({ ...user, Username: asked.phone }))
    expect((await app.start(asked.phone)).parameters.status).toBe('sent')
  })
})

keepsItsSecrets(() => stage)
