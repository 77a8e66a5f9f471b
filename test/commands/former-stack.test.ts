// Taking over the pool of the system that this one replaces: it bears our names, and its users sign in afterwards.
import {
  AdminConfirmSignUpCommand,
  AdminUpdateUserAttributesCommand,
  type CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  type CreateUserPoolCommandInput,
  DescribeUserPoolCommand,
  SignUpCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { answerChallenge, startSignIn } from '../../src/aws/sign-in.ts'
import { documentOf, Terminal } from '../cli/terminal.ts'
import { makeFormerStack } from '../zoo/former-stack.ts'

const phone = '+15550100001'
const formerFunction = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:sample-dev-${name}`
const formerTriggers = {
  PreSignUp: formerFunction('preSignUp'),
  DefineAuthChallenge: formerFunction('defineAuthChallenge'),
  CreateAuthChallenge: formerFunction('createAuthChallenge'),
  VerifyAuthChallengeResponse: formerFunction('verifyAuthChallenge'),
  PostConfirmation: formerFunction('postConfirmation'),
}

let terminal: Terminal
let cognito: CognitoIdentityProviderClient
let poolId = ''
let clientIds: Record<'signup' | 'login', string>

beforeEach(async () => {
  terminal = await Terminal.start()
  ;({ cognito } = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region }))
  const create = async (input: CreateUserPoolCommandInput) =>
    (await cognito.send(new CreateUserPoolCommand(input))).UserPool?.Id ?? ''
  ;({ poolId, clientIds } = await makeFormerStack(cognito, create))
  // Not so new that its tags may still be on their way.
  terminal.sandbox.clock.advance(600_000)
  const ClientId = clientIds.signup
  await cognito.send(new SignUpCommand({ ClientId, Username: phone, Password: 'Aa1!aaaa' }))
  await cognito.send(new AdminConfirmSignUpCommand({ UserPoolId: poolId, Username: phone }))
  await cognito.send(
    new AdminUpdateUserAttributesCommand({
      UserPoolId: poolId,
      Username: phone,
      UserAttributes: [
        { Name: 'phone_number_verified', Value: 'true' },
        { Name: 'custom:whatsapp_verified', Value: 'true' },
      ],
    }),
  )
})
afterEach(() => terminal.close())

const triggers = async () => {
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: poolId }))
  return UserPool?.LambdaConfig ?? {}
}

it('keeps pool, clients and users', async () => {
  const refused = await terminal.run('deploy')
  expect([refused.code, refused.writes]).toEqual([1, []])
  expect(refused.stderr).toContain('--adopt')

  const taken = await terminal.run('deploy --adopt --yes')
  expect(taken.code).toBe(0)
  const { outputs } = documentOf(await terminal.run('outputs --json')) as { outputs: Record<string, string> }
  expect(outputs).toMatchObject({
    userPoolId: poolId,
    signupClientId: clientIds.signup,
    loginClientId: clientIds.login,
  })
  expect((await terminal.run('plan --detailed-exitcode')).code).toBe(0)
})

it('names the functions that its pool called, and leaves them to their owner', async () => {
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: poolId }))
  const { Policies, AutoVerifiedAttributes } = UserPool ?? {}
  await cognito.send(
    new UpdateUserPoolCommand({
      ...{ UserPoolId: poolId, Policies, AutoVerifiedAttributes },
      LambdaConfig: formerTriggers,
    }),
  )
  const { stderr, code } = await terminal.run('deploy --adopt --yes')
  expect(code).toBe(0)
  const unfolded = stderr.replace(/\s/g, '')
  for (const arn of Object.values(formerTriggers)) expect(unfolded).toContain(arn)
  expect(Object.values(await triggers()).join()).not.toContain('sample-dev')
})

it.each(['signup', 'login'] as const)('signs its users in on the %s client', async (kind) => {
  expect((await terminal.run('deploy --adopt --yes')).code).toBe(0)
  const client = { clientId: clientIds[kind] }
  const asked = await startSignIn(cognito, client, phone)
  if (asked.kind !== 'challenge') throw new Error('no challenge')
  const { code } = terminal.sandbox.inbox.list(phone).at(-1) ?? { code: '' }
  expect((await answerChallenge(cognito, client, asked, code)).kind).toBe('tokens')
})
