// The sign-in page of the system that this one replaces, as its calls reach Cognito: unmodified, but for two habits.
import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientConfig } from '../sandbox/lambda/function-fixture.ts'
import { wrongFor } from './app.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
let cognito: CognitoIdentityProviderClient
beforeAll(async () => {
  stage = await Stage.open()
  cognito = new CognitoIdentityProviderClient(clientConfig(stage.sandbox))
})
afterAll(() => stage?.close())

const client = () => stage.clientIds.signup
const signUp = (Username: string, Password: string) =>
  cognito.send(
    new SignUpCommand({
      ...{ ClientId: client(), Username, Password },
      UserAttributes: [{ Name: 'phone_number', Value: Username }],
    }),
  )
const initiate = (USERNAME: string, ClientId = client()) =>
  cognito.send(new InitiateAuthCommand({ ClientId, AuthFlow: 'CUSTOM_AUTH', AuthParameters: { USERNAME } }))
const answer = (USERNAME: string, Session: string | undefined, ANSWER: string) =>
  cognito.send(
    new RespondToAuthChallengeCommand({
      ...{ ClientId: client(), ChallengeName: 'CUSTOM_CHALLENGE', Session },
      ChallengeResponses: { USERNAME, ANSWER },
    }),
  )

describe('the former page', () => {
  it.each(['Aa1!aaaa', 'Zz9.zzzz', 'Passw0rd!'])('signs up with a password such as %s', async (password) => {
    const phone = stage.newPhone()
    await signUp(phone, password)
    const { Session } = await initiate(phone)
    const { AuthenticationResult } = await answer(phone, Session, stage.app.code(phone))
    expect(AuthenticationResult?.IdToken).toBeDefined()
  })

  it.each(['Aa1!aaa', 'aaaaaaaa1!', 'AAAAAAAA1!', 'Aaaaaaaaa!', 'Aaaaaaaa11'])(
    'is told by Cognito that %s is no password for it',
    async (password) => {
      await expect(signUp(stage.newPhone(), password)).rejects.toMatchObject({
        name: 'InvalidPasswordException',
      })
    },
  )

  it('goes on after a reload with the session that it has kept', async () => {
    const phone = stage.newPhone()
    await signUp(phone, 'Aa1!aaaa')
    const { Session } = await initiate(phone)
    stage.clock.advance(4 * 60_000)
    const { AuthenticationResult } = await answer(phone, Session, stage.app.code(phone))
    expect(AuthenticationResult?.AccessToken).toBeDefined()
  })

  it('gets another message when its button comes, 45 s later', async () => {
    const phone = stage.newPhone()
    await signUp(phone, 'Aa1!aaaa')
    await initiate(phone)
    stage.clock.advance(45_000)
    const { ChallengeParameters, Session } = await initiate(phone)
    expect(ChallengeParameters?.status).toBe('sent')
    expect(stage.app.messages(phone)).toHaveLength(2)
    expect((await answer(phone, Session, stage.app.code(phone))).AuthenticationResult).toBeDefined()
  })

  it('is refused in one sentence with one full stop', async () => {
    const abroad = signUp('+4915112345678', 'Aa1!aaaa')
    await expect(abroad).rejects.toMatchObject({
      message: 'PreSignUp failed with error This sign-up was not accepted.',
    })
  })

  it('has to keep the new session of every answer: the one before serves once', async () => {
    const phone = stage.newPhone()
    await signUp(phone, 'Aa1!aaaa')
    const { Session } = await initiate(phone)
    const code = stage.app.code(phone)
    const wrong = await answer(phone, Session, wrongFor(code))
    await expect(answer(phone, Session, code)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
    expect((await answer(phone, wrong.Session, code)).AuthenticationResult).toBeDefined()
  })

  it('learns nothing by its probe with the login client: who has no account gets the same answer', async () => {
    const known = stage.newPhone()
    await signUp(known, 'Aa1!aaaa')
    const answers = [
      await initiate(known, stage.clientIds.login),
      await initiate(stage.newPhone(), stage.clientIds.login),
    ]
    const [a, b] = answers.map(({ ChallengeName, ChallengeParameters }) => {
      const { USERNAME: _, ...rest } = ChallengeParameters ?? {}
      return { ChallengeName, ...rest }
    })
    expect(a).toEqual(b)
  })
})

keepsItsSecrets(() => stage)
