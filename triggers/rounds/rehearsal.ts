// One round that goes nowhere, while a container starts: all that a first sign-in takes is loaded then, and has run.
import { randomBytes } from 'node:crypto'
import type { CreateAuthChallengeTriggerEvent } from 'aws-lambda'
import { openMasterKey } from '../../src/core/master-key.ts'
import type { Clients } from '../../src/core/subject.ts'
import type { Aws } from '../outside/aws-call.ts'
import type { Deadline } from '../outside/clock.ts'
import type { Http } from '../outside/http.ts'
import type { SecretsSource } from '../outside/secrets.ts'
import type { createChallenge } from './create.ts'

/** What a round is played with in the place of the real ones. */
export interface Nowhere {
  aws: Aws
  http: Http
  secrets: Pick<SecretsSource, 'get' | 'isPaused'>
}

/**
 * Without it, a first message would take a cold container longer than one that is pretended, which runs less: a
 * stranger could tell them apart. Nothing is read, written or logged. What goes out is one request for the provider's
 * own address, without key, number or code, so that the name is found and TLS spoken once. Resolves when that is
 * done or has failed, never later than the deadline.
 */
export async function rehearse(
  compose: (nowhere: Nowhere) => ReturnType<typeof createChallenge>,
  http: Http,
  clients: Clients,
  deadline: Deadline,
): Promise<void> {
  const otpMasterKey = randomBytes(32).toString('base64')
  const secrets = { ...openMasterKey({ stage: '', kid: '0', otpMasterKey }), given: {}, findings: {} }
  const round = compose({
    aws: { json: async () => ({}), post: async () => '' },
    async http({ url, connectMs, totalMs }) {
      const request = { url: new URL('/', url).href, method: 'GET', headers: {}, body: '' } as const
      await http({ ...request, connectMs, totalMs, maxBytes: 1000 }).catch(() => undefined)
      return { status: 200, headers: {}, text: '{"data":[{"message_id":"0"}]}', truncated: false }
    },
    secrets: { get: async () => secrets, isPaused: () => false },
  })
  // Whatever becomes of it: the first sign-in is then a little slower.
  await round(eventOf(clients.login), deadline, () => {}).catch(() => undefined)
}

/** Somebody asks for a code who has proven nothing: that takes the most. */
function eventOf(clientId: string): CreateAuthChallengeTriggerEvent {
  const userAttributes = { phone_number: '+12025550100', phone_number_verified: 'true' }
  return {
    ...{
      version: '1',
      region: '',
      userPoolId: '',
      userName: '',
      callerContext: { awsSdkVersion: '', clientId },
    },
    triggerSource: 'CreateAuthChallenge_Authentication',
    request: { userAttributes, challengeName: 'CUSTOM_CHALLENGE', session: [] },
    response: { publicChallengeParameters: {}, privateChallengeParameters: {}, challengeMetadata: '' },
  }
}
