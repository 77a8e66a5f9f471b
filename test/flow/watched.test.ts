// A sign-in as somebody watches it in the workshop: step by step, with words for every message that does not come.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendzen } from '../../src/core/messaging/sendzen.ts'
import { explainLine } from '../../src/insight/flow-words.ts'
import type { Flow, FlowEvent } from '../../src/sandbox/door/flow.ts'
import { wrongFor } from './app.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({ ALLOWED_COUNTRIES: 'US', SMS_FALLBACK: 'true' })
  stage.sandbox.flows.setExplain((line) => explainLine(line, sendzen))
})
afterAll(() => stage?.close())

const flowOf = (name: string): Flow => {
  const flow = stage.sandbox.flows.list().findLast((one) => one.name === name)
  if (!flow) throw new Error('nobody saw it')
  return flow
}
/** As in `app>cognito SignUp`. */
const lines = ({ steps }: Flow) => steps.map(({ from, to, kind, name }) => `${from}>${to} ${kind} ${name}`)
const notes = ({ steps }: Flow) => steps.filter(({ kind }) => kind === 'note').map(({ name }) => name)

async function accountAbroad(): Promise<string> {
  await stage.addUser({ phone_number: '+4915112345678' })
  return '+4915112345678'
}

describe('a sign-in that is watched', () => {
  it('is one sequence from the sign-up to the tokens', async () => {
    const begun = await stage.app.begin()
    const wrong = await stage.app.fail(begun, wrongFor(begun.code))
    await stage.app.answer(wrong, begun.code)
    const flow = flowOf(begun.phone)
    expect(lines(flow).filter((line) => !line.includes(' note '))).toEqual([
      'app>cognito call SignUp',
      'cognito>PreSignUp invoke PreSignUp',
      'PreSignUp>cognito return PreSignUp',
      'cognito>PostConfirmation invoke PostConfirmation',
      'PostConfirmation>cognito return PostConfirmation',
      'cognito>app answer SignUp',
      'app>cognito call InitiateAuth',
      'cognito>DefineAuthChallenge invoke DefineAuthChallenge',
      'DefineAuthChallenge>cognito return DefineAuthChallenge',
      'cognito>CreateAuthChallenge invoke CreateAuthChallenge',
      'CreateAuthChallenge>sendzen send message',
      'sendzen>CreateAuthChallenge reply accepted',
      'sendzen>phone status sent',
      'sendzen>phone arrival WhatsApp',
      'CreateAuthChallenge>cognito return CreateAuthChallenge',
      'cognito>app answer InitiateAuth',
      ...['Verify', 'Define', 'Create'].flatMap((round, at) => {
        const name = ['VerifyAuthChallengeResponse', 'DefineAuthChallenge', 'CreateAuthChallenge'][at]
        const call = round === 'Verify' ? ['app>cognito call RespondToAuthChallenge'] : []
        return [...call, `cognito>${name} invoke ${name}`, `${name}>cognito return ${name}`]
      }),
      'cognito>app answer RespondToAuthChallenge',
      'app>cognito call RespondToAuthChallenge',
      'cognito>VerifyAuthChallengeResponse invoke VerifyAuthChallengeResponse',
      'VerifyAuthChallengeResponse>cognito return VerifyAuthChallengeResponse',
      'cognito>DefineAuthChallenge invoke DefineAuthChallenge',
      'DefineAuthChallenge>cognito return DefineAuthChallenge',
      'cognito>app answer RespondToAuthChallenge',
    ])
    expect(notes(flow)).toContain('answer not accepted: not the code')
    expect(flow).toMatchObject({ state: 'signed-in', outcome: 'signed in' })
  })

  it.each([
    ['a stranger', async () => stage.newPhone(), 'login', /no account has the number/],
    ['an account of another country', accountAbroad, 'login', /ALLOWED_COUNTRIES/],
  ] as const)('says why %s gets nothing', async (_who, phoneOf, client, why) => {
    const phone = await phoneOf()
    await stage.app.start(phone, client)
    const flow = flowOf(phone)
    expect(flow.outcome).toMatch(why)
    expect(flow.steps.find(({ name }) => name === flow.outcome)).toMatchObject({
      from: 'CreateAuthChallenge',
      isOk: false,
    })
    expect(lines(flow).join()).not.toContain('sendzen')
  })

  it('says which limit holds a message back', async () => {
    const begun = await stage.app.begin()
    await stage.app.resend(begun)
    expect(flowOf(begun.phone).outcome).toContain('RESEND_COOLDOWN_SECONDS')
  })

  it('shows what SendZen refuses, and the SMS in its place', async () => {
    const phone = await stage.app.signUp('+15550109021')
    await stage.app.start(phone)
    const flow = flowOf(phone)
    expect(flow.steps.find(({ kind }) => kind === 'reply')).toMatchObject({ isOk: false, name: '131026' })
    expect(lines(flow)).toContain('sns>phone arrival SMS')
    expect(stage.sandbox.sendzen.refused.at(-1)).toMatchObject({ to: phone, refusal: { code: '131026' } })
  })

  it('shows an SMS on its way', async () => {
    const begun = await stage.app.begin()
    stage.clock.advance(61_000)
    await stage.app.resend(begun, { channel: 'sms' })
    expect(lines(flowOf(begun.phone))).toContain('sns>phone arrival SMS')
  })

  it('shows a sign-up that is refused, and the next sign-in as another one', async () => {
    await expect(stage.app.signUp('+4915112345679')).rejects.toThrow()
    expect(flowOf('+4915112345679')).toMatchObject({
      state: 'refused',
      outcome: expect.stringContaining('ALLOWED_COUNTRIES'),
    })
    await stage.app.start('+4915112345679', 'login')
    expect(stage.sandbox.flows.list().filter(({ name }) => name === '+4915112345679')).toHaveLength(1)
    await stage.app.start('+4915112345679', 'login')
    expect(stage.sandbox.flows.list().filter(({ name }) => name === '+4915112345679')).toHaveLength(2)
  })

  it('tells each step as it happens, to whoever listens', async () => {
    const heard: FlowEvent[] = []
    const silence = stage.sandbox.flows.listen((event) => heard.push(event))
    const { phone } = await stage.app.begin()
    silence()
    await stage.app.start(phone)
    expect(heard.map((event) => event.type === 'step' && event.step.n)).toEqual(
      Array.from({ length: heard.length }, (_, at) => at + 1),
    )
    expect(heard.length).toBe(stage.sandbox.flows.list().find(({ name }) => name === phone)?.steps.length)
  })

  it('holds no session, token, password or secret of a device', async () => {
    const begun = await stage.app.begin()
    await stage.app.answer(begun, begun.code, { device: 'a-secret-that-the-device-keeps-for-itself' })
    const all = JSON.stringify(stage.sandbox.flows.list())
    const seen = [...stage.app.seen].filter((secret) => secret.length > 15)
    expect(seen.length).toBeGreaterThan(10)
    expect(seen.filter((secret) => all.includes(secret))).toEqual([])
    expect(all).not.toMatch(/[Pp]assword/)
  })

  it('is forgotten when it is to be', async () => {
    stage.sandbox.flows.clear()
    expect(stage.sandbox.flows.list()).toEqual([])
  })
})

keepsItsSecrets(() => stage)
