// A Cognito in process: a clock that tests move, triggers that are plain functions, and short ways to call.

import { chanceOf } from '../../../src/sandbox/account/chance.ts'
import type { Context } from '../../../src/sandbox/account/condition.ts'
import type { InvokeRequest, InvokeResult } from '../../../src/sandbox/account/provided.ts'
import { assumed, type Unsettled } from '../../../src/sandbox/account/unsettled.ts'
import { noDelays, type World } from '../../../src/sandbox/account/world.ts'
import type { Others } from '../../../src/sandbox/cognito/model/store.ts'
import { type Cognito, createCognito } from '../../../src/sandbox/cognito/service.ts'

export interface TriggerEvent {
  triggerSource: string
  userName: string
  region: string
  userPoolId: string
  version: string
  callerContext: { clientId: string; awsSdkVersion: string }
  request: Record<string, unknown>
  response: Record<string, unknown>
}

export type Handler = (event: TriggerEvent) => unknown

export const phone = '+15550100001'
export const password = 'Throw-away-password-0123456789'
export const arn = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, as JSON.
type Answer = any

export function bench(unsettled: Partial<Unsettled> = {}, remembered?: number) {
  let time = Date.parse('2026-01-01T00:00:00Z')
  /** What the triggers do; a test replaces what it is about. */
  const triggers: Record<string, Handler> = {}
  const invocations: InvokeRequest[] = []
  const authorized: { action: string; resource: string; context: Context }[] = []
  /** Set to answer invocations in place of the triggers. */
  const override: { invoke?: (request: InvokeRequest) => InvokeResult } = {}

  const world: World = {
    account: '123456789012',
    region: 'eu-west-1',
    partition: 'aws',
    chance: chanceOf(),
    endpoint: 'http://127.0.0.1:4580',
    delays: { ...noDelays },
    unsettled: { ...assumed, ...unsettled },
    now: () => time,
    sleep: async () => {},
    pageSize: 2,
  }
  /** Names of functions that do not exist; all others do. */
  const missing = new Set<string>()
  const nameOf = (functionArn: string) => functionArn.split(':').at(-1) ?? ''
  const lambda: Others = {
    functionExists: (functionArn) => !missing.has(nameOf(functionArn)),
    async invoke(request) {
      invocations.push(request)
      if (override.invoke) return override.invoke(request)
      const handler = triggers[nameOf(request.functionArn)]
      if (!handler) return { kind: 'refused', code: 'AccessDeniedException', message: 'no permission' }
      try {
        return { kind: 'answer', payload: await handler(request.payload as TriggerEvent) }
      } catch (error) {
        return { kind: 'function-error', message: (error as Error).message, type: 'Error' }
      }
    },
  }
  const cognito: Cognito = createCognito(world, lambda, remembered)

  async function call(operation: string, input: Record<string, unknown>): Promise<Answer> {
    return cognito.operations[operation]?.(input, {
      service: 'cognito-idp',
      operation,
      caller: { accessKeyId: 'test', arn: 'arn:aws:iam::123456789012:user/test', userId: 'AIDATEST' },
      headers: {},
      authorize: (action, resource, context = {}) => authorized.push({ action, resource, context }),
    })
  }

  const lambdaConfig = Object.fromEntries(
    [
      'PreSignUp',
      'DefineAuthChallenge',
      'CreateAuthChallenge',
      'VerifyAuthChallengeResponse',
      'PostConfirmation',
    ].map((key) => [key, arn(key)]),
  )

  /** A pool that signs in by phone and takes a code of its own making, with one client. */
  async function ready(client: Record<string, unknown> = {}) {
    const answering =
      (change: (event: TriggerEvent) => Record<string, unknown>) => (event: TriggerEvent) => ({
        ...event,
        response: { ...event.response, ...change(event) },
      })
    Object.assign(triggers, {
      PreSignUp: answering(() => ({ autoConfirmUser: true })),
      PostConfirmation: (event: TriggerEvent) => event,
      DefineAuthChallenge: answering(({ request }) => {
        const session = request.session as { challengeResult: boolean }[]
        if (session.at(-1)?.challengeResult) return { issueTokens: true, failAuthentication: false }
        if (session.length >= 3) return { issueTokens: false, failAuthentication: true }
        return { challengeName: 'CUSTOM_CHALLENGE', issueTokens: false, failAuthentication: false }
      }),
      CreateAuthChallenge: answering(({ request }) => ({
        publicChallengeParameters: { status: 'sent' },
        privateChallengeParameters: { code: '123456' },
        challengeMetadata: `round-${(request.session as unknown[]).length}`,
      })),
      VerifyAuthChallengeResponse: answering(({ request }) => ({
        answerCorrect:
          request.challengeAnswer === (request.privateChallengeParameters as { code: string }).code,
      })),
    })
    const { UserPool } = await call('CreateUserPool', {
      PoolName: 'pool',
      UsernameAttributes: ['phone_number'],
      UsernameConfiguration: { CaseSensitive: false },
      LambdaConfig: lambdaConfig,
      Schema: [
        { Name: 'whatsapp_verified', AttributeDataType: 'String', Mutable: true },
        { Name: 'auth_purpose', AttributeDataType: 'String', Mutable: true },
        { Name: 'origin', AttributeDataType: 'String', Mutable: false },
      ],
    })
    const pool: string = UserPool.Id
    const made = await call('CreateUserPoolClient', {
      UserPoolId: pool,
      ClientName: 'app',
      ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
      ReadAttributes: ['phone_number', 'phone_number_verified', 'custom:whatsapp_verified'],
      WriteAttributes: ['phone_number', 'name'],
      ...client,
    })
    const clientId: string = made.UserPoolClient.ClientId

    const signUp = (extra: Record<string, unknown> = {}) =>
      call('SignUp', { ClientId: clientId, Username: phone, Password: password, ...extra })
    const initiate = (name = phone, extra: Record<string, unknown> = {}) =>
      call('InitiateAuth', {
        ClientId: clientId,
        AuthFlow: 'CUSTOM_AUTH',
        AuthParameters: { USERNAME: name },
        ...extra,
      })
    const respond = (
      round: { Session: string; ChallengeParameters: { USERNAME: string } },
      answer: string,
      extra: Record<string, unknown> = {},
    ) =>
      call('RespondToAuthChallenge', {
        ClientId: clientId,
        ChallengeName: 'CUSTOM_CHALLENGE',
        Session: round.Session,
        ChallengeResponses: { USERNAME: round.ChallengeParameters.USERNAME, ANSWER: answer },
        ...extra,
      })
    const signIn = async () => (await respond(await initiate(), '123456')).AuthenticationResult
    const eventsOf = (key: string) =>
      invocations.filter((i) => i.functionArn === arn(key)).map((i) => i.payload as TriggerEvent)
    return {
      pool,
      clientId,
      secret: made.UserPoolClient.ClientSecret,
      signUp,
      initiate,
      respond,
      signIn,
      eventsOf,
    }
  }

  return {
    world,
    cognito,
    call,
    triggers,
    override,
    missing,
    invocations,
    authorized,
    lambdaConfig,
    ready,
    pass: (ms: number) => {
      time += ms
    },
  }
}

/** What is written in a token. */
export const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

/** What a refused call says, as `Code: message`. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return `${code}: ${message}`
  }
  return 'no refusal'
}
