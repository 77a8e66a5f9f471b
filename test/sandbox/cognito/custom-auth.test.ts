// The rounds of CUSTOM_AUTH: what each trigger is told, which sessions hold, and how failures look.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bench, phone, refusalOf } from './bench.ts'

async function withUser(client: Record<string, unknown> = {}, remembered?: number) {
  const b = bench({}, remembered)
  const ready = await b.ready(client)
  const { UserSub } = await ready.signUp()
  b.invocations.length = 0
  return { ...b, ...ready, sub: UserSub as string }
}

const stranger = '+15550100999'
const minute = 60_000

describe('the rounds', () => {
  it('lead from a challenge over a wrong answer to tokens, with a new session each time', async () => {
    const { initiate, respond, sub } = await withUser()
    const first = await initiate()
    expect(first).toMatchObject({
      ChallengeName: 'CUSTOM_CHALLENGE',
      ChallengeParameters: { status: 'sent', USERNAME: sub },
    })
    expect(first.ChallengeParameters).not.toHaveProperty('code')
    expect(first.Session.length).toBeLessThanOrEqual(2048)
    const second = await respond(first, '000000')
    expect(second.ChallengeName).toBe('CUSTOM_CHALLENGE')
    expect(second.Session).not.toBe(first.Session)
    const last = await respond(second, '123456')
    expect(last.AuthenticationResult).toMatchObject({ TokenType: 'Bearer', ExpiresIn: 3600 })
    expect(last).not.toHaveProperty('Session')
  })

  it('end when Define fails them, after as many as it likes', async () => {
    const { initiate, respond } = await withUser()
    let round = await initiate()
    for (let wrong = 0; wrong < 2; wrong++) round = await respond(round, '000000')
    expect(await refusalOf(respond(round, '000000'))).toBe(
      'NotAuthorizedException: Incorrect username or password.',
    )
  })

  it('tell Define and Create the history with metadata, and Verify the private parameters but no history', async () => {
    const { initiate, respond, eventsOf, sub } = await withUser()
    await respond(await initiate(), '000000')
    const userAttributes = {
      sub,
      phone_number: phone,
      phone_number_verified: 'false',
      'cognito:user_status': 'CONFIRMED',
    }
    const history = [
      { challengeName: 'CUSTOM_CHALLENGE', challengeResult: false, challengeMetadata: 'round-0' },
    ]
    const common = { userAttributes, userNotFound: false }
    expect(eventsOf('DefineAuthChallenge').map((e) => e.request)).toEqual([
      { ...common, session: [] },
      { ...common, session: history },
    ])
    expect(eventsOf('CreateAuthChallenge').map((e) => e.request)).toEqual([
      { ...common, challengeName: 'CUSTOM_CHALLENGE', session: [] },
      { ...common, challengeName: 'CUSTOM_CHALLENGE', session: history },
    ])
    expect(eventsOf('VerifyAuthChallengeResponse').map((e) => e.request)).toEqual([
      { ...common, privateChallengeParameters: { code: '123456' }, challengeAnswer: '000000' },
    ])
    expect(eventsOf('VerifyAuthChallengeResponse')[0]).toMatchObject({
      triggerSource: 'VerifyAuthChallengeResponse_Authentication',
      userName: sub,
      response: { answerCorrect: null },
    })
  })

  it('pass the metadata of an answer to all three triggers, and that of the beginning to none', async () => {
    const { initiate, respond, eventsOf } = await withUser()
    const first = await initiate(phone, { ClientMetadata: { action: 'early' } })
    await respond(first, '000000', { ClientMetadata: { action: 'resend' } })
    const told = (key: string) => eventsOf(key).map((e) => e.request.clientMetadata)
    expect(told('DefineAuthChallenge')).toEqual([undefined, { action: 'resend' }])
    expect(told('CreateAuthChallenge')).toEqual([undefined, { action: 'resend' }])
    expect(told('VerifyAuthChallengeResponse')).toEqual([{ action: 'resend' }])
  })

  it('run for administrators too, on their pool’s client only', async () => {
    const { call, pool, clientId, sub, cognito } = await withUser()
    const admin = { UserPoolId: pool, ClientId: clientId }
    const AuthParameters = { USERNAME: phone }
    const round = await call('AdminInitiateAuth', { ...admin, AuthFlow: 'CUSTOM_AUTH', AuthParameters })
    const done = await call('AdminRespondToAuthChallenge', {
      ...admin,
      ChallengeName: 'CUSTOM_CHALLENGE',
      Session: round.Session,
      ChallengeResponses: { USERNAME: sub, ANSWER: '123456' },
    })
    expect(done.AuthenticationResult.AccessToken).toBeTruthy()
    const other = (await call('CreateUserPool', { PoolName: 'other' })).UserPool.Id
    const foreign = { UserPoolId: other, ClientId: clientId, AuthFlow: 'CUSTOM_AUTH', AuthParameters }
    expect(await refusalOf(call('AdminInitiateAuth', foreign))).toMatch(/^ResourceNotFoundException/)
    expect(cognito.operations.InitiateAuth?.unsigned).toBe(true)
    expect(cognito.operations.AdminInitiateAuth?.unsigned).toBeUndefined()
  })
})

describe('a session', () => {
  const used = 'NotAuthorizedException: Invalid session for the user, session can only be used once.'
  const invalid = 'NotAuthorizedException: Invalid session for the user.'

  it('serves once, also for two answers at the same time', async () => {
    const { initiate, respond } = await withUser()
    const round = await initiate()
    const results = await Promise.all([
      refusalOf(respond(round, '123456')),
      refusalOf(respond(round, '123456')),
    ])
    expect(results.sort()).toEqual([used, 'no refusal'])
    expect(await refusalOf(respond(round, '123456'))).toBe(used)
  })

  it('lives as long as the client says, from each round anew', async () => {
    const { initiate, respond, pass } = await withUser({ AuthSessionValidity: 4 })
    const round = await initiate()
    pass(4 * minute - 1)
    const next = await respond(round, '000000')
    pass(4 * minute - 1)
    const last = await respond(next, '000000')
    pass(4 * minute)
    expect(await refusalOf(respond(last, '123456'))).toBe(
      'NotAuthorizedException: Invalid session for the user, session is expired.',
    )
  })

  it('belongs to its user and its client', async () => {
    const { initiate, respond, signUp, call, pool } = await withUser()
    const other = '+15550100002'
    await signUp({ Username: other })
    const { UserPoolClient } = await call('CreateUserPoolClient', { UserPoolId: pool, ClientName: 'other' })
    const round = await initiate()
    const as = (USERNAME: string) =>
      respond(round, '123456', { ChallengeResponses: { USERNAME, ANSWER: '123456' } })
    expect(await refusalOf(as(other))).toBe(invalid)
    expect(await refusalOf(as(stranger))).toBe(invalid)
    expect(await refusalOf(respond(round, '123456', { ClientId: UserPoolClient.ClientId }))).toBe(invalid)
    expect((await as(phone)).AuthenticationResult).toBeDefined()
  })

  it('cannot be made up, and needs an answer', async () => {
    const { initiate, respond } = await withUser()
    const round = await initiate()
    expect(await refusalOf(respond({ ...round, Session: 'x'.repeat(900) }, '123456'))).toBe(invalid)
    expect(await refusalOf(respond({ ...round, Session: 'short' }, '123456'))).toContain("at 'session'")
    const ChallengeResponses = { USERNAME: phone }
    expect(await refusalOf(respond(round, '', { ChallengeResponses }))).toBe(
      'InvalidParameterException: Missing required parameter ANSWER',
    )
  })

  it('is forgotten when there are too many newer ones', async () => {
    const { initiate, respond } = await withUser({}, 2)
    const [first, second] = [await initiate(), await initiate(), await initiate()]
    expect(await refusalOf(respond(first, '123456'))).toBe(invalid)
    expect((await respond(second, '123456')).AuthenticationResult).toBeDefined()
  })

  it('is used up by a round that fails in a trigger', async () => {
    const { initiate, respond, triggers } = await withUser()
    const round = await initiate()
    triggers.CreateAuthChallenge = () => {
      throw new Error('no luck')
    }
    expect(await refusalOf(respond(round, '000000'))).toBe(
      'UserLambdaValidationException: CreateAuthChallenge failed with error no luck.',
    )
    expect(await refusalOf(respond(round, '123456'))).toBe(used)
  })
})

describe('who may begin', () => {
  it('an unknown user gets the same challenge, and never tokens', async () => {
    const { initiate, respond, eventsOf, triggers } = await withUser()
    const first = await initiate(stranger)
    const again = await initiate(stranger)
    const known = await initiate()
    expect(Object.keys(first).sort()).toEqual(Object.keys(known).sort())
    expect(Object.keys(first.ChallengeParameters)).toEqual(Object.keys(known.ChallengeParameters))
    expect(first.ChallengeParameters.USERNAME).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(again.ChallengeParameters.USERNAME).toBe(first.ChallengeParameters.USERNAME)
    expect(eventsOf('CreateAuthChallenge')[0]).toMatchObject({
      userName: first.ChallengeParameters.USERNAME,
      request: { userNotFound: true, userAttributes: {} },
    })
    triggers.DefineAuthChallenge = (event) => ({ ...event, response: { issueTokens: true } })
    expect(await refusalOf(respond(first, '123456'))).toBe(
      'NotAuthorizedException: Incorrect username or password.',
    )
  })

  it('an unknown user is told so where existence errors are not prevented', async () => {
    const { initiate, eventsOf } = await withUser({ PreventUserExistenceErrors: 'LEGACY' })
    expect(await refusalOf(initiate(stranger))).toBe('UserNotFoundException: User does not exist.')
    await initiate()
    expect(eventsOf('DefineAuthChallenge').map((e) => 'userNotFound' in e.request)).toEqual([false])
  })

  it('a user who is disabled or deleted between two rounds gets no tokens', async () => {
    const { initiate, respond, call, pool } = await withUser()
    const rounds = [await initiate(), await initiate()] as const
    await call('AdminDisableUser', { UserPoolId: pool, Username: phone })
    expect(await refusalOf(respond(rounds[0], '123456'))).toBe('NotAuthorizedException: User is disabled.')
    await call('AdminDeleteUser', { UserPoolId: pool, Username: phone })
    expect(await refusalOf(respond(rounds[1], '123456'))).toMatch(/^NotAuthorizedException/)
  })

  it('a client opens only the flows it lists, and custom auth when it lists none', async () => {
    const closed = await withUser({ ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] })
    expect(await refusalOf(closed.initiate())).toBe(
      'InvalidParameterException: CUSTOM_AUTH flow not enabled for this client',
    )
    const open = await withUser({ ExplicitAuthFlows: [] })
    expect((await open.initiate()).ChallengeName).toBe('CUSTOM_CHALLENGE')
    expect(await refusalOf(open.initiate(phone, { AuthFlow: 'ADMIN_USER_PASSWORD_AUTH' }))).toBe(
      'InvalidParameterException: Initiate Auth method not supported.',
    )
    expect(await refusalOf(open.initiate(phone, { AuthParameters: {} }))).toBe(
      'InvalidParameterException: Missing required parameter USERNAME',
    )
  })

  it('a pool without the triggers has no custom auth', async () => {
    const { initiate, call, pool } = await withUser()
    await call('UpdateUserPool', { UserPoolId: pool })
    expect(await refusalOf(initiate())).toBe(
      'InvalidParameterException: Custom auth lambda trigger is not configured for the user pool.',
    )
  })

  it('a client with a secret proves it at the beginning and at each answer', async () => {
    const b = bench()
    const { initiate, respond, signUp, clientId, secret } = await b.ready({ GenerateSecret: true })
    const hash = (name: string) =>
      createHmac('sha256', secret)
        .update(name + clientId)
        .digest('base64')
    await signUp({ SecretHash: hash(phone) })
    expect(await refusalOf(initiate())).toContain('SECRET_HASH was not received')
    const AuthParameters = { USERNAME: phone, SECRET_HASH: hash(phone) }
    const round = await initiate(phone, { AuthParameters })
    const { USERNAME } = round.ChallengeParameters
    expect(await refusalOf(respond(round, '123456'))).toContain('SECRET_HASH was not received')
    const ChallengeResponses = { USERNAME, ANSWER: '123456', SECRET_HASH: hash(USERNAME) }
    expect((await respond(round, '', { ChallengeResponses })).AuthenticationResult).toBeDefined()
  })
})

describe('a trigger', () => {
  it('is invoked by Cognito for this pool with five seconds', async () => {
    const { initiate, invocations, override, lambdaConfig, pool } = await withUser()
    override.invoke = () => ({ kind: 'timeout' })
    expect(await refusalOf(initiate())).toMatch(/^UnexpectedLambdaException: DefineAuthChallenge /)
    expect(invocations[0]).toMatchObject({
      functionArn: lambdaConfig.DefineAuthChallenge,
      principal: 'cognito-idp.amazonaws.com',
      sourceArn: `arn:aws:cognito-idp:eu-west-1:123456789012:userpool/${pool}`,
      sourceAccount: '123456789012',
      timeoutMs: 5000,
    })
  })

  it('may answer at the second attempt, which sees the same event', async () => {
    const { initiate, invocations, override, triggers } = await withUser()
    const define = triggers.DefineAuthChallenge
    const events: string[] = []
    override.invoke = ({ payload }) => {
      events.push(JSON.stringify(payload))
      Object.assign((payload as { request: object }).request, { tampered: true })
      if (events.length === 1) return { kind: 'timeout' }
      delete override.invoke
      return { kind: 'answer', payload: define?.(payload as Parameters<NonNullable<typeof define>>[0]) }
    }
    expect((await initiate()).ChallengeName).toBe('CUSTOM_CHALLENGE')
    expect(events[1]).toBe(events[0])
    expect(invocations).toHaveLength(3)
  })

  it('that throws is not invoked again', async () => {
    const { initiate, invocations, triggers } = await withUser()
    triggers.DefineAuthChallenge = () => {
      throw new Error('broken')
    }
    expect(await refusalOf(initiate())).toBe(
      'UserLambdaValidationException: DefineAuthChallenge failed with error broken.',
    )
    expect(invocations).toHaveLength(1)
  })

  it('that Cognito may not invoke is an unexpected error', async () => {
    const { initiate, triggers } = await withUser()
    delete triggers.DefineAuthChallenge
    expect(await refusalOf(initiate())).toBe(
      'UnexpectedLambdaException: DefineAuthChallenge invocation failed due to error AccessDeniedException.',
    )
  })

  it.each([
    ['returns nothing', 'DefineAuthChallenge', undefined],
    ['returns no response', 'DefineAuthChallenge', { request: {} }],
    ['decides nothing', 'DefineAuthChallenge', { response: {} }],
    ['decides with strings', 'DefineAuthChallenge', { response: { issueTokens: 'true' } }],
    [
      'has public parameters that are not strings',
      'CreateAuthChallenge',
      { response: { publicChallengeParameters: { expiresIn: 300 } } },
    ],
    [
      'has private parameters that are not strings',
      'CreateAuthChallenge',
      { response: { privateChallengeParameters: { code: 123456 } } },
    ],
    [
      'has metadata that is not a string',
      'CreateAuthChallenge',
      { response: { challengeMetadata: { a: 1 } } },
    ],
    ['gives no verdict', 'VerifyAuthChallengeResponse', { response: {} }],
  ])('that %s is unrecognizable', async (_what, key, answer) => {
    const { initiate, respond, triggers } = await withUser()
    triggers[key] = () => answer
    const played = async () => respond(await initiate(), '123456')
    expect(await refusalOf(played())).toBe('InvalidLambdaResponseException: Unrecognizable lambda output')
  })
})
