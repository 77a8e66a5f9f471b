// What a function is set to: the fields we own, how they differ, and what of others stays beside them.
import type { FunctionConfiguration, UpdateFunctionConfigurationCommandInput } from '@aws-sdk/client-lambda'
import { type Artifact, type Change, change, type Inputs, pickFields, type Refs } from '../engine/resource.ts'
import { arns, names, type Place, type Trigger } from '../names.ts'
import { isKnownVariable, variablesOf } from './function-variables.ts'

export interface FunctionWant {
  role: string
  memory: number
  /** The only one that its role may write to. */
  logGroup: string
  /** Undefined values are ids that are not known yet. */
  variables: Record<string, string | undefined>
  artifact: Artifact
  /** Undefined while the role is not made. */
  roleId: string | undefined
}

export interface FunctionHave {
  configuration: FunctionConfiguration
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
const memoryOf = (trigger: Trigger) =>
  ['createAuthChallenge', 'verifyAuthChallenge'].includes(trigger) ? 512 : 256

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
/** Updated with the code; everything else with the configuration. */
export const codeFields = ['code', 'architecture']

export function wantedFunction(place: Place, trigger: Trigger, inputs: Inputs, refs: Refs): FunctionWant {
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
    ...(keys.length > 0 ? { Environment: { Variables: changedVariables(want, now, keys) } } : {}),
  }
}

const variablePrefix = 'environment.'

/** Variables without a wanted value go; all others, somebody's own among them, stay. */
function changedVariables(
  { variables }: FunctionWant,
  now: FunctionConfiguration,
  fields: readonly string[],
): Record<string, string> {
  const keys = fields.map((field) => field.slice(variablePrefix.length))
  const stays = Object.entries(now.Environment?.Variables ?? {}).filter(([key]) => !keys.includes(key))
  const wanted = keys.filter((key) => key in variables).map((key) => [key, variables[key]] as const)
  return { ...Object.fromEntries(stays), ...known(Object.fromEntries(wanted)) }
}

/** The fields we own that differ; others are whoever set them. */
export function diffFunction(want: FunctionWant, { configuration: have, tags }: FunctionHave): Change[] {
  const variables = have.Environment?.Variables ?? {}
  return [
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
    ...Object.entries(want.variables).flatMap(([key, value]) =>
      change(`${variablePrefix}${key}`, variables[key], value),
    ),
    ...Object.keys(variables)
      .filter((key) => isKnownVariable(key) && !(key in want.variables))
      .map((key) => ({ field: `${variablePrefix}${key}`, from: variables[key] })),
    ...change('code', have.CodeSha256, want.artifact.sha256),
  ]
}

function known(variables: Record<string, string | undefined>): Record<string, string> {
  const unknown = Object.keys(variables).find((key) => variables[key] === undefined)
  if (unknown) throw new Error(`A function is played after what gives it ${unknown}`)
  return variables as Record<string, string>
}
