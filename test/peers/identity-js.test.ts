// amazon-cognito-identity-js, the library below older Amplify versions, unmodified.
import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserSession,
} from 'amazon-cognito-identity-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployIntoSandbox, type SandboxStage, wrongCode } from './sandbox-stage.ts'

let stage: SandboxStage
let pool: CognitoUserPool
let user: CognitoUser
const phone = '+15550100001'

const poolOf = (ClientId: string) =>
  new CognitoUserPool({ UserPoolId: stage.ids.userPoolId, ClientId, endpoint: stage.sandbox.endpoint })

beforeAll(async () => {
  stage = await deployIntoSandbox()
  pool = poolOf(stage.ids.loginClientId)
  user = new CognitoUser({ Username: phone, Pool: pool })
})
afterAll(() => stage?.close())

type Outcome = { challenge: Record<string, string> } | { session: CognitoUserSession }

/** The library's callbacks as one promise. */
function outcome(act: (callbacks: Parameters<CognitoUser['initiateAuth']>[1]) => void): Promise<Outcome> {
  return new Promise((resolve, reject) =>
    act({
      onSuccess: (session) => resolve({ session }),
      onFailure: reject,
      customChallenge: (challenge) => resolve({ challenge }),
    }),
  )
}

const answer = (code: string, metadata?: Record<string, string>) =>
  outcome((callbacks) => user.sendCustomChallengeAnswer(code, callbacks, metadata))

describe('amazon-cognito-identity-js', () => {
  it('signs a user up', async () => {
    const signUp = () =>
      new Promise((resolve, reject) =>
        poolOf(stage.ids.signupClientId).signUp(
          phone,
          `Aa1!${crypto.randomUUID()}`,
          [],
          [],
          (error, result) => (error ? reject(error) : resolve(result?.userConfirmed)),
        ),
      )
    expect(await signUp()).toBe(true)
    await expect(signUp()).rejects.toMatchObject({ code: 'UsernameExistsException' })
  })

  it('plays the rounds: a code, a wrong answer, a resend, tokens', async () => {
    user.setAuthenticationFlowType('CUSTOM_AUTH')
    const details = new AuthenticationDetails({ Username: phone })
    const first = await outcome((callbacks) => user.initiateAuth(details, callbacks))
    expect(first).toMatchObject({ challenge: { status: 'sent', attemptsLeft: '3' } })
    const [code = ''] = stage.codes(phone)
    expect(await answer(wrongCode(code))).toMatchObject({ challenge: { status: 'wrong', attemptsLeft: '2' } })
    stage.sandbox.clock.advance(61_000)
    expect(await answer('resend', { action: 'resend' })).toMatchObject({ challenge: { status: 'sent' } })
    expect(stage.codes(phone)).toEqual([code, code])
    const last = await answer(code)
    expect('session' in last && last.session.getIdToken().payload).toMatchObject({
      phone_number: phone,
      'custom:whatsapp_verified': 'true',
    })
  })

  it('refreshes the session, and signs out everywhere', async () => {
    const current = user.getSignInUserSession()
    const refreshed = await new Promise<CognitoUserSession>((resolve, reject) => {
      if (!current) throw new Error('nobody is signed in')
      user.refreshSession(current.getRefreshToken(), (error, session) =>
        error ? reject(error) : resolve(session),
      )
    })
    expect(refreshed.isValid()).toBe(true)
    const out = await new Promise((resolve, reject) =>
      user.globalSignOut({ onSuccess: resolve, onFailure: reject }),
    )
    expect(out).toBe('SUCCESS')
    const read = new Promise((resolve, reject) =>
      user.getUserAttributes((error, attributes) => (error ? reject(error) : resolve(attributes))),
    )
    await expect(read).rejects.toMatchObject({ code: 'NotAuthorizedException' })
  })
})
