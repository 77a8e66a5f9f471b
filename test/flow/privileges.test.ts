// What a client cannot do for itself, which side doors are shut, and what Define lets pass.
import {
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  CreateUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())

describe('the attributes that prove a number', () => {
  const proofs = ['custom:whatsapp_verified', 'custom:auth_purpose', 'phone_number_verified']

  it('cannot be given at sign-up (55)', async () => {
    for (const Name of proofs) {
      const forged = stage.aws.cognito.send(
        new SignUpCommand({
          ClientId: stage.clientIds.signup,
          Username: stage.newPhone(),
          Password: 'A-password-that-is-good-enough-4-it',
          UserAttributes: [{ Name, Value: 'true' }],
        }),
      )
      await expect(forged).rejects.toThrow('A client attempted to write unauthorized attribute')
    }
  })

  it('cannot be written by a user who is signed in, through either client (55)', async () => {
    const { app } = stage
    for (const client of ['signup', 'login'] as const) {
      const asked = await app.begin(client)
      const done = await app.answer(asked, asked.code)
      if (done.kind !== 'tokens') throw new Error('not signed in')
      for (const Name of proofs) {
        const forged = stage.aws.cognito.send(
          new UpdateUserAttributesCommand({
            AccessToken: done.tokens.AccessToken,
            UserAttributes: [{ Name, Value: 'true' }],
          }),
        )
        await expect(forged).rejects.toThrow('A client attempted to write unauthorized attribute')
      }
    }
  })

  it('are refused by PreSignUp as well, should somebody have made them writable (55)', async () => {
    await stage.app.signUp()
    const seen = stage.lastEvent('preSignUp')
    const userAttributes = { phone_number: stage.newPhone(), 'custom:whatsapp_verified': 'true' }
    const event = { ...seen, request: { ...seen.request, userAttributes } }
    await expect(stage.invoke('preSignUp', event)).rejects.toThrow('This sign-up was not accepted')
  })

  it('go to a number only after that number was proven: a changed one is unproven at once (57)', async () => {
    const { app } = stage
    const asked = await app.begin()
    const done = await app.answer(asked, asked.code)
    if (done.kind !== 'tokens') throw new Error('not signed in')
    const changed = stage.newPhone()
    await stage.aws.cognito.send(
      new UpdateUserAttributesCommand({
        AccessToken: done.tokens.AccessToken,
        UserAttributes: [{ Name: 'phone_number', Value: changed }],
      }),
    )
    expect(await stage.attributesOf(changed)).toMatchObject({ phone_number_verified: 'false' })
    stage.clock.advance(61_000)
    // Whoever holds the new number gets a code, which gives the account its own number back.
    const owner = await app.start(changed)
    expect((await app.fail(owner, app.code(changed))).parameters.status).toBe('expired')
    expect(await stage.attributesOf(asked.phone)).toMatchObject({ phone_number_verified: 'true' })
  })
})

describe('the app clients', () => {
  it('offer custom sign-in and refresh, and nothing with a password (58)', async () => {
    for (const ClientId of Object.values(stage.clientIds)) {
      const { UserPoolClient } = await stage.aws.cognito.send(
        new DescribeUserPoolClientCommand({ UserPoolId: stage.poolId, ClientId }),
      )
      expect(UserPoolClient?.ExplicitAuthFlows).toEqual(['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'])
      expect(UserPoolClient?.PreventUserExistenceErrors).toBe('ENABLED')
    }
  })

  it('let nobody in with a password, who knows it or not (58)', async () => {
    const { cognito } = stage.aws
    const phone = await stage.addProvenUser()
    const Password = 'A-password-that-is-good-enough-4-it'
    const user = { UserPoolId: stage.poolId, Username: phone }
    await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password, Permanent: true }))
    for (const ClientId of Object.values(stage.clientIds)) {
      for (const PASSWORD of [Password, 'another']) {
        const AuthParameters = { USERNAME: phone, PASSWORD, SRP_A: 'ab' }
        for (const AuthFlow of ['USER_PASSWORD_AUTH', 'USER_SRP_AUTH', 'USER_AUTH'] as const) {
          const tried = cognito.send(new InitiateAuthCommand({ ClientId, AuthFlow, AuthParameters }))
          await expect(tried).rejects.toThrow(`${AuthFlow} flow not enabled for this client`)
        }
        const AuthFlow = 'ADMIN_USER_PASSWORD_AUTH'
        const asAdmin = { ...user, ClientId, AuthFlow, AuthParameters } as const
        await expect(cognito.send(new AdminInitiateAuthCommand(asAdmin))).rejects.toThrow(
          'Auth flow not enabled for this client',
        )
      }
    }
  })

  it('send nothing for a forgotten password, whoever asks (58)', async () => {
    const { cognito } = stage.aws
    const from = stage.sandbox.calls.length
    for (const Username of [await stage.addProvenUser(), stage.newPhone()]) {
      for (const ClientId of Object.values(stage.clientIds)) {
        const asked = cognito.send(new ForgotPasswordCommand({ ClientId, Username }))
        await expect(asked).rejects.toThrow('Contact administrator to reset password.')
      }
    }
    expect(stage.callsOfFunctions(from)).toEqual([])
  })

  it('that are not ours get a challenge without a message, and nothing is looked up for them (63)', async () => {
    const { cognito } = stage.aws
    const other = await cognito.send(
      new CreateUserPoolClientCommand({
        UserPoolId: stage.poolId,
        ClientName: 'not-ours',
        ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        PreventUserExistenceErrors: 'ENABLED',
      }),
    )
    const phone = await stage.addProvenUser()
    const { signup } = stage.clientIds
    const { attempts } = stage.sandbox.sendzen
    const from = stage.sandbox.calls.length
    stage.clientIds = { ...stage.clientIds, signup: other.UserPoolClient?.ClientId ?? '' }
    const asked = await stage.app.start(phone)
    stage.clientIds = { ...stage.clientIds, signup }
    expect(asked.parameters.status).toBe('sent')
    expect(stage.sandbox.sendzen.attempts).toBe(attempts)
    expect(stage.callsOfFunctions(from).filter((call) => call.startsWith('cognito-idp'))).toEqual([])
  })
})

describe('Define', () => {
  const right = {
    challengeName: 'CUSTOM_CHALLENGE',
    challengeResult: true,
    challengeMetadata: `otp2|${'S'.repeat(22)}|${'A'.repeat(22)}|1|mwt7reo0A|0123456789ab|`,
  }
  const wrong = { ...right, challengeResult: false }

  /** What the deployed function decides about a session. */
  async function decide(session: object[], more: Record<string, unknown> = {}) {
    await stage.app.start(stage.newPhone())
    const seen = stage.lastEvent('defineAuthChallenge')
    return stage.invoke('defineAuthChallenge', {
      ...seen,
      request: { ...seen.request, userNotFound: false, session, ...more },
    })
  }
  const tokens = { issueTokens: true, failAuthentication: false }
  const failed = { issueTokens: false, failAuthentication: true }
  const challenge = { issueTokens: false, failAuthentication: false, challengeName: 'CUSTOM_CHALLENGE' }

  it('issues tokens for a right answer to a challenge of our own, however many were wrong before (61)', async () => {
    expect(await decide([right])).toMatchObject(tokens)
    expect(await decide([wrong, wrong, right])).toMatchObject(tokens)
  })

  it('issues none without an answer, for a wrong one, or for somebody who does not exist (61)', async () => {
    expect(await decide([])).toMatchObject(challenge)
    expect(await decide([right, wrong])).toMatchObject(challenge)
    expect(await decide([right], { userNotFound: true })).toMatchObject(failed)
  })

  it('ends a session in which another way was taken (58)', async () => {
    const step = (challengeName: string, challengeMetadata: string | null = null) => ({
      ...right,
      challengeName,
      challengeMetadata,
    })
    expect(await decide([step('SRP_A')])).toMatchObject(failed)
    expect(await decide([step('SRP_A'), step('PASSWORD_VERIFIER')])).toMatchObject(failed)
    expect(await decide([step('SRP_A'), step('PASSWORD_VERIFIER'), right])).toMatchObject(failed)
    expect(await decide([step('PASSWORD_VERIFIER', right.challengeMetadata), right])).toMatchObject(failed)
  })

  it('ends a session with a right answer to a challenge that is not ours (58)', async () => {
    for (const challengeMetadata of [
      null,
      '',
      'SMS',
      'otp1',
      'otp2|AAAAAAAAAAAAAAAAAAAAAA|1',
      'otp1|short|1',
    ]) {
      expect(await decide([{ ...right, challengeMetadata }])).toMatchObject(failed)
    }
  })

  it('makes no call to anybody', async () => {
    const from = stage.sandbox.calls.length
    await decide([wrong])
    const callers = stage.sandbox.calls.slice(from).map(({ caller }) => caller.roleName ?? '')
    expect(callers.filter((role) => role.endsWith('defineAuthChallenge'))).toEqual([])
  })
})

describe('after the sign-up', () => {
  it('no function changes the user before the number is proven, so that nothing can fail there (64)', async () => {
    stage.sandbox.faults.add({ operation: 'AdminUpdateUserAttributes', kind: 'fail-before', times: 20 })
    const from = stage.sandbox.calls.length
    const phone = await stage.app.signUp()
    const calls = stage.callsOfFunctions(from).filter((call) => !/^(logs|ssm)\./.test(call))
    expect(calls).toEqual(['cognito-idp.AdminGetUser', 'dynamodb.UpdateItem', 'dynamodb.PutItem'])
    expect(await stage.attributesOf(phone)).not.toHaveProperty('custom:auth_purpose')
    stage.sandbox.faults.clear()
    const asked = await stage.app.start(phone)
    expect((await stage.app.answer(asked, stage.app.code(phone))).kind).toBe('tokens')
    expect(await stage.attributesOf(phone)).toMatchObject({ 'custom:auth_purpose': 'signup' })
  })

  it('one whom an administrator made is not taken for somebody who has signed up', async () => {
    const phone = await stage.addUser()
    const asked = await stage.app.start(phone)
    expect((await stage.app.answer(asked, stage.app.code(phone))).kind).toBe('tokens')
    const attributes = await stage.attributesOf(phone)
    expect(attributes).toMatchObject({ 'custom:whatsapp_verified': 'true' })
    expect(attributes).not.toHaveProperty('custom:auth_purpose')
  })
})

keepsItsSecrets(() => stage)
