// Whichever way AWS and SendZen are: the whole life of a stage and the flows of sign-in.
import { GetUserCommand, SignUpCommand } from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AppError } from '../../src/errors.ts'
import type { Unsettled } from '../../src/sandbox/account/unsettled.ts'
import { type Answered, type Asked, wrongFor } from '../flow/app.ts'
import { expectedIn } from './expected.ts'
import { Life } from './life.ts'

const proof = { phone_number_verified: true, 'custom:whatsapp_verified': 'true' }
const told = ({ parameters: { status, attemptsLeft } }: Asked) => `${status} ${attemptsLeft}`
const tokensOf = (round: Answered) => {
  if (round.kind === 'challenge') throw new Error(`not signed in: ${round.parameters.status}`)
  return round.tokens
}

/** One stage passes through its life from test to test: they stand in its order. */
export function passesIn(world: Partial<Unsettled>): void {
  const expected = expectedIn(world)
  let life: Life
  beforeAll(async () => {
    life = await Life.start(world)
  })
  afterAll(() => life?.close())

  it('deploys and checks itself', async () => {
    const { refusal } = expected
    if (refusal) {
      const error = await life.deploy().catch((error) => error)
      expect(error).toBeInstanceOf(AppError)
      expect([error.message, error.why, ...error.next].join('\n')).toMatch(refusal.says)
    }
    await life.deploy(refusal?.answer)
    expect(await life.complaints()).toEqual([])
  })

  it('has nothing to change then', async () => {
    const before = life.sandbox.inventory()
    expect(await life.deploy()).toEqual([])
    expect(life.sandbox.inventory()).toEqual(before)
  })

  it('signs a new user up and in: a wrong answer, one resend, the code, a refresh', async () => {
    const { app } = life
    const asked = await app.start(await app.signUp(), 'login')
    expect(told(asked)).toBe('sent 3')
    const wrong = await app.fail(asked, wrongFor(app.code(asked.phone)))
    expect(told(wrong)).toBe('wrong 2')
    life.later()
    const again = await app.resend(wrong)
    expect(again.parameters.status).toBe('sent')
    expect(app.messages(asked.phone)).toHaveLength(2)
    const tokens = tokensOf(await app.answer(again, app.code(asked.phone)))
    const claims = decodeJwt(tokens.IdToken!)
    if (expected.firstTokens === 'proven') expect(claims).toMatchObject(proof)
    else expect(claims).not.toMatchObject(proof)
    expect(decodeJwt((await life.refresh(tokens)).IdToken!)).toMatchObject(proof)
    // What a backend can always rely on.
    const user = await life.aws.cognito.send(new GetUserCommand({ AccessToken: tokens.AccessToken }))
    expect(user.UserAttributes).toContainEqual({ Name: 'phone_number_verified', Value: 'true' })
  })

  it('signs a proven user in again, with tokens that say so', async () => {
    const { app } = life
    const first = await app.begin('login')
    await app.answer(first, first.code)
    life.later()
    const second = await app.start(first.phone, 'login')
    const tokens = tokensOf(await app.answer(second, app.code(first.phone)))
    expect(decodeJwt(tokens.IdToken!)).toMatchObject(proof)
  })

  it('takes a sign-up that names the number itself', async () => {
    const { app } = life
    const phone = life.newPhone()
    await life.aws.cognito.send(
      new SignUpCommand({
        ClientId: life.clientIds.signup,
        Username: phone,
        Password: 'Not-used-2-but-long-enough-all-the-same',
        UserAttributes: [{ Name: 'phone_number', Value: phone }],
      }),
    )
    const asked = await app.start(phone, 'signup')
    tokensOf(await app.answer(asked, app.code(phone)))
  })

  it('ends the guessing, and lets the user in with the next code', async () => {
    const { app } = life
    const asked = await app.begin('login')
    const once = await app.fail(asked, wrongFor(asked.code))
    const twice = await app.fail(once, wrongFor(asked.code))
    const third = await app.fail(twice, wrongFor(asked.code)).then(
      ({ parameters }) => parameters.status,
      (error: Error) => error.name,
    )
    expect(third).toBe(expected.thirdWrong)
    life.later()
    const next = await app.start(asked.phone, 'login')
    tokensOf(await app.answer(next, app.code(asked.phone)))
  })

  it('shows a stranger’s number the same as a user’s', async () => {
    const { app } = life
    const shown = async (phone: string) => {
      const first = await app.start(phone, 'login')
      const wrong = await app.fail(first, '246813')
      const early = await app.resend(wrong)
      const again = await app.start(phone, 'login')
      life.later()
      const resent = await app.resend(again)
      return [first, wrong, early, again, resent].map(({ parameters }) => {
        const { destination, expiresIn, resendIn, ...rest } = parameters
        return { ...rest, seconds: [expiresIn, resendIn].map(Number) }
      })
    }
    // But for how long the functions ran.
    const user = (await shown(await app.signUp())).map(({ seconds, ...rest }) => {
      return { ...rest, seconds: seconds.map((number) => expect.closeTo(number, -1)) }
    })
    const stranger = life.newPhone()
    expect(await shown(stranger)).toEqual(user)
    expect(app.messages(stranger)).toEqual([])
  })

  it('sends one message although its trigger is slow to answer', async () => {
    const { app } = life
    const phone = await app.signUp()
    let lost = false
    life.sandbox.inside.aroundInvoke(async (request, next) => {
      const result = await next(request)
      if (lost || !request.functionArn.endsWith('-createAuthChallenge')) return result
      lost = true
      return { kind: 'timeout' }
    })
    const asked = await app.start(phone, 'login').catch((error: Error) => error)
    expect(lost).toBe(true)
    if (expected.slowTrigger === 'given up') {
      expect(asked).toMatchObject({ name: 'UnexpectedLambdaException' })
    } else {
      expect(asked).toMatchObject({ parameters: { status: expected.repeatedStart, attemptsLeft: '3' } })
    }
    expect(app.messages(phone)).toHaveLength(1)
    if (asked instanceof Error) life.later()
    const open = asked instanceof Error ? await app.start(phone, 'login') : asked
    tokensOf(await app.answer(open, app.code(phone)))
  })

  it('sends by SMS once it is told to, and follows a message', async () => {
    const { app } = life
    expect(await life.deploy({ SMS_FALLBACK: 'true' })).not.toEqual([])
    // What the function may do from now on may take its time to count.
    life.sandbox.clock.advance(life.sandbox.delays.permission)
    expect(await life.complaints()).toEqual([])
    life.sandbox.sendzen.failNext('notOnWhatsApp')
    const phone = await app.signUp()
    const asked = await app.start(phone, 'login')
    // That this number is not on WhatsApp is nothing for strangers.
    expect(asked.parameters).toMatchObject({ status: 'sent', channel: 'whatsapp' })
    const [text] = life.sandbox.textMessages.filter(({ to }) => to === phone)
    tokensOf(await app.answer(asked, /\d{6,}/.exec(text!.message)![0]))
    expect(await life.testSend()).toBe('delivered')
  })

  it('keeps what is under way while its keys are changed', async () => {
    const { app } = life
    const asked = await app.begin('login')
    await life.rotate()
    tokensOf(await app.answer(asked, asked.code))
    expect(await life.complaints()).toEqual([])
  })

  it('goes without a trace', async () => {
    await life.destroy()
    expect(life.sandbox.inventory()).toEqual([])
  })
}
