// Whatever is sent, an operation answers or refuses it: members of the wrong kind, missing, odd and huge ones.
import { expect, it } from 'vitest'
import { AwsFault } from '../../../src/sandbox/account/aws-fault.ts'
import { bench, password, phone } from './bench.ts'

/** The same numbers in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

const nested = (depth: number): unknown => (depth === 0 ? 'x' : { a: [nested(depth - 1)] })
const odd: unknown[] = [
  null,
  true,
  -1,
  1e9,
  0.5,
  '',
  ' ',
  'x'.repeat(5_000),
  '__proto__',
  'toString',
  '\u0000\uD800',
  [],
  [null],
  [[1]],
  ['constructor', 7, { Name: 1 }],
  {},
  { constructor: 1, toString: null, hasOwnProperty: 2 },
  JSON.parse('{"__proto__": {"polluted": true}, "Name": null}'),
  nested(60),
]

const pick = <T>(list: readonly T[], random: () => number) => list[Math.floor(random() * list.length)] as T

/** A copy in which one member, however deep, is something else, is gone or is new. */
function mutated(value: unknown, random: () => number): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.2) return structuredClone(pick(odd, random))
  if (Array.isArray(value)) return value.map((one) => (random() < 0.5 ? mutated(one, random) : one))
  const entries = Object.entries(value)
  const [key] = pick(entries.length ? entries : [['a', 1]], random)
  const how = random()
  if (how < 0.1) return Object.fromEntries(entries.filter(([name]) => name !== key))
  if (how < 0.2)
    return { ...value, [pick(['constructor', 'Newer', '__proto__', 'valueOf'], random)]: pick(odd, random) }
  return Object.fromEntries(entries.map(([name, one]) => [name, name === key ? mutated(one, random) : one]))
}

async function examples() {
  const b = bench()
  const { pool, clientId, signUp, initiate, signIn } = await b.ready({
    ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  })
  await signUp()
  const { AccessToken, RefreshToken } = await signIn()
  const { Session } = await initiate()
  const { UserPool } = await b.call('DescribeUserPool', { UserPoolId: pool })
  const attribute = [{ Name: 'name', Value: 'Ada' }]
  const settings = {
    Policies: {
      PasswordPolicy: { MinimumLength: 8 },
      SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
    },
    LambdaConfig: {
      ...b.lambdaConfig,
      PreTokenGenerationConfig: { LambdaVersion: 'V1_0', LambdaArn: b.lambdaConfig.PreSignUp },
    },
    AutoVerifiedAttributes: ['email'],
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
    UserPoolAddOns: {
      AdvancedSecurityMode: 'OFF',
      AdvancedSecurityAdditionalFlows: { CustomAuthMode: 'AUDIT' },
    },
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
    SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms' },
    AcrConfiguration: { Level1: { AcrValue: 'a' } },
    IssuerConfiguration: { Type: 'ORIGINAL' },
    UserPoolTier: 'PLUS',
    UserPoolTags: { a: 'b' },
    Newer: { a: [1] },
  }
  const client = {
    ClientName: 'c',
    ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    TokenValidityUnits: { AccessToken: 'minutes' },
    AccessTokenValidity: 60,
    ReadAttributes: ['name'],
    WriteAttributes: ['name'],
    SupportedIdentityProviders: ['COGNITO'],
    RefreshTokenRotation: { Feature: 'DISABLED', RetryGracePeriodSeconds: 0 },
  }
  const everything = {
    UserPoolId: pool,
    ClientId: clientId,
    ResourceArn: UserPool.Arn,
    Username: phone,
    Password: password,
    AccessToken,
    RefreshToken,
    Token: RefreshToken,
    Session,
    AuthFlow: 'CUSTOM_AUTH',
    AuthParameters: { USERNAME: phone, PASSWORD: password },
    ChallengeName: 'CUSTOM_CHALLENGE',
    ChallengeResponses: { USERNAME: phone, ANSWER: '1' },
    ClientMetadata: { a: 'b' },
    UserAttributes: attribute,
    ValidationData: attribute,
    AttributesToGet: ['name'],
    Filter: 'name = "Ada"',
    ConfirmationCode: '1',
    PreviousPassword: password,
    ProposedPassword: password,
    Permanent: true,
    Tags: { a: 'b' },
    TagKeys: ['a'],
    MaxResults: 10,
    Limit: 10,
    NextToken: 'MQ',
    PoolName: 'p',
    Schema: [{ Name: 'x', AttributeDataType: 'String', StringAttributeConstraints: { MaxLength: '9' } }],
    CustomAttributes: [{ Name: 'y', AttributeDataType: 'Number' }],
    UsernameAttributes: ['phone_number'],
    UsernameConfiguration: { CaseSensitive: false },
    Domain: 'my-app',
    ManagedLoginVersion: 1,
    CustomDomainConfig: { CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1' },
    MfaConfiguration: 'OFF',
    SoftwareTokenMfaConfiguration: { Enabled: false },
    ...settings,
    ...client,
  }
  return { ...b, everything }
}

it.each(Object.keys(bench().cognito.operations))(
  '%s answers or refuses, and never fails',
  async (operation) => {
    const { call, everything } = await examples()
    const random = randomNumbers(operation.length)
    const failures = new Set<string>()
    const tryOne = (input: Record<string, unknown>) =>
      call(operation, input).catch((error: Error) => {
        if (error instanceof AwsFault && error.status < 500) return
        failures.add(`${error.message}${error.stack?.split('\n')[1]}`)
      })
    for (const [member, value] of Object.entries(everything)) {
      for (let i = 0; i < 4; i++)
        await tryOne({ ...everything, [member]: structuredClone(pick(odd, random)) })
      for (let i = 0; i < 4; i++) await tryOne({ ...everything, [member]: mutated(value, random) })
    }
    expect([...failures].sort()).toEqual([])
    expect({}).not.toHaveProperty('polluted')
  },
)
