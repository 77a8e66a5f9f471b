// The parts of the sandbox together: a pool invokes real functions, which use their role, and tokens come out.

import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { AddPermissionCommand } from '@aws-sdk/client-lambda'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { clientConfig, FunctionFixture } from './lambda/function-fixture.ts'

const sources = {
  PreSignUp: 'event.response.autoConfirmUser = true',
  DefineAuthChallenge: `const last = event.request.session.at(-1)
    event.response = last?.challengeResult
      ? { issueTokens: true, failAuthentication: false }
      : { issueTokens: false, failAuthentication: false, challengeName: 'CUSTOM_CHALLENGE' }`,
  CreateAuthChallenge:
    "event.response = { publicChallengeParameters: { hint: 'seven' }, privateChallengeParameters: { code: '7' } }",
  VerifyAuthChallengeResponse:
    'event.response.answerCorrect = event.request.challengeAnswer === event.request.privateChallengeParameters.code',
}
const phone = '+15550100001'

let sandbox: Sandbox
let cognito: CognitoIdentityProviderClient
let UserPoolId: string
let ClientId: string

beforeAll(async () => {
  sandbox = await startSandbox()
  const aws = new FunctionFixture(sandbox)
  cognito = new CognitoIdentityProviderClient(clientConfig(sandbox))
  const LambdaConfig: Record<string, string> = {}
  for (const [trigger, source] of Object.entries(sources)) {
    const handler = `export const handler = async (event) => { ${source}; return event }`
    LambdaConfig[trigger] = (await aws.create(trigger, handler)).FunctionArn ?? ''
  }
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({ PoolName: 'p', UsernameAttributes: ['phone_number'], LambdaConfig }),
  )
  UserPoolId = UserPool?.Id ?? ''
  for (const FunctionName of Object.keys(sources)) {
    // The last one stays without a permission until its test gives it.
    if (FunctionName === 'VerifyAuthChallengeResponse') continue
    await permit(aws, FunctionName)
  }
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'c',
      ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    }),
  )
  ClientId = UserPoolClient?.ClientId ?? ''
})
afterAll(() => sandbox.close())

function permit(aws: FunctionFixture, FunctionName: string) {
  return aws.lambda.send(
    new AddPermissionCommand({
      FunctionName,
      StatementId: 'pool',
      Action: 'lambda:InvokeFunction',
      Principal: 'cognito-idp.amazonaws.com',
      SourceArn: `arn:aws:cognito-idp:us-east-1:123456789012:userpool/${UserPoolId}`,
      SourceAccount: '123456789012',
    }),
  )
}

describe('sign-in through functions', () => {
  it('confirms a user by PreSignUp', async () => {
    const { UserConfirmed } = await cognito.send(
      new SignUpCommand({ ClientId, Username: phone, Password: 'Throw-away-0123' }),
    )
    expect(UserConfirmed).toBe(true)
    const user = await cognito.send(new AdminGetUserCommand({ UserPoolId, Username: phone }))
    expect(user.UserStatus).toBe('CONFIRMED')
  })

  it('needs the permission of every function, then gives tokens that its published keys verify', async () => {
    const start = await cognito.send(
      new InitiateAuthCommand({ AuthFlow: 'CUSTOM_AUTH', ClientId, AuthParameters: { USERNAME: phone } }),
    )
    expect(start.ChallengeParameters).toMatchObject({ hint: 'seven' })
    const answer = (Session: string | undefined) =>
      cognito.send(
        new RespondToAuthChallengeCommand({
          ClientId,
          ChallengeName: 'CUSTOM_CHALLENGE',
          Session,
          ChallengeResponses: { USERNAME: phone, ANSWER: '7' },
        }),
      )
    await expect(answer(start.Session)).rejects.toMatchObject({ name: 'UnexpectedLambdaException' })

    await permit(new FunctionFixture(sandbox), 'VerifyAuthChallengeResponse')
    const again = await cognito.send(
      new InitiateAuthCommand({ AuthFlow: 'CUSTOM_AUTH', ClientId, AuthParameters: { USERNAME: phone } }),
    )
    const { AuthenticationResult } = await answer(again.Session)
    const keys = createRemoteJWKSet(new URL(`${sandbox.endpoint}/${UserPoolId}/.well-known/jwks.json`))
    const { payload } = await jwtVerify(AuthenticationResult?.IdToken ?? '', keys, { audience: ClientId })
    expect(payload.phone_number).toBe(phone)
  })
})
