// Tiers: a feature is refused by name below the tier that has it, and a tier is not lowered while it is used.
import { describe, expect, it } from 'vitest'
import { bench, refusalOf } from './bench.ts'

const words = (tier: string, name: string) =>
  `The following features need to be disabled for the ${tier} pricing tier configured: ${name}`
const unavailable = (tier: string, name: string) => `FeatureUnavailableInTierException: ${words(tier, name)}`
const trigger = 'arn:aws:lambda:eu-west-1:123456789012:function:token'
const token = (LambdaVersion: string) => ({
  LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion, LambdaArn: trigger } },
})

async function pool(UserPoolTier: string) {
  const b = bench()
  const { UserPool } = await b.call('CreateUserPool', { PoolName: 'p', UserPoolTier })
  const id = { UserPoolId: UserPool.Id }
  const update = (settings: object) => b.call('UpdateUserPool', { ...id, ...settings })
  return { ...b, id, update }
}

describe('a setting of a pool', () => {
  it.each<[what: string, settings: object, name: string, first: string, below: string]>([
    [
      'other first factors than a password',
      { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } } },
      'Passwordless Sign-In',
      'ESSENTIALS',
      'LITE',
    ],
    [
      'a token trigger of the second version',
      token('V2_0'),
      'Token Customization with Pre-Token Generation Lambda V2_0',
      'ESSENTIALS',
      'LITE',
    ],
    [
      'threat protection',
      { UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } },
      'Threat Protection',
      'PLUS',
      'ESSENTIALS',
    ],
    [
      'threat protection of custom authentication',
      {
        UserPoolAddOns: {
          AdvancedSecurityMode: 'OFF',
          AdvancedSecurityAdditionalFlows: { CustomAuthMode: 'ENFORCED' },
        },
      },
      'Threat Protection',
      'PLUS',
      'LITE',
    ],
  ])('%s is refused below its tier', async (_what, settings, name, first, below) => {
    const { call, update, id } = await pool(first)
    const refusal = unavailable(below, name)
    expect(await refusalOf(call('CreateUserPool', { PoolName: 'p', UserPoolTier: below, ...settings }))).toBe(
      refusal,
    )
    await update({ UserPoolTier: first, ...settings })
    expect(await refusalOf(update({ UserPoolTier: below, ...settings }))).toBe(refusal)
    const { UserPool } = await call('DescribeUserPool', id)
    expect(UserPool).toMatchObject({ UserPoolTier: first, ...settings })
  })

  it('that every tier has is refused by none', async () => {
    const { update } = await pool('LITE')
    await update({ ...token('V1_0'), UserPoolAddOns: { AdvancedSecurityMode: 'OFF' } })
  })

  it('keeps the tier up when the update that lowers it leaves it out, and so leaves it as it is', async () => {
    const { update } = await pool('ESSENTIALS')
    await update({ Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'SMS_OTP'] } } })
    expect(await refusalOf(update({ UserPoolTier: 'LITE' }))).toBe(
      unavailable('LITE', 'Passwordless Sign-In'),
    )
  })
})

describe('rotation of refresh tokens', () => {
  const rotating = {
    ClientName: 'c',
    ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
    RefreshTokenRotation: { Feature: 'ENABLED' },
  }
  const plain = { ClientName: 'c' }

  it('is refused to a client of a Lite pool', async () => {
    const { call, id } = await pool('LITE')
    const refusal = unavailable('LITE', 'Refresh Token Rotation')
    expect(await refusalOf(call('CreateUserPoolClient', { ...id, ...rotating }))).toBe(refusal)
    const { UserPoolClient } = await call('CreateUserPoolClient', { ...id, ...plain })
    const client = { ...id, ClientId: UserPoolClient.ClientId }
    expect(await refusalOf(call('UpdateUserPoolClient', { ...client, ...rotating }))).toBe(refusal)
  })

  it('keeps the tier of its pool up until no client has it', async () => {
    const { call, id, update } = await pool('ESSENTIALS')
    const { UserPoolClient } = await call('CreateUserPoolClient', { ...id, ...rotating })
    expect(await refusalOf(update({ UserPoolTier: 'LITE' }))).toBe(
      `TierChangeNotAllowedException: ${words('LITE', 'Refresh Token Rotation')}`,
    )
    await call('UpdateUserPoolClient', { ...id, ClientId: UserPoolClient.ClientId, ...plain })
    await update({ UserPoolTier: 'LITE' })
  })
})

describe('a domain with managed login', () => {
  it('is refused to a Lite pool, which may have the classic pages', async () => {
    const { call, id } = await pool('LITE')
    const create = (ManagedLoginVersion: number) =>
      call('CreateUserPoolDomain', { ...id, Domain: 'my-app', ManagedLoginVersion })
    expect(await refusalOf(create(2))).toBe(unavailable('LITE', 'Managed Login'))
    await create(1)
  })

  it('keeps the tier of its pool up', async () => {
    const { call, id, update } = await pool('PLUS')
    await call('CreateUserPoolDomain', { ...id, Domain: 'my-app', ManagedLoginVersion: 2 })
    await update({ UserPoolTier: 'ESSENTIALS' })
    expect(await refusalOf(update({ UserPoolTier: 'LITE' }))).toBe(
      `TierChangeNotAllowedException: ${words('LITE', 'Managed Login')}`,
    )
    await call('DeleteUserPoolDomain', { ...id, Domain: 'my-app' })
    await update({ UserPoolTier: 'LITE' })
  })
})
