// One call of every operation of Cognito's user pools, in an order in which all of them succeed.
import { createHmac } from 'node:crypto'
import type { OpenSandbox } from '../../src/sandbox/server.ts'
import { password, phone, type TriggerEvent } from './cognito/bench.ts'
import type { Scene, Seen } from './sdk-scene.ts'

const trigger = 'arn:aws:lambda:us-east-1:123456789012:function:trigger'
const pool = (seen: Seen) => ({ UserPoolId: seen.CreateUserPool.UserPool.Id as string })
const poolArn = (seen: Seen) => ({ ResourceArn: seen.CreateUserPool.UserPool.Arn as string })
const secretOf = (seen: Seen) => seen.CreateUserPoolClient.UserPoolClient.ClientSecret as string
const client = (seen: Seen) => ({ ClientId: seen.CreateUserPoolClient.UserPoolClient.ClientId as string })
const provider = (seen: Seen) => ({ ...pool(seen), ProviderName: 'Partner' })
const poolClient = (seen: Seen) => ({ ...pool(seen), ...client(seen) })
const user = (Username: string) => (seen: Seen) => ({ ...pool(seen), Username })
const hash = (seen: Seen, name: string) =>
  createHmac('sha256', secretOf(seen))
    .update(name + client(seen).ClientId)
    .digest('base64')
const initiate = (seen: Seen) => ({
  ...client(seen),
  AuthFlow: 'CUSTOM_AUTH',
  AuthParameters: { USERNAME: phone, SECRET_HASH: hash(seen, phone) },
})
const respond = (from: string) => (seen: Seen) => {
  const { Session, ChallengeParameters } = seen[from]
  const USERNAME = ChallengeParameters.USERNAME as string
  const ChallengeResponses = { USERNAME, ANSWER: '1', SECRET_HASH: hash(seen, USERNAME) }
  return { ...client(seen), ChallengeName: 'CUSTOM_CHALLENGE', Session, ChallengeResponses }
}
const access = (seen: Seen) => ({
  AccessToken: seen.RespondToAuthChallenge.AuthenticationResult.AccessToken as string,
})
const withSecret = (seen: Seen) => ({ ...client(seen), ClientSecret: secretOf(seen) })
const refreshToken = (seen: Seen) =>
  seen.AdminRespondToAuthChallenge.AuthenticationResult.RefreshToken as string
const idp = (operation: string, input: object | ((seen: Seen) => object)): Scene => [
  'cognito-idp',
  operation,
  input,
]
const second = '+15550100002'
const third = '+15550100003'

export const cognitoScenes: Scene[] = [
  idp('CreateUserPool', {
    PoolName: 'scene',
    UsernameAttributes: ['phone_number'],
    LambdaConfig: {
      PreSignUp: trigger,
      DefineAuthChallenge: trigger,
      CreateAuthChallenge: trigger,
      VerifyAuthChallengeResponse: trigger,
    },
    UserPoolTags: { team: 'auth' },
  }),
  idp('DescribeUserPool', pool),
  idp('ListUserPools', { MaxResults: 10 }),
  idp('AddCustomAttributes', (seen) => ({
    ...pool(seen),
    CustomAttributes: [{ Name: 'plan', AttributeDataType: 'String', Mutable: true }],
  })),
  idp('CreateUserPoolDomain', (seen) => ({ ...pool(seen), Domain: 'scene' })),
  idp('DescribeUserPoolDomain', { Domain: 'scene' }),
  idp('DeleteUserPoolDomain', (seen) => ({ ...pool(seen), Domain: 'scene' })),
  idp('CreateIdentityProvider', (seen) => ({
    ...provider(seen),
    ProviderType: 'OIDC',
    ProviderDetails: { client_id: 'a' },
    AttributeMapping: { email: 'email' },
  })),
  idp('DescribeIdentityProvider', provider),
  idp('ListIdentityProviders', pool),
  idp('DeleteIdentityProvider', provider),
  idp('SetUserPoolMfaConfig', (seen) => ({ ...pool(seen), MfaConfiguration: 'OFF' })),
  idp('GetUserPoolMfaConfig', pool),
  idp('TagResource', (seen) => ({ ...poolArn(seen), Tags: { a: 'b' } })),
  idp('ListTagsForResource', poolArn),
  idp('UntagResource', (seen) => ({ ...poolArn(seen), TagKeys: ['a'] })),
  idp('CreateUserPoolClient', (seen) => ({ ...pool(seen), ClientName: 'app', GenerateSecret: true })),
  idp('DescribeUserPoolClient', poolClient),
  idp('ListUserPoolClients', pool),
  idp('UpdateUserPoolClient', (seen) => ({
    ...poolClient(seen),
    ClientName: 'app',
    RefreshTokenValidity: 7,
  })),
  idp('SignUp', (seen) => ({
    ...client(seen),
    Username: phone,
    Password: password,
    SecretHash: hash(seen, phone),
  })),
  idp('AdminCreateUser', (seen) => ({
    ...pool(seen),
    Username: second,
    MessageAction: 'SUPPRESS',
    UserAttributes: [{ Name: 'phone_number', Value: second }],
  })),
  idp('AdminGetUser', user(phone)),
  idp('AdminUpdateUserAttributes', (seen) => ({
    ...user(phone)(seen),
    UserAttributes: [{ Name: 'name', Value: 'A person' }],
  })),
  idp('AdminDeleteUserAttributes', (seen) => ({ ...user(phone)(seen), UserAttributeNames: ['name'] })),
  idp('ListUsers', pool),
  idp('AdminDisableUser', user(second)),
  idp('AdminEnableUser', user(second)),
  idp('AdminDeleteUser', user(second)),
  idp('InitiateAuth', initiate),
  idp('RespondToAuthChallenge', respond('InitiateAuth')),
  idp('AdminInitiateAuth', (seen) => ({ ...initiate(seen), ...pool(seen) })),
  idp('AdminRespondToAuthChallenge', (seen) => ({ ...respond('AdminInitiateAuth')(seen), ...pool(seen) })),
  idp('GetTokensFromRefreshToken', (seen) => ({ ...withSecret(seen), RefreshToken: refreshToken(seen) })),
  idp('RevokeToken', (seen) => ({ ...withSecret(seen), Token: refreshToken(seen) })),
  idp('GetUser', access),
  idp('UpdateUserAttributes', (seen) => ({
    ...access(seen),
    UserAttributes: [{ Name: 'name', Value: 'Somebody' }],
  })),
  idp('ChangePassword', (seen) => ({
    ...access(seen),
    PreviousPassword: password,
    ProposedPassword: `${password}!`,
  })),
  idp('GlobalSignOut', access),
  idp('AdminUserGlobalSignOut', user(phone)),
  idp('InitiateAuth', initiate),
  idp('RespondToAuthChallenge', respond('InitiateAuth')),
  idp('DeleteUser', access),
  // Without triggers a sign-up waits for an administrator or for its code.
  idp('UpdateUserPool', pool),
  idp('SignUp', (seen) => ({
    ...client(seen),
    Username: third,
    Password: password,
    SecretHash: hash(seen, third),
  })),
  idp('AdminConfirmSignUp', user(third)),
  idp('AdminSetUserPassword', (seen) => ({ ...user(third)(seen), Password: password, Permanent: true })),
  idp('AdminUpdateUserAttributes', (seen) => ({
    ...user(third)(seen),
    UserAttributes: [
      { Name: 'email', Value: 'third@example.com' },
      { Name: 'email_verified', Value: 'true' },
    ],
  })),
  idp('AdminResetUserPassword', user(third)),
  idp('ForgotPassword', (seen) => ({ ...client(seen), Username: third, SecretHash: hash(seen, third) })),
  idp('DeleteUserPoolClient', poolClient),
  idp('DeleteUserPool', pool),
]

/** Stands for the triggers: one challenge, and any answer is right. */
export function answerTriggers(sandbox: OpenSandbox): void {
  sandbox.inside.aroundInvoke(async ({ payload }) => {
    const { triggerSource, request } = payload as TriggerEvent
    const isAnswered = ((request.session as unknown[] | undefined)?.length ?? 0) > 0
    const responses: Record<string, object> = {
      PreSignUp: { autoConfirmUser: true },
      DefineAuthChallenge: isAnswered ? { issueTokens: true } : { challengeName: 'CUSTOM_CHALLENGE' },
      CreateAuthChallenge: { publicChallengeParameters: { a: 'b' }, privateChallengeParameters: {} },
      VerifyAuthChallengeResponse: { answerCorrect: true },
    }
    return { kind: 'answer', payload: { response: responses[triggerSource.split('_')[0] ?? ''] } }
  })
}
