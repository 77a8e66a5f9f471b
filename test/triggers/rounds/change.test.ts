// A user's new number: proven by a code to it, in a session that has proven the old one.
import { describe, expect, it } from 'vitest'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { createPool, type Pool, phone, type Step, wrongFor } from './pool.ts'

const next = '+12025550199'
const minute = 60_000
const change = (phoneNumber?: string): Record<string, string> =>
  phoneNumber === undefined ? { action: 'change_number' } : { action: 'change_number', phoneNumber }

/** A user who has just proven his number and asked for another one. */
async function asked(pool: Pool, metadata = change(next)): Promise<{ user: string; step: Step }> {
  const user = pool.addUser()
  await pool.respond(await pool.start(user), pool.lastCode())
  pool.clock.advance(minute)
  const step = await pool.respond(await pool.start(user), pool.lastCode(), metadata)
  return { user, step }
}

describe('a right answer with a wish for another number', () => {
  it('asks for a code to that number, and signs in with it', async () => {
    const pool = createPool()
    const { user, step } = await asked(pool)
    expect(step).toMatchObject({
      outcome: 'challenge',
      parameters: { status: 'sent', codeLength: '6', attemptsLeft: '3', expiresIn: '300' },
    })
    expect(pool.messages.at(-1)?.to).toBe(next)
    expect(pool.attributesOf(user).phone_number).toBe(phone)
    expect((await pool.respond(step, pool.lastCode())).outcome).toBe('tokens')
    expect(pool.attributesOf(user)).toMatchObject({
      phone_number: next,
      phone_number_verified: 'true',
      'custom:whatsapp_verified': 'true',
    })
    expect(pool.logged().map(({ event }) => event)).toContain('number_changed')
  })

  it('ends the sessions of before, and the new number is the user’s from then on', async () => {
    const pool = createPool()
    const { user, step } = await asked(pool)
    const { signOuts } = pool.aws.users.get(user)!
    await pool.respond(step, pool.lastCode())
    expect(pool.aws.users.get(user)?.signOuts).toBe(signOuts + 1)
    pool.clock.advance(minute)
    expect((await pool.respond(await pool.start(user), pool.lastCode())).outcome).toBe('tokens')
    expect(pool.messages.at(-1)?.to).toBe(next)
    expect(pool.aws.users.get(user)?.signOuts).toBe(signOuts + 1)
  })

  it('leaves the old number to whoever signs up with it', async () => {
    const pool = createPool()
    const { step } = await asked(pool)
    await pool.respond(step, pool.lastCode())
    pool.clock.advance(minute)
    const heir = pool.addUser(phone)
    expect((await pool.respond(await pool.start(heir), pool.lastCode())).outcome).toBe('tokens')
  })

  it('gives wrong answers tries of their own, under the limits of the new number', async () => {
    const pool = createPool()
    const { user, step } = await asked(pool)
    let guess = step
    for (const left of ['2', '1', '0']) {
      guess = await pool.respond(guess, wrongFor(pool.lastCode()))
      expect(guess.parameters.attemptsLeft).toBe(left)
    }
    expect((await pool.respond(guess, pool.lastCode())).parameters.status).toBe('exhausted')
    expect(pool.attributesOf(user).phone_number).toBe(phone)
  })

  it('takes a resend for the new number', async () => {
    const pool = createPool()
    const { step } = await asked(pool)
    pool.clock.advance(minute)
    const again = await pool.resend(step)
    expect(again.parameters.status).toBe('sent')
    expect(pool.messages.slice(-2).map(({ to }) => to)).toEqual([next, next])
    expect((await pool.respond(again, pool.lastCode())).outcome).toBe('tokens')
  })

  it('takes another number in the same session, three in all', async () => {
    const pool = createPool()
    let { step } = await asked(pool)
    for (const number of ['+12025550188', '+12025550177']) {
      step = await pool.respond(step, '', change(number))
      expect(step.parameters.status).toBe('sent')
      expect(pool.messages.at(-1)?.to).toBe(number)
    }
    const fourth = await pool.respond(step, '', change('+12025550166'))
    expect(fourth.parameters.status).toBe('delivery_failed')
    expect(pool.messages.map(({ to }) => to)).not.toContain('+12025550166')
  })

  it.each([
    ['none', change()],
    ['a malformed one', change('12025550199')],
    ['one in a country that is not allowed', change('+18765550123')],
  ])('with %s goes on without tokens, and takes a better one', async (_name, metadata) => {
    const pool = createPool()
    const { user, step } = await asked(pool, metadata)
    expect(step).toMatchObject({ outcome: 'challenge', parameters: { status: 'delivery_failed' } })
    const before = pool.messages.length
    expect((await pool.respond(step, pool.lastCode())).outcome).toBe('challenge')
    expect(pool.messages).toHaveLength(before)
    const better = await pool.respond(step, '', change(next))
    expect((await pool.respond(better, pool.lastCode())).outcome).toBe('tokens')
    expect(pool.attributesOf(user).phone_number).toBe(next)
  })

  it('signs in as ever where the answer to the old number was wrong', async () => {
    const pool = createPool()
    const user = pool.addUser()
    const step = await pool.start(user)
    const after = await pool.respond(step, wrongFor(pool.lastCode()), change(next))
    expect(after.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
    expect(pool.messages.map(({ to }) => to)).toEqual([phone])
  })

  it('cannot be turned to the number of another session or user', async () => {
    const pool = createPool()
    const { step } = await asked(pool)
    const code = pool.lastCode()
    const mallory = pool.addUser('+12025550188')
    const own = await pool.start(mallory)
    const stolen = {
      ...own,
      privateParameters: { ...own.privateParameters, change: step.privateParameters.change! },
    }
    expect(await pool.judge(stolen, code)).toBe(false)
    expect(await pool.judge({ ...step, userName: mallory }, code)).toBe(false)
    expect(pool.attributesOf(mallory).phone_number).toBe('+12025550188')
  })
})

describe('a new number that is somebody’s', () => {
  it('is said to be taken only after the code to it, and nothing changes', async () => {
    const pool = createPool()
    const owner = pool.addUser(next)
    await pool.respond(await pool.start(owner), pool.lastCode())
    pool.clock.advance(minute)
    const { user, step } = await asked(pool)
    expect(step.parameters.status).toBe('sent')
    const after = await pool.respond(step, pool.lastCode())
    expect(after).toMatchObject({ outcome: 'challenge', parameters: { status: 'taken' } })
    expect(pool.attributesOf(user).phone_number).toBe(phone)
    expect(pool.attributesOf(owner).phone_number).toBe(next)
    expect(pool.logged().map(({ event }) => event)).toContain('number_taken')
    pool.clock.advance(minute)
    expect((await pool.respond(await pool.start(owner), pool.lastCode())).outcome).toBe('tokens')
  })

  it('is his where nobody has proven it: whoever only signed up with it is moved away', async () => {
    const pool = createPool()
    const squatter = pool.addUser(next)
    const { user, step } = await asked(pool)
    expect((await pool.respond(step, pool.lastCode())).outcome).toBe('tokens')
    expect(pool.attributesOf(user).phone_number).toBe(next)
    expect(pool.attributesOf(squatter).phone_number).toMatch(/^\+999/)
    expect(pool.aws.users.get(squatter)?.isDisabled).toBe(true)
  })

  it('is his where its holder has nothing but a sign-in with the fixed code of a test number', async () => {
    const pool = createPool({ testNumbers: [{ phone: next, code: '481516', until: Date.now() * 2 }] })
    const tester = pool.addUser(next)
    expect((await pool.respond(await pool.start(tester), '481516')).outcome).toBe('tokens')
    pool.aws.secrets = JSON.stringify({ ...JSON.parse(pool.aws.secrets), testNumbers: [] })
    pool.restart()
    pool.clock.advance(11 * minute)
    const { user, step } = await asked(pool)
    expect((await pool.respond(step, pool.lastCode())).outcome).toBe('tokens')
    expect(pool.attributesOf(user).phone_number).toBe(next)
    expect(pool.aws.users.get(tester)?.isDisabled).toBe(true)
  })

  it('is his where its holder has written it without proof: that one has his own again', async () => {
    const pool = createPool()
    const taker = pool.addUser('+12025550111')
    await pool.respond(await pool.start(taker), pool.lastCode())
    pool.write(taker, { phone_number: next })
    const { user, step } = await asked(pool)
    expect((await pool.respond(step, pool.lastCode())).outcome).toBe('tokens')
    expect(pool.attributesOf(user).phone_number).toBe(next)
    expect(pool.attributesOf(taker)).toMatchObject({
      phone_number: '+12025550111',
      phone_number_verified: 'true',
    })
  })
})

it('a user may name the number that he has, and keeps it', async () => {
  const pool = createPool()
  const { user, step } = await asked(pool, change(phone))
  expect(step.parameters.status).toBe('cooldown')
  pool.clock.advance(minute)
  const again = await pool.resend(step)
  expect((await pool.respond(again, pool.lastCode())).outcome).toBe('tokens')
  expect(pool.attributesOf(user).phone_number).toBe(phone)
})

it.each(['AdminUpdateUserAttributes', 'AdminUserGlobalSignOut'])(
  'a change that fails at %s keeps the code, and no tokens are issued before all is done',
  async (operation) => {
    const pool = createPool()
    const { user, step } = await asked(pool)
    const { signOuts } = pool.aws.users.get(user)!
    pool.aws.fail(operation, 'before', 1, new AwsError('TooManyRequestsException', 400, false))
    const stalled = await pool.respond(step, pool.lastCode())
    expect(stalled).toMatchObject({ outcome: 'challenge', parameters: { status: 'unavailable' } })
    expect((await pool.respond(stalled, pool.lastCode())).outcome).toBe('tokens')
    expect(pool.attributesOf(user).phone_number).toBe(next)
    expect(pool.aws.users.get(user)?.signOuts).toBeGreaterThan(signOuts)
  },
)

it('no line of the log holds either number', async () => {
  const pool = createPool()
  const { step } = await asked(pool)
  await pool.respond(step, pool.lastCode())
  const said = pool.lines.join('')
  for (const number of [phone, next]) expect(said).not.toContain(number.slice(1))
  for (const { code } of pool.messages) expect(said).not.toContain(code)
})
