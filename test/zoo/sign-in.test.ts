// A pool of somebody else's, from a deploy on it to tokens: its users by our client, and its own client as before.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, expect, it } from 'vitest'
import { functionNames } from '../../src/names.ts'
import { readMasterKey } from '../../src/resources/master-key.ts'
import { readProviderKey } from '../../src/resources/provider-key.ts'
import { Evidence } from '../flow/evidence.ts'
import { Runs } from '../stage/runs.ts'
import { makeTheirs } from '../stage/theirs.ts'

const phone = '+12025550123'
const password = 'Not-a-secret-12'

const signInOnly = ['defineAuthChallenge', 'createAuthChallenge', 'verifyAuthChallenge'] as const

let runs: Runs
afterEach(() => runs.close())

/** A stage with the built functions on a pool that has a user with this attribute of its number. */
async function deployed(isVerified: 'true' | 'false', settings: Record<string, string>) {
  runs = await Runs.start()
  for (const name of functionNames) {
    const zip = await readFile(new URL(`../../dist/triggers/${name}.zip`, import.meta.url))
    const sha256 = createHash('sha256').update(zip).digest('base64')
    Object.assign(runs.artifacts, { [name]: { ...runs.artifacts[name], zip, sha256 } })
  }
  const { poolId: UserPoolId } = await makeTheirs(runs)
  const { aws } = await runs.byHand({ stage: 'none' })
  const UserAttributes = [
    { Name: 'phone_number', Value: phone },
    { Name: 'phone_number_verified', Value: isVerified },
  ]
  const ana = { UserPoolId, Username: 'ana' }
  const create = { ...ana, MessageAction: cognito.MessageActionType.SUPPRESS, UserAttributes }
  await aws.cognito.send(new cognito.AdminCreateUserCommand(create))
  const set = { ...ana, Password: password, Permanent: true }
  await aws.cognito.send(new cognito.AdminSetUserPasswordCommand(set))
  const SENDZEN_API_URL = `${runs.sandbox.endpoint}/v1/messages`
  await runs.deploy({ env: { USER_POOL_ID: UserPoolId, SENDZEN_API_URL, ...settings } })
  const { UserPoolClients = [] } = await aws.cognito.send(
    new cognito.ListUserPoolClientsCommand({ UserPoolId, MaxResults: 60 }),
  )
  const clientOf = (name: RegExp) =>
    UserPoolClients.find(({ ClientName = '' }) => name.test(ClientName))!.ClientId!
  const theirs = { UserPoolId, ClientId: clientOf(/^theirs$/) }
  const ExplicitAuthFlows: cognito.ExplicitAuthFlowsType[] = [
    'ALLOW_CUSTOM_AUTH',
    'ALLOW_USER_PASSWORD_AUTH',
    'ALLOW_REFRESH_TOKEN_AUTH',
  ]
  await aws.cognito.send(new cognito.UpdateUserPoolClientCommand({ ...theirs, ExplicitAuthFlows }))
  return {
    clients: { login: clientOf(/login/), theirs: theirs.ClientId },
    start: (ClientId: string) =>
      aws.cognito.send(
        new cognito.InitiateAuthCommand({
          ClientId,
          AuthFlow: 'CUSTOM_AUTH',
          AuthParameters: { USERNAME: 'ana' },
        }),
      ),
    answer: (ClientId: string, Session: string | undefined, ANSWER: string) =>
      aws.cognito.send(
        new cognito.RespondToAuthChallengeCommand({
          ...{ ClientId, Session, ChallengeName: 'CUSTOM_CHALLENGE' },
          ChallengeResponses: { USERNAME: 'ana', ANSWER },
        }),
      ),
    byPassword: () =>
      aws.cognito.send(
        new cognito.InitiateAuthCommand({
          ...{ ClientId: theirs.ClientId, AuthFlow: 'USER_PASSWORD_AUTH' },
          AuthParameters: { USERNAME: 'ana', PASSWORD: password },
        }),
      ),
    ana: () => aws.cognito.send(new cognito.AdminGetUserCommand(ana)),
    /** Where one of these, a code, a key or the number stands in a log or in the table. */
    leaks: async (...seen: (string | undefined)[]) => {
      const { aws } = await runs.byHand()
      const secrets = async () => ({ ...(await readMasterKey(aws))!, ...(await readProviderKey(aws))! })
      const all = new Set([phone.replace('+', ''), password, ...seen.filter((one) => one !== undefined)])
      return new Evidence({ aws, sandbox: runs.sandbox, app: { seen: all }, secrets }, signInOnly).leaks()
    },
  }
}

const lastCode = () => runs.sandbox.inbox.list()[0]?.code ?? ''

it('lets in whose number is verified, and changes nothing of the account', async () => {
  const { clients, start, answer, ana, byPassword, leaks } = await deployed('true', {})
  const before = await ana()
  const { Session } = await start(clients.login)
  const done = await answer(clients.login, Session, lastCode())
  expect(done.AuthenticationResult?.IdToken).toBeTruthy()
  expect((await ana()).UserAttributes).toEqual(before.UserAttributes)
  const { IdToken, AccessToken, RefreshToken } = done.AuthenticationResult ?? {}
  expect(await leaks(Session, IdToken, AccessToken, RefreshToken)).toEqual([])
  expect((await byPassword()).AuthenticationResult?.IdToken).toBeTruthy()
})

it('sends nothing to a number that is not, and ends the password with its first proof where it is trusted', async () => {
  const strict = await deployed('false', {})
  await strict.start(strict.clients.login)
  expect(runs.sandbox.inbox.list()).toEqual([])
  await runs.close()
  const { clients, start, answer, byPassword, leaks } = await deployed('false', {
    TRUST_UNVERIFIED_NUMBERS: 'true',
  })
  const { Session } = await start(clients.login)
  expect((await answer(clients.login, Session, lastCode())).AuthenticationResult?.IdToken).toBeTruthy()
  expect(await leaks(Session)).toEqual([])
  await expect(byPassword()).rejects.toThrow('Incorrect username or password')
})

it('calls for the pool’s own client what it called before, and tells it the same words', async () => {
  const { clients, start } = await deployed('true', {})
  // What stands in for the owner's function lacks its variables, and says so.
  await expect(start(clients.theirs)).rejects.toThrow(
    'DefineAuthChallenge failed with error LOG_LEVEL is not set.',
  )
  expect(runs.sandbox.inbox.list()).toEqual([])
})
