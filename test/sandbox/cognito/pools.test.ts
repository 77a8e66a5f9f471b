// User pools and app clients bite where Cognito's do: resets, ranges, pages, protection.
import { describe, expect, it } from 'vitest'
import { bench, refusalOf } from './bench.ts'

describe('a user pool', () => {
  it('has the documented defaults, standard and prefixed custom attributes, and an ARN of its own', async () => {
    const { call } = bench()
    const Schema = [{ Name: 'auth_purpose', AttributeDataType: 'String', Mutable: true }]
    const { UserPool } = await call('CreateUserPool', { PoolName: 'p', Schema })
    expect(UserPool).toMatchObject({
      Name: 'p',
      DeletionProtection: 'INACTIVE',
      MfaConfiguration: 'OFF',
      UserPoolTier: 'ESSENTIALS',
      LambdaConfig: {},
      Policies: { PasswordPolicy: { MinimumLength: 8, RequireSymbols: true } },
      EstimatedNumberOfUsers: 0,
    })
    expect(UserPool.Id).toMatch(/^eu-west-1_[0-9a-zA-Z]{9}$/)
    expect(UserPool.Arn).toBe(`arn:aws:cognito-idp:eu-west-1:123456789012:userpool/${UserPool.Id}`)
    const names = UserPool.SchemaAttributes.map((a: { Name: string }) => a.Name)
    expect(names).toEqual(
      expect.arrayContaining(['sub', 'phone_number', 'phone_number_verified', 'custom:auth_purpose']),
    )
  })

  it('keeps schema and username attributes whatever an update sends', async () => {
    const { call } = bench()
    const { UserPool } = await call('CreateUserPool', { PoolName: 'p', UsernameAttributes: ['phone_number'] })
    await call('UpdateUserPool', {
      UserPoolId: UserPool.Id,
      UsernameAttributes: ['email'],
      Schema: [{ Name: 'x' }],
    })
    const after = (await call('DescribeUserPool', { UserPoolId: UserPool.Id })).UserPool
    expect(after.UsernameAttributes).toEqual(['phone_number'])
    expect(after.SchemaAttributes).toEqual(UserPool.SchemaAttributes)
  })

  it('refuses the settings that Cognito refuses, in its words', async () => {
    const { call, ...b } = bench()
    const create = (settings: object) => refusalOf(call('CreateUserPool', { PoolName: 'p', ...settings }))
    expect(await create({ AutoVerifiedAttributes: ['phone_number'] })).toBe(
      'InvalidParameterException: SMS configuration is required when phone_number is selected for auto verification',
    )
    expect(
      await create({
        UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['phone_number'] },
      }),
    ).toContain('must exist in AutoVerifiedAttributes')
    expect(await create({ AdminCreateUserConfig: { UnusedAccountValidityDays: 7 } })).toContain(
      'Please use TemporaryPasswordValidityDays',
    )
    expect(await create({ Policies: { PasswordPolicy: { MinimumLength: 5 } } })).toContain(
      "Value '5' at 'policies.passwordPolicy.minimumLength'",
    )
    expect(await create({ LambdaConfig: { PreSignUp: 'my-function' } })).toContain(
      "at 'lambdaConfig.preSignUp'",
    )
    expect(await create({ UserPoolTier: 'FREE' })).toContain('enum value set')
    expect(await create({ UsernameAttributes: ['email'], AliasAttributes: ['email'] })).toContain(
      'Only one of',
    )
    expect(await create({ Schema: [{ Name: 'x', Required: true }] })).toContain('Required custom attributes')
    expect(await create({ Schema: [{ Name: 'a-name-of-over-twenty' }] })).toContain(
      'length less than or equal to 20',
    )
    expect(await create({ MfaConfiguration: 'ON' })).toContain('MFA')
    expect(b.cognito.inventory()).toEqual([])
  })

  it('gets more custom attributes, but none twice', async () => {
    const { call } = bench()
    const { UserPool } = await call('CreateUserPool', { PoolName: 'p' })
    const add = () =>
      call('AddCustomAttributes', { UserPoolId: UserPool.Id, CustomAttributes: [{ Name: 'x' }] })
    await add()
    expect(await refusalOf(add())).toBe(
      'InvalidParameterException: custom:x: Existing attribute already has name custom:x.',
    )
  })

  it('is not deleted while protected, can be read until its deletion has ended, and takes its clients along', async () => {
    const { call, world, pass, cognito } = bench()
    world.delays.deletion = 1000
    const { UserPool } = await call('CreateUserPool', { PoolName: 'p', DeletionProtection: 'ACTIVE' })
    const id = { UserPoolId: UserPool.Id }
    await call('CreateUserPoolClient', { ...id, ClientName: 'c' })
    expect(await refusalOf(call('DeleteUserPool', id))).toMatch(
      /^InvalidParameterException: The user pool cannot be deleted because deletion protection is activated/,
    )
    await call('UpdateUserPool', { ...id, DeletionProtection: 'INACTIVE' })
    await call('DeleteUserPool', id)
    expect((await call('DescribeUserPool', id)).UserPool.Name).toBe('p')
    pass(1000)
    expect(await refusalOf(call('DescribeUserPool', id))).toBe(
      `ResourceNotFoundException: User pool ${UserPool.Id} does not exist.`,
    )
    expect(cognito.inventory()).toEqual([])
  })

  it('shares its name with others, and is listed in short pages that survive a deletion', async () => {
    const { call } = bench()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await call('CreateUserPool', { PoolName: 'same' })).UserPool.Id)
    const first = await call('ListUserPools', { MaxResults: 60 })
    expect(first.UserPools.map((p: { Id: string }) => p.Id)).toEqual(ids.slice(0, 2))
    await call('DeleteUserPool', { UserPoolId: ids[1] })
    const second = await call('ListUserPools', { MaxResults: 60, NextToken: first.NextToken })
    expect(second.UserPools.map((p: { Id: string }) => p.Id)).toEqual(ids.slice(2, 4))
    const third = await call('ListUserPools', { MaxResults: 60, NextToken: second.NextToken })
    expect(third).toEqual({ UserPools: [expect.objectContaining({ Id: ids[4] })] })
    expect(await refusalOf(call('ListUserPools', { MaxResults: 61 }))).toContain('less than or equal to 60')
  })

  it('may have settings that the sandbox does not know, until an update leaves them out', async () => {
    const { call } = bench()
    const newer = {
      TokenSessionConfiguration: { MaxAge: 3 },
      Zone: 'eu',
      Policies: { DevicePolicy: { Known: true } },
      EmailConfiguration: { Tenants: [{ Name: 'a' }] },
    }
    const { UserPool } = await call('CreateUserPool', { PoolName: 'p', ...newer })
    const id = { UserPoolId: UserPool.Id }
    const described = async () => (await call('DescribeUserPool', id)).UserPool
    expect(await described()).toMatchObject(newer)
    await call('UpdateUserPool', { ...id, ...newer, Zone: 'us', lower: 1, Status: 'Enabled', Arn: 'other' })
    expect(await described()).toMatchObject({ ...newer, Zone: 'us', Arn: UserPool.Arn })
    expect(await described()).not.toHaveProperty('lower')
    expect(await described()).not.toHaveProperty('Status')
    await call('UpdateUserPool', { ...id, Zone: 'us' })
    expect(await described()).not.toHaveProperty('TokenSessionConfiguration')
  })

  it('with the updated issuer has tokens of that issuer', async () => {
    const { call, cognito } = bench()
    const { UserPool } = await call('CreateUserPool', {
      PoolName: 'p',
      IssuerConfiguration: { Type: 'UPDATED' },
    })
    expect(cognito.issuer(UserPool.Id)).toBe(
      `https://issuer-cognito-idp.eu-west-1.amazonaws.com/${UserPool.Id}`,
    )
  })

  it('is tagged and untagged by its ARN', async () => {
    const { call } = bench()
    const { UserPool } = await call('CreateUserPool', { PoolName: 'p', UserPoolTags: { a: '1' } })
    const arn = { ResourceArn: UserPool.Arn }
    await call('TagResource', { ...arn, Tags: { b: '2' } })
    await call('UntagResource', { ...arn, TagKeys: ['a'] })
    expect(await call('ListTagsForResource', arn)).toEqual({ Tags: { b: '2' } })
  })

  it('replaces its whole MFA configuration, and refuses a contradictory one', async () => {
    const { call } = bench()
    const { UserPool } = await call('CreateUserPool', { PoolName: 'p' })
    const id = { UserPoolId: UserPool.Id }
    const totp = { SoftwareTokenMfaConfiguration: { Enabled: true } }
    const update = (MfaConfiguration: string) => call('UpdateUserPool', { ...id, MfaConfiguration })
    expect(await refusalOf(update('OPTIONAL'))).toContain("can't disable all MFAs")
    await call('SetUserPoolMfaConfig', { ...id, ...totp, MfaConfiguration: 'OPTIONAL' })
    await update('ON')
    await update('OPTIONAL')
    expect(await call('GetUserPoolMfaConfig', id)).toEqual({ ...totp, MfaConfiguration: 'OPTIONAL' })
    expect(
      await refusalOf(call('SetUserPoolMfaConfig', { ...id, ...totp, MfaConfiguration: 'OFF' })),
    ).toContain("can't turn off MFA and configure an MFA together.")
    await call('SetUserPoolMfaConfig', { ...id, MfaConfiguration: 'OFF' })
    expect(await call('GetUserPoolMfaConfig', id)).toEqual({ MfaConfiguration: 'OFF' })
  })

  it('asks the policy for creation, and for each later call on its ARN', async () => {
    const { call, authorized } = bench()
    const { UserPool } = await call('CreateUserPool', { PoolName: 'p', UserPoolTags: { stage: 'dev' } })
    await call('DescribeUserPool', { UserPoolId: UserPool.Id })
    const asked = { 'aws:RequestTag/stage': 'dev', 'aws:TagKeys': ['stage'] }
    expect(authorized).toEqual([
      { action: 'cognito-idp:CreateUserPool', resource: '*', context: asked },
      {
        action: 'cognito-idp:DescribeUserPool',
        resource: UserPool.Arn,
        context: { 'aws:ResourceTag/stage': 'dev' },
      },
    ])
  })

  it('asks the policy for a change of tags with those that it has and those that it would get', async () => {
    const { call, authorized } = bench()
    const { UserPool } = await call('CreateUserPool', { PoolName: 'p', UserPoolTags: { stage: 'dev' } })
    const has = { 'aws:ResourceTag/stage': 'dev' }
    const asked = async (operation: string, input: object) => {
      authorized.length = 0
      await call(operation, { UserPoolId: UserPool.Id, ResourceArn: UserPool.Arn, ...input })
      expect(authorized).toMatchObject([{ resource: UserPool.Arn, action: `cognito-idp:${operation}` }])
      return authorized[0]?.context
    }
    const tags = { a: '1', b: '2' }
    const wanted = { 'aws:RequestTag/a': '1', 'aws:RequestTag/b': '2', 'aws:TagKeys': ['a', 'b'] }
    expect(await asked('UntagResource', { TagKeys: ['a', 'b'] })).toEqual({
      ...has,
      'aws:TagKeys': ['a', 'b'],
    })
    expect(await asked('TagResource', { Tags: tags })).toEqual({ ...has, ...wanted })
    expect(await asked('UpdateUserPool', { UserPoolTags: tags })).toEqual({
      ...has,
      'aws:ResourceTag/a': '1',
      'aws:ResourceTag/b': '2',
      ...wanted,
    })
  })
})

describe('an app client', () => {
  async function setUp() {
    const b = bench()
    const { UserPool } = await b.call('CreateUserPool', {
      PoolName: 'p',
      Schema: [{ Name: 'email', Required: true, Mutable: true }, { Name: 'flag' }],
    })
    const pool = { UserPoolId: UserPool.Id }
    const create = (settings: object = {}) =>
      b.call('CreateUserPoolClient', { ...pool, ClientName: 'c', ...settings })
    return { ...b, pool, create }
  }

  it('loses what an update leaves out, except its name and secret', async () => {
    const { call, create, pool } = await setUp()
    const { UserPoolClient: before } = await create({
      GenerateSecret: true,
      ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      WriteAttributes: ['email'],
      PreventUserExistenceErrors: 'ENABLED',
      AuthSessionValidity: 10,
      AccessTokenValidity: 10,
      TokenValidityUnits: { AccessToken: 'minutes' },
    })
    await call('UpdateUserPoolClient', { ...pool, ClientId: before.ClientId })
    const { UserPoolClient: after } = await call('DescribeUserPoolClient', {
      ...pool,
      ClientId: before.ClientId,
    })
    expect(after).toMatchObject({
      ClientName: 'c',
      ClientSecret: before.ClientSecret,
      AuthSessionValidity: 3,
      PreventUserExistenceErrors: 'LEGACY',
      RefreshTokenValidity: 30,
      TokenValidityUnits: {},
      RefreshTokenRotation: { Feature: 'DISABLED', RetryGracePeriodSeconds: 0 },
    })
    for (const gone of ['ExplicitAuthFlows', 'WriteAttributes', 'AccessTokenValidity']) {
      expect(after).not.toHaveProperty(gone)
    }
  })

  it('may have settings that the sandbox does not know, until an update leaves them out', async () => {
    const { call, create, pool } = await setUp()
    const newer = { MaxDevices: 3 }
    const { UserPoolClient } = await create(newer)
    const id = { ...pool, ClientId: UserPoolClient.ClientId }
    const described = async () => (await call('DescribeUserPoolClient', id)).UserPoolClient
    expect(await described()).toMatchObject(newer)
    await call('UpdateUserPoolClient', { ...id, ...newer, ClientSecret: 'x', CreationDate: 1 })
    expect(await described()).toMatchObject({ ...newer, CreationDate: UserPoolClient.CreationDate })
    expect(await described()).not.toHaveProperty('ClientSecret')
    await call('UpdateUserPoolClient', id)
    expect(await described()).not.toHaveProperty('MaxDevices')
  })

  it('whose secret is kept in Secrets Manager shows where, instead of the secret', async () => {
    const { call, create, pool } = await setUp()
    const kept = { PublishSecretsInAWSSecretsManager: true }
    const { UserPoolClient } = await create({ GenerateSecret: true, ...kept })
    const id = { ...pool, ClientId: UserPoolClient.ClientId }
    const described = async () => (await call('DescribeUserPoolClient', id)).UserPoolClient
    expect((await described()).ClientSecretArn).toMatch(
      /^arn:aws:secretsmanager:eu-west-1:123456789012:secret:[\w/-]+-\w{6}$/,
    )
    expect(await described()).toMatchObject(kept)
    expect(await described()).not.toHaveProperty('ClientSecret')
    await call('UpdateUserPoolClient', id)
    expect((await described()).ClientSecret).toMatch(/^\w{51}$/)
    expect(await described()).not.toHaveProperty('ClientSecretArn')
    const { UserPoolClient: open } = await create(kept)
    expect(open).not.toHaveProperty('ClientSecretArn')
  })

  it.each([
    ['a session shorter than 3 minutes', { AuthSessionValidity: 2 }, "Value '2' at 'authSessionValidity'"],
    ['a session longer than 15 minutes', { AuthSessionValidity: 16 }, 'less than or equal to 15'],
    ['access tokens of over a day', { AccessTokenValidity: 25 }, 'Invalid range for token validity.'],
    [
      'access tokens of under five minutes',
      { AccessTokenValidity: 4, TokenValidityUnits: { AccessToken: 'minutes' } },
      'Invalid range for token validity.',
    ],
    [
      'access tokens that outlive the refresh token',
      { AccessTokenValidity: 3, RefreshTokenValidity: 2, TokenValidityUnits: { RefreshToken: 'hours' } },
      'Invalid range for token validity.',
    ],
    ['refresh tokens of over ten years', { RefreshTokenValidity: 3651 }, 'Invalid range for token validity.'],
    [
      'flows of the old and the new kind',
      { ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'CUSTOM_AUTH_FLOW_ONLY'] },
      'cannot be mixed',
    ],
    ['an unknown flow', { ExplicitAuthFlows: ['ALLOW_MAGIC'] }, 'enum value set'],
    [
      'no refresh flow',
      { ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH'] },
      'REFRESH_TOKEN_AUTH should always be allowed',
    ],
    [
      'rotation together with the refresh flow',
      {
        ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        RefreshTokenRotation: { Feature: 'ENABLED' },
      },
      'rotation is enabled',
    ],
    [
      'an unknown write attribute',
      { WriteAttributes: ['email', 'custom:nope'] },
      'Invalid write attributes specified while creating a client',
    ],
    [
      'a verification flag to write',
      { WriteAttributes: ['email', 'email_verified'] },
      'Invalid write attributes',
    ],
    ['a write list without a required attribute', { WriteAttributes: ['name'] }, 'Invalid write attributes'],
    ['an unknown read attribute', { ReadAttributes: ['custom:nope'] }, 'Invalid read attributes'],
  ])('refuses %s', async (_what, settings, words) => {
    const { create, cognito } = await setUp()
    const refusal = await refusalOf(create(settings))
    expect(refusal).toMatch(/^InvalidParameterException: /)
    expect(refusal).toContain(words)
    expect(cognito.inventory()).toHaveLength(1)
  })

  it('shares its name with others and is listed in short pages of its own pool', async () => {
    const { call, create, pool } = await setUp()
    for (let i = 0; i < 3; i++) await create()
    const first = await call('ListUserPoolClients', pool)
    const second = await call('ListUserPoolClients', { ...pool, NextToken: first.NextToken })
    expect([first.UserPoolClients.length, second.UserPoolClients.length, second.NextToken]).toEqual([
      2,
      1,
      undefined,
    ])
    const other = (await call('CreateUserPool', { PoolName: 'other' })).UserPool.Id
    const { ClientId } = second.UserPoolClients[0]
    expect(await refusalOf(call('DescribeUserPoolClient', { UserPoolId: other, ClientId }))).toBe(
      `ResourceNotFoundException: User pool client ${ClientId} does not exist.`,
    )
  })
})
