// Events as Cognito sends them, each for a number that nothing has been asked for before.
import { randomUUID } from 'node:crypto'
import type { Trigger } from '../../src/names.ts'
import { type BenchStage, phoneOf } from './stage.ts'

const sources: Record<Trigger, string> = {
  preSignUp: 'PreSignUp_SignUp',
  defineAuthChallenge: 'DefineAuthChallenge_Authentication',
  createAuthChallenge: 'CreateAuthChallenge_Authentication',
  verifyAuthChallenge: 'VerifyAuthChallengeResponse_Authentication',
  postConfirmation: 'PostConfirmation_ConfirmSignUp',
}

export interface FirstEvents {
  /** The event of one function; that of Verify answers what Create has asked before. */
  of(name: string): Promise<object>
  /** Throws where a function has not done what it is measured at. */
  learn(name: string, answer: unknown): void
}

let numbers = 10_000

/** One sign-in a call, by a user who has proven the number, and a sign-up beside it. */
export function firstEvents({ sandbox, poolId, clients }: BenchStage): () => FirstEvents {
  return () => {
    const phone = phoneOf(numbers++)
    const userName = randomUUID()
    const proof = { phone_number_verified: 'true', 'custom:whatsapp_verified': 'true' }
    let privateChallengeParameters: object | undefined
    const requests: Record<Trigger, () => object> = {
      preSignUp: () => ({ userAttributes: { phone_number: phone } }),
      defineAuthChallenge: () => ({ session: [] }),
      createAuthChallenge: () => ({ challengeName: 'CUSTOM_CHALLENGE', session: [] }),
      verifyAuthChallenge: () => {
        const challengeAnswer = sandbox.inbox.list(phone).at(-1)?.code
        return { privateChallengeParameters, challengeAnswer }
      },
      postConfirmation: () => ({}),
    }
    return {
      async of(name) {
        if (!Object.hasOwn(requests, name)) return {}
        const trigger = name as Trigger
        const { signup, login } = clients
        const userAttributes = { sub: userName, phone_number: phone, ...proof }
        return {
          ...{ version: '1', region: sandbox.region, userPoolId: poolId, userName },
          callerContext: { awsSdkVersion: 'none', clientId: trigger === 'preSignUp' ? signup : login },
          triggerSource: sources[trigger],
          request: { userAttributes, ...requests[trigger]() },
          response: {},
        }
      },
      learn(name, answer) {
        const { response = {} } = answer as { response?: Record<string, unknown> }
        if (name === 'createAuthChallenge') {
          privateChallengeParameters = response.privateChallengeParameters as object
          const { status } = response.publicChallengeParameters as { status: string }
          if (status !== 'sent') throw new Error(`${name}: ${status}`)
        }
        if (name === 'verifyAuthChallenge' && response.answerCorrect !== true)
          throw new Error(`${name}: wrong`)
      },
    }
  }
}
