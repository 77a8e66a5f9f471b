// Sign-ins in a pool of somebody else's through the real functions, and sessions that cross from one client to another.
import { expect, it } from 'vitest'
import { borrowedPool, clients, poolId, type Trigger } from './pool.ts'

const pool = borrowedPool()
const phone = '+12025550123'

interface Entry {
  challengeName: string
  challengeResult: boolean
  challengeMetadata: string
}
type Response = Record<string, unknown> & { privateChallengeParameters?: Record<string, string> }

/** The three functions of a sign-in, as Cognito calls them for a client. */
async function functions(changes: Record<string, string> = {}) {
  const of = async (trigger: Trigger) => {
    const run = await pool.load(trigger, changes)
    return async (request: object, clientId = clients.login) => {
      const { attributes = {} } = pool.users.get('ana') ?? {}
      const event = {
        ...{ version: '1', region: 'us-east-1', userPoolId: poolId, userName: 'ana' },
        callerContext: { awsSdkVersion: 'x', clientId },
        request: { userAttributes: { sub: 'ana', ...attributes }, session: [] as Entry[], ...request },
        response: {},
      }
      return ((await run(event)) as { response: Response }).response
    }
  }
  return {
    define: await of('defineAuthChallenge'),
    create: await of('createAuthChallenge'),
    verify: await of('verifyAuthChallenge'),
  }
}

function ana(attributes: Record<string, string>) {
  pool.users.set('ana', {
    attributes: { phone_number: phone, ...attributes },
    isDisabled: false,
    signOuts: 0,
  })
}

const entry = (challengeMetadata: unknown, challengeResult: boolean): Entry => ({
  ...{ challengeName: 'CUSTOM_CHALLENGE', challengeResult },
  challengeMetadata: String(challengeMetadata),
})
const operations = () => pool.asked.map(({ operation }) => operation).sort()
const kinds = async () => (await pool.items()).map(({ pk }) => pk?.S?.slice(0, 2)).sort()

it('sign in whose number is verified, and change nothing of the pool', async () => {
  const { define, create, verify } = await functions()
  ana({ phone_number_verified: 'true' })
  expect(await define({})).toMatchObject({ challengeName: 'CUSTOM_CHALLENGE' })
  const { privateChallengeParameters, challengeMetadata } = await create({})
  const { to, code } = pool.messages[0]!
  expect(to).toBe(phone)
  const challengeAnswer = code
  expect(await verify({ privateChallengeParameters, challengeAnswer })).toEqual({ answerCorrect: true })
  const clientMetadata = { action: 'change_number', phoneNumber: '+12025550199' }
  for (const wish of [{}, { clientMetadata }]) {
    const session = [entry(challengeMetadata, true)]
    expect(await define({ session, ...wish })).toMatchObject({ issueTokens: true })
    expect((await create({ session, ...wish })).privateChallengeParameters).not.toHaveProperty('change')
  }
  expect(operations()).toEqual([])
  expect(await kinds()).toEqual(['G#', 'N#', 'U#'])
  expect(pool.invocations).toEqual([])
  for (const secret of [code, phone]) expect(pool.lines.join('')).not.toContain(secret)
})

it('sign up and in, and have the number verified by the first code', async () => {
  const preSignUp = await pool.load('preSignUp')
  const { create, verify } = await functions()
  await preSignUp({
    ...{ userPoolId: poolId, userName: 'ana', triggerSource: 'PreSignUp_SignUp', response: {} },
    callerContext: { clientId: clients.signup },
    request: { userAttributes: { phone_number: phone } },
  })
  ana({ phone_number_verified: 'false' })
  pool.asked.length = 0
  const { privateChallengeParameters } = await create({}, clients.signup)
  const challengeAnswer = pool.messages[0]?.code
  expect(await verify({ privateChallengeParameters, challengeAnswer }, clients.signup)).toEqual({
    answerCorrect: true,
  })
  expect(operations()).toEqual([
    'AdminSetUserPassword',
    'AdminUpdateUserAttributes',
    'AdminUserGlobalSignOut',
  ])
  expect(pool.users.get('ana')).toMatchObject({ attributes: { phone_number_verified: 'true' }, signOuts: 1 })
})

it('is nothing for an account of theirs whose number is not verified', async () => {
  const { create } = await functions()
  ana({ phone_number_verified: 'false' })
  expect(await create({})).toMatchObject({ publicChallengeParameters: { status: 'sent' } })
  expect(pool.messages).toEqual([])
})

it('trusts unverified numbers where it is told to', async () => {
  const { create } = await functions({ TRUST_UNVERIFIED_NUMBERS: 'true', SIGNUP_CLIENT_ID: 'none' })
  ana({ phone_number_verified: 'false' })
  await create({})
  expect(pool.messages).toMatchObject([{ to: phone }])
})

it('gives no tokens for what another client’s function has found right', async () => {
  const { define, create, verify } = await functions()
  ana({ phone_number_verified: 'true' })
  for (const theirs of ['', 'their-own', 'otp2', '{"proven":true}']) {
    expect(await define({ session: [entry(theirs, true)] })).toMatchObject({
      ...{ issueTokens: false, failAuthentication: true },
    })
  }
  const session = [entry('their-own', false)]
  expect(await create({ session })).toMatchObject({ publicChallengeParameters: { status: 'expired' } })
  expect(pool.messages).toEqual([])
  const request = { privateChallengeParameters: { answer: '123456' }, challengeAnswer: '123456' }
  expect(await verify(request)).toEqual({ answerCorrect: false })
})

it('takes no code that another client of its own was sent', async () => {
  const { create, verify } = await functions()
  ana({ phone_number_verified: 'true' })
  const { privateChallengeParameters } = await create({}, clients.signup)
  const request = { privateChallengeParameters, challengeAnswer: pool.messages[0]?.code }
  expect(await verify(request, clients.login)).toEqual({ answerCorrect: false })
  expect(await verify(request, clients.signup)).toEqual({ answerCorrect: true })
})

it('has nothing to do with a session of its own that comes with a client that is not', async () => {
  ana({ phone_number_verified: 'true' })
  for (const former of [undefined, 'none']) {
    const { define, create, verify } = await functions(former ? { FORMER_FUNCTION: former } : {})
    pool.former = async () => ({ body: '{"response":{"theirs":true}}' })
    const { privateChallengeParameters, challengeMetadata } = await create({})
    const challengeAnswer = pool.messages.at(-1)?.code
    const session = [entry(challengeMetadata, true)]
    const answers = [
      await verify({ privateChallengeParameters, challengeAnswer }, clients.theirs),
      await define({ session }, clients.theirs),
      await create({ session }, clients.theirs),
    ]
    if (former) {
      expect(answers).toEqual([
        { answerCorrect: false },
        { issueTokens: false, failAuthentication: true },
        {},
      ])
    } else {
      expect(answers).toEqual([{ theirs: true }, { theirs: true }, { theirs: true }])
      expect(pool.invocations).toMatchObject([{ event: { request: { challengeAnswer } } }, {}, {}])
    }
    expect(pool.lines.join('')).not.toContain('otp_verified')
    await pool.forget()
  }
})
