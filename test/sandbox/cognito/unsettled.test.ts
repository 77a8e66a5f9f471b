// What nobody knows of Cognito: the sandbox is each way, and which it is is looked at anew for each call.
import { describe, expect, it } from 'vitest'
import type { Unsettled } from '../../../src/sandbox/account/unsettled.ts'
import { bench, claimsOf, refusalOf } from './bench.ts'

const stranger = '+15550100999'

async function withUser(unsettled: Partial<Unsettled> = {}, client: Record<string, unknown> = {}) {
  const b = bench(unsettled)
  const ready = await b.ready(client)
  const { UserSub } = await ready.signUp()
  b.invocations.length = 0
  return { ...b, ...ready, sub: UserSub as string }
}

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
    const sender = { CustomSMSSender: { LambdaVersion: 'V1_0', LambdaArn: gone } }
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
