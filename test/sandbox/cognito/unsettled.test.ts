// What nobody knows of Cognito: the sandbox is each way, and which it is is looked at anew for each call.
import { describe, expect, it } from 'vitest'
import type { Unsettled } from '../../../src/sandbox/account/unsettled.ts'
import { bench, claimsOf, phone, refusalOf } from './bench.ts'

const stranger = '+15550100999'

async function withUser(unsettled: Partial<Unsettled> = {}, client: Record<string, unknown> = {}) {
  const b = bench(unsettled)
  const ready = await b.ready(client)
  const { UserSub } = await ready.signUp()
  b.invocations.length = 0
  return { ...b, ...ready, sub: UserSub as string }
}

describe('tagOnCreate', () => {
  it.each(['nothing', 'tag-tagged', 'tag-untagged'] as const)('%s: a pool with tags', async (way) => {
    const { call, authorized } = bench({ tagOnCreate: way })
    const { UserPool } = await call('CreateUserPool', { PoolName: 'p', UserPoolTags: { a: 'b' } })
    const [, tagging] = authorized
    if (way === 'nothing') expect(tagging).toBeUndefined()
    else expect(tagging).toMatchObject({ action: 'cognito-idp:TagResource', resource: UserPool.Arn })
    expect(tagging?.context['aws:ResourceTag/a']).toBe(way === 'tag-tagged' ? 'b' : undefined)
    await call('CreateUserPool', { PoolName: 'p' })
    expect(authorized.filter(({ action }) => action === 'cognito-idp:TagResource')).toHaveLength(
      way === 'nothing' ? 0 : 1,
    )
  })
})

describe('poolFunctions', () => {
  it.each(['unchecked', 'checked'] as const)('%s: a pool and functions that do not exist', async (way) => {
    const { call, missing, lambdaConfig } = bench({ poolFunctions: way })
    missing.add('PreSignUp')
    const create = () => call('CreateUserPool', { PoolName: 'p', LambdaConfig: lambdaConfig })
    const refused = 'InvalidParameterException: Lambda function '
    if (way === 'unchecked') expect(await refusalOf(create())).toBe('no refusal')
    else expect(await refusalOf(create())).toBe(`${refused}${lambdaConfig.PreSignUp} does not exist.`)
    const { UserPool } = await call('CreateUserPool', { PoolName: 'p' })
    const update = () => call('UpdateUserPool', { UserPoolId: UserPool.Id, LambdaConfig: lambdaConfig })
    if (way === 'checked') expect(await refusalOf(update())).toContain(refused)
    missing.clear()
    await update()
  })

  it('checked: looks at the functions of senders and token triggers too, and at no key', async () => {
    const { call, missing, lambdaConfig } = bench({ poolFunctions: 'checked' })
    missing.add('Gone')
    const gone = lambdaConfig.PreSignUp?.replace('PreSignUp', 'Gone')
    const create = (LambdaConfig: object) =>
      refusalOf(call('CreateUserPool', { PoolName: 'p', LambdaConfig }))
    const there = lambdaConfig.PreSignUp
    const sender = { CustomSMSSender: { LambdaVersion: 'V1_0', LambdaArn: gone }, KMSKeyID: there }
    expect(await create(sender)).toContain('does not exist')
    expect(await create({ KMSKeyID: gone })).toBe('no refusal')
  })
})

describe('poolTags', () => {
  async function fresh(way: Unsettled['poolTags']) {
    const b = bench({ poolTags: way })
    const made = await b.call('CreateUserPool', { PoolName: 'p', UserPoolTags: { stage: 'dev' } })
    b.authorized.length = 0
    const look = async () => {
      const { UserPool } = await b.call('DescribeUserPool', { UserPoolId: made.UserPool.Id })
      const { Tags } = await b.call('ListTagsForResource', { ResourceArn: made.UserPool.Arn })
      expect(Tags).toEqual(UserPool.UserPoolTags)
      return { tags: Tags, context: b.authorized.at(-1)?.context }
    }
    return { ...b, look }
  }
  const seen = { tags: { stage: 'dev' }, context: { 'aws:ResourceTag/stage': 'dev' } }

  it('at-once: count from the start', async () => {
    expect(await (await fresh('at-once')).look()).toEqual(seen)
  })

  it('late: neither show nor open anything until some seconds have passed', async () => {
    const { look, pass, world } = await fresh('late')
    expect(await look()).toEqual({ tags: {}, context: {} })
    pass(world.delays.poolTags - 1)
    expect(await look()).toEqual({ tags: {}, context: {} })
    pass(1)
    expect(await look()).toEqual(seen)
  })
})

describe('standInName', () => {
  async function strangers(way: Unsettled['standInName']) {
    const s = await withUser({ standInName: way })
    const rounds = [await s.initiate(stranger), await s.initiate(stranger)] as const
    const names = rounds.map((round) => round.ChallengeParameters.USERNAME as string)
    expect(s.eventsOf('CreateAuthChallenge').map((event) => event.userName)).toEqual(names)
    // Whatever the name is, an answer goes by it, and so does the next round.
    const second = await s.respond(rounds[0], '000000')
    expect(second.ChallengeParameters.USERNAME).toBe(names[0])
    expect(s.eventsOf('VerifyAuthChallengeResponse').at(-1)?.userName).toBe(names[0])
    await s.respond(second, '000000')
    return names
  }

  it('stable: the same UUID for the same number', async () => {
    const [first, second] = await strangers('stable')
    expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(second).toBe(first)
  })

  it('changing: another UUID for each sign-in', async () => {
    const [first, second] = await strangers('changing')
    expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(second).not.toBe(first)
  })

  it('typed: the number itself', async () => {
    expect(await strangers('typed')).toEqual([stranger, stranger])
  })
})

describe('freshProof', () => {
  it.each([
    ['included', true],
    ['missing', false],
  ] as const)('%s: what Verify writes is in the tokens of that call: %s', async (way, included) => {
    const { initiate, respond, triggers, call, pool, clientId } = await withUser({ freshProof: way })
    const verify = triggers.VerifyAuthChallengeResponse
    triggers.VerifyAuthChallengeResponse = async (event) => {
      const UserAttributes = [{ Name: 'phone_number_verified', Value: 'true' }]
      await call('AdminUpdateUserAttributes', { UserPoolId: pool, Username: event.userName, UserAttributes })
      return verify?.(event)
    }
    const { AuthenticationResult: first } = await respond(await initiate(), '123456')
    expect(claimsOf(first.IdToken).phone_number_verified).toBe(included)
    const { AuthenticationResult: renewed } = await call('GetTokensFromRefreshToken', {
      ClientId: clientId,
      RefreshToken: first.RefreshToken,
    })
    expect(claimsOf(renewed.IdToken).phone_number_verified).toBe(true)
    const again = await respond(await initiate(), '123456')
    expect(claimsOf(again.AuthenticationResult.IdToken).phone_number_verified).toBe(true)
  })
})

describe('preSignUpNumber', () => {
  it.each([
    ['given', { phone_number: phone }],
    ['absent', {}],
  ] as const)('%s: PreSignUp is told %j, and the user has the number in any case', async (way, told) => {
    const b = bench({ preSignUpNumber: way })
    const { signUp, eventsOf, pool } = await b.ready()
    await signUp()
    expect(eventsOf('PreSignUp').at(-1)?.request.userAttributes).toEqual(told)
    const { UserAttributes } = await b.call('AdminGetUser', { UserPoolId: pool, Username: phone })
    expect(UserAttributes).toContainEqual({ Name: 'phone_number', Value: phone })
  })

  it('absent: a number that is named is told', async () => {
    const b = bench({ preSignUpNumber: 'absent' })
    const { signUp, eventsOf } = await b.ready()
    await signUp({ UserAttributes: [{ Name: 'phone_number', Value: phone }] })
    expect(eventsOf('PreSignUp').at(-1)?.request.userAttributes).toEqual({ phone_number: phone })
  })
})

describe('takenSignUp', () => {
  it.each([
    ['refused', 1],
    ['asked', 2],
  ] as const)(
    '%s: PreSignUp is asked %i times of two sign-ups, and Cognito refuses the second',
    async (way, asked) => {
      const b = bench({ takenSignUp: way })
      const { signUp, eventsOf, pool } = await b.ready()
      const { UserSub } = await signUp()
      expect(await refusalOf(signUp())).toBe(
        'UsernameExistsException: An account with the given phone_number already exists.',
      )
      const names = eventsOf('PreSignUp').map(({ userName }) => userName)
      expect([names.length, new Set(names).size]).toEqual([asked, asked])
      expect((await b.call('AdminGetUser', { UserPoolId: pool, Username: phone })).Username).toBe(UserSub)
    },
  )
})

describe('postConfirmation', () => {
  it.each([
    ['runs', 1],
    ['skipped', 0],
  ] as const)('%s: after a sign-up that PreSignUp confirms, %i times', async (way, times) => {
    const b = bench({ postConfirmation: way })
    const { signUp, eventsOf } = await b.ready()
    expect(await signUp()).toMatchObject({ UserConfirmed: true })
    expect(eventsOf('PostConfirmation')).toHaveLength(times)
  })

  it('skipped: runs all the same for who is confirmed otherwise', async () => {
    const b = bench({ postConfirmation: 'skipped' })
    const { signUp, eventsOf, pool } = await b.ready()
    b.triggers.PreSignUp = (event) => event
    await signUp()
    await b.call('AdminConfirmSignUp', { UserPoolId: pool, Username: phone })
    expect(eventsOf('PostConfirmation')).toHaveLength(1)
  })
})

describe('rounds', () => {
  async function patient(way: Unsettled['rounds']) {
    const s = await withUser({ rounds: way })
    s.triggers.DefineAuthChallenge = ({ request }) => {
      const { challengeResult } = (request.session as { challengeResult: boolean }[]).at(-1) ?? {}
      return { response: challengeResult ? { issueTokens: true } : { challengeName: 'CUSTOM_CHALLENGE' } }
    }
    let round = await s.initiate()
    for (let wrong = 0; wrong < 2; wrong++) round = await s.respond(round, '000000')
    return { ...s, round }
  }

  it('unlimited: go on as long as Define likes', async () => {
    const s = await patient('unlimited')
    let { round } = s
    for (let wrong = 0; wrong < 5; wrong++) round = await s.respond(round, '000000')
    expect((await s.respond(round, '123456')).AuthenticationResult).toBeDefined()
  })

  it('three: the third wrong answer ends the sign-in without asking Define', async () => {
    const { respond, round, eventsOf } = await patient('three')
    expect(await refusalOf(respond(round, '000000'))).toBe(
      'NotAuthorizedException: Incorrect username or password.',
    )
    expect(eventsOf('DefineAuthChallenge')).toHaveLength(3)
  })

  it('three: a right answer still counts after two wrong ones', async () => {
    const { respond, round } = await patient('three')
    expect((await respond(round, '123456')).AuthenticationResult).toBeDefined()
  })
})

describe('triggerAttempts', () => {
  it.each([
    ['one', 1],
    ['three', 3],
    ['five', 5],
  ] as const)('%s: a trigger that does not answer in time is invoked %i times', async (way, times) => {
    const { initiate, invocations, override } = await withUser({ triggerAttempts: way })
    override.invoke = () => ({ kind: 'timeout' })
    expect(await refusalOf(initiate())).toMatch(/^UnexpectedLambdaException: DefineAuthChallenge /)
    expect(invocations).toHaveLength(times)
  })

  it('may change between two calls', async () => {
    const { initiate, invocations, override, world } = await withUser()
    override.invoke = () => ({ kind: 'timeout' })
    world.unsettled = { ...world.unsettled, triggerAttempts: 'one' }
    await refusalOf(initiate())
    expect(invocations).toHaveLength(1)
  })
})

describe('unconfirmedSignIn', () => {
  async function unconfirmed(way: Unsettled['unconfirmedSignIn']) {
    const b = bench({ unconfirmedSignIn: way })
    const ready = await b.ready()
    b.triggers.PreSignUp = (event) => event
    await ready.signUp()
    return { ...b, ...ready }
  }
  const refused = 'UserNotConfirmedException: User is not confirmed.'

  it('refused: no trigger runs', async () => {
    const { initiate, eventsOf } = await unconfirmed('refused')
    expect(await refusalOf(initiate())).toBe(refused)
    expect(eventsOf('DefineAuthChallenge')).toEqual([])
  })

  it('runs: the triggers do, and tokens are for who is confirmed by then', async () => {
    const { initiate, respond, call, pool } = await unconfirmed('runs')
    const rounds = [await initiate(), await initiate()] as const
    expect(await refusalOf(respond(rounds[0], '123456'))).toBe(refused)
    await call('AdminConfirmSignUp', { UserPoolId: pool, Username: phone })
    expect((await respond(rounds[1], '123456')).AuthenticationResult).toBeDefined()
  })
})

describe('a sign-up through a client', () => {
  const refused = 'NotAuthorizedException: A client attempted to write unauthorized attribute'
  const fine = 'no refusal'

  /** What becomes of one that does not name the number, and of one that does. */
  async function outcomes(unsettled: Partial<Unsettled>, WriteAttributes: string[]) {
    const b = bench(unsettled)
    const { signUp } = await b.ready({ WriteAttributes })
    const other = '+15550100002'
    const UserAttributes = [{ Name: 'phone_number', Value: other }]
    return [await refusalOf(signUp()), await refusalOf(signUp({ Username: other, UserAttributes }))]
  }

  it.each<[Partial<Unsettled>, unnamed: string, named: string]>([
    [{}, fine, refused],
    [{ namedNumber: 'accepted' }, fine, fine],
    [{ signUpNumber: 'must-be-writable' }, refused, refused],
    [{ signUpNumber: 'must-be-writable', namedNumber: 'accepted' }, refused, refused],
  ])('that may not write the number, where %j', async (unsettled, unnamed, named) => {
    expect(await outcomes(unsettled, ['name'])).toEqual([unnamed, named])
    expect(await outcomes(unsettled, ['phone_number'])).toEqual([fine, fine])
  })

  it.each([
    ['standard', refused],
    ['all', fine],
  ] as const)('that was given no list, where omittedWriteAttributes is %s', async (way, custom) => {
    const write = async (Name: string) => {
      const b = bench({ omittedWriteAttributes: way })
      const { signUp } = await b.ready({ WriteAttributes: [] })
      return refusalOf(signUp({ UserAttributes: [{ Name, Value: 'true' }] }))
    }
    expect(await write('custom:whatsapp_verified')).toBe(custom)
    expect(await write('name')).toBe(fine)
    expect(await write('phone_number_verified')).toBe(refused)
  })
})

describe('omittedPoolFields', () => {
  const stays = {
    DeletionProtection: 'ACTIVE',
    UserPoolTier: 'LITE',
    Policies: { PasswordPolicy: { MinimumLength: 20 } },
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] },
    EmailConfiguration: { EmailSendingAccount: 'DEVELOPER' },
    IssuerConfiguration: { Type: 'UPDATED' },
  }
  const goes = {
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: [] },
    EmailVerificationSubject: 'Hello',
  }
  const reset = { LambdaConfig: {}, AdminCreateUserConfig: { AllowAdminCreateUserOnly: false } }

  async function updated(way: Unsettled['omittedPoolFields']) {
    const { call, lambdaConfig } = bench({ omittedPoolFields: way })
    const { UserPool } = await call('CreateUserPool', {
      PoolName: 'p',
      ...stays,
      ...goes,
      UserPoolTags: { owner: 'me' },
      LambdaConfig: lambdaConfig,
    })
    await call('UpdateUserPool', { UserPoolId: UserPool.Id })
    const after = (await call('DescribeUserPool', { UserPoolId: UserPool.Id })).UserPool
    expect(after).toMatchObject({ Name: 'p', ...reset })
    expect(after).not.toHaveProperty('EmailVerificationSubject')
    return after
  }

  it('kept: an update that says nothing resets some', async () => {
    expect(await updated('kept')).toMatchObject({ ...stays, UserPoolTags: { owner: 'me' } })
  })

  it('reset: it resets everything, protection, tier and tags included', async () => {
    const after = await updated('reset')
    expect(after).toMatchObject({
      DeletionProtection: 'INACTIVE',
      UserPoolTier: 'ESSENTIALS',
      Policies: { PasswordPolicy: { MinimumLength: 8 } },
      EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
      UserPoolTags: {},
    })
    expect(after).not.toHaveProperty('AccountRecoverySetting')
    expect(after).not.toHaveProperty('IssuerConfiguration')
  })
})

describe('poolReadBack', () => {
  const names = ['AcrConfiguration', 'DcrConfiguration', 'KeyConfiguration', 'IssuerConfiguration']
  const acr = { Level2: { AcrValue: 'urn:example:two' } }

  async function lite(way: Unsettled['poolReadBack']) {
    const { call } = bench({ poolReadBack: way })
    const { UserPool } = await call('CreateUserPool', { PoolName: 'p', UserPoolTier: 'LITE' })
    const id = { UserPoolId: UserPool.Id }
    return {
      update: (settings: object) => call('UpdateUserPool', { ...id, UserPoolTier: 'LITE', ...settings }),
      described: async () => (await call('DescribeUserPool', id)).UserPool,
    }
  }

  it('plain: nothing is read that nobody set, and Lite takes what is sent', async () => {
    const { update, described } = await lite('plain')
    expect(Object.keys(await described()).filter((name) => names.includes(name))).toEqual([])
    await update({ AcrConfiguration: acr })
    expect((await described()).AcrConfiguration).toEqual(acr)
  })

  it('merged: defaults are read, and Lite refuses levels and registration that are sent back', async () => {
    const { update, described } = await lite('merged')
    const { AcrConfiguration, DcrConfiguration, KeyConfiguration, IssuerConfiguration } = await described()
    expect(AcrConfiguration.Level4).toEqual({ AcrValue: 'urn:cognito:loa:4' })
    await update({ KeyConfiguration, IssuerConfiguration })
    const refused = 'FeatureUnavailableInTierException: The following features need to be disabled for'
    expect(await refusalOf(update({ AcrConfiguration }))).toContain(`${refused} the LITE pricing tier`)
    expect(await refusalOf(update({ DcrConfiguration }))).toContain(refused)
    await update({ UserPoolTier: 'ESSENTIALS', AcrConfiguration: acr, DcrConfiguration })
    expect((await described()).AcrConfiguration).toEqual({ ...AcrConfiguration, ...acr })
  })
})

describe('liteTriggers', () => {
  it.each([
    ['run', 'no refusal'],
    [
      'refused',
      'FeatureUnavailableInTierException: The following features need to be disabled for the LITE pricing tier configured: Custom Authentication',
    ],
  ] as const)('%s: a pool of the Lite tier with custom authentication', async (way, refusal) => {
    const { call, lambdaConfig } = bench({ liteTriggers: way })
    const settings = { LambdaConfig: lambdaConfig, UserPoolTier: 'LITE' }
    expect(await refusalOf(call('CreateUserPool', { PoolName: 'p', ...settings }))).toBe(refusal)
    const { PreSignUp } = lambdaConfig
    const plain = { PoolName: 'p', ...settings, LambdaConfig: { PreSignUp } }
    const { UserPool } = await call('CreateUserPool', plain)
    expect(await refusalOf(call('UpdateUserPool', { UserPoolId: UserPool.Id, ...settings }))).toBe(refusal)
    await call('UpdateUserPool', { UserPoolId: UserPool.Id, ...settings, UserPoolTier: 'ESSENTIALS' })
  })
})
