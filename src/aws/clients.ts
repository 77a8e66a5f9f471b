// The only place that builds SDK clients: region, profile, endpoint, retries, and the count of calls.
import { setMaxListeners } from 'node:events'
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import type { SNSClient } from '@aws-sdk/client-sns'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'
import type { AwsCredentialIdentity, MetadataBearer, Pluggable, Provider } from '@smithy/types'
import type { Clock } from '../clock.ts'
import { usageError } from '../errors.ts'
import type { Place } from '../names.ts'
import { boundCalls, type CallBounds, type CallLimits, callLimits, type WaitEvent } from './calls.ts'
import { credentialsOf } from './credentials.ts'
import { type Addresses, addressesOf, doubtsOf, type Service, services } from './endpoints.ts'
import type { Env } from './env.ts'
import { type Gate, gatePlugin, operationOf } from './gate.ts'
import type { Profile } from './profile.ts'
import { Transport } from './transport.ts'
import { type FolderFile, notAgreed, type Trusted } from './trust.ts'

/** Told of every call, once it has its answer (retries inside the SDK included in `attempts`). */
export type CallObserver = (call: { service: string; operation: string; attempts: number }) => void

export interface ConnectOptions {
  env: Env
  /**
   * The process's own variables, without those of `.env`: only they say which proxy and which certificates to
   * use, and where configuration files are. `env` where absent.
   */
  processEnv?: Env | undefined
  region?: string | undefined
  profile?: string | undefined
  /** The file of the working directory that chose the profile, where one did. */
  profileFrom?: FolderFile | undefined
  /** Addresses of such files that the user has agreed to. */
  trusted?: Trusted | undefined
  /** What the user's configuration files say of the profile; nothing where absent, see `readProfile`. */
  files?: Profile | undefined
  observe?: CallObserver
  /** Aborted by Ctrl-C: calls under way have a moment to finish, see `CallLimits`. */
  signal?: AbortSignal | undefined
  /** Hears of calls that AWS is slow to answer. */
  onWait?: ((event: WaitEvent) => void) | undefined
  limits?: CallLimits | undefined
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
  /** Both are loaded only where they are asked for. */
  cloudwatch(): Promise<CloudWatchClient>
  sns(): Promise<SNSClient>
  sqs(): Promise<SQSClient>
  /** Where Cognito answers, for apps too; undefined at AWS's own address. */
  endpoint: string | undefined
  /** The services that are not asked at AWS's own addresses. */
  addresses: Addresses
  /** Around every call; for those to others that belong to the same run, too. */
  bounds: CallBounds
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

/** Builds the clients. Makes no call and loads no credentials yet. Throws a usage error for a setting of no use. */
export function createClients(options: ConnectOptions): Clients {
  const { env, processEnv = env, profile, files, observe, gate, signal, onWait } = options
  const { limits = callLimits } = options
  const lines = files?.values ?? {}
  const sealed = profile ? undefined : options.sealed
  const region = options.region ?? lines.region ?? (sealed ? () => notGiven('Region is missing') : undefined)
  const addresses = addressesOf({ env, processEnv, files, profileFrom: options.profileFrom })
  const [doubt] = doubtsOf(addresses, options.trusted)
  if (doubt) throw notAgreed(doubt)
  const bounds = { limits, signal, onWait }
  // Every call under way listens to it.
  if (signal) setMaxListeners(0, signal)
  const common = {
    requestHandler: new Transport({
      limits,
      env: processEnv,
      caBundle: processEnv.AWS_CA_BUNDLE ?? lines.ca_bundle,
    }),
    maxAttempts: attemptsOf(env.AWS_MAX_ATTEMPTS ?? lines.max_attempts),
    retryMode: (env.AWS_RETRY_MODE ?? lines.retry_mode) === 'adaptive' ? 'adaptive' : 'standard',
    ...(profile ? { profile } : {}),
    // They are looked for in one place, which can say where each comes from.
    ignoreConfiguredEndpointUrls: true,
  }

  const build = <C extends { middlewareStack: { use(plugin: never): void } }>(
    service: Service,
    Client: new (config: object) => C,
    own: object,
  ): C => {
    const [name, id] = services[service]
    const endpoint = addresses[service]?.url
    const client = new Client({
      ...common,
      ...(region ? { region } : {}),
      ...(endpoint ? { endpoint } : {}),
      ...own,
    })
    client.middlewareStack.use(boundCalls(name, bounds) as never)
    if (observe) client.middlewareStack.use(watchCalls(id.toLowerCase(), observe) as never)
    return client
  }
  const credentials =
    options.credentials ??
    (sealed === 'all' && !(env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY)
      ? () => notGiven('neither credentials nor a profile were given', 'CredentialsProviderError')
      : credentialsOf({
          env,
          processEnv,
          profile,
          files,
          mfaCode: options.mfaCode,
          clientConfig: { ...common, ...ssoAddress(addresses) },
          wait: bounds,
          sts: (source) => build('sts', STSClient, { credentials: source ?? nobody }),
        }))
  const gated = <C extends { middlewareStack: { use(plugin: never): void } }>(
    service: Service,
    Client: new (config: object) => C,
  ): C => {
    const client = build(service, Client, { credentials })
    if (gate) client.middlewareStack.use(gatePlugin(gate) as never)
    return client
  }

  return {
    iam: gated('iam', IAMClient),
    lambda: gated('lambda', LambdaClient),
    cognito: gated('cognito', CognitoIdentityProviderClient),
    ssm: gated('ssm', SSMClient),
    sts: gated('sts', STSClient),
    logs: gated('logs', CloudWatchLogsClient),
    dynamodb: gated('dynamodb', DynamoDBClient),
    cloudwatch: lazily(async () =>
      gated('cloudwatch', (await import('./late/cloudwatch.ts')).CloudWatchClient),
    ),
    sns: lazily(async () => gated('sns', (await import('./late/sns.ts')).SNSClient)),
    sqs: lazily(async () => gated('sqs', (await import('./late/sqs.ts')).SQSClient)),
    endpoint: addresses.cognito?.url,
    addresses,
    bounds,
  }
}

/** Whoever asks first has it made; all others get the same. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** A call that is not signed. */
const nobody = { accessKeyId: '', secretAccessKey: '' }

/** The SDK asks SSO by two services with one configuration: where their addresses differ, it looks by itself. */
function ssoAddress({ sso, ssoOidc }: Addresses): object {
  if (sso?.url !== ssoOidc?.url) return { ignoreConfiguredEndpointUrls: false }
  return sso ? { endpoint: sso.url } : {}
}

/** As with the AWS CLI, all attempts of a call together. */
function attemptsOf(text: string | undefined): number {
  if (!text) return maxAttempts
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text)
  throw usageError('SETTING_INVALID', `AWS_MAX_ATTEMPTS cannot be «${text}»`, {
    why: 'it must be a number from 1 on',
    next: ['set AWS_MAX_ATTEMPTS, or max_attempts of the profile, or take it away'],
  })
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
            observe({ service, operation: operationOf(context), attempts: metadata?.attempts ?? 1 })
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
