// Cognito on the wire: the SDK that everybody uses reads its answers, errors and times unchanged.
import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DescribeUserPoolCommand,
  InitiateAuthCommand,
  paginateListUserPools,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenSandbox, startOpenSandbox } from '../../../src/sandbox/server.ts'
import { password, phone, type TriggerEvent } from './bench.ts'

let sandbox: OpenSandbox
let cognito: CognitoIdentityProviderClient
let app: CognitoIdentityProviderClient
const arn = 'arn:aws:lambda:us-east-1:123456789012:function:trigger'

beforeAll(async () => {
  sandbox = await startOpenSandbox({ pageSize: 2 })
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = sandbox.env()
  const common = { region: sandbox.region, endpoint: sandbox.endpoint, maxAttempts: 1 }
  cognito = new CognitoIdentityProviderClient({
    ...common,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  })
  // An app has no AWS credentials: its calls go out unsigned.
  app = new CognitoIdentityProviderClient({ ...common, signer: { sign: async (request) => request } })
  const answers: Record<string, object> = {
    PreSignUp_SignUp: { autoConfirmUser: true },
    CreateAuthChallenge_Authentication: {
      publicChallengeParameters: { status: 'sent' },
      privateChallengeParameters: {},
    },
    VerifyAuthChallengeResponse_Authentication: { answerCorrect: true },
  }
  sandbox.inside.aroundInvoke(async ({ payload }) => {
    const event = payload as TriggerEvent
    const answered = (event.request.session as unknown[] | undefined)?.length
    const decided = answered ? { issueTokens: true } : { challengeName: 'CUSTOM_CHALLENGE' }
    return { kind: 'answer', payload: { response: answers[event.triggerSource] ?? decided } }
  })
})
afterAll(() => sandbox.close())

async function makePool() {
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({
      PoolName: 'wire',
      UsernameAttributes: ['phone_number'],
      LambdaConfig: {
        PreSignUp: arn,
        DefineAuthChallenge: arn,
        CreateAuthChallenge: arn,
        VerifyAuthChallengeResponse: arn,
      },
    }),
  )
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({ UserPoolId: UserPool?.Id, ClientName: 'app' }),
  )
  return { pool: UserPool?.Id as string, clientId: UserPoolClient?.ClientId as string }
}

it('carries times as dates, and pages to the SDK’s paginator', async () => {
  const before = sandbox.clock.now()
  const made = [await makePool(), await makePool(), await makePool()]
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: made[0]?.pool }))
  expect(UserPool?.CreationDate).toBeInstanceOf(Date)
  expect(Number(UserPool?.CreationDate)).toBeGreaterThanOrEqual(before)
  expect(Number(UserPool?.CreationDate)).toBeLessThanOrEqual(sandbox.clock.now())
  const pages: number[] = []
  for await (const page of paginateListUserPools({ client: cognito }, { MaxResults: 60 })) {
    pages.push(page.UserPools?.length ?? 0)
  }
  expect(pages).toEqual([2, 1])
})

it('signs a user up and in for an app without credentials, with tokens that the served keys verify', async () => {
  const { pool, clientId } = await makePool()
  await app.send(new SignUpCommand({ ClientId: clientId, Username: phone, Password: password }))
  const round = await app.send(
    new InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: 'CUSTOM_AUTH',
      AuthParameters: { USERNAME: phone },
    }),
  )
  expect(round.ChallengeParameters).toMatchObject({ status: 'sent' })
  const { AuthenticationResult } = await app.send(
    new RespondToAuthChallengeCommand({
      ClientId: clientId,
      ChallengeName: 'CUSTOM_CHALLENGE',
      Session: round.Session,
      ChallengeResponses: { USERNAME: phone, ANSWER: '1' },
    }),
  )
  const verifier = CognitoJwtVerifier.create({ userPoolId: pool, tokenUse: 'id', clientId })
  const served = await fetch(`${sandbox.endpoint}/${pool}/.well-known/jwks.json`, {
    headers: { origin: 'https://app.example' },
  })
  expect(served.headers.get('access-control-allow-origin')).toBe('*')
  verifier.cacheJwks((await served.json()) as Parameters<typeof verifier.cacheJwks>[0])
  const claims = await verifier.verify(AuthenticationResult?.IdToken as string)
  expect(claims.phone_number).toBe(phone)
  const configuration = await fetch(`${sandbox.endpoint}/${pool}/.well-known/openid-configuration`)
  expect(await configuration.json()).toMatchObject({ issuer: claims.iss })
  const unknown = await fetch(`${sandbox.endpoint}/us-east-1_Unknown12/.well-known/jwks.json`)
  expect(unknown.status).toBe(404)
})

it('names its errors as the SDK models them, and asks control-plane calls for a signature', async () => {
  const { pool, clientId } = await makePool()
  const signUp = new SignUpCommand({ ClientId: clientId, Username: phone, Password: password })
  await app.send(signUp)
  await expect(app.send(signUp)).rejects.toMatchObject({
    name: 'UsernameExistsException',
    message: 'An account with the given phone_number already exists.',
    $metadata: { httpStatusCode: 400 },
  })
  const get = new AdminGetUserCommand({ UserPoolId: pool, Username: '+15550100777' })
  await expect(cognito.send(get)).rejects.toMatchObject({ name: 'UserNotFoundException' })
  const unsigned = await fetch(sandbox.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.AdminGetUser' },
    body: JSON.stringify({ UserPoolId: pool, Username: phone }),
  })
  expect(await unsigned.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' })
})
