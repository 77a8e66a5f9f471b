// An input for every operation of Cognito's user pools, with all that any of them reads.
import { bench, password, phone } from './bench.ts'

/** A pool with tags, a client and a user; and an input that has all members of all operations. */
export async function everything() {
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
  const input = {
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
    UserAttributeNames: ['name'],
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
  return { ...b, everything: input, arn: UserPool.Arn as string }
}
