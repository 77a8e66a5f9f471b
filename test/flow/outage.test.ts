// What happens when the table, or Cognito, cannot be reached: nothing is sent, nobody gets in, sessions live on.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../src/sandbox/account/faults.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())
afterEach(() => stage.sandbox.faults.clear())

const unavailable = { status: 'unavailable', attemptsLeft: '0', expiresIn: '0', resendIn: '5' }
const down = (service: string, kind: Fault['kind'] = 'fail-before', operation?: string): void => {
  stage.sandbox.faults.add({ service, kind, times: 1_000, ...(operation ? { operation } : {}) })
}

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

keepsItsSecrets(() => stage)
