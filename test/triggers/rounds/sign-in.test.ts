// The way most people go: sign up, get a code, type it, come back later.
import { expect, it } from 'vitest'
import { createPool, phone, wrongFor } from './pool.ts'

it('signs a new user in with the first code and marks his number as proven', async () => {
  const pool = createPool()
  const user = pool.addUser()
  const asked = await pool.start(user)
  expect(asked.parameters).toEqual({
    status: 'sent',
    destination: '+•••••••••••',
    channel: 'whatsapp',
    codeLength: '6',
    expiresIn: '300',
    resendIn: '45',
    attemptsLeft: '3',
  })
  expect(pool.messages).toHaveLength(1)
  expect(pool.messages[0]).toMatchObject({ to: phone, language: 'en_US' })
  const done = await pool.respond(asked, pool.lastCode())
  expect(done.outcome).toBe('tokens')
  expect(pool.attributesOf(user)).toMatchObject({
    phone_number_verified: 'true',
    'custom:whatsapp_verified': 'true',
  })
})

it.each([[{}], [{ device: 'a-secret-of-at-least-128-bits' }]])(
  'costs a returning user two reads, four writes and no call to Cognito, with %o',
  async (metadata) => {
    const pool = createPool()
    const user = pool.addUser()
    await pool.respond(await pool.start(user), pool.lastCode(), metadata)
    pool.clock.advance(60_000)
    pool.aws.calls.length = 0
    const asked = await pool.start(user, pool.clients.login)
    expect((await pool.respond(asked, pool.lastCode(), metadata)).outcome).toBe('tokens')
    const calls = pool.aws.calls.filter((call) => call !== 'GetParameters')
    expect(calls).toEqual(['GetItem', 'UpdateItem', 'PutItem', 'GetItem', 'PutItem', 'PutItem'])
  },
)

it('keeps the code after a wrong answer and sends no second message', async () => {
  const pool = createPool()
  const asked = await pool.start(pool.addUser())
  const again = await pool.respond(asked, wrongFor(pool.lastCode()))
  expect(again).toMatchObject({ outcome: 'challenge', parameters: { status: 'wrong', attemptsLeft: '2' } })
  expect(again.privateParameters).toEqual(asked.privateParameters)
  expect(pool.messages).toHaveLength(1)
  expect((await pool.respond(again, pool.lastCode())).outcome).toBe('tokens')
})

it('sends the same code again on request, once the cooldown is over', async () => {
  const pool = createPool()
  const asked = await pool.start(pool.addUser())
  pool.clock.advance(10_000)
  const early = await pool.resend(asked)
  expect(early.parameters).toMatchObject({ status: 'cooldown', resendIn: '35', attemptsLeft: '3' })
  expect(pool.messages).toHaveLength(1)
  pool.clock.advance(35_000)
  const again = await pool.resend(early)
  expect(again.parameters).toMatchObject({ status: 'sent', resendIn: '45', expiresIn: '255' })
  expect(pool.messages.map((message) => message.code)).toEqual([pool.lastCode(), pool.lastCode()])
  expect((await pool.respond(again, pool.lastCode())).outcome).toBe('tokens')
})

it('shows a user who does not exist the same as one who does, and sends nothing', async () => {
  const pool = createPool()
  const known = await pool.start(pool.addUser())
  const unknown = await pool.start('nobody')
  expect(unknown.parameters).toEqual(known.parameters)
  expect(pool.messages).toHaveLength(1)
  const knownAgain = await pool.respond(known, wrongFor(pool.lastCode()))
  const unknownAgain = await pool.respond(unknown, '123456')
  expect(unknownAgain.parameters).toEqual(knownAgain.parameters)
})
