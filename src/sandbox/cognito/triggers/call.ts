// How Cognito calls a Lambda trigger: the event, the five seconds, the repeated attempts, and what each
// way of failing becomes for the client.
import type { LambdaConfigType } from '@aws-sdk/client-cognito-identity-provider'
import { AwsFault } from '../../account/aws-fault.ts'
import { stringMap } from '../model/input.ts'
import type { Pool, Store } from '../model/store.ts'
import type { User } from '../model/users.ts'

/** The triggers that the sandbox calls, named as in LambdaConfig and in Cognito's error messages. */
export type TriggerKey = Extract<
  keyof LambdaConfigType,
  | 'PreSignUp'
  | 'PostConfirmation'
  | 'PreAuthentication'
  | 'PostAuthentication'
  | 'DefineAuthChallenge'
  | 'CreateAuthChallenge'
  | 'VerifyAuthChallengeResponse'
  | 'CustomMessage'
  | 'CustomSMSSender'
  | 'CustomEmailSender'
  | 'PreTokenGeneration'
  | 'UserMigration'
>

export interface Trigger {
  key: TriggerKey
  /** As in `PreSignUp_SignUp`. */
  source: string
  pool: Pool
  /** `CLIENT_ID_NOT_APPLICABLE` where no app client takes part. */
  clientId: string
  userName: string
  request: Record<string, unknown>
  /** The members of the response as the handler finds them; undefined where Cognito reads no answer. */
  response: Record<string, unknown> | undefined
  /** Of the event; 1 unless said. */
  version?: string
}

/** What stands for the client where an administrator acts. */
export const noClient = 'CLIENT_ID_NOT_APPLICABLE'

/** The function that a pool calls for a trigger. */
export function functionOf({ settings }: Pool, key: TriggerKey): string | undefined {
  const config = settings.LambdaConfig ?? {}
  if (key === 'PreTokenGeneration') return config.PreTokenGenerationConfig?.LambdaArn ?? config[key]
  if (key === 'CustomSMSSender' || key === 'CustomEmailSender') return config[key]?.LambdaArn
  return config[key]
}

/** Cognito gives a trigger five seconds, and gives up after some unsuccessful attempts. */
const timeoutMs = 5_000
const attempts = { one: 1, three: 3, five: 5 }

/** The user's attributes as triggers see them. */
export function attributesForTriggers(user: User): Record<string, string> {
  return { ...user.attributes, 'cognito:user_status': user.status }
}

/**
 * Calls a trigger and returns the `response` of its answer; undefined when the pool has no such trigger.
 * Faults: UserLambdaValidationException (the handler threw), InvalidLambdaResponseException (it returned
 * no event), UnexpectedLambdaException (it could not be called, or was too slow each time).
 */
export async function callTrigger(
  store: Store,
  trigger: Trigger,
): Promise<Record<string, unknown> | undefined> {
  const { key, pool } = trigger
  const { world } = store
  const functionArn = functionOf(pool, key)
  if (!functionArn) return undefined
  const event = JSON.stringify({
    version: trigger.version ?? '1',
    triggerSource: trigger.source,
    region: world.region,
    userPoolId: pool.id,
    userName: trigger.userName,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: trigger.clientId },
    request: trigger.request,
    response: trigger.response ?? {},
  })
  for (let attempt = 1; attempt <= attempts[world.unsettled.triggerAttempts]; attempt++) {
    const result = await store.invoke({
      functionArn,
      principal: 'cognito-idp.amazonaws.com',
      sourceArn: pool.arn,
      sourceAccount: world.account,
      // Each attempt gets an event of its own: whoever sees it may write into it.
      payload: JSON.parse(event),
      timeoutMs,
    })
    if (result.kind === 'answer') return trigger.response ? responseOf(result.payload) : {}
    if (result.kind === 'function-error') {
      const message = `${key} failed with error ${result.message}.`
      throw new AwsFault('UserLambdaValidationException', message)
    }
    if (result.kind === 'refused') {
      const message = `${key} invocation failed due to error ${result.code}.`
      throw new AwsFault('UnexpectedLambdaException', message)
    }
  }
  const message = `${key} failed with error Socket timeout while invoking Lambda function.`
  throw new AwsFault('UnexpectedLambdaException', message)
}

/** Tells of a user who is confirmed, or has a new password after a forgotten one. */
export async function postConfirmation(
  store: Store,
  source: 'ConfirmSignUp' | 'ConfirmForgotPassword',
  of: { pool: Pool; user: User; clientId: string; input: Record<string, unknown> },
): Promise<void> {
  const metadata = stringMap(of.input, 'ClientMetadata')
  await callTrigger(store, {
    key: 'PostConfirmation',
    source: `PostConfirmation_${source}`,
    pool: of.pool,
    clientId: of.clientId,
    userName: of.user.username,
    request: {
      userAttributes: attributesForTriggers(of.user),
      ...(metadata && { clientMetadata: metadata }),
    },
    response: {},
  })
}

/** What Cognito says of an answer that is not an event, or whose members have the wrong type. */
export const unrecognizable = () =>
  new AwsFault('InvalidLambdaResponseException', 'Unrecognizable lambda output')

function responseOf(payload: unknown): Record<string, unknown> {
  const response = (payload as { response?: unknown } | null | undefined)?.response
  if (typeof response !== 'object' || response === null || Array.isArray(response)) throw unrecognizable()
  return response as Record<string, unknown>
}

/** A boolean member of an answer; absent and null mean false, anything else is refused. */
export function flag(response: Record<string, unknown>, name: string): boolean {
  const value = response[name] ?? false
  if (typeof value !== 'boolean') throw unrecognizable()
  return value
}
