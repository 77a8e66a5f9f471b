// The real SDK clients, by the sandbox's names of the services, with an ear on the wire.
import * as cloudwatch from '@aws-sdk/client-cloudwatch'
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as iam from '@aws-sdk/client-iam'
import * as lambda from '@aws-sdk/client-lambda'
import * as sns from '@aws-sdk/client-sns'
import * as sqs from '@aws-sdk/client-sqs'
import * as ssm from '@aws-sdk/client-ssm'
import * as sts from '@aws-sdk/client-sts'
import { XMLParser } from 'fast-xml-parser'
import type { Sandbox } from '../../src/sandbox/server.ts'
import { clientConfig } from './lambda/function-fixture.ts'

type Module = Record<string, unknown>
type Middleware = (next: (args: unknown) => Promise<{ response: { body: unknown } }>) => unknown

interface Client {
  send(command: unknown): Promise<Record<string, unknown>>
  destroy(): void
  middlewareStack: { add(middleware: Middleware, options: object): void }
}

const modules: Record<string, [module: Module, client: string]> = {
  iam: [iam, 'IAMClient'],
  sts: [sts, 'STSClient'],
  sns: [sns, 'SNSClient'],
  sqs: [sqs, 'SQSClient'],
  cloudwatch: [cloudwatch, 'CloudWatchClient'],
  logs: [logs, 'CloudWatchLogsClient'],
  ssm: [ssm, 'SSMClient'],
  dynamodb: [dynamodb, 'DynamoDBClient'],
  'cognito-idp': [cognito, 'CognitoIdentityProviderClient'],
  lambda: [lambda, 'LambdaClient'],
}

/** One service through its SDK. */
export interface SdkClient {
  /** Every operation that the SDK knows. */
  operations: string[]
  /** Calls by name. The SDK sends the members it knows of the input, and no others. */
  call(operation: string, input: object): Promise<{ output: Record<string, unknown>; wire: string }>
  /** True for the class that the model has for this very error. */
  isModelled(error: Error): boolean
  close(): void
}

/** Throws for a service that is not in the table above: a new one is to be added there. */
export function sdkClientOf(service: string, sandbox: Sandbox): SdkClient {
  const found = modules[service]
  if (!found) throw new Error(`No SDK client is named for the service ${service}`)
  const [module, name] = found
  const Client = module[name] as new (config: object) => Client
  // Some operations put a prefix before the host, which an address does not take.
  const client = new Client({ ...clientConfig(sandbox), disableHostPrefix: true })
  let wire = ''
  client.middlewareStack.add(
    (next) => async (args: unknown) => {
      const result = await next(args)
      const chunks: Buffer[] = []
      for await (const chunk of result.response.body as AsyncIterable<Buffer>) chunks.push(chunk)
      const body = Buffer.concat(chunks)
      wire = body.toString()
      result.response.body = new Uint8Array(body)
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'hearTheWire' },
  )
  return {
    operations: Object.keys(module)
      .filter((key) => /^[A-Z]\w+Command$/.test(key))
      .map((key) => key.slice(0, -'Command'.length)),
    async call(operation, input) {
      const Command = module[`${operation}Command`] as (new (input: object) => unknown) | undefined
      if (!Command) throw new Error(`The SDK knows no ${service}:${operation}`)
      const { $metadata, ...output } = await client.send(new Command(input))
      return { output, wire }
    },
    isModelled(error) {
      const Exception = module[error.name]
      return typeof Exception === 'function' && error instanceof Exception
    },
    close: () => client.destroy(),
  }
}

const frame = /^(\?xml|\w+Response|\w+Result|ResponseMetadata|RequestId|member|entry|key|value|@.*|#text)$/

/** Names of all members on the wire, without what the protocol itself adds. */
export function wireNames(wire: string): Set<string> {
  if (!wire.trim()) return new Set()
  const parsed = wire.startsWith('<') ? new XMLParser().parse(wire) : JSON.parse(wire)
  return new Set([...namesIn(parsed)].filter((name) => !wire.startsWith('<') || !frame.test(name)))
}

/** Names of all members of a value, however deep. */
export function namesIn(value: unknown, names = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Date) {
    return names
  }
  for (const [name, member] of Object.entries(value)) {
    if (!Array.isArray(value) && member !== undefined) names.add(name)
    namesIn(member, names)
  }
  return names
}
