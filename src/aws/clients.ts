// The only place that builds SDK clients: region, profile, endpoint, retries, and the count of calls.
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'
import { fromNodeProviderChain } from '@aws-sdk/credential-providers'
import type { AwsCredentialIdentity, MetadataBearer, Pluggable, Provider } from '@smithy/types'
import type { Clock } from '../clock.ts'
import type { Place } from '../names.ts'
import { type Gate, gatePlugin } from './gate.ts'
import { Transport } from './transport.ts'

/** Environment variables as a plain object: the process's own, with `.env` below it. */
export type Env = Record<string, string | undefined>

/** Told of every call, once it has its answer (retries inside the SDK included in `attempts`). */
export type CallObserver = (call: { service: string; operation: string; attempts: number }) => void

export interface ConnectOptions {
  env: Env
  region?: string | undefined
  profile?: string | undefined
  observe?: CallObserver
  /** Holds back every call that changes something while it is shut; absent for clients that change no stage. */
  gate?: Gate
  /** Asks for the code of an MFA device where a profile needs one; absent where nobody can answer. */
  mfaCode?: (serial: string) => Promise<string>
  /** Go before those of `env` and of the profile. */
  credentials?: AwsCredentialIdentity | Provider<AwsCredentialIdentity>
  /**
   * What is not looked for in this process and in its user's files, unless a profile is named: the SDK would
   * find an endpoint, a region and credentials that nobody has handed over.
   */
  sealed?: 'endpoint and region' | 'all'
}

export interface Clients {
  iam: IAMClient
  lambda: LambdaClient
  cognito: CognitoIdentityProviderClient
  ssm: SSMClient
  sts: STSClient
  logs: CloudWatchLogsClient
  dynamodb: DynamoDBClient
  /** The address of an emulator, when the environment names one. */
  endpoint: string | undefined
}

/** What a resource needs to read and change AWS. */
export interface Aws extends Clients {
  place: Place
  clock: Clock
  /** Aborted by Ctrl-C: waiting ends, calls under way finish. */
  signal?: AbortSignal | undefined
}

// The SDK warns Node 20 of its own future versions; ours is pinned, and a user could do nothing about it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

/** Cognito and IAM throttle early (5 to 15 requests a second); the SDK's default of 3 attempts is too few. */
const maxAttempts = 6

/** Builds the clients. Makes no call and loads no credentials yet. */
export function createClients(options: ConnectOptions): Clients {
  const { env, profile, observe, gate, mfaCode } = options
  const requestHandler = new Transport()
  const sealed = profile ? undefined : options.sealed
  const region = options.region ?? (sealed ? () => notGiven('Region is missing') : undefined)
  const staticKeys =
    !profile && env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY
      ? {
          accessKeyId: env.AWS_ACCESS_KEY_ID,
          secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
          ...(env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {}),
        }
      : undefined
  const credentials =
    options.credentials ??
    staticKeys ??
    (sealed === 'all'
      ? () => notGiven('neither credentials nor a profile were given', 'CredentialsProviderError')
      : fromNodeProviderChain({
          ...(profile ? { profile } : {}),
          ...(mfaCode ? { mfaCodeProvider: mfaCode } : {}),
        }))

  const build = <C extends { middlewareStack: { use(plugin: never): void } }>(
    service: string,
    Client: new (config: object) => C,
  ): C => {
    const endpoint = env[`AWS_ENDPOINT_URL_${service}`] ?? env.AWS_ENDPOINT_URL
    const client = new Client({
      credentials,
      maxAttempts,
      requestHandler,
      ...(region ? { region } : {}),
      ...(profile ? { profile } : {}),
      ...(endpoint ? { endpoint } : {}),
      ...(sealed ? { ignoreConfiguredEndpointUrls: true } : {}),
    })
    if (gate) client.middlewareStack.use(gatePlugin(gate) as never)
    if (observe) client.middlewareStack.use(watchCalls(service.toLowerCase(), observe) as never)
    return client
  }

  return {
    iam: build('IAM', IAMClient),
    lambda: build('LAMBDA', LambdaClient),
    cognito: build('COGNITO_IDENTITY_PROVIDER', CognitoIdentityProviderClient),
    ssm: build('SSM', SSMClient),
    sts: build('STS', STSClient),
    logs: build('CLOUDWATCH_LOGS', CloudWatchLogsClient),
    dynamodb: build('DYNAMODB', DynamoDBClient),
    endpoint: env.AWS_ENDPOINT_URL,
  }
}

/** Refuses with the SDK's own words, which have an error of ours to them. */
async function notGiven(why: string, name = 'Error'): Promise<never> {
  throw Object.assign(new Error(why), { name })
}

/** A middleware that reports each call, successful or not, without looking into it. */
function watchCalls(service: string, observe: CallObserver): Pluggable<object, MetadataBearer> {
  return {
    applyToStack: (stack) => {
      stack.add(
        (next, context) => async (args) => {
          const report = (metadata: { attempts?: number | undefined } | undefined) => {
            const operation = String(context.commandName).replace(/Command$/, '')
            observe({ service, operation, attempts: metadata?.attempts ?? 1 })
          }
          try {
            const result = await next(args)
            report(result.output.$metadata)
            return result
          } catch (error) {
            report((error as Partial<MetadataBearer>).$metadata)
            throw error
          }
        },
        { step: 'initialize', name: 'watchCalls' },
      )
    },
  }
}
