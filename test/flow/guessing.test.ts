// What somebody who guesses codes meets: every answer is paid for before it is looked at, across all sessions.
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { names } from '../../src/names.ts'
import { type Asked, wrongFor } from './app.ts'
import { inParallel, keepsItsSecrets, Stage } from './stage.ts'

const hour = 3_600_000
const day = 24 * hour

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())

/** How many answers for this number were compared with a code. */
async function evaluated(number: unknown): Promise<number> {
  const entries = await stage.evidence.entries('verifyAuthChallenge')
  return entries.filter(
    (entry) =>
      entry.number === number &&
      (entry.event === 'otp_verified' || (entry.event === 'otp_rejected' && entry.reason === 'wrong')),
  ).length
}

/** The field by which log lines about this number can be found. */
async function numberOf(asked: Asked): Promise<unknown> {
  const { cid } = stage.answerEvent(asked, '').request.privateChallengeParameters as { cid: string }
  const entries = await stage.evidence.entries('createAuthChallenge')
  return entries.find((entry) => entry.cid === cid)?.number
}

/** Answers wrongly until the code is used up, or `times` times. */
async function guess(asked: Asked, times = 3): Promise<Asked> {
  const code = stage.app.code(asked.phone)
  let at = asked
  for (let n = 0; n < times; n++) at = await stage.app.fail(at, wrongFor(code))
  return at
}

describe('one code', () => {
  it('takes three answers; the fourth is refused although it is right (1)', async () => {
    const { app } = stage
    let asked = await app.begin()
    const code = asked.code
    for (const attemptsLeft of ['2', '1', '0']) {
      asked = { ...(await app.fail(asked, wrongFor(code))), code }
      expect(asked.parameters).toMatchObject({
        status: attemptsLeft === '0' ? 'exhausted' : 'wrong',
        attemptsLeft,
      })
    }
    const refused = await app.fail(asked, code)
    expect(refused.parameters).toMatchObject({ status: 'exhausted', attemptsLeft: '0' })
  })

  it('has three of a hundred parallel answers evaluated (2)', async () => {
    const asked = await stage.app.begin()
    const number = await numberOf(asked)
    const answers = await inParallel(100, () => stage.judge(stage.answerEvent(asked, wrongFor(asked.code))))
    expect(answers).not.toContain(true)
    expect(await evaluated(number)).toBe(3)
  })

  it('lets the right answer among parallel wrong ones in only if it was one of the first three (3)', async () => {
    const outcomes = await inParallel(
      8,
      async (n) => {
        const asked = await stage.app.begin()
        const number = await numberOf(asked)
        const answers = await inParallel(6, (position) =>
          stage.judge(stage.answerEvent(asked, position === n % 6 ? asked.code : wrongFor(asked.code))),
        )
        return { successes: answers.filter(Boolean).length, evaluated: await evaluated(number) }
      },
      1,
    )
    for (const outcome of outcomes) {
      expect(outcome.successes).toBeLessThanOrEqual(1)
      expect(outcome.evaluated).toBeLessThanOrEqual(3)
    }
  })

  it('reads an answer as people write it (10)', async () => {
    const { app } = stage
    const fullWidth = (text: string) =>
      text.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))
    const arabic = (text: string) =>
      text.replace(/\d/g, (digit) => String.fromCharCode(0x0660 + Number(digit)))
    const halves = (text: string, mark: string) => `${text.slice(0, 3)}${mark}${text.slice(3)}`
    const forms = [
      (code: string) => ` ${halves(code, ' ')}\n`,
      (code: string) => halves(code, '-'),
      fullWidth,
      arabic,
    ]
    for (const form of forms) {
      const asked = await app.begin()
      expect((await app.answer(asked, form(asked.code))).kind).toBe('tokens')
    }
  })

  it('is not charged for answers that cannot be a code (10)', async () => {
    const { app } = stage
    const asked = await app.begin()
    let at: Asked = asked
    const malformed = [
      asked.code.slice(1),
      `${asked.code}0`,
      'abcdef',
      '٣',
      '1'.repeat(10_000),
      '12345\u0000',
    ]
    for (const answer of malformed) {
      at = await app.fail(at, answer)
      expect(at.parameters.attemptsLeft).toBe('3')
    }
    expect(await evaluated(await numberOf(asked))).toBe(0)
    expect((await app.answer(at, asked.code)).kind).toBe('tokens')
  })

  it('belongs to a session that ends after nine rounds, whatever was answered (9)', async () => {
    const { app } = stage
    const asked = await app.begin()
    let at: Asked = asked
    for (let n = 0; n < 8; n++) at = await app.fail(at, 'not a code')
    await expect(app.answer(at, 'not a code')).rejects.toThrow('Incorrect username or password.')
  })
})

describe('one number', () => {
  it('has ten answers an hour, whatever tries its codes have left (4)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    for (let n = 0; n < 3; n++) {
      await guess(await app.start(phone))
      stage.clock.advance(61_000)
    }
    const last = await guess(await app.start(phone), 1)
    expect(last.parameters).toMatchObject({ status: 'rate_limited', attemptsLeft: '0' })
    const refused = await app.fail(last, app.code(phone))
    expect(refused.parameters).toMatchObject({ status: 'rate_limited', attemptsLeft: '0' })
    expect(await evaluated(await numberOf(refused))).toBe(10)
  })

  it('has twenty answers in any 24 hours, over both clients, and more when the oldest is a day old (5, 6)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    const first = stage.clock.now()
    let sends = 0
    const round = async (times: number) => {
      const asked = await guess(await app.start(phone, sends++ % 2 === 0 ? 'signup' : 'login'), times)
      stage.clock.advance(61_000)
      return asked
    }
    for (const times of [3, 3, 3, 1]) await round(times)
    stage.clock.moveTo(first + 2 * hour)
    for (const times of [3, 3, 3]) await round(times)
    stage.clock.moveTo(first + 4 * hour)
    const last = await round(1)
    expect(last.parameters).toMatchObject({ status: 'rate_limited', attemptsLeft: '0' })
    // The very code that is right, with two tries of its own left.
    expect((await app.fail(last, app.code(phone))).parameters.status).toBe('rate_limited')

    const waiting = await app.start(phone)
    expect(waiting.parameters.status).toBe('rate_limited')
    expect(Number(waiting.parameters.resendIn) * 1000).toBeCloseTo(first + day - stage.clock.now(), -4)
    expect(app.messages(phone)).toHaveLength(8)
    stage.clock.advance(Number(waiting.parameters.resendIn) * 1000)
    const again = await app.start(phone)
    expect(again.parameters.status).toBe('sent')
    expect((await app.answer(again, app.code(phone))).kind).toBe('tokens')
  })

  it('is given back no answers by a success in between (7)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    for (let n = 0; n < 3; n++) {
      await guess(await app.start(phone))
      stage.clock.advance(61_000)
    }
    const right = await app.start(phone)
    expect((await app.answer(right, app.code(phone))).kind).toBe('tokens')
    stage.clock.advance(61_000)
    expect((await app.start(phone)).parameters.status).toBe('rate_limited')
  })

  it('stays within its day however many sessions are opened (11)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    const number = await numberOf(await app.start(phone))
    for (let n = 0; n < 24; n++) {
      const asked = await app.start(phone)
      const wrong = '0'.repeat(Number(asked.parameters.codeLength))
      for (let answer = 0; answer < 3; answer++) await stage.judge(stage.answerEvent(asked, wrong))
      stage.clock.advance(hour)
    }
    expect(await evaluated(number)).toBe(20)
    // Seven codes take twenty answers; a number without any left gets no more of them.
    expect(app.messages(phone)).toHaveLength(7)
  })

  it('asks for longer codes the more wrong answers there were, and never locks its owner out (8)', async () => {
    const { app } = stage
    const phone = await app.signUp()
    const lengths: string[] = []
    for (let n = 0; n < 24; n++) {
      const asked = await app.start(phone)
      expect(asked.parameters.status).toBe('sent')
      lengths.push(asked.parameters.codeLength ?? '')
      const wrong = stage.answerEvent(asked, wrongFor(app.code(phone)))
      for (let answer = 0; answer < 3; answer++) expect(await stage.judge(wrong)).toBe(false)
      stage.clock.advance(4 * hour)
    }
    expect(lengths).toEqual([...lengths].sort((one, other) => Number(one) - Number(other)))
    expect(new Set(lengths)).toEqual(new Set(['6', '8', '10']))
    const owner = await app.start(phone)
    expect((await app.answer(owner, app.code(phone))).kind).toBe('tokens')
  })

  it('is locked by LOCK_AFTER_FAILURES where that is set, until it is cleared by hand (8)', async () => {
    const { app } = stage
    await stage.deployForTest({ LOCK_AFTER_FAILURES: '20' })
    const phone = await app.signUp()
    let asked = await app.start(phone)
    const number = await numberOf(asked)
    for (let n = 0; n < 8; n++) {
      const wrong = stage.answerEvent(asked, wrongFor(app.code(phone)))
      for (let answer = 0; answer < 3; answer++) expect(await stage.judge(wrong)).toBe(false)
      stage.clock.advance(4 * hour)
      asked = await app.start(phone)
    }
    expect(await evaluated(number)).toBe(20)
    expect(asked.parameters.status).toBe('rate_limited')
    stage.clock.advance(30 * day)
    expect((await app.start(phone)).parameters.status).toBe('rate_limited')
    expect(app.messages(phone)).toHaveLength(7)
    const events = (await stage.evidence.entries()).filter((entry) => entry.number === number)
    expect(events.map(({ event }) => event)).toContain('otp_locked')

    const items = [...(await stage.evidence.items()).keys()]
    const pk = items.find((key) => key.startsWith(`N#${number}`))!
    const TableName = names.table(stage.aws.place.stage)
    await stage.aws.dynamodb.send(new DeleteItemCommand({ TableName, Key: { pk: { S: pk } } }))
    const cleared = await app.start(phone)
    expect((await app.answer(cleared, app.code(phone))).kind).toBe('tokens')
  })
})

keepsItsSecrets(() => stage)
