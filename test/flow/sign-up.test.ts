// Signing up at a deployed stage: what it takes, how often, and what an account keeps of it.
import { randomUUID } from 'node:crypto'
import {
  CreateUserPoolClientCommand,
  GetUserCommand,
  InitiateAuthCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unsettled } from '../../src/sandbox/account/unsettled.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())

const hour = 3_600_000
const refused = {
  name: 'UserLambdaValidationException',
  message: 'PreSignUp failed with error This sign-up was not accepted.',
}
const attributesOf = (values: Record<string, string>) =>
  Object.entries(values).map(([Name, Value]) => ({ Name, Value }))

function signUp(
  phone: string,
  attributes: Record<string, string> = {},
  Password = `${randomUUID()}aA1!`,
): Promise<unknown> {
  return stage.aws.cognito.send(
    new SignUpCommand({
      ClientId: stage.clientIds.signup,
      Username: phone,
      Password,
      UserAttributes: attributesOf(attributes),
    }),
  )
}

async function prove(phone: string): Promise<string> {
  return (await stage.app.answer(await stage.app.start(phone), stage.app.code(phone))).kind
}

describe('the attributes of a sign-up', () => {
  it('are number and locale; others are refused, and make no user', async () => {
    const phone = stage.newPhone()
    for (const [name, value] of Object.entries({ name: 'Mallory', website: 'javascript:alert(1)' })) {
      await expect(signUp(phone, { [name]: value })).rejects.toMatchObject(refused)
    }
    await signUp(phone, { phone_number: phone, locale: 'pt-BR' })
    expect(await prove(phone)).toBe('tokens')
    expect(await stage.attributesOf(phone)).toMatchObject({
      locale: 'pt-BR',
      'custom:auth_purpose': 'signup',
    })
  })

  it('that the stage lets an app set outlive the proof, and no others do', async () => {
    await stage.deployForTest({ SIGNUP_ATTRIBUTES: 'name' })
    const phone = stage.newPhone()
    await expect(signUp(phone, { name: 'Ana', email: 'ana@example.com' })).rejects.toMatchObject(refused)
    await signUp(phone, { name: 'Ana' })
    // As a client that somebody has added could have written it.
    await stage.setAttributes(phone, { email: 'mallory@example.com', picture: 'x' })
    expect(await prove(phone)).toBe('tokens')
    const after = await stage.attributesOf(phone)
    expect(after.name).toBe('Ana')
    for (const gone of ['email', 'picture']) expect(after).not.toHaveProperty(gone)
  })

  it('are an administrator’s own where he makes the user, and stay', async () => {
    const phone = await stage.addUser({ name: 'Ana', email: 'ana@example.com' })
    expect(await prove(phone)).toBe('tokens')
    expect(await stage.attributesOf(phone)).toMatchObject({ name: 'Ana', email: 'ana@example.com' })
  })
})

it('password and sessions from before the proof have no power after it, whichever client gave them', async () => {
  const { cognito } = stage.aws
  // Somebody else's client of the pool, which takes passwords.
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId: stage.poolId,
      ClientName: 'team',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    }),
  )
  const phone = stage.newPhone()
  const PASSWORD = `${randomUUID()}aA1!`
  await signUp(phone, {}, PASSWORD)
  const byPassword = () =>
    cognito.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: UserPoolClient?.ClientId,
        AuthParameters: { USERNAME: phone, PASSWORD },
      }),
    )
  const AccessToken = (await byPassword()).AuthenticationResult?.AccessToken
  await cognito.send(
    new UpdateUserAttributesCommand({
      AccessToken,
      UserAttributes: attributesOf({ website: 'javascript:1' }),
    }),
  )
  expect(await prove(phone)).toBe('tokens')
  await expect(byPassword()).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(cognito.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({
    name: 'NotAuthorizedException',
  })
  expect(await stage.attributesOf(phone)).not.toHaveProperty('website')
})

describe.each(unsettled.takenSignUp)('where a number that has a user is %s', (way) => {
  it('the caps hold new users back, and nobody who is one', async () => {
    stage.sandbox.inside.world.unsettled.takenSignUp = way
    await stage.deployForTest({ POOL_SIGNUPS_PER_HOUR: '2', POOL_SIGNUPS_PER_DAY: '3' })
    stage.clock.advance(24 * hour)
    const first = await stage.app.signUp()
    expect(await prove(first)).toBe('tokens')
    // Apps sign up first, each time.
    for (let n = 0; n < 5; n++) await expect(signUp(first)).rejects.toThrow(/already exists/)
    const second = await stage.app.signUp()
    const late = stage.newPhone()
    await expect(signUp(late)).rejects.toMatchObject(refused)
    await expect(signUp(first)).rejects.toThrow(/already exists/)
    expect(await prove(second)).toBe('tokens')
    const byAdmin = await stage.addUser()
    expect(await prove(byAdmin)).toBe('tokens')
    stage.clock.advance(hour)
    await signUp(late)
    await expect(signUp(stage.newPhone())).rejects.toMatchObject(refused)
    const refusals = (await stage.evidence.entries('preSignUp')).filter(({ reason }) => reason === 'cap')
    expect(refusals.at(-1)).toMatchObject({ event: 'signup_refused', level: 'WARN' })
    expect(await prove(late)).toBe('tokens')
  })
})

it('no table, no sign-up', async () => {
  stage.clock.advance(24 * hour)
  const phone = stage.newPhone()
  for (const operation of ['UpdateItem', 'PutItem']) {
    stage.sandbox.faults.add({ service: 'dynamodb', operation, kind: 'fail-before', times: 20 })
    await expect(signUp(phone)).rejects.toMatchObject(refused)
    stage.sandbox.faults.clear()
    expect((await stage.evidence.entries('preSignUp')).at(-1)).toMatchObject({ event: 'otp_store_error' })
  }
  await signUp(phone)
  expect(await prove(phone)).toBe('tokens')
})

keepsItsSecrets(() => stage)
