// How users come into being: what a client may write, and what the triggers are told.
import { randomBytes } from 'node:crypto'
import { SignUpCommand } from '@aws-sdk/client-cognito-identity-provider'
import { isFinal, read } from '../../aws/errors.ts'
import { startSignIn } from '../../aws/sign-in.ts'
import type { EchoPool } from '../scene/echo-pool.ts'
import type { Probe } from '../scene/probe.ts'
import { said } from '../scene/said.ts'
import type { Scene } from '../scene/scene.ts'

interface SignUp {
  client?: 'open' | 'narrow'
  /** What the function is told to do. */
  metadata?: Record<string, string>
  /** Names the number as an attribute, too. */
  named?: boolean
  /** Of an earlier sign-up. */
  number?: string
}

/** Signs a number up that nobody can have; a refusal is an answer. */
export async function signUp(
  scene: Scene,
  { client = 'open', metadata, named, number = scene.newNumber() }: SignUp,
) {
  const pool = await scene.echoPool()
  try {
    const answer = await scene.aws.cognito.send(
      new SignUpCommand({
        ClientId: clientOf(pool, client),
        Username: number,
        Password: `${randomBytes(24).toString('base64url')}aA1!`,
        ...(metadata ? { ClientMetadata: metadata } : {}),
        ...(named ? { UserAttributes: [{ Name: 'phone_number', Value: number }] } : {}),
      }),
    )
    return { pool, number, isConfirmed: answer.UserConfirmed === true, refusal: undefined }
  } catch (error) {
    if (!isFinal(error)) throw error
    return { pool, number, isConfirmed: false, refusal: error }
  }
}

const clientOf = ({ openClient, narrowClient }: EchoPool, client: 'open' | 'narrow') =>
  client === 'open' ? openClient : narrowClient

/** What is neither of the answers that were expected. */
const unexpected = (asked: string, refusal: unknown) => ({
  evidence: `${asked}: ${said(refusal)}`,
  why: 'this answer was not expected',
})

const narrow = 'through a client that may not write phone_number'

export const signUpNumber: Probe = {
  matter: 'signUpNumber',
  needs: 'triggers',
  cost: { users: 1, requests: 1 },
  async run(scene) {
    const asked = `SignUp by number ${narrow}`
    const { refusal } = await scene.once('narrow sign-up', () => signUp(scene, { client: 'narrow' }))
    return refusal
      ? { way: 'must-be-writable', evidence: `${asked}: ${said(refusal)}` }
      : { way: 'free', evidence: `${asked} made the user` }
  },
}

export const namedNumber: Probe = {
  matter: 'namedNumber',
  needs: 'triggers',
  cost: { users: 1, requests: 1 },
  async run(scene) {
    const asked = `SignUp that names phone_number ${narrow}`
    const plain = await scene.once('narrow sign-up', () => signUp(scene, { client: 'narrow' }))
    if (plain.refusal) {
      return {
        evidence: `without naming it: ${said(plain.refusal)}`,
        why: 'this client can sign nobody up, so that naming the number makes no difference',
      }
    }
    const { refusal } = await signUp(scene, { client: 'narrow', named: true })
    if (!refusal) return { way: 'accepted', evidence: `${asked} made the user` }
    if (!/^(NotAuthorized|InvalidParameter)Exception$/.test(read(refusal).name))
      return unexpected(asked, refusal)
    return { way: 'refused', evidence: `${asked}: ${said(refusal)}` }
  },
}

export const preSignUpNumber: Probe = {
  matter: 'preSignUpNumber',
  needs: 'triggers',
  cost: { users: 1, requests: 2 },
  async run(scene) {
    const { isConfirmed, refusal } = await signUp(scene, { metadata: { confirm: 'if-number' } })
    if (refusal) return unexpected('SignUp by number', refusal)
    const evidence = `PreSignUp of a sign-up by number saw ${isConfirmed ? 'phone_number' : 'no phone_number'}`
    return { way: isConfirmed ? 'given' : 'absent', evidence }
  },
}

export const takenSignUp: Probe = {
  matter: 'takenSignUp',
  needs: 'triggers',
  cost: { users: 1, requests: 3 },
  async run(scene) {
    const { number, refusal: first } = await signUp(scene, { metadata: { confirm: 'yes' } })
    if (first) return unexpected('SignUp by number', first)
    const asked = 'SignUp of a number that has a user, with a PreSignUp that throws'
    const { refusal } = await signUp(scene, { number, metadata: { pre: 'throw' } })
    const evidence = `${asked}: ${said(refusal)}`
    if (read(refusal).name === 'UsernameExistsException') return { way: 'refused', evidence }
    if (read(refusal).name === 'UserLambdaValidationException') return { way: 'asked', evidence }
    return unexpected(asked, refusal)
  },
}

export const postConfirmation: Probe = {
  matter: 'postConfirmation',
  needs: 'triggers',
  cost: { users: 1, requests: 3 },
  async run(scene) {
    const { isConfirmed, refusal } = await signUp(scene, { metadata: { confirm: 'yes', post: 'throw' } })
    const asked = 'SignUp that PreSignUp confirmed, with a PostConfirmation that throws'
    if (!refusal && isConfirmed) return { way: 'skipped', evidence: `${asked}, succeeded` }
    if (read(refusal).name !== 'UserLambdaValidationException') return unexpected(asked, refusal)
    return { way: 'runs', evidence: `${asked}: ${said(refusal)}` }
  },
}

export const unconfirmedSignIn: Probe = {
  matter: 'unconfirmedSignIn',
  needs: 'triggers',
  cost: { users: 1, requests: 5 },
  async run(scene) {
    const { pool, number, refusal } = await signUp(scene, { metadata: { confirm: 'no' } })
    if (refusal) return unexpected('SignUp by number', refusal)
    const asked = 'InitiateAuth of a user who is not confirmed'
    try {
      await startSignIn(scene.aws.cognito, { clientId: pool.openClient }, number)
      return { way: 'runs', evidence: `${asked} gave a custom challenge` }
    } catch (error) {
      if (read(error).name !== 'UserNotConfirmedException') return unexpected(asked, error)
      return { way: 'refused', evidence: `${asked}: ${said(error)}` }
    }
  },
}
