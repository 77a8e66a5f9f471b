// Part legs: how long a user waits in the two calls of a sign-in, beside a pool whose triggers do nothing but wait for
// the provider.
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import { type AppClient, answerChallenge, type Round, startSignIn } from '../../src/aws/sign-in.ts'
import type { Part } from './part.ts'
import { spreadOf } from './samples.ts'
import { openStage, phoneOf } from './stage.ts'
import { openTeam, type Team } from './team.ts'

/** How long the provider takes to answer. */
const providerMs = 300
/** So far apart that no user meets a limit. */
const between = 3 * 3_600_000

const idle = `export const handler = async (event) => {
  const { triggerSource, request, response } = event
  const isRight = request.session?.at(-1)?.challengeResult === true
  if (triggerSource.startsWith('Define')) {
    Object.assign(response, { issueTokens: isRight, failAuthentication: false })
    if (!isRight) response.challengeName = 'CUSTOM_CHALLENGE'
  } else if (triggerSource.startsWith('Create')) {
    await new Promise((resolve) => setTimeout(resolve, ${providerMs}))
    Object.assign(response, { publicChallengeParameters: {}, privateChallengeParameters: {} })
  } else response.answerCorrect = true
  return event
}`

interface Side {
  begin(): Promise<Round>
  answer(round: Extract<Round, { kind: 'challenge' }>): Promise<Round>
}

export const legs: Part = async ({ samples }) => {
  const stage = await openStage()
  const team = await openTeam(stage.sandbox, idle)
  try {
    const users = Array.from({ length: 20 }, (_, index) => phoneOf(index))
    for (const phone of users) await stage.enrol(phone)
    stage.sandbox.sendzen.slowMs = providerMs
    const count = samples(200)
    let turn = 0
    const phone = () => users[turn % users.length]!
    const sides = {
      ours: {
        begin: () => stage.begin(phone()),
        answer: (round) => stage.answer(round, phone()),
      },
      floor: await idleSide(team),
    } satisfies Record<string, Side>
    const taken = { ours: startTaking(), floor: startTaking() }
    for (; turn < count + 5; turn++) {
      if (turn % users.length === 0) stage.sandbox.clock.advance(between)
      // The first ones start what runs from then on.
      for (const name of ['ours', 'floor'] as const)
        await play(sides[name], turn < 5 ? startTaking() : taken[name])
    }
    const row = (what: string, leg: keyof Taken) => ({
      ...{ part: 'Legs of a sign-in', what, unit: 'ms', value: spreadOf(taken.ours[leg]) },
      floor: { what: 'triggers that wait alone', value: spreadOf(taken.floor[leg]) },
    })
    return [
      row(`InitiateAuth to challenge, provider ${providerMs} ms`, 'begun'),
      row('RespondToAuthChallenge to tokens', 'answered'),
    ]
  } finally {
    team.close()
    await stage.close()
  }
}

interface Taken {
  begun: number[]
  answered: number[]
}

const startTaking = (): Taken => ({ begun: [], answered: [] })

async function play(side: Side, { begun, answered }: Taken): Promise<void> {
  const started = performance.now()
  const round = await side.begin()
  begun.push(performance.now() - started)
  if (round.kind !== 'challenge') throw new Error('no challenge')
  const asked = performance.now()
  const last = await side.answer(round)
  answered.push(performance.now() - asked)
  if (last.kind !== 'tokens') throw new Error(`no tokens: ${last.parameters.status}`)
}

async function idleSide({ cognito, makePool }: Team): Promise<Side> {
  const { poolId, clientId } = await makePool('idle')
  await makeUser(cognito, poolId)
  const client: AppClient = { clientId }
  return {
    begin: () => startSignIn(cognito, client, userName),
    answer: (round) => answerChallenge(cognito, client, round, '000000'),
  }
}

const userName = 'somebody'

async function makeUser(cognito: CognitoIdentityProviderClient, UserPoolId: string): Promise<void> {
  const user = { UserPoolId, Username: userName }
  await cognito.send(new AdminCreateUserCommand({ ...user, MessageAction: 'SUPPRESS' }))
  const secret = { Password: 'Never-used-0', Permanent: true }
  await cognito.send(new AdminSetUserPasswordCommand({ ...user, ...secret }))
}
