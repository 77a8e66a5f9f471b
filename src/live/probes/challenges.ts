// How a sign-in is played: names, rounds, and what tokens say and let their owner write.
import { createHash } from 'node:crypto'
import { UpdateUserAttributesCommand } from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import { isTriggerNotReady, read } from '../../aws/errors.ts'
import { answerChallenge, type Round, startSignIn } from '../../aws/sign-in.ts'
import { retryWhile } from '../../aws/wait.ts'
import { AppError } from '../../errors.ts'
import { proof } from '../scene/echo-function.ts'
import type { Probe } from '../scene/probe.ts'
import { said } from '../scene/said.ts'
import type { Scene } from '../scene/scene.ts'
import { signUp } from './sign-up.ts'

type Challenge = Extract<Round, { kind: 'challenge' }>

/** Starts a sign-in of this number; the function challenges everybody. */
async function start(scene: Scene, number: string): Promise<Challenge> {
  const { openClient } = await scene.echoPool()
  const round = await startSignIn(scene.aws.cognito, { clientId: openClient }, number)
  if (round.kind === 'tokens') throw new Error('a sign-in began with tokens')
  return round
}

async function answer(scene: Scene, to: Challenge, text: string): Promise<Round> {
  const { openClient } = await scene.echoPool()
  return answerChallenge(scene.aws.cognito, { clientId: openClient }, to, text)
}

async function newUser(scene: Scene): Promise<string> {
  const { number, refusal } = await signUp(scene, { metadata: { confirm: 'yes' } })
  if (refusal) throw refusal
  return number
}

async function tokensFor(scene: Scene, text: 'right' | 'prove') {
  const round = await answer(scene, await start(scene, await newUser(scene)), text)
  if (round.kind === 'challenge') throw new Error('the right answer gave no tokens')
  return round.tokens
}

export const standInName: Probe = {
  matter: 'standInName',
  needs: 'triggers',
  cost: { requests: 6 },
  async run(scene) {
    const number = scene.newNumber()
    const told: string[] = []
    for (const _ of [1, 2]) told.push((await start(scene, number)).parameters.name ?? '')
    const hash = createHash('sha256').update(number).digest('hex')
    const evidence = 'two InitiateAuth with one number that no user has; CreateAuthChallenge was told'
    if (told[0] !== told[1]) return { way: 'changing', evidence: `${evidence} two different names` }
    if (told[0] === hash) return { way: 'typed', evidence: `${evidence} the number itself` }
    return { way: 'stable', evidence: `${evidence} the same name twice, which is not the number` }
  },
}

/** More wrong answers than those that would end a sign-in by themselves. */
const mostAnswers = 4

export const rounds: Probe = {
  matter: 'rounds',
  needs: 'triggers',
  cost: { users: 1, requests: 16 },
  async run(scene) {
    let at = await start(scene, await newUser(scene))
    for (let count = 1; count <= mostAnswers; count++) {
      try {
        const next = await answer(scene, at, 'wrong')
        if (next.kind === 'tokens') throw new Error('a wrong answer gave tokens')
        at = next
      } catch (error) {
        if (read(error).name !== 'NotAuthorizedException') throw error
        const evidence = `wrong answer number ${count} ended the sign-in: ${said(error)}`
        return count === 3
          ? { way: 'three', evidence }
          : { evidence, why: 'it is neither three nor without end' }
      }
    }
    return {
      way: 'unlimited',
      evidence: `${mostAnswers} wrong answers each got a challenge, as DefineAuthChallenge said`,
    }
  },
}

export const freshProof: Probe = {
  matter: 'freshProof',
  needs: 'triggers',
  cost: { users: 1, requests: 8 },
  async run(scene) {
    // What the role of the function may do was written a moment ago.
    const { clock, signal } = scene.aws
    const wait = { clock, signal, capMs: 30_000, maxPauseMs: 2_000, what: 'the rights of the function' }
    const tokens = await retryWhile(isTriggerNotReady, wait, () => tokensFor(scene, 'prove'))
    const claims = decodeJwt(tokens.IdToken ?? '')
    const has = [claims.phone_number_verified === true, claims[proof] === 'true']
    const evidence = `VerifyAuthChallengeResponse wrote phone_number_verified and ${proof}; the ID token of the same call has ${['neither', 'one', 'both'][has.filter(Boolean).length]}`
    if (has.every(Boolean)) return { way: 'included', evidence }
    if (!has.some(Boolean)) return { way: 'missing', evidence }
    return { evidence, why: 'one is there and the other is not' }
  },
}

export const omittedWriteAttributes: Probe = {
  matter: 'omittedWriteAttributes',
  needs: 'triggers',
  cost: { users: 1, requests: 8 },
  async run(scene) {
    const { AccessToken } = await tokensFor(scene, 'right')
    const UserAttributes = [{ Name: proof, Value: 'true' }]
    const asked = `UpdateUserAttributes of ${proof} through a client without a list`
    try {
      await scene.aws.cognito.send(new UpdateUserAttributesCommand({ AccessToken, UserAttributes }))
      return { way: 'all', evidence: `${asked} was taken` }
    } catch (error) {
      if (read(error).name !== 'NotAuthorizedException') throw error
      return { way: 'standard', evidence: `${asked}: ${said(error)}` }
    }
  },
}

/** One answer to which the function takes longer than Cognito waits. */
export async function answerSlowly(scene: Scene): Promise<{ ms: number; value: unknown }> {
  const at = await start(scene, scene.newNumber())
  return scene.timed(() =>
    answer(scene, at, 'slow').catch((error) => {
      // The run is ended, or nobody can be asked: that is no answer of Cognito's.
      if (error instanceof AppError) throw error
      return error
    }),
  )
}
