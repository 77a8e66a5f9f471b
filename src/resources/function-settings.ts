// What a function is set to: the fields we own, how they differ, and what of others stays beside them.
import type { FunctionConfiguration, UpdateFunctionConfigurationCommandInput } from '@aws-sdk/client-lambda'
import {
  type Artifact,
  type Change,
  change,
  type Danger,
  type Inputs,
  pickFields,
  type Refs,
} from '../engine/resource.ts'
import { AppError } from '../errors.ts'
import { arns, type FunctionName, names, type Place } from '../names.ts'
import {
  changedVariables,
  diffVariables,
  known,
  type Variables,
  variablePrefix,
  variablesOf,
} from './function-variables.ts'

export interface FunctionWant {
  role: string
  memory: number
  /** The only one that its role may write to. */
  logGroup: string
  variables: Variables
  artifact: Artifact
  /** Undefined while the role is not made. */
  roleId: string | undefined
}

export interface FunctionHave {
  configuration: FunctionConfiguration
  /** How many may run at once; undefined where the account's own limit counts alone. */
  reserved?: number | undefined
  tags: Record<string, string>
}

/**
 * The hidden id of the role that the function was bound to. A role made again under the same name has another
 * one, and Lambda's grant for the variables still names the old one: the function dies without a log line.
 */
export const roleTag = 'whatsapp-otp:role-id'

/**
 * Megabytes. Lambda gives CPU in proportion, and those that call other services make TLS handshakes within
 * Cognito's five seconds; the others only compute.
 */
const memoryOf = (trigger: FunctionName) =>
  ['preSignUp', 'createAuthChallenge', 'verifyAuthChallenge'].includes(trigger) ? 512 : 256

const runtime = 'nodejs24.x' as const
export const architecture = 'arm64'
const handler = 'index.handler'
/** Seconds: Cognito gives up after five, so a longer run would help nobody. */
const timeout = 5
/**
 * The lowest that LOG_LEVEL knows. Lambda drops every line below it, those that carry a metric among them, and without
 * these neither CloudWatch nor `status` counts: what is too quiet for LOG_LEVEL the functions leave out themselves.
 */
export const applicationLogLevel = 'DEBUG'
/**
 * Updated with the code; everything else with the configuration. Code is sent to a failed function too: it is the one
 * change that costs nothing, keeps what others have set, and lets Lambda make the function anew from what it has now.
 */
export const codeFields = ['code', 'architecture', 'state']

export function wantedFunction(
  place: Place,
  trigger: FunctionName,
  inputs: Inputs,
  refs: Refs,
): FunctionWant {
  const { settings, artifacts } = inputs
  return {
    role: arns.role(place, trigger),
    memory: memoryOf(trigger),
    logGroup: names.logGroup(place.stage, trigger),
    variables: variablesOf(place, trigger, settings, refs),
    artifact: artifacts[trigger],
    roleId: refs[`roleId:${trigger}`],
  }
}

const basics = (want: FunctionWant) => ({
  Role: want.role,
  Runtime: runtime,
  Handler: handler,
  MemorySize: want.memory,
  Timeout: timeout,
})

const logging = (want: FunctionWant) =>
  ({ LogFormat: 'JSON', ApplicationLogLevel: applicationLogLevel, LogGroup: want.logGroup }) as const

/** What a new function is set to. */
export const newConfiguration = (want: FunctionWant) => ({
  ...basics(want),
  LoggingConfig: logging(want),
  Environment: { Variables: known(want.variables) },
})

/**
 * What an update of these fields sends. Lambda leaves alone what is left out, but takes logging and variables only
 * as a whole: of those `now` says what stays.
 */
export function changedConfiguration(
  want: FunctionWant,
  now: FunctionConfiguration,
  fields: ReadonlySet<string>,
): Partial<UpdateFunctionConfigurationCommandInput> {
  const log = pickFields(
    logging(want),
    { LogFormat: 'logFormat', ApplicationLogLevel: 'logLevel', LogGroup: 'logGroup' },
    fields,
  )
  const keys = [...fields].filter((field) => field.startsWith(variablePrefix))
  return {
    ...pickFields(
      basics(want),
      { Role: 'role', Runtime: 'runtime', Handler: 'handler', MemorySize: 'memory', Timeout: 'timeout' },
      fields,
    ),
    ...(Object.keys(log).length > 0 ? { LoggingConfig: { ...now.LoggingConfig, ...log } } : {}),
    ...(keys.length > 0 ? { Environment: { Variables: changedVariables(want.variables, now, keys) } } : {}),
  }
}

/** Why Lambda could not make the function, or make of it what was asked for last; undefined where it could, or tries. */
export function failureOf(have: FunctionConfiguration): string | undefined {
  const words = (what: string, ...why: (string | undefined)[]) =>
    [what, ...why].flatMap((one) => one?.replace(/\.$/, '') || []).join(': ')
  if (have.LastUpdateStatus === 'InProgress') return undefined
  if (have.State === 'Failed') return words('Failed', have.StateReasonCode, have.StateReason)
  if (have.LastUpdateStatus !== 'Failed') return undefined
  return words('last update failed', have.LastUpdateStatusReasonCode, have.LastUpdateStatusReason)
}

/** Why it does not run, or not as it was asked to; undefined for one that does. */
export function inactivityOf(have: FunctionConfiguration): string | undefined {
  const { State = 'Active' } = have
  // Inactive means idle for weeks: the next invocation wakes it.
  const isWell = ['Active', 'Inactive', 'Pending'].includes(State)
  return failureOf(have) ?? (isWell ? undefined : [State, have.StateReason].filter(Boolean).join(': '))
}

/** The fields we own that differ; others are whoever set them. */
export function diffFunction(want: FunctionWant, { configuration: have, tags }: FunctionHave): Change[] {
  const failure = failureOf(have)
  return [
    ...(failure ? change('state', failure, 'Active') : []),
    ...change('runtime', have.Runtime, runtime),
    ...change('architecture', have.Architectures?.[0], architecture),
    ...change('handler', have.Handler, handler),
    ...change('memory', have.MemorySize, want.memory),
    ...change('timeout', have.Timeout, timeout),
    ...change('logFormat', have.LoggingConfig?.LogFormat, 'JSON'),
    ...change('logGroup', have.LoggingConfig?.LogGroup, want.logGroup),
    ...change('logLevel', have.LoggingConfig?.ApplicationLogLevel, applicationLogLevel),
    ...change('role', have.Role, want.role),
    ...change('roleId', tags[roleTag], want.roleId),
    ...diffVariables(want.variables, have),
    ...change('code', have.CodeSha256, want.artifact.sha256),
  ]
}

/** Somebody's brake, or what is left of one: who pulled it knows why. */
export function dangersOfFunction({ region }: Place, { configuration, reserved }: FunctionHave): Danger[] {
  if (reserved !== 0) return []
  const name = configuration.FunctionName
  return [
    {
      what: 'its reserved concurrency is 0',
      why: 'Lambda runs it for nobody, so that nobody can sign in',
      next: `aws lambda delete-function-concurrency --region ${region} --function-name ${name}`,
      isGrave: true,
    },
  ]
}

/** Lambda refuses every change of some functions that it could not make. */
export function pastRepair(
  { region }: Place,
  name: string,
  have: FunctionConfiguration,
  cause: unknown,
): AppError {
  return new AppError(
    'FUNCTION_FAILED',
    `Lambda could not make the function ${name}, and takes no change of it`,
    {
      why: failureOf(have) ?? 'it says no more',
      next: [
        `aws lambda delete-function --region ${region} --function-name ${name}   lets the next deploy make it again`,
      ],
      cause,
    },
  )
}

export function tagsUnreadable(name: string, why: string | undefined): AppError {
  return new AppError('ACCESS_DENIED', `Could not read the tags of the function ${name}`, {
    why: why ?? 'these credentials may not call lambda:ListTags',
    next: ['whatsapp-otp policy   prints the permissions that are needed'],
  })
}

/** Those that every stage has. */
const always: readonly FunctionName[] = ['defineAuthChallenge', 'createAuthChallenge', 'verifyAuthChallenge']

/** Another one, whose role is there in any case. */
export function siblingOf(name: FunctionName): FunctionName {
  const next = always.indexOf(name) + 1
  return always[next % always.length]!
}
