// Phone numbers and addresses as aliases: whose they are, and when; and what only AWS writes on a pool.
import { expect, it } from 'vitest'
import { bench, password, phone, refusalOf } from './bench.ts'

const listed = (attributes: Record<string, string>) =>
  Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))

async function aliasPool() {
  const b = bench()
  const { UserPool } = await b.call('CreateUserPool', {
    PoolName: 'pool',
    AliasAttributes: ['phone_number', 'email'],
    AutoVerifiedAttributes: ['phone_number'],
    SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms' },
  })
  const UserPoolId: string = UserPool.Id
  const { UserPoolClient } = await b.call('CreateUserPoolClient', { UserPoolId, ClientName: 'app' })
  const { ClientId } = UserPoolClient
  const signUp = (Username: string, phone_number: string) =>
    b.call('SignUp', {
      ...{ ClientId, Username, Password: password },
      UserAttributes: listed({ phone_number }),
    })
  const confirm = (Username: string, more: object = {}) => {
    const ConfirmationCode = b.cognito.confirmationCode(UserPoolId, Username)
    return b.call('ConfirmSignUp', { ClientId, Username, ConfirmationCode, ...more })
  }
  const who = async (Username: string) => (await b.call('AdminGetUser', { UserPoolId, Username })).Username
  return { ...b, UserPoolId, ClientId, signUp, confirm, who }
}

it('a user name that looks like an alias is none', async () => {
  const { signUp } = await aliasPool()
  expect(await refusalOf(signUp(phone, phone))).toBe(
    'InvalidParameterException: Username cannot be of phone number format, since user pool is configured for phone number alias.',
  )
  expect(await refusalOf(signUp('ann@example.com', phone))).toContain('email format')
})

it('a number is nobody’s alias until it is verified, and then one user’s', async () => {
  const { signUp, confirm, who } = await aliasPool()
  await signUp('ann', phone)
  await signUp('bob', phone)
  await expect(who(phone)).rejects.toMatchObject({ code: 'UserNotFoundException' })
  await confirm('ann')
  expect(await who(phone)).toBe('ann')
  expect(await refusalOf(confirm('bob'))).toBe(
    'AliasExistsException: An account with the phone_number already exists.',
  )
  await confirm('bob', { ForceAliasCreation: true })
  expect(await who(phone)).toBe('bob')
})

it('an administrator verifies no number that another has verified', async () => {
  const { call, UserPoolId, signUp, confirm, who } = await aliasPool()
  await signUp('ann', phone)
  await confirm('ann')
  await signUp('bob', '+15550100002')
  const write = (attributes: Record<string, string>) =>
    refusalOf(
      call('AdminUpdateUserAttributes', {
        ...{ UserPoolId, Username: 'bob' },
        UserAttributes: listed(attributes),
      }),
    )
  // Unverified it may stand twice.
  expect(await write({ phone_number: phone })).toBe('no refusal')
  expect(await write({ phone_number_verified: 'true' })).toBe(
    'AliasExistsException: An account with the given phone_number already exists.',
  )
  expect(await who(phone)).toBe('ann')
})

it('lets clients name the providers that the pool has', async () => {
  const { call, UserPoolId } = await aliasPool()
  const client = () =>
    call('CreateUserPoolClient', {
      ...{ UserPoolId, ClientName: 'federated' },
      SupportedIdentityProviders: ['Partner'],
    })
  expect(await refusalOf(client())).toContain('does not exist for User Pool')
  const provider = { UserPoolId, ProviderName: 'Partner' }
  const create = () =>
    call('CreateIdentityProvider', {
      ...provider,
      ProviderType: 'OIDC',
      ProviderDetails: { client_id: 'a' },
    })
  await create()
  expect(await refusalOf(create())).toContain('DuplicateProviderException')
  expect((await client()).UserPoolClient.SupportedIdentityProviders).toEqual(['Partner'])
  expect((await call('ListIdentityProviders', { UserPoolId })).Providers).toMatchObject([
    { ProviderName: 'Partner', ProviderType: 'OIDC' },
  ])
})

it('shows the tags of AWS, which nobody else gives, takes or loses', async () => {
  const { call, cognito, UserPoolId } = await aliasPool()
  const own = { 'aws:cloudformation:stack-name': 'shop' }
  cognito.tagAsAws(UserPoolId, own)
  const describe = async () => (await call('DescribeUserPool', { UserPoolId })).UserPool
  const { UserPoolTags, Arn } = await describe()
  expect(UserPoolTags).toEqual(own)
  expect(await refusalOf(call('UpdateUserPool', { UserPoolId, UserPoolTags: own }))).toContain('aws:')
  expect(await refusalOf(call('UntagResource', { ResourceArn: Arn, TagKeys: Object.keys(own) }))).toContain(
    'aws:',
  )
  await call('UpdateUserPool', { UserPoolId, UserPoolTags: { team: 'auth' } })
  expect((await describe()).UserPoolTags).toEqual({ ...own, team: 'auth' })
})
