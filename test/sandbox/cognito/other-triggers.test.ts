// The triggers of pools besides sign-up and custom authentication: messages, tokens, and users of elsewhere.
import { expect, it } from 'vitest'
import { arn, bench, claimsOf, password, phone, refusalOf, type TriggerEvent } from './bench.ts'

type Change = (event: TriggerEvent) => Record<string, unknown>

/** A pool with these triggers, and a client that signs in with a password. */
async function poolWith(
  triggers: Record<string, Change>,
  { settings = {}, client = {} }: { settings?: Record<string, unknown>; client?: object } = {},
) {
  const b = bench()
  for (const [key, change] of Object.entries(triggers)) {
    b.triggers[key] = (event) => ({ ...event, response: { ...event.response, ...change(event) } })
  }
  const plain = Object.fromEntries(Object.keys(triggers).map((key) => [key, arn(key)]))
  const { LambdaConfig = {}, ...others } = settings
  const { UserPool } = await b.call('CreateUserPool', {
    PoolName: 'pool',
    LambdaConfig: { ...plain, ...(LambdaConfig as object) },
    ...others,
  })
  const { UserPoolClient } = await b.call('CreateUserPoolClient', {
    UserPoolId: UserPool.Id,
    ClientName: 'app',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    ...client,
  })
  const ClientId: string = UserPoolClient.ClientId
  const attributes = (of: Record<string, string>) =>
    Object.entries(of).map(([Name, Value]) => ({ Name, Value }))
  return {
    ...b,
    poolId: UserPool.Id as string,
    clientId: ClientId,
    admin: (operation: string, Username: string, more: object = {}) =>
      b.call(operation, { UserPoolId: UserPool.Id, Username, ...more }),
    signUp: (Username: string, of: Record<string, string> = {}) =>
      b.call('SignUp', { ClientId, Username, Password: password, UserAttributes: attributes(of) }),
    signIn: async (USERNAME: string, PASSWORD = password, more: object = {}) =>
      (
        await b.call('InitiateAuth', {
          ...{ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME, PASSWORD } },
          ...more,
        })
      ).AuthenticationResult,
    byClient: (operation: string, more: object) => b.call(operation, { ClientId, ...more }),
    events: (key: string) =>
      b.invocations.filter((one) => one.functionArn === arn(key)).map((one) => one.payload as TriggerEvent),
  }
}

const byEmail = { UsernameAttributes: ['email'], AutoVerifiedAttributes: ['email'] }
const address = 'ann@example.com'
const words = () => ({ emailMessage: 'Your code is {####}', smsMessage: 'Code {####}' })

it('CustomMessage is asked for the words of a sign-up and of a forgotten password, as it may word them', async () => {
  const p = await poolWith({ CustomMessage: words }, { settings: byEmail })
  const { CodeDeliveryDetails } = await p.signUp(address)
  expect(CodeDeliveryDetails).toEqual({
    AttributeName: 'email',
    DeliveryMedium: 'EMAIL',
    Destination: 'a***@e***',
  })
  const [event] = p.events('CustomMessage')
  expect(event).toMatchObject({
    triggerSource: 'CustomMessage_SignUp',
    callerContext: { clientId: p.clientId },
    request: { codeParameter: '{####}', usernameParameter: null, userAttributes: { email: address } },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  })
  const ConfirmationCode = p.cognito.confirmationCode(p.poolId, address)
  await p.byClient('ConfirmSignUp', { Username: address, ConfirmationCode })
  await p.byClient('ForgotPassword', { Username: address })
  expect(p.events('CustomMessage').at(-1)?.triggerSource).toBe('CustomMessage_ForgotPassword')
  p.triggers.CustomMessage = (event) => ({ ...event, response: { emailMessage: 'No code in it' } })
  expect(await refusalOf(p.byClient('ForgotPassword', { Username: address }))).toMatch(
    /^InvalidLambdaResponseException: /,
  )
})

it('a sender gets the message instead, with a code that it cannot read without the key', async () => {
  const sender = { LambdaArn: arn('Sender'), LambdaVersion: 'V1_0' }
  const p = await poolWith(
    { CustomMessage: words },
    {
      settings: {
        AutoVerifiedAttributes: ['phone_number'],
        SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms' },
        LambdaConfig: { CustomSMSSender: sender, KMSKeyID: arn('key') },
      },
    },
  )
  // Nobody reads what it answers.
  p.triggers.Sender = () => null
  await p.signUp('ann', { phone_number: phone })
  const [event] = p.events('Sender')
  expect(event).toMatchObject({
    triggerSource: 'CustomSMSSender_SignUp',
    request: { type: 'customSMSSenderRequestV1', clientMetadata: null },
    response: {},
  })
  const code = p.cognito.confirmationCode(p.poolId, 'ann') ?? ''
  expect(Buffer.from(String(event?.request.code), 'base64').toString()).not.toContain(code)
  expect(p.events('CustomMessage')).toEqual([])
  p.triggers.Sender = () => {
    throw new Error('no credit')
  }
  expect(await refusalOf(p.signUp('bob', { phone_number: '+15550100002' }))).toBe(
    'UserLambdaValidationException: CustomSMSSender failed with error no credit.',
  )
})

it('has no sender without a key, and one function for tokens, by both of its names', async () => {
  const { call } = bench()
  const create = async (LambdaConfig: object) =>
    (await call('CreateUserPool', { PoolName: 'p', LambdaConfig })).UserPool.LambdaConfig
  const sender = { LambdaArn: arn('Sender'), LambdaVersion: 'V1_0' }
  expect(await refusalOf(create({ CustomEmailSender: sender }))).toContain('KMSKeyID')
  const both = (LambdaVersion: string) => ({
    PreTokenGeneration: arn('Claims'),
    PreTokenGenerationConfig: { LambdaArn: arn('Claims'), LambdaVersion },
  })
  expect(await create({ PreTokenGeneration: arn('Claims') })).toEqual(both('V1_0'))
  const { PreTokenGeneration: _, ...second } = both('V2_0')
  expect(await create(second)).toEqual(both('V2_0'))
  expect(await refusalOf(create({ ...both('V2_0'), PreTokenGeneration: arn('Other') }))).toContain('same')
})

it('PreTokenGeneration changes the claims of the id token, at each issue, but none that are Cognito’s', async () => {
  const p = await poolWith({
    PreSignUp: () => ({ autoConfirmUser: true }),
    PreTokenGeneration: () => ({
      claimsOverrideDetails: {
        claimsToAddOrOverride: { plan: 'gold', sub: 'forged', 'cognito:username': 'forged' },
        claimsToSuppress: ['email', 'iss'],
      },
    }),
  })
  const { UserSub } = await p.signUp('ann', { email: address })
  const issued = await p.signIn('ann')
  const id = claimsOf(issued.IdToken)
  expect(id).toMatchObject({ plan: 'gold', sub: UserSub, 'cognito:username': 'ann' })
  expect(id.email).toBeUndefined()
  expect(id.iss).toBeDefined()
  expect(claimsOf(issued.AccessToken).plan).toBeUndefined()
  await p.byClient('InitiateAuth', {
    AuthFlow: 'REFRESH_TOKEN_AUTH',
    AuthParameters: { REFRESH_TOKEN: issued.RefreshToken },
  })
  const events = p.events('PreTokenGeneration')
  expect(events.map(({ triggerSource }) => triggerSource)).toEqual([
    'TokenGeneration_Authentication',
    'TokenGeneration_RefreshTokens',
  ])
  expect(events[0]).toMatchObject({
    version: '1',
    request: { groupConfiguration: { groupsToOverride: [] } },
    response: { claimsOverrideDetails: null },
  })
})

it('the second version of it changes the access token as well', async () => {
  const PreTokenGenerationConfig = { LambdaArn: arn('Claims'), LambdaVersion: 'V2_0' }
  const p = await poolWith(
    { PreSignUp: () => ({ autoConfirmUser: true }) },
    { settings: { LambdaConfig: { PreTokenGenerationConfig } } },
  )
  p.triggers.Claims = (event) => ({
    ...event,
    response: {
      claimsAndScopeOverrideDetails: {
        idTokenGeneration: { claimsToAddOrOverride: { tenants: ['a', 'b'] } },
        accessTokenGeneration: { claimsToAddOrOverride: { tenant: 'a' }, scopesToAdd: ['orders/read'] },
      },
    },
  })
  await p.signUp('ann')
  const { IdToken, AccessToken } = await p.signIn('ann')
  expect(claimsOf(IdToken).tenants).toEqual(['a', 'b'])
  expect(claimsOf(AccessToken)).toMatchObject({
    tenant: 'a',
    scope: 'aws.cognito.signin.user.admin orders/read',
  })
  expect(p.events('Claims')[0]).toMatchObject({
    version: '2',
    request: { scopes: ['aws.cognito.signin.user.admin'] },
    response: { claimsAndScopeOverrideDetails: null },
  })
  p.triggers.Claims = (event) => ({ ...event, response: { claimsAndScopeOverrideDetails: 'no' } })
  expect(await refusalOf(p.signIn('ann'))).toContain('InvalidLambdaResponseException')
})

it('UserMigration brings an unknown user with the password that he has come with', async () => {
  const p = await poolWith(
    {
      UserMigration: ({ userName, request }) =>
        userName === address && request.password === password
          ? { userAttributes: { email: address, email_verified: 'true' }, finalUserStatus: 'CONFIRMED' }
          : {},
    },
    { settings: byEmail },
  )
  expect(await refusalOf(p.signIn(address, 'Wrong-1234'))).toBe(
    `UserNotFoundException: Exception migrating user in app client ${p.clientId}`,
  )
  expect((await p.signIn(address, password, { ClientMetadata: { a: 'b' } })).IdToken).toBeDefined()
  await p.signIn(address)
  const events = p.events('UserMigration')
  expect(events).toHaveLength(2)
  expect(events[1]).toMatchObject({
    triggerSource: 'UserMigration_Authentication',
    userName: address,
    callerContext: { clientId: p.clientId },
    request: { password, validationData: { a: 'b' } },
  })
  expect((await p.admin('AdminGetUser', address)).UserStatus).toBe('CONFIRMED')
})

it('UserMigration tells a client nothing that hides who exists, and brings who forgot his password', async () => {
  const p = await poolWith(
    { UserMigration: () => ({ userAttributes: { email: address, email_verified: 'true' } }) },
    { settings: byEmail, client: { PreventUserExistenceErrors: 'ENABLED' } },
  )
  const { CodeDeliveryDetails } = await p.byClient('ForgotPassword', { Username: address })
  expect(CodeDeliveryDetails.DeliveryMedium).toBe('EMAIL')
  const [event] = p.events('UserMigration')
  expect(event?.triggerSource).toBe('UserMigration_ForgotPassword')
  expect(event?.request).not.toHaveProperty('password')
  p.triggers.UserMigration = () => {
    throw new Error('not there')
  }
  expect(await refusalOf(p.signIn('bob@example.com'))).toBe(
    'NotAuthorizedException: Incorrect username or password.',
  )
})
