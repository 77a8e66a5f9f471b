// How many messages go out: one for each permitted request, however often Cognito repeats it, never above a cap.
import { expect, it } from 'vitest'
import { readMetadata } from '../../../src/core/challenge.ts'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { createPool, wrongFor } from './pool.ts'

const minute = 60_000

it('sends nothing at 44 seconds and again at 45', async () => {
  const pool = createPool()
  const user = pool.addUser()
  await pool.start(user)
  pool.clock.advance(44_000)
  expect((await pool.start(user, pool.clients.login)).parameters).toMatchObject({
    status: 'cooldown',
    resendIn: '1',
    attemptsLeft: '0',
  })
  expect(pool.messages).toHaveLength(1)
  pool.clock.advance(1_000)
  expect((await pool.start(user)).parameters.status).toBe('sent')
  expect(pool.messages).toHaveLength(2)
})

it('sends five in an hour and ten in a day, and says when the next may be asked for', async () => {
  const pool = createPool()
  const user = pool.addUser()
  for (let n = 0; n < 5; n++) {
    expect((await pool.start(user)).parameters.status).toBe('sent')
    pool.clock.advance(minute)
  }
  const sixth = await pool.start(user, pool.clients.login)
  expect(sixth.parameters).toMatchObject({ status: 'rate_limited', resendIn: String(55 * 60) })
  for (let n = 0; n < 5; n++) {
    pool.clock.advance(60 * minute)
    expect((await pool.start(user)).parameters.status).toBe('sent')
  }
  pool.clock.advance(60 * minute)
  expect((await pool.start(user)).parameters.status).toBe('rate_limited')
  expect(pool.messages).toHaveLength(10)
})

it('sends one message for fifty sign-ins that start at once, which share its code and the answers of an hour', async () => {
  const pool = createPool()
  const user = pool.addUser()
  const steps = await Promise.all(Array.from({ length: 50 }, () => pool.start(user)))
  expect(pool.messages).toHaveLength(1)
  const first = steps.filter((step) => step.parameters.status === 'sent')
  expect(first).toHaveLength(1)
  expect(new Set(steps.map((step) => step.parameters.status))).toEqual(new Set(['sent', 'cooldown']))
  expect(new Set(steps.map((step) => step.parameters.attemptsLeft))).toEqual(new Set(['3']))
  expect(new Set(steps.map((step) => step.privateParameters.cid)).size).toBe(1)
  const wrong = wrongFor(pool.lastCode())
  expect(await Promise.all(steps.slice(1).map((step) => pool.judge(step, wrong)))).not.toContain(true)
  // The limits of the number hold over all of them.
  const judged = pool.logged().filter(({ event, reason }) => event === 'otp_rejected' && reason === 'wrong')
  expect(judged).toHaveLength(10)
})

it('sends one message when the provider is slow and Cognito invokes three times', async () => {
  const pool = createPool()
  const user = pool.addUser()
  let release = () => {}
  const slow = new Promise<void>((resolve) => {
    release = resolve
  })
  pool.provider = async () => slow.then(() => ({ outcome: 'sent' }))
  const first = pool.start(user)
  while (pool.messages.length === 0) await pool.clock.sleep(0)
  pool.restart()
  pool.clock.advance(5_000)
  const second = await pool.start(user)
  pool.clock.advance(5_000)
  const third = await pool.start(user)
  release()
  const steps = [await first, second, third]
  expect(pool.messages).toHaveLength(1)
  expect(new Set(steps.map((step) => step.privateParameters.cid)).size).toBe(1)
  expect(steps.map((step) => step.parameters.status)).toEqual(['sent', 'cooldown', 'cooldown'])
  expect((await pool.respond(third, pool.lastCode())).outcome).toBe('tokens')
})

it('shares a code with a sign-in that starts later, which takes nothing from it', async () => {
  const pool = createPool()
  const user = pool.addUser()
  const first = await pool.start(user)
  pool.clock.advance(17_000)
  const second = await pool.start(user)
  expect(second.parameters).toMatchObject({
    status: 'cooldown',
    expiresIn: '283',
    resendIn: '28',
    attemptsLeft: '3',
  })
  expect(pool.messages).toHaveLength(1)
  expect((await pool.respond(second, pool.lastCode())).outcome).toBe('tokens')
  expect((await pool.respond(first, pool.lastCode())).parameters.status).toBe('expired')
})

it('gives each session tries of its own: a stranger who shares the code can spend none of the owner’s', async () => {
  const pool = createPool()
  const user = pool.addUser()
  const owner = await pool.start(user)
  const again = await pool.respond(owner, wrongFor(pool.lastCode()))
  let stranger = await pool.start(user)
  expect(stranger.parameters).toMatchObject({ status: 'cooldown', attemptsLeft: '3' })
  for (let n = 0; n < 5; n++) stranger = await pool.respond(stranger, wrongFor(pool.lastCode()))
  expect(stranger.parameters).toMatchObject({ status: 'exhausted', attemptsLeft: '0' })
  expect((await pool.respond(again, 'x')).parameters).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
  expect((await pool.respond(again, pool.lastCode())).outcome).toBe('tokens')
})

it('shares the code with whoever reloads the page, until it is used up or its life is over', async () => {
  const pool = createPool()
  const user = pool.addUser()
  await pool.start(user)
  const code = pool.lastCode()
  pool.clock.advance(30_000)
  const reloaded = await pool.start(user)
  const secondTab = await pool.start(user)
  expect(reloaded.parameters).toMatchObject({ status: 'cooldown', expiresIn: '270', attemptsLeft: '3' })
  expect((await pool.respond(reloaded, code)).outcome).toBe('tokens')
  expect(await pool.judge(secondTab, code)).toBe(false)
  pool.clock.advance(1_000)
  // Used up: there is nothing to share until the next message may go out.
  expect((await pool.start(user)).parameters).toMatchObject({ status: 'cooldown', attemptsLeft: '0' })
})

it('sends one message across midnight UTC', async () => {
  const pool = createPool()
  const user = pool.addUser()
  pool.clock.advance(12 * 60 * minute - 3_000)
  const before = await pool.start(user)
  pool.clock.advance(5_000)
  const after = await pool.start(user)
  expect(pool.messages).toHaveLength(1)
  expect(after.privateParameters.cid).toBe(before.privateParameters.cid)
})

it('sends one message for a resend that is delivered three times', async () => {
  const pool = createPool()
  const asked = await pool.start(pool.addUser())
  pool.clock.advance(minute)
  const again = await pool.resend(asked)
  for (const seconds of [5, 10]) {
    pool.clock.advance(seconds * 1000)
    const repeated = await pool.repeatCreate(again, { action: 'resend' })
    expect(readMetadata(repeated.metadata)).toMatchObject({ cid: asked.privateParameters.cid, n: 2 })
    expect(repeated.parameters.status).toBe('sent')
  }
  expect(pool.messages).toHaveLength(2)
})

it('sends one message for each of two resends in a row', async () => {
  const pool = createPool()
  let step = await pool.start(pool.addUser())
  for (let n = 0; n < 2; n++) {
    pool.clock.advance(minute)
    step = await pool.resend(step)
    expect(step.parameters.status).toBe('sent')
  }
  expect(pool.messages.map((message) => message.code)).toEqual(Array(3).fill(pool.lastCode()))
})

it('sends nothing for a wrong answer that is delivered three times', async () => {
  const pool = createPool()
  const asked = await pool.start(pool.addUser())
  const again = await pool.respond(asked, wrongFor(pool.lastCode()))
  for (let n = 0; n < 2; n++) {
    const repeated = await pool.repeatCreate(again)
    expect(repeated.parameters).toEqual(again.parameters)
  }
  expect(pool.messages).toHaveLength(1)
})

it('makes a new code for a resend in the last minute, and the old one ends there', async () => {
  const pool = createPool()
  const asked = await pool.start(pool.addUser())
  const old = pool.lastCode()
  pool.clock.advance(241_000)
  const again = await pool.resend(asked)
  expect(again.privateParameters.cid).not.toBe(asked.privateParameters.cid)
  expect(again.parameters).toMatchObject({ status: 'sent', expiresIn: '300' })
  if (old !== pool.lastCode()) expect(await pool.judge(again, old)).toBe(false)
  expect((await pool.respond(again, pool.lastCode())).outcome).toBe('tokens')
})

it('lets a session that began in the cooldown ask for its code when that is over', async () => {
  const pool = createPool()
  const user = pool.addUser()
  await pool.start(user, pool.clients.login)
  pool.clock.advance(15_000)
  const waiting = await pool.start(user)
  const guess = await pool.respond(waiting, '123456')
  expect(guess.parameters).toMatchObject({ status: 'cooldown', resendIn: '30' })
  pool.clock.advance(30_000)
  const idle = await pool.respond(guess, '123456')
  expect(idle.parameters).toMatchObject({ status: 'expired', resendIn: '0' })
  const asked = await pool.resend(idle)
  expect(asked.parameters.status).toBe('sent')
  expect((await pool.respond(asked, pool.lastCode())).outcome).toBe('tokens')
})

it('stops strangers at seven tenths of the cap, proven numbers at nine, known devices at the whole of it', async () => {
  const pool = createPool({ caps: { sends: { perHour: 10, perDay: 1000 } } })
  const number = (n: number) => `+1202555${String(n).padStart(4, '0')}`
  // Far apart, so that no block of numbers is full.
  const apart = (n: number) => `+1202${String(200 + n)}0100`
  const sent = async (who: string[]) => {
    const before = pool.messages.length
    const steps = await Promise.all(who.map((user) => pool.start(user)))
    // To strangers a full stage looks like an open one.
    expect(new Set(steps.map((step) => step.parameters.status))).toEqual(new Set(['sent']))
    return pool.messages.length - before
  }
  const twelve = (one: (n: number) => string) => Array.from({ length: 12 }, (_, n) => one(n))
  const device = 'a-secret-of-at-least-128-bits'
  const holder = pool.addUser()
  await pool.respond(await pool.start(holder), pool.lastCode(), { device })
  expect(await sent(twelve((n) => pool.addUser(apart(n))))).toBe(6)
  expect(await sent(twelve((n) => pool.addVerifiedUser(number(n))))).toBe(2)
  // The last tenth is kept for devices that have signed in before.
  const asked = await pool.start(holder)
  pool.clock.advance(minute)
  const resent = await pool.resend(asked, { device })
  expect(resent.parameters.status).toBe('sent')
  expect(pool.messages).toHaveLength(10)
  pool.clock.advance(minute)
  const full = await pool.resend(resent, { device })
  expect(full.parameters.status).toBe('rate_limited')
  pool.clock.advance(60 * minute)
  expect(await sent([pool.addVerifiedUser(number(99))])).toBe(1)
})

it('counts no refused request against the pool', async () => {
  const pool = createPool({ caps: { sends: { perHour: 3, perDay: 3 } } })
  const user = pool.addVerifiedUser()
  for (let n = 0; n < 20; n++) {
    await pool.start(user)
    pool.clock.advance(2_000)
  }
  const counted = [...pool.aws.items].filter(([pk]) => pk.startsWith('G#')).map(([, item]) => item.sd?.N)
  expect(counted).toEqual(['1'])
})

it('sends ten codes an hour to one block of unproven numbers, and never stops proven ones there', async () => {
  const pool = createPool()
  const inBlock = (n: number) => `+1202555${String(n).padStart(4, '0')}`
  const fresh = await Promise.all(Array.from({ length: 11 }, (_, n) => pool.start(pool.addUser(inBlock(n)))))
  expect(new Set(fresh.map((step) => step.parameters.status))).toEqual(new Set(['sent']))
  expect(pool.messages).toHaveLength(10)
  await pool.start(pool.addVerifiedUser(inBlock(50)))
  expect(pool.messages).toHaveLength(11)
})

it('sends nothing to a country that is not allowed, and tells Jamaica from the United States', async () => {
  const pool = createPool({ countries: ['US', 'GB'] })
  const user = pool.addUser('+18765550123')
  const asked = await pool.start(user)
  expect(asked.parameters).toEqual((await pool.start('nobody')).parameters)
  expect((await pool.respond(asked, '123456')).parameters.attemptsLeft).toBe('2')
  expect(pool.messages).toHaveLength(0)
})

it('keeps the count of the day when the item could not be written at first', async () => {
  const pool = createPool()
  pool.aws.fail('PutItem', 'after')
  const asked = await pool.start(pool.addUser())
  expect(asked.parameters.status).toBe('sent')
  expect(pool.messages).toHaveLength(1)
  expect((await pool.respond(asked, pool.lastCode())).outcome).toBe('tokens')
})

it('sends once when the lost write is overtaken by the repeated invocation', async () => {
  const pool = createPool()
  const user = pool.addUser()
  pool.aws.fail('PutItem', 'after', 1, new AwsError('reset', 0, true))
  const steps = await Promise.all([pool.start(user), pool.start(user)])
  expect(pool.messages).toHaveLength(1)
  expect(steps.map((step) => step.parameters.status).sort()).toEqual(['cooldown', 'sent'])
  expect(steps[0]?.privateParameters.cid).toBe(steps[1]?.privateParameters.cid)
})

it('chooses the language of the user, else the first', async () => {
  const pool = createPool({ languages: ['en_US', 'pt_BR', 'fr'], limits: { cooldownMs: 1000 } })
  const languages: Record<string, string> = {
    'pt-BR': 'pt_BR',
    pt: 'pt_BR',
    fr_CA: 'fr',
    de: 'en_US',
    '': 'en_US',
  }
  let n = 0
  for (const [locale, expected] of Object.entries(languages)) {
    await pool.start(pool.addUser(`+120255501${10 + n++}`, { locale }))
    expect(pool.messages.at(-1)?.language).toBe(expected)
  }
})
