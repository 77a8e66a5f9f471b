// Sign-up and users: the name becomes a UUID, and neither a client nor a stranger writes what he may not.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bench, password, phone, refusalOf, type TriggerEvent } from './bench.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const named = (list: { Name: string; Value: string }[]) =>
  Object.fromEntries(list.map((a) => [a.Name, a.Value]))
const attribute = (Name: string, Value: string) => [{ Name, Value }]

describe('sign-up', () => {
  it('makes a user whose name is a UUID equal to sub, with the phone as an unverified attribute', async () => {
    const b = bench()
    const { pool, signUp } = await b.ready()
    const { UserSub, UserConfirmed } = await signUp()
    expect(UserConfirmed).toBe(true)
    const user = await b.call('AdminGetUser', { UserPoolId: pool, Username: phone })
    expect(user).toMatchObject({ Username: UserSub, UserStatus: 'CONFIRMED', Enabled: true })
    expect(UserSub).toMatch(uuid)
    expect(named(user.UserAttributes)).toEqual({
      sub: UserSub,
      phone_number: phone,
      phone_number_verified: 'false',
    })
  })

  it('shows PreSignUp what was asked, and PostConfirmation the confirmed user', async () => {
    const b = bench()
    const { pool, clientId, signUp, eventsOf } = await b.ready()
    const { UserSub } = await signUp({
      ValidationData: attribute('captcha', 'ok'),
      ClientMetadata: { campaign: 'x' },
      UserAttributes: attribute('name', 'Ada'),
    })
    expect(eventsOf('PreSignUp')).toEqual([
      {
        version: '1',
        triggerSource: 'PreSignUp_SignUp',
        region: 'eu-west-1',
        userPoolId: pool,
        userName: UserSub,
        callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId },
        request: {
          userAttributes: { name: 'Ada', phone_number: phone },
          validationData: { captcha: 'ok' },
          clientMetadata: { campaign: 'x' },
        },
        response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
      },
    ])
    expect(eventsOf('PostConfirmation')).toMatchObject([
      {
        triggerSource: 'PostConfirmation_ConfirmSignUp',
        userName: UserSub,
        request: {
          userAttributes: { sub: UserSub, phone_number: phone, 'cognito:user_status': 'CONFIRMED' },
          clientMetadata: { campaign: 'x' },
        },
      },
    ])
  })

  it.each([
    ['a number without its plus', '15550100001', 'InvalidParameterException: Invalid phone number format.'],
    ['a number that starts with 0', '+0555010001', 'InvalidParameterException: Invalid phone number format.'],
    ['a name', 'ada', 'InvalidParameterException: Username should be a phone number.'],
  ])('refuses %s as username', async (_what, Username, refusal) => {
    const b = bench()
    const { signUp } = await b.ready()
    expect(await refusalOf(signUp({ Username }))).toBe(refusal)
  })

  it.each([
    ['short', 'InvalidPasswordException: Password did not conform with policy: Password not long enough'],
    [
      'alllowercase',
      'InvalidPasswordException: Password did not conform with policy: Password must have uppercase characters',
    ],
    [
      'NoDigits!',
      'InvalidPasswordException: Password did not conform with policy: Password must have numeric characters',
    ],
    [
      'NoSymbol1',
      'InvalidPasswordException: Password did not conform with policy: Password must have symbol characters',
    ],
  ])('refuses the password %s', async (Password, refusal) => {
    const b = bench()
    const { signUp } = await b.ready()
    expect(await refusalOf(signUp({ Password }))).toBe(refusal)
  })

  it.each(['custom:whatsapp_verified', 'phone_number_verified', 'sub'])(
    'does not let a client write %s',
    async (name) => {
      const b = bench()
      const { signUp, pool } = await b.ready()
      expect(await refusalOf(signUp({ UserAttributes: attribute(name, 'true') }))).toBe(
        'NotAuthorizedException: A client attempted to write unauthorized attribute',
      )
      expect((await b.call('ListUsers', { UserPoolId: pool })).Users).toEqual([])
    },
  )

  it('refuses a number that is taken, also when two sign-ups run at the same time', async () => {
    const b = bench()
    const { signUp } = await b.ready()
    const results = await Promise.all([refusalOf(signUp()), refusalOf(signUp())])
    const taken = 'UsernameExistsException: An account with the given phone_number already exists.'
    expect(results.sort()).toEqual([taken, 'no refusal'])
    expect(await refusalOf(signUp())).toBe(taken)
  })

  it('refuses a new user without a required attribute', async () => {
    const b = bench()
    const { UserPool } = await b.call('CreateUserPool', {
      PoolName: 'p',
      Schema: [{ Name: 'phone_number', Required: true, Mutable: true }],
    })
    const { UserPoolClient } = await b.call('CreateUserPoolClient', {
      UserPoolId: UserPool.Id,
      ClientName: 'c',
    })
    const input = { ClientId: UserPoolClient.ClientId, Username: 'ada', Password: password }
    expect(await refusalOf(b.call('SignUp', input))).toBe(
      'InvalidParameterException: Attributes did not conform to the schema: phone_number: The attribute is required\n',
    )
  })

  it('makes nobody when PreSignUp refuses, and passes its words on', async () => {
    const b = bench()
    const { signUp, pool } = await b.ready()
    b.triggers.PreSignUp = () => {
      throw new Error('country not allowed')
    }
    expect(await refusalOf(signUp())).toBe(
      'UserLambdaValidationException: PreSignUp failed with error country not allowed.',
    )
    expect((await b.call('ListUsers', { UserPoolId: pool })).Users).toEqual([])
  })

  it('keeps the user when only PostConfirmation fails', async () => {
    const b = bench()
    const { signUp, pool } = await b.ready()
    b.triggers.PostConfirmation = () => {
      throw new Error('later')
    }
    expect(await refusalOf(signUp())).toBe(
      'UserLambdaValidationException: PostConfirmation failed with error later.',
    )
    expect((await b.call('AdminGetUser', { UserPoolId: pool, Username: phone })).UserStatus).toBe('CONFIRMED')
  })

  it('is closed where only administrators create users', async () => {
    const b = bench()
    const { signUp, pool } = await b.ready()
    const AdminCreateUserConfig = { AllowAdminCreateUserOnly: true }
    await b.call('UpdateUserPool', { UserPoolId: pool, AdminCreateUserConfig })
    expect(await refusalOf(signUp())).toBe(
      'NotAuthorizedException: SignUp is not permitted for this user pool',
    )
  })

  it('wants the secret hash of a client that has a secret', async () => {
    const b = bench()
    const { signUp, clientId, secret } = await b.ready({ GenerateSecret: true })
    const SecretHash = createHmac('sha256', secret)
      .update(phone + clientId)
      .digest('base64')
    expect(await refusalOf(signUp())).toContain('SECRET_HASH was not received')
    expect(await refusalOf(signUp({ SecretHash: SecretHash.replace(/^./, '!') }))).toBe(
      `NotAuthorizedException: Unable to verify secret hash for client ${clientId}`,
    )
    await signUp({ SecretHash })
  })
})

describe('confirmation', () => {
  async function unconfirmed() {
    const b = bench()
    const ready = await b.ready()
    b.triggers.PreSignUp = (event: TriggerEvent) => event
    await ready.signUp()
    return { ...b, ...ready }
  }

  it('is made by the code of the sign-up, once', async () => {
    const { call, clientId, pool, cognito, eventsOf } = await unconfirmed()
    const ConfirmationCode = cognito.confirmationCode(pool, phone) as string
    const confirm = (code: string) =>
      call('ConfirmSignUp', { ClientId: clientId, Username: phone, ConfirmationCode: code })
    expect(await refusalOf(confirm(ConfirmationCode.replace(/./g, 'x')))).toMatch(/^CodeMismatchException/)
    expect(eventsOf('PostConfirmation')).toEqual([])
    await confirm(ConfirmationCode)
    expect(eventsOf('PostConfirmation')).toHaveLength(1)
    expect(await refusalOf(confirm(ConfirmationCode))).toBe(
      'NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED',
    )
  })

  it('is made by an administrator once, and runs PostConfirmation without a client', async () => {
    const { call, pool, eventsOf } = await unconfirmed()
    const confirm = () => call('AdminConfirmSignUp', { UserPoolId: pool, Username: phone })
    await confirm()
    expect(eventsOf('PostConfirmation')[0]?.callerContext.clientId).toBe('CLIENT_ID_NOT_APPLICABLE')
    expect(await refusalOf(confirm())).toContain('Current status is CONFIRMED')
  })
})

describe('a user', () => {
  async function signedIn(client = {}) {
    const b = bench()
    const ready = await b.ready(client)
    await ready.signUp()
    const { AccessToken } = await ready.signIn()
    const admin = (operation: string, input: object = {}) =>
      b.call(operation, { UserPoolId: ready.pool, Username: phone, ...input })
    return { ...b, ...ready, AccessToken, admin }
  }

  it('created by an administrator must change the password, and runs PreSignUp as such', async () => {
    const b = bench()
    const { pool, eventsOf } = await b.ready()
    const { User } = await b.call('AdminCreateUser', {
      UserPoolId: pool,
      Username: phone,
      MessageAction: 'SUPPRESS',
      UserAttributes: attribute('phone_number_verified', 'true'),
    })
    expect(User.UserStatus).toBe('FORCE_CHANGE_PASSWORD')
    expect(named(User.Attributes).phone_number_verified).toBe('true')
    expect(eventsOf('PreSignUp').map((e) => e.triggerSource)).toEqual(['PreSignUp_AdminCreateUser'])
  })

  it('reads only what the client may read', async () => {
    const { call, admin, AccessToken } = await signedIn()
    await admin('AdminUpdateUserAttributes', {
      UserAttributes: [...attribute('name', 'Ada'), ...attribute('custom:whatsapp_verified', phone)],
    })
    const { UserAttributes } = await call('GetUser', { AccessToken })
    expect(Object.keys(named(UserAttributes)).sort()).toEqual([
      'custom:whatsapp_verified',
      'phone_number',
      'phone_number_verified',
      'sub',
    ])
  })

  it('writes only what the client may write', async () => {
    const { call, AccessToken } = await signedIn()
    const write = (name: string) =>
      refusalOf(call('UpdateUserAttributes', { AccessToken, UserAttributes: attribute(name, 'true') }))
    expect(await write('name')).toBe('no refusal')
    for (const name of ['custom:whatsapp_verified', 'phone_number_verified', 'sub']) {
      expect(await write(name)).toBe(
        'NotAuthorizedException: A client attempted to write unauthorized attribute',
      )
    }
  })

  it('who changes the phone number loses its verification, and cannot take another user’s', async () => {
    const { call, admin, signUp, AccessToken } = await signedIn()
    await admin('AdminUpdateUserAttributes', { UserAttributes: attribute('phone_number_verified', 'true') })
    await signUp({ Username: '+15550100002' })
    const move = (to: string) =>
      call('UpdateUserAttributes', { AccessToken, UserAttributes: attribute('phone_number', to) })
    expect(await refusalOf(move('+15550100002'))).toBe(
      'AliasExistsException: An account with the given phone_number already exists.',
    )
    await move('+15550100003')
    const user = await admin('AdminGetUser', { Username: '+15550100003' })
    expect(named(user.UserAttributes)).toMatchObject({
      phone_number: '+15550100003',
      phone_number_verified: 'false',
    })
    expect(await refusalOf(admin('AdminGetUser'))).toBe('UserNotFoundException: User does not exist.')
  })

  it('cannot be given unknown or immutable attributes or wrong values, by an administrator either', async () => {
    const { admin } = await signedIn()
    const write = (name: string, value: string) =>
      refusalOf(admin('AdminUpdateUserAttributes', { UserAttributes: attribute(name, value) }))
    expect(await write('custom:nope', '1')).toBe(
      'InvalidParameterException: Type for attribute {custom:nope} could not be determined',
    )
    expect(await write('sub', '1')).toBe('InvalidParameterException: user.sub: Attribute cannot be updated.')
    expect(await write('custom:origin', '1')).toBe(
      'InvalidParameterException: user.custom:origin: Attribute cannot be updated.',
    )
    expect(await write('phone_number', '5550100')).toContain('Invalid phone number format.')
    expect(await write('phone_number_verified', 'yes')).toContain('true or false')
    expect(await write('name', 'x'.repeat(2049))).toContain('no longer than 2048')
  })

  it('is not given another’s number by an administrator either, whatever else is in the call', async () => {
    const { admin, signUp } = await signedIn()
    const { UserSub } = await signUp({ Username: '+15550100002' })
    const give = (Username: string, number: string) =>
      refusalOf(
        admin('AdminUpdateUserAttributes', {
          Username,
          UserAttributes: [
            ...attribute('name', 'Eve'),
            ...attribute('phone_number', number),
            ...attribute('phone_number_verified', 'true'),
          ],
        }),
      )
    expect(await give('+15550100002', phone)).toBe(
      'AliasExistsException: An account with the given phone_number already exists.',
    )
    const unchanged = await admin('AdminGetUser', { Username: UserSub })
    expect(named(unchanged.UserAttributes)).toEqual({
      sub: UserSub,
      phone_number: '+15550100002',
      phone_number_verified: 'false',
    })
    // His own again, and one that is free.
    expect(await give(UserSub, '+15550100002')).toBe('no refusal')
    expect(await give(UserSub, '+15550100003')).toBe('no refusal')
    expect((await admin('AdminGetUser', { Username: '+15550100003' })).Username).toBe(UserSub)
    expect(await give('+15550100002', phone)).toBe('UserNotFoundException: User does not exist.')
  })

  it('loses attributes by an administrator, and none that he cannot be without', async () => {
    const { admin } = await signedIn()
    const remove = (...UserAttributeNames: string[]) =>
      refusalOf(admin('AdminDeleteUserAttributes', { UserAttributeNames }))
    const names = async () => Object.keys(named((await admin('AdminGetUser')).UserAttributes))
    const UserAttributes = [...attribute('name', 'Eve'), ...attribute('custom:whatsapp_verified', 'true')]
    await admin('AdminUpdateUserAttributes', { UserAttributes })
    for (const [name, refusal] of [
      ['custom:nope', 'Attribute does not exist in the schema.'],
      ['sub', 'Attribute cannot be updated.'],
      ['custom:origin', 'Attribute cannot be updated.'],
      ['phone_number', 'Attribute cannot be deleted.'],
    ] as const) {
      expect(await remove('name', name)).toBe(`InvalidParameterException: user.${name}: ${refusal}`)
    }
    expect(await names()).toContain('name')
    // One that he does not have counts as deleted.
    expect(await remove('name', 'custom:whatsapp_verified', 'email')).toBe('no refusal')
    expect(await names()).toEqual(['sub', 'phone_number', 'phone_number_verified'])
    expect(await refusalOf(admin('AdminDeleteUserAttributes'))).toContain("'userAttributeNames'")
    expect(
      await refusalOf(
        admin('AdminDeleteUserAttributes', { Username: '+1555', UserAttributeNames: ['name'] }),
      ),
    ).toBe('UserNotFoundException: User does not exist.')
  })

  it('is listed in short pages and found by phone number', async () => {
    const { call, pool, signUp } = await signedIn()
    for (const last of [2, 3]) await signUp({ Username: `+1555010000${last}` })
    const first = await call('ListUsers', { UserPoolId: pool })
    const second = await call('ListUsers', { UserPoolId: pool, PaginationToken: first.PaginationToken })
    expect([first.Users.length, second.Users.length, second.PaginationToken]).toEqual([2, 1, undefined])
    const found = await call('ListUsers', { UserPoolId: pool, Filter: `phone_number = "+15550100003"` })
    expect(named(found.Users[0].Attributes).phone_number).toBe('+15550100003')
    expect(found.Users).toHaveLength(1)
    expect(await refusalOf(call('ListUsers', { UserPoolId: pool, Filter: 'custom:origin = "x"' }))).toContain(
      'Invalid search attribute',
    )
    expect((await call('DescribeUserPool', { UserPoolId: pool })).UserPool.EstimatedNumberOfUsers).toBe(3)
  })

  it('can be disabled, enabled and deleted', async () => {
    const { call, admin, initiate, AccessToken } = await signedIn()
    await admin('AdminDisableUser')
    expect(await refusalOf(initiate())).toBe('NotAuthorizedException: User is disabled.')
    await admin('AdminEnableUser')
    expect((await initiate()).ChallengeName).toBe('CUSTOM_CHALLENGE')
    await admin('AdminDeleteUser')
    expect(await refusalOf(admin('AdminDeleteUser'))).toBe('UserNotFoundException: User does not exist.')
    expect(await refusalOf(call('GetUser', { AccessToken }))).toMatch(/^NotAuthorizedException/)
  })

  it('can delete itself', async () => {
    const { call, admin, AccessToken } = await signedIn()
    await call('DeleteUser', { AccessToken })
    expect(await refusalOf(admin('AdminGetUser'))).toBe('UserNotFoundException: User does not exist.')
  })
})
