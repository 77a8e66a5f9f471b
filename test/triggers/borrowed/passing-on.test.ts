// Other app clients of a pool that is somebody else's: they are served as before, whatever becomes of our own code.
import { describe, expect, it } from 'vitest'
import { borrowedPool, clients, formerArn, poolId, type Trigger, triggers } from './pool.ts'

const pool = borrowedPool()

const sources = {
  preSignUp: 'PreSignUp_SignUp',
  defineAuthChallenge: 'DefineAuthChallenge_Authentication',
  createAuthChallenge: 'CreateAuthChallenge_Authentication',
  verifyAuthChallenge: 'VerifyAuthChallengeResponse_Authentication',
  postConfirmation: 'PostConfirmation_ConfirmSignUp',
}

const userAttributes = { email: 'ana@example.com', phone_number: '+12025550123', 'custom:tier': 'gold' }

/** As Cognito writes it, for any client. */
function eventFor(trigger: Trigger, clientId: string, changes: object = {}) {
  return {
    ...{ version: '1', region: 'us-east-1', userPoolId: poolId, userName: 'ana' },
    triggerSource: sources[trigger],
    callerContext: { awsSdkVersion: 'x', clientId },
    request: {
      ...{ userAttributes, session: [], challengeName: 'CUSTOM_CHALLENGE', challengeAnswer: '123456' },
      privateChallengeParameters: { answer: '123456' },
      clientMetadata: { a: 'b' },
    },
    response: {},
    ...changes,
  }
}

/** Clients that are not ours: another app's, and none, as for users whom an administrator makes. */
const others = [clients.theirs, 'CLIENT_ID_NOT_APPLICABLE']

describe.each(triggers)('%s', (trigger) => {
  it.each(others)('passes the event of %s on as it came, and the answer back as it is', async (client) => {
    const run = await pool.load(trigger)
    const event = eventFor(trigger, client)
    pool.former = async () => ({ body: '{"response":{"answered":"by them"},"more":null}' })
    expect(await run(structuredClone(event))).toEqual({ response: { answered: 'by them' }, more: null })
    const name = formerArn(trigger).split(':').at(-1)
    expect(pool.invocations).toEqual([{ path: `/2015-03-31/functions/${name}/invocations`, event }])
    expect(pool.lines).toEqual([])
    expect([pool.asked, pool.messages]).toEqual([[], []])
  })

  it('throws in the words of the function that was called before', async () => {
    const run = await pool.load(trigger)
    pool.former = async () => ({
      headers: { 'x-amz-function-error': 'Unhandled' },
      body: '{"errorType":"TooYoung","errorMessage":"Come back in a year","trace":["secret"]}',
    })
    const refusal = run(eventFor(trigger, clients.theirs))
    await expect(refusal).rejects.toMatchObject({ name: 'TooYoung', message: 'Come back in a year' })
    expect(pool.invocations).toHaveLength(1)
  })

  it('passes on with nothing of ours in order: no variable, no parameter, no table', async () => {
    pool.former = async () => ({ body: '{"theirs":true}' })
    pool.tableIsDown()
    const broken = {
      LOG_LEVEL: undefined,
      STAGE: undefined,
      TABLE_NAME: undefined,
      ALLOWED_COUNTRIES: 'Mars',
    }
    const run = await pool.load(trigger, { ...broken, TRUST_UNVERIFIED_NUMBERS: undefined })
    expect(await run(eventFor(trigger, clients.theirs))).toEqual({ theirs: true })
    // Our own clients are told, each time.
    for (const client of [clients.login, clients.signup]) {
      await expect(run(eventFor(trigger, client))).rejects.toThrow(/(LOG_LEVEL|STAGE|TABLE_NAME) is not set/)
    }
    expect(await run(eventFor(trigger, clients.theirs))).toEqual({ theirs: true })
  })

  it('passes on where the ids of our clients are gone, too', async () => {
    const run = await pool.load(trigger, { SIGNUP_CLIENT_ID: undefined, LOGIN_CLIENT_ID: undefined })
    expect(await run(eventFor(trigger, clients.theirs))).toEqual({ theirs: true })
    expect(await run(eventFor(trigger, clients.theirs, { callerContext: {} }))).toEqual({ theirs: true })
  })

  it('keeps its own clients to itself', async () => {
    const run = await pool.load(trigger)
    await run(eventFor(trigger, clients.login)).catch(() => undefined)
    await run(eventFor(trigger, clients.signup)).catch(() => undefined)
    expect(pool.invocations).toEqual([])
  })

  it('refuses others where it does not know what was called before', async () => {
    const run = await pool.load(trigger, { FORMER_FUNCTION: undefined })
    await expect(run(eventFor(trigger, clients.theirs))).rejects.toThrow('FORMER_FUNCTION is not set')
  })

  it('calls nobody where nothing was called before', async () => {
    const run = await pool.load(trigger, { FORMER_FUNCTION: 'none' })
    const event = eventFor(trigger, clients.theirs)
    const response = {
      preSignUp: {},
      defineAuthChallenge: { issueTokens: false, failAuthentication: true },
      createAuthChallenge: {},
      verifyAuthChallenge: { answerCorrect: false },
      postConfirmation: {},
    }[trigger]
    expect(await run(structuredClone(event))).toEqual({ ...event, response })
    expect([pool.invocations, pool.lines, pool.asked]).toEqual([[], [], []])
  })
})

describe('a client id of `none`', () => {
  it('is nobody’s: where there is no sign-up client, no event counts as its', async () => {
    const run = await pool.load('preSignUp', { SIGNUP_CLIENT_ID: 'none' })
    expect(await run(eventFor('preSignUp', 'none'))).toEqual({ theirs: true })
  })
})
