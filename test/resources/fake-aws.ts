// AWS as a table of answers: real clients whose `send` looks a command up, notes it, and reaches no network.
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { IAMClient } from '@aws-sdk/client-iam'
import type { Aws } from '../../src/aws/clients.ts'
import type { Inputs, Permission, Refs } from '../../src/engine/resource.ts'
import { arns, type Place, triggerNames } from '../../src/names.ts'
import { type PoolWant, wantedPool } from '../../src/resources/user-pool/settings.ts'
import type { Settings } from '../../src/settings/schema.ts'

export const place: Place = { stage: 'dev', account: '123456789012', region: 'us-east-1', partition: 'aws' }

/** What pool, clients and roles look at. */
export const settings = {
  otpExpiryMinutes: 5,
  smsFallback: false,
  clientSecret: false,
  userPoolTier: 'LITE',
  deletionProtection: false,
  permissionsBoundary: 'none',
} as Settings

/** What resources look at. The user has said everything. */
export const inputs = { place, settings, said: new Set(['userPoolTier']) } as Partial<Inputs> as Inputs

/** All functions are there. */
export const allFunctions: Refs = Object.fromEntries(
  triggerNames.map((trigger) => [`functionArn:${trigger}`, arns.function(place, trigger)]),
)

export function wantPool(changed: Partial<Settings> = {}, refs = allFunctions): PoolWant {
  return wantedPool(place, { ...inputs, settings: { ...settings, ...changed } }, refs)
}

export interface Call {
  /** As in `DescribeUserPool`. */
  operation: string
  input: Record<string, unknown>
}

/** What an operation answers; throws for an error. An operation that is not in it must not be called. */
export type Answers = Record<string, (input: Record<string, never>, nth: number) => unknown>

export interface FakeAws extends Aws {
  calls: Call[]
  slept: number[]
  /** The inputs of one operation, in order. */
  inputsOf(operation: string): Call['input'][]
}

/** An error as the SDK throws it. */
export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name })
}

export function fakeAws(answers: Answers): FakeAws {
  const calls: Call[] = []
  const slept: number[] = []
  let now = 0
  const send = async (command: { constructor: { name: string }; input: Call['input'] }) => {
    const operation = command.constructor.name.replace(/Command$/, '')
    const answer = answers[operation]
    if (!answer) throw new Error(`Unexpected call: ${operation}`)
    const nth = calls.filter((call) => call.operation === operation).length
    calls.push({ operation, input: command.input })
    return answer(command.input as Record<string, never>, nth)
  }
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      slept.push(ms)
      now += ms
    },
  }
  const { region } = place
  return {
    cognito: Object.assign(new CognitoIdentityProviderClient({ region }), { send }),
    iam: Object.assign(new IAMClient({ region }), { send }),
    place,
    clock,
    calls,
    slept,
    inputsOf: (operation: string) =>
      calls.filter((call) => call.operation === operation).map(({ input }) => input),
  } as unknown as FakeAws
}

/** The actions that permissions name, sorted. */
export function actionsOf(permissions: readonly Permission[]): string[] {
  return [...new Set(permissions.flatMap(({ actions }) => actions))].sort()
}
