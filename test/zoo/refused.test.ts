// The pools that cannot be borrowed: each is refused by a name and in words, and nothing in the account is changed.
import {
  CreateIdentityProviderCommand,
  SetUserPoolMfaConfigCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { DeleteAliasCommand, DeleteFunctionCommand } from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { documentOf } from '../cli/terminal.ts'
import { differences } from './compare.ts'
import * as bodies from './functions.ts'
import { ann, webApp } from './members.ts'
import { Zoo } from './zoo.ts'

let zoo: Zoo
beforeEach(async () => {
  zoo = await Zoo.open()
})
afterEach(() => zoo.close())

interface Refusal {
  code: string
  /** What the words have to name, beside the pool. */
  names?: string
  flags?: string
}

const email = { UsernameAttributes: ['email' as const] }
const elsewhere = 'arn:aws:lambda:us-east-1:210987654321:function:their-define'

async function outputOf(line: string): Promise<string> {
  const result = await zoo.terminal.run(line)
  if (result.code !== 0) throw new Error(result.stderr)
  const { outputs } = documentOf(await zoo.terminal.run('outputs --json --stage one')) as {
    outputs: { userPoolId: string }
  }
  return outputs.userPoolId
}

/** A pool whose users have numbers, with a client that lets them in. */
async function inhabited(more: object = {}): Promise<string> {
  const poolId = await zoo.pool({ ...email, ...more })
  await zoo.client(poolId, webApp)
  await zoo.user(poolId, 'ann@example.com', ann)
  return poolId
}

const refused: [what: string, refusal: Refusal, make: () => Promise<string>][] = [
  [
    'nobody has a number',
    { code: 'POOL_WITHOUT_NUMBERS', names: 'admin-update-user-attributes' },
    async () => {
      const poolId = await zoo.pool(email)
      await zoo.client(poolId, webApp)
      await zoo.user(poolId, 'ann@example.com')
      return poolId
    },
  ],
  [
    'everybody needs a second factor',
    { code: 'POOL_REQUIRES_MFA', names: 'set-user-pool-mfa-config' },
    async () => {
      const UserPoolId = await inhabited()
      const SoftwareTokenMfaConfiguration = { Enabled: true }
      await zoo.aws.cognito.send(
        new SetUserPoolMfaConfigCommand({
          UserPoolId,
          MfaConfiguration: 'ON',
          SoftwareTokenMfaConfiguration,
        }),
      )
      return UserPoolId
    },
  ],
  [
    'everybody signs in at another provider',
    { code: 'POOL_FEDERATED', names: 'list-identity-providers' },
    async () => {
      const UserPoolId = await zoo.pool(email)
      const provider = { ProviderName: 'Partner', ProviderType: 'OIDC', ProviderDetails: { client_id: 'a' } }
      await zoo.aws.cognito.send(new CreateIdentityProviderCommand({ UserPoolId, ...provider } as never))
      await zoo.client(UserPoolId, { SupportedIdentityProviders: ['Partner'] })
      await zoo.user(UserPoolId, 'ann@example.com', ann)
      return UserPoolId
    },
  ],
  [
    'the function of a trigger is gone',
    { code: 'FORMER_FUNCTION_GONE', names: 'function:team-define' },
    async () => {
      const DefineAuthChallenge = await zoo.function('team-define', bodies.define)
      const poolId = await inhabited({ LambdaConfig: { DefineAuthChallenge } })
      await zoo.aws.lambda.send(new DeleteFunctionCommand({ FunctionName: 'team-define' }))
      return poolId
    },
  ],
  [
    'the alias of a trigger is gone',
    { code: 'FORMER_FUNCTION_GONE', names: 'function:team-define:live' },
    async () => {
      const DefineAuthChallenge = await zoo.function('team-define', bodies.define, 'live')
      const poolId = await inhabited({ LambdaConfig: { DefineAuthChallenge } })
      await zoo.aws.lambda.send(new DeleteAliasCommand({ FunctionName: 'team-define', Name: 'live' }))
      return poolId
    },
  ],
  [
    'a trigger is a function of another account',
    { code: 'FORMER_FUNCTION_ELSEWHERE', names: elsewhere },
    () => inhabited({ LambdaConfig: { DefineAuthChallenge: elsewhere } }),
  ],
  [
    'a stage of ours has made it',
    { code: 'POOL_OF_STAGE', names: '«one»' },
    () => outputOf('deploy --yes --stage one'),
  ],
  [
    'another stage of ours has borrowed it',
    { code: 'POOL_TAKEN', names: 'whatsapp-otp destroy --stage one' },
    async () => outputOf(`deploy --yes --stage one --user-pool ${await inhabited()}`),
  ],
  [
    'names are addresses, and sign-ups of ours are asked for',
    { code: 'POOL_SIGNS_IN_BY_EMAIL', names: '--sign-up false', flags: '--sign-up true' },
    () => inhabited(),
  ],
  [
    'nobody may sign up, and sign-ups of ours are asked for',
    { code: 'POOL_CLOSED', names: '--sign-up false', flags: '--sign-up true' },
    async () => {
      const poolId = await zoo.pool({
        UsernameAttributes: ['phone_number'],
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      })
      await zoo.user(poolId, ann.phone_number, { phone_number_verified: 'true' })
      return poolId
    },
  ],
]

it.each(refused)('where %s', async (_what, { code, names = '', flags = '' }, make) => {
  const poolId = await make()
  zoo.sandbox.clock.advance(600_000)
  const before = [zoo.sandbox.inventory(), await zoo.describe(poolId), await zoo.users(poolId)]
  const result = await zoo.terminal.run(`deploy --yes --json --user-pool ${poolId} ${flags}`)
  expect(result.code).not.toBe(0)
  expect(result.writes).toEqual([])
  expect(documentOf(result)).toMatchObject({ error: { code } })
  expect(result.stdout).toContain(poolId)
  expect(result.stdout).toContain(names)
  const after = [zoo.sandbox.inventory(), await zoo.describe(poolId), await zoo.users(poolId)]
  expect(differences(before, after)).toEqual([])
})
