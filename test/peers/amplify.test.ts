// Amplify JS, unmodified, as an app uses it: sign-up, sign-in with a code, session, refresh and sign-out.
import { Amplify } from 'aws-amplify'
import {
  confirmSignIn,
  fetchAuthSession,
  fetchUserAttributes,
  getCurrentUser,
  signIn,
  signOut,
  signUp,
  updateUserAttribute,
} from 'aws-amplify/auth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployIntoSandbox, type SandboxStage, wrongCode } from './sandbox-stage.ts'

let stage: SandboxStage
beforeAll(async () => {
  stage = await deployIntoSandbox()
})
afterAll(() => stage?.close())

/** What an app writes into its configuration; only the endpoint is for the sandbox. */
function configure(userPoolClientId: string): void {
  const { userPoolId } = stage.ids
  const userPoolEndpoint = stage.sandbox.endpoint
  Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint } } })
}

const phone = '+15550100001'
const options = { authFlowType: 'CUSTOM_WITHOUT_SRP' } as const
const password = () => `Aa1!${crypto.randomUUID()}`
const lastCode = () => stage.codes(phone).at(-1) ?? ''

describe('Amplify JS', () => {
  it('signs a user up, who needs no confirmation', async () => {
    configure(stage.ids.signupClientId)
    const made = await signUp({ username: phone, password: password() })
    expect(made).toMatchObject({ isSignUpComplete: true, nextStep: { signUpStep: 'DONE' } })
    await expect(signUp({ username: phone, password: password() })).rejects.toMatchObject({
      name: 'UsernameExistsException',
    })
  })

  it('starts the sign-in: a code is sent, and the challenge is told to the app', async () => {
    configure(stage.ids.loginClientId)
    const { isSignedIn, nextStep } = await signIn({ username: phone, options })
    expect(isSignedIn).toBe(false)
    expect(nextStep).toMatchObject({
      signInStep: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE',
      additionalInfo: { status: 'sent', codeLength: '6', expiresIn: '300', attemptsLeft: '3' },
    })
    expect(stage.codes(phone)).toHaveLength(1)
  })

  it('goes on after a wrong code, without another message', async () => {
    const { nextStep } = await confirmSignIn({ challengeResponse: wrongCode(lastCode()) })
    expect(nextStep).toMatchObject({
      signInStep: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE',
      additionalInfo: { status: 'wrong', attemptsLeft: '2' },
    })
    expect(stage.codes(phone)).toHaveLength(1)
  })

  it('asks for the same code again', async () => {
    stage.sandbox.clock.advance(61_000)
    const clientMetadata = { action: 'resend' }
    const { nextStep } = await confirmSignIn({ challengeResponse: 'resend', options: { clientMetadata } })
    expect(nextStep).toMatchObject({ additionalInfo: { status: 'sent' } })
    const [first, second, ...more] = stage.codes(phone)
    expect(second).toBe(first)
    expect(more).toEqual([])
  })

  it('signs in with the right code, and knows the user', async () => {
    const done = await confirmSignIn({ challengeResponse: lastCode() })
    expect(done).toMatchObject({ isSignedIn: true, nextStep: { signInStep: 'DONE' } })
    const { tokens, userSub } = await fetchAuthSession()
    expect(tokens?.idToken?.payload).toMatchObject({
      phone_number: phone,
      phone_number_verified: true,
      'custom:whatsapp_verified': 'true',
    })
    expect((await getCurrentUser()).userId).toBe(userSub)
    expect(await fetchUserAttributes()).toMatchObject({ sub: userSub, phone_number: phone })
  })

  it('cannot write the proof of the number', async () => {
    const proof = { attributeKey: 'custom:whatsapp_verified', value: 'false' }
    await expect(updateUserAttribute({ userAttribute: proof })).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    })
  })

  it('gets new tokens for the refresh token', async () => {
    const before = (await fetchAuthSession()).tokens?.accessToken.toString()
    const after = (await fetchAuthSession({ forceRefresh: true })).tokens?.accessToken
    expect(after?.toString()).toBeDefined()
    expect(after?.toString()).not.toBe(before)
    expect(after?.payload.client_id).toBe(stage.ids.loginClientId)
  })

  it('signs out: the tokens are gone, and revoked at Cognito', async () => {
    await signOut()
    expect((await fetchAuthSession()).tokens).toBeUndefined()
    expect(stage.sandbox.calls.filter((call) => call.operation === 'RevokeToken' && call.ok)).toHaveLength(1)
    await expect(getCurrentUser()).rejects.toMatchObject({ name: 'UserUnAuthenticatedException' })
  })

  it('shows an unknown number the same as a known one', async () => {
    const { nextStep } = await signIn({ username: '+15550100077', options })
    expect(nextStep).toMatchObject({
      signInStep: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE',
      additionalInfo: { status: 'sent', codeLength: '6', attemptsLeft: '3' },
    })
    expect(stage.codes('+15550100077')).toEqual([])
  })
})
