// What the sign-in at the end of a deploy proves: that triggers of ours have answered, and nobody in their place.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inventedNumber, probe } from '../../src/stage/probe.ts'
import { verifyStack } from '../../src/stage/verify.ts'
import { fakeAws } from '../resources/fake-aws.ts'
import { artifactOf, challenge, handlerSaying, StageFixture } from '../resources/stage-fixture.ts'

const client = { clientId: 'login' }
const asked = { ChallengeName: 'CUSTOM_CHALLENGE', Session: 'session', ChallengeParameters: challenge }
const answering = (answer: object) => probe(fakeAws({ InitiateAuth: () => answer }), client, inventedNumber())

describe('a sign-in that tries a stage out', () => {
  it('holds where a challenge of ours is asked', async () => {
    const { round, why } = await answering(asked)
    expect([round?.kind, why]).toEqual(['challenge', undefined])
  })

  it.each<[string, object, RegExp]>([
    ['tokens of an emulator that runs no trigger', { AuthenticationResult: { IdToken: 'x' } }, /got tokens/],
    ['a challenge without parameters', { ...asked, ChallengeParameters: undefined }, /no status/],
    [
      'a status that is none of ours',
      { ...asked, ChallengeParameters: { ...challenge, status: 'ok' } },
      /none of ours: ok/,
    ],
    [
      'a challenge that says too little',
      { ...asked, ChallengeParameters: { status: 'sent', channel: 'whatsapp' } },
      /does not say destination, codeLength, expiresIn, resendIn, attemptsLeft/,
    ],
  ])('fails at once with %s', async (_name, answer, why) => {
    expect(await answering(answer)).toMatchObject({ why: expect.stringMatching(why), mayPass: false })
  })

  it.each<[string, object, string]>([
    ['another challenge', { ...asked, ChallengeName: 'SMS_MFA' }, 'Cognito asks for SMS_MFA'],
    [
      'no name of a challenge',
      { ...asked, ChallengeName: undefined },
      'Cognito answers neither a challenge nor tokens',
    ],
    ['nothing', {}, 'Cognito answers neither a challenge nor tokens'],
    [
      'no session',
      { ...asked, Session: undefined },
      'the challenge has no session, so that it cannot be answered',
    ],
  ])('fails at once with %s, as every sign-in does', async (_name, answer, why) => {
    await expect(answering(answer)).rejects.toMatchObject({ code: 'CHALLENGE_UNKNOWN', why })
  })

  it('is repeated where a new permission may be the reason', async () => {
    const out = { ...asked, ChallengeParameters: { ...challenge, status: 'unavailable' } }
    expect(await answering(out)).toMatchObject({
      why: 'createAuthChallenge cannot reach its table or its secrets',
      mayPass: true,
    })
  })
})

describe('the check after a deploy', () => {
  let stage: StageFixture
  beforeAll(async () => {
    stage = await StageFixture.start()
  })
  afterAll(() => stage.close())

  it.each([
    ['is passed by triggers that say all of it', challenge, undefined],
    [
      'is not passed by triggers that say nothing',
      {},
      'the challenge has no status: CreateAuthChallenge is not ours',
    ],
    [
      'is not passed by those of another tool',
      { status: 'OTP_SENT' },
      'the challenge has a status that is none of ours: OTP_SENT',
    ],
  ])('%s', async (_name, said, why) => {
    const artifact = await artifactOf(handlerSaying(said))
    const { artifacts } = stage.inputs
    stage.inputs = { ...stage.inputs, artifacts: { ...artifacts, createAuthChallenge: artifact } }
    const applied = await stage.deploy()
    const before = stage.sandbox.clock.now()
    const broken = (await verifyStack(stage.aws, applied)).filter((check) => !check.ok)
    expect(broken).toEqual(why ? [{ check: 'a sign-in gets its challenge', ok: false, why }] : [])
    // Nothing to wait for.
    expect(stage.sandbox.clock.now() - before).toBeLessThan(1_000)
  })
})
