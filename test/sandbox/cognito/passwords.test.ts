// Passwords: no client uses one that does not open a flow for it, and a forgotten one goes only the ways that its pool allows.
import { describe, expect, it } from 'vitest'
import { bench, password, phone, refusalOf } from './bench.ts'

const next = 'Another-password-0123456789'
const incorrect = 'NotAuthorizedException: Incorrect username or password.'
const exceeded = 'NotAuthorizedException: Password attempts exceeded'
const open = {
  ExplicitAuthFlows: [
    'ALLOW_USER_PASSWORD_AUTH',
    'ALLOW_ADMIN_USER_PASSWORD_AUTH',
    'ALLOW_REFRESH_TOKEN_AUTH',
  ],
}

async function withUser(client: Record<string, unknown> = open) {
  const b = bench()
  const ready = await b.ready(client)
  const { UserSub } = await ready.signUp()
  const user = { UserPoolId: ready.pool, Username: phone }
  const start = (operation: string, AuthFlow: string) => (PASSWORD: string, USERNAME: string) =>
    b.call(operation, {
      UserPoolId: ready.pool,
      ClientId: ready.clientId,
      AuthFlow,
      AuthParameters: { USERNAME, PASSWORD },
    })
  return {
    ...b,
    ...ready,
    sub: UserSub as string,
    admin: (operation: string, more: object = {}) => b.call(operation, { ...user, ...more }),
    byClient: (operation: string, more: object = {}) =>
      b.call(operation, { ClientId: ready.clientId, Username: phone, ...more }),
    withPassword: (given = password, name = phone) =>
      start('InitiateAuth', 'USER_PASSWORD_AUTH')(given, name),
    start,
    statusOf: async () => (await b.call('AdminGetUser', user)).UserStatus,
  }
}

describe('a sign-in with a password', () => {
  it.each([
    ['InitiateAuth', 'USER_PASSWORD_AUTH'],
    ['AdminInitiateAuth', 'ADMIN_USER_PASSWORD_AUTH'],
    ['AdminInitiateAuth', 'ADMIN_NO_SRP_AUTH'],
  ])('by %s %s takes the right one alone', async (operation, flow) => {
    const s = await withUser()
    const signIn = s.start(operation, flow)
    expect(await refusalOf(signIn('Wrong-password-0123456789', phone))).toBe(incorrect)
    const { AuthenticationResult } = await signIn(password, phone)
    await s.call('GetUser', { AccessToken: AuthenticationResult.AccessToken })
  })

  it.each([
    ['that lists custom authentication alone', ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']],
    ['that lists it by the old name', ['CUSTOM_AUTH_FLOW_ONLY']],
  ])('is refused to a client %s, whatever the password', async (_what, ExplicitAuthFlows) => {
    const s = await withUser({ ExplicitAuthFlows })
    const refused = (flow: string) => `InvalidParameterException: ${flow} flow not enabled for this client`
    for (const given of [password, 'wrong']) {
      expect(await refusalOf(s.withPassword(given))).toBe(refused('USER_PASSWORD_AUTH'))
      const srp = s.start('InitiateAuth', 'USER_SRP_AUTH')
      expect(await refusalOf(srp(given, phone))).toBe(refused('USER_SRP_AUTH'))
      expect(await refusalOf(s.start('InitiateAuth', 'USER_AUTH')(given, phone))).toBe(refused('USER_AUTH'))
      const admin = s.start('AdminInitiateAuth', 'ADMIN_USER_PASSWORD_AUTH')
      expect(await refusalOf(admin(given, phone))).toBe(refused('Auth'))
    }
    expect(s.eventsOf('PreAuthentication')).toEqual([])
  })

  it('is refused to a client without a list, which opens SRP: there the sandbox stops, and says so', async () => {
    const s = await withUser({ ExplicitAuthFlows: [] })
    expect(await refusalOf(s.withPassword())).toContain('USER_PASSWORD_AUTH flow not enabled')
    expect(await refusalOf(s.start('InitiateAuth', 'USER_SRP_AUTH')(password, phone))).toBe(
      'UnsupportedOperationException: USER_SRP_AUTH, which this client allows, is not part of the sandbox.',
    )
  })

  it('is each of the two calls’ own flow', async () => {
    const s = await withUser()
    const refused = 'InvalidParameterException: Initiate Auth method not supported.'
    const asUser = s.start('InitiateAuth', 'ADMIN_USER_PASSWORD_AUTH')
    const asAdmin = s.start('AdminInitiateAuth', 'USER_PASSWORD_AUTH')
    expect(await refusalOf(asUser(password, phone))).toBe(refused)
    expect(await refusalOf(asAdmin(password, phone))).toBe(refused)
  })

  it('of a stranger looks like a wrong password, unless the client tells', async () => {
    const stranger = '+15550100999'
    expect(await refusalOf((await withUser()).withPassword(password, stranger))).toBe(incorrect)
    const telling = await withUser({ ...open, PreventUserExistenceErrors: 'LEGACY' })
    expect(await refusalOf(telling.withPassword(password, stranger))).toMatch(/^UserNotFoundException/)
  })

  it('is looked at ever less often after five wrong ones, and anew after a right one', async () => {
    const s = await withUser()
    const wrong = () => refusalOf(s.withPassword('Wrong-password-0123456789'))
    for (let i = 0; i < 5; i++) expect(await wrong()).toBe(incorrect)
    expect(await refusalOf(s.withPassword())).toBe(exceeded)
    s.pass(1000)
    expect(await wrong()).toBe(incorrect)
    s.pass(1999)
    expect(await wrong()).toBe(exceeded)
    s.pass(1)
    await s.withPassword()
    expect(await wrong()).toBe(incorrect)
    await s.withPassword()
  })

  it('is not for who is unconfirmed, disabled or has to reset it', async () => {
    const b = await withUser()
    b.triggers.PreSignUp = (event) => event
    const other = '+15550100002'
    await b.signUp({ Username: other })
    expect(await refusalOf(b.withPassword('wrong', other))).toMatch(/^UserNotConfirmedException/)
    await b.admin('AdminDisableUser')
    expect(await refusalOf(b.withPassword())).toBe('NotAuthorizedException: User is disabled.')
  })
})

describe('a new password', () => {
  it('is set by its user, who knows the old one', async () => {
    const s = await withUser()
    const { AccessToken } = (await s.withPassword()).AuthenticationResult
    const change = (PreviousPassword: string, ProposedPassword = next) =>
      refusalOf(s.call('ChangePassword', { AccessToken, PreviousPassword, ProposedPassword }))
    expect(await change('wrong')).toBe(incorrect)
    expect(await change(password, 'short')).toMatch(/^InvalidPasswordException/)
    expect(await change(password)).toBe('no refusal')
    expect(await refusalOf(s.withPassword())).toBe(incorrect)
    await s.withPassword(next)
  })

  it('is set by an administrator: for good, or until the next sign-in, where the sandbox stops', async () => {
    const s = await withUser()
    await s.admin('AdminSetUserPassword', { Password: next, Permanent: true })
    expect(await s.statusOf()).toBe('CONFIRMED')
    await s.withPassword(next)
    await s.admin('AdminSetUserPassword', { Password: password })
    expect(await s.statusOf()).toBe('FORCE_CHANGE_PASSWORD')
    expect(await refusalOf(s.withPassword(next))).toBe(incorrect)
    expect(await refusalOf(s.withPassword())).toMatch(/^UnsupportedOperationException: NEW_PASSWORD_REQUIRED/)
    expect(await refusalOf(s.admin('AdminSetUserPassword', { Password: 'short' }))).toMatch(
      /^InvalidPasswordException/,
    )
  })

  it('confirms who was not', async () => {
    const s = await withUser()
    s.triggers.PreSignUp = (event) => event
    const Username = '+15550100002'
    await s.signUp({ Username })
    await s.admin('AdminSetUserPassword', { Username, Password: next, Permanent: true })
    await s.withPassword(next, Username)
  })
})

describe('a forgotten password', () => {
  const sms = {
    SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms', ExternalId: 'x' },
  }
  const adminOnly = {
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] },
  }

  async function verified(settings: object) {
    const s = await withUser()
    await s.call('UpdateUserPool', { UserPoolId: s.pool, LambdaConfig: s.lambdaConfig, ...settings })
    const UserAttributes = ['phone_number_verified', 'email_verified'].map((Name) => ({
      Name,
      Value: 'true',
    }))
    UserAttributes.push({ Name: 'email', Value: 'ann@example.com' })
    await s.admin('AdminUpdateUserAttributes', { UserAttributes })
    const forget = (more: object = {}) => s.byClient('ForgotPassword', more)
    const confirm = (ConfirmationCode: string, Password = next) =>
      s.byClient('ConfirmForgotPassword', { ConfirmationCode, Password })
    return { ...s, forget, confirm, code: () => s.cognito.confirmationCode(s.pool, phone) }
  }

  it('of a pool with admin_only recovery makes no code, for nobody, not for an administrator either', async () => {
    const s = await verified({ ...sms, ...adminOnly })
    const refused = 'NotAuthorizedException: Contact administrator to reset password.'
    expect(await refusalOf(s.forget())).toBe(refused)
    expect(await refusalOf(s.forget({ Username: '+15550100999' }))).toBe(refused)
    expect(await refusalOf(s.admin('AdminResetUserPassword'))).toBe(refused)
    expect(await s.statusOf()).toBe('CONFIRMED')
    expect(s.code()).toBeUndefined()
    expect(await refusalOf(s.confirm('000000'))).toMatch(/^ExpiredCodeException/)
    await s.withPassword()
  })

  it.each<[what: string, settings: object, medium: string, to: string]>([
    ['a verified number, where messages can be sent', sms, 'SMS', '+*******0001'],
    ['else a verified address', {}, 'EMAIL', 'a***@e***'],
    [
      'what the pool puts first',
      {
        ...sms,
        AccountRecoverySetting: {
          RecoveryMechanisms: [
            { Name: 'verified_phone_number', Priority: 2 },
            { Name: 'verified_email', Priority: 1 },
          ],
        },
      },
      'EMAIL',
      'a***@e***',
    ],
  ])('goes to %s', async (_what, settings, DeliveryMedium, Destination) => {
    const { CodeDeliveryDetails } = await (await verified(settings)).forget()
    expect(CodeDeliveryDetails).toMatchObject({ DeliveryMedium, Destination })
  })

  it('goes nowhere without anything that is verified', async () => {
    const s = await withUser()
    expect(await refusalOf(s.byClient('ForgotPassword'))).toMatch(
      /^InvalidParameterException: Cannot reset password for the user/,
    )
  })

  it('is replaced with the code, which tells PostConfirmation and opens the account again', async () => {
    const s = await verified({})
    await s.admin('AdminResetUserPassword')
    expect(await refusalOf(s.withPassword())).toMatch(/^PasswordResetRequiredException/)
    await s.forget()
    const code = s.code() as string
    expect(await refusalOf(s.confirm(code === '000000' ? '000001' : '000000'))).toMatch(/^CodeMismatch/)
    expect(await refusalOf(s.confirm(code, 'short'))).toMatch(/^InvalidPasswordException/)
    s.invocations.length = 0
    await s.confirm(code)
    expect(s.eventsOf('PostConfirmation').map((event) => event.triggerSource)).toEqual([
      'PostConfirmation_ConfirmForgotPassword',
    ])
    expect(await s.statusOf()).toBe('CONFIRMED')
    await s.withPassword(next)
    expect(await refusalOf(s.confirm(code))).toMatch(/^ExpiredCodeException/)
  })

  it('keeps its code for an hour and five wrong tries', async () => {
    const s = await verified({})
    await s.forget()
    const wrong = s.code() === '000000' ? '000001' : '000000'
    for (let i = 0; i < 5; i++) expect(await refusalOf(s.confirm(wrong))).toMatch(/^CodeMismatchException/)
    expect(await refusalOf(s.confirm(s.code() as string))).toMatch(/^LimitExceededException/)
    await s.forget()
    s.pass(60 * 60_000)
    expect(await refusalOf(s.confirm(s.code() as string))).toMatch(/^ExpiredCodeException/)
  })

  it('of a stranger looks the same, unless the client tells', async () => {
    const s = await verified({})
    const mine = await s.forget()
    expect(await s.forget({ Username: '+15550100999' })).toEqual(mine)
    expect(s.cognito.confirmationCode(s.pool, '+15550100999')).toBeUndefined()
    const telling = await withUser({ ...open, PreventUserExistenceErrors: 'LEGACY' })
    const asked = telling.byClient('ForgotPassword', { Username: '+15550100999' })
    expect(await refusalOf(asked)).toMatch(/^UserNotFoundException/)
  })
})
