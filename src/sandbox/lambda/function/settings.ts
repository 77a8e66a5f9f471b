// What Lambda accepts as a function's settings, refused in Lambda's own words.

import { AwsFault } from '../../account/aws-fault.ts'
import {
  type Input,
  list,
  optionalMap,
  optionalNumber,
  optionalObject,
  optionalText,
  text,
} from '../../protocol/fields.ts'

export interface FunctionSettings {
  runtime: string
  role: string
  handler: string
  description: string
  timeout: number
  memory: number
  environment: Record<string, string> | undefined
  architectures: string[]
  logging: {
    LogFormat: 'Text' | 'JSON'
    LogGroup: string
    ApplicationLogLevel?: string
    SystemLogLevel?: string
  }
}

const runtimes = [
  'nodejs20.x',
  'nodejs22.x',
  'nodejs24.x',
  'python3.10',
  'python3.11',
  'python3.12',
  'python3.13',
  'python3.14',
  'java17',
  'java21',
  'java25',
  'dotnet8',
  'dotnet10',
  'ruby3.3',
  'ruby3.4',
  'provided.al2',
  'provided.al2023',
]
const retired = /^(nodejs(4\.3|6\.10|8\.10|10\.x|12\.x|14\.x|16\.x|18\.x)|python(2\.7|3\.[6-9])|go1\.x)$/

const reservedKeys = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
])

export const invalidParameter = (message: string) => new AwsFault('InvalidParameterValueException', message)

export function constraint(value: unknown, member: string, rule: string): AwsFault {
  return new AwsFault(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${rule}`,
  )
}

function checkRuntime(runtime: string): void {
  if (retired.test(runtime)) {
    throw invalidParameter(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    )
  }
  if (!runtimes.includes(runtime)) {
    throw invalidParameter(
      `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${runtimes.join(', ')}] or be a valid ARN`,
    )
  }
}

export function checkRange(value: number, member: string, [least, most]: [number, number]): void {
  if (value < least) throw constraint(value, member, `have value greater than or equal to ${least}`)
  if (value > most) throw constraint(value, member, `have value less than or equal to ${most}`)
}

function checkEnvironment(variables: Record<string, string>): void {
  const names = Object.keys(variables)
  const reserved = names.filter((name) => reservedKeys.has(name))
  const prefix = 'Lambda was unable to configure your environment variables because the environment variables'
  if (reserved.length > 0) {
    throw invalidParameter(
      `${prefix} you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    )
  }
  const odd = names.find((name) => !/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name))
  if (odd !== undefined) {
    throw constraint(
      odd,
      'environment.variables',
      'satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+',
    )
  }
  if (Buffer.byteLength(JSON.stringify(variables)) > 4096) {
    throw invalidParameter(`${prefix} you have provided exceeded the 4KB limit.`)
  }
}

export function checkFunctionName(name: string): void {
  if (!/^[a-zA-Z0-9-_]{1,64}$/.test(name)) {
    throw constraint(name, 'functionName', 'satisfy regular expression pattern: [a-zA-Z0-9-_]{1,64}')
  }
}

function checkRoleArn(role: string): void {
  const pattern = 'arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+'
  if (!new RegExp(`^${pattern}$`).test(role)) {
    throw constraint(role, 'role', `satisfy regular expression pattern: ${pattern}`)
  }
}

const logLevels: Record<string, readonly string[]> = {
  ApplicationLogLevel: ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'],
  SystemLogLevel: ['DEBUG', 'INFO', 'WARN'],
}

function readLogging(
  input: Input,
  name: string,
  old?: FunctionSettings['logging'],
): FunctionSettings['logging'] {
  const given = optionalMap(input, 'LoggingConfig') ?? {}
  const format = given.LogFormat ?? old?.LogFormat ?? 'Text'
  const group = given.LogGroup ?? old?.LogGroup ?? `/aws/lambda/${name}`
  if (format !== 'Text' && format !== 'JSON') {
    throw constraint(format, 'loggingConfig.logFormat', 'satisfy enum value set: [JSON, Text]')
  }
  for (const [member, levels] of Object.entries(logLevels)) {
    if (given[member] !== undefined && !levels.includes(given[member])) {
      throw constraint(
        given[member],
        `loggingConfig.${member}`,
        `satisfy enum value set: [${levels.join(', ')}]`,
      )
    }
  }
  if (format === 'Text') {
    if (given.ApplicationLogLevel || given.SystemLogLevel) {
      throw invalidParameter('ApplicationLogLevel and SystemLogLevel can only be used with JSON LogFormat.')
    }
    return { LogFormat: format, LogGroup: group }
  }
  return {
    LogFormat: format,
    LogGroup: group,
    ApplicationLogLevel: given.ApplicationLogLevel ?? old?.ApplicationLogLevel ?? 'INFO',
    SystemLogLevel: given.SystemLogLevel ?? old?.SystemLogLevel ?? 'INFO',
  }
}

/** Settings from a create, or from an update over what there was: omitted members are kept. */
export function readSettings(input: Input, name: string, old?: FunctionSettings): FunctionSettings {
  const environment = optionalObject(input, 'Environment')
  const settings: FunctionSettings = {
    runtime: optionalText(input, 'Runtime') ?? old?.runtime ?? '',
    role: optionalText(input, 'Role') ?? old?.role ?? text(input, 'Role'),
    handler: optionalText(input, 'Handler') ?? old?.handler ?? '',
    description: optionalText(input, 'Description') ?? old?.description ?? '',
    timeout: optionalNumber(input, 'Timeout') ?? old?.timeout ?? 3,
    memory: optionalNumber(input, 'MemorySize') ?? old?.memory ?? 128,
    // The map of variables is replaced whole.
    environment: environment ? (optionalMap(environment, 'Variables') ?? {}) : old?.environment,
    architectures: old?.architectures ?? readArchitectures(input) ?? ['x86_64'],
    logging: readLogging(input, name, old?.logging),
  }
  if (!settings.runtime || !settings.handler) {
    throw invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    )
  }
  if (input.Runtime || !old) checkRuntime(settings.runtime)
  checkRoleArn(settings.role)
  checkRange(settings.timeout, 'timeout', [1, 900])
  checkRange(settings.memory, 'memorySize', [128, 10_240])
  if (settings.handler.length > 128)
    throw constraint(settings.handler, 'handler', 'have length less than or equal to 128')
  if (settings.description.length > 256) {
    throw constraint(settings.description, 'description', 'have length less than or equal to 256')
  }
  if (settings.environment) checkEnvironment(settings.environment)
  return settings
}

export function readArchitectures(input: Input): string[] | undefined {
  const given = list(input, 'Architectures')
  if (given.length === 0) return undefined
  if (given.length > 1 || !['x86_64', 'arm64'].includes(given[0] ?? '')) {
    throw constraint(`[${given}]`, 'architectures', 'satisfy enum value set: [x86_64, arm64]')
  }
  return given
}
