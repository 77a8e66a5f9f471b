// Calls AWS with a signed request instead of the SDK: kilobytes to load where the SDK loads megabytes.
import { sign } from 'aws4'
import type { Clock, Deadline } from './clock.ts'
import { type Http, type HttpAnswer, HttpFailure } from './http.ts'

/** The services in use. The endpoint variables have the names that the AWS SDKs read. */
const services = {
  dynamodb: { target: 'DynamoDB_20120810', json: '1.0', endpoint: 'AWS_ENDPOINT_URL_DYNAMODB' },
  ssm: { target: 'AmazonSSM', json: '1.1', endpoint: 'AWS_ENDPOINT_URL_SSM' },
  'cognito-idp': {
    target: 'AWSCognitoIdentityProviderService',
    json: '1.1',
    endpoint: 'AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER',
  },
  sqs: { target: 'AmazonSQS', json: '1.0', endpoint: 'AWS_ENDPOINT_URL_SQS' },
  sns: { target: '', json: '', endpoint: 'AWS_ENDPOINT_URL_SNS' },
} as const

type Service = keyof typeof services

/** AWS refused, or could not be reached (`code` is then the kind of HttpFailure, `status` 0). */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  /** False only when AWS has certainly not carried the call out. */
  readonly maybeDone: boolean
  constructor(code: string, status: number, maybeDone: boolean) {
    super(`AWS answered ${code}`)
    this.name = 'AwsError'
    this.code = code
    this.status = status
    this.maybeDone = maybeDone
  }
}

export interface AwsOptions {
  http: Http
  clock: Clock
  env: Record<string, string | undefined>
}

interface AwsRequest {
  service: Service
  headers: Record<string, string>
  body: string
  deadline: Deadline
  /** How often to try; 1 for what must not happen twice. */
  attempts?: number
}

export interface Aws {
  /** One operation of a service that speaks JSON. Throws AwsError. */
  json(
    service: Exclude<Service, 'sns'>,
    operation: string,
    input: object,
    deadline: Deadline,
  ): Promise<Record<string, unknown>>
  /** One signed POST with a body of any kind. Throws AwsError. */
  post(request: AwsRequest): Promise<string>
}

const transientCodes =
  /^(Throttling|ThrottlingException|ProvisionedThroughputExceededException|RequestLimitExceeded|TooManyRequestsException|InternalServerError|InternalErrorException)$/

/** `{"__type":"prefix#Code"}` in JSON, `<Code>Code</Code>` in the query protocol. */
function codeOf(answer: HttpAnswer): string {
  const type = /"(?:__type|code)"\s*:\s*"(?:[^"#]*#)?([\w.]+)"/.exec(answer.text)
  return type?.[1] ?? /<Code>([\w.]+)<\/Code>/.exec(answer.text)?.[1] ?? `Http${answer.status}`
}

function errorOf(thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown
  if (thrown instanceof HttpFailure) return new AwsError(thrown.kind, 0, thrown.written)
  throw thrown
}

/** By how regions outside the commercial partition begin; the SDK's own table is larger than all of this code. */
const domains: Record<string, string> = {
  cn: 'amazonaws.com.cn',
  eusc: 'amazonaws.eu',
  'us-iso': 'c2s.ic.gov',
  'us-isob': 'sc2s.sgov.gov',
  'us-isof': 'csp.hci.ic.gov',
  'eu-isoe': 'cloud.adc-e.uk',
}

/** What the addresses of a region's services end with. */
export function domainOf(region: string): string {
  const begin = Object.keys(domains).find((one) => region.startsWith(`${one}-`))
  return begin ? domains[begin]! : 'amazonaws.com'
}

export function createAws({ http, clock, env }: AwsOptions): Aws {
  function endpointOf(service: Service): string {
    const region = env.AWS_REGION ?? ''
    const own = env[services[service].endpoint] ?? env.AWS_ENDPOINT_URL
    return own ?? `https://${service}.${region}.${domainOf(region)}`
  }

  async function attempt({ service, headers, body, deadline, attempts }: AwsRequest): Promise<string> {
    const left = deadline.left()
    if (left < 10) throw new AwsError('deadline', 0, false)
    const url = new URL('/', endpointOf(service))
    // With Node's own cryptography, at once: that of browsers takes a detour for each of a signature's six hashes.
    const signed = sign(
      {
        ...{
          host: url.host,
          path: url.pathname,
          method: 'POST',
          service,
          region: env.AWS_REGION ?? '',
          body,
        },
        headers: {
          ...headers,
          'X-Amz-Date': new Date(clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, ''),
        },
      },
      {
        accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
        ...(env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {}),
      },
    )
    const answer = await http({
      url: url.href,
      method: 'POST',
      headers: signed.headers as Record<string, string>,
      body,
      connectMs: Math.min(600, left),
      totalMs: Math.min(1000, left),
      maxBytes: 400_000,
      // A kept connection may be dead; what is tried only once cannot afford to find out.
      keepAlive: attempts !== 1,
    })
    if (answer.status >= 200 && answer.status < 300) return answer.text
    throw new AwsError(codeOf(answer), answer.status, answer.status >= 500)
  }

  async function post(request: AwsRequest): Promise<string> {
    const attempts = request.attempts ?? 3
    for (let n = 1; ; n++) {
      try {
        return await attempt(request)
      } catch (thrown) {
        const error = errorOf(thrown)
        const transient = error.status === 0 || error.status >= 500 || transientCodes.test(error.code)
        const pause = Math.random() * 50 * 2 ** n
        if (!transient || n >= attempts || request.deadline.left() < pause + 50) throw error
        await clock.sleep(pause)
      }
    }
  }

  return {
    post,
    json: async (service, operation, input, deadline) => {
      const { target, json } = services[service]
      const headers = {
        'content-type': `application/x-amz-json-${json}`,
        'x-amz-target': `${target}.${operation}`,
      }
      const text = await post({ service, headers, body: JSON.stringify(input), deadline })
      return text ? (JSON.parse(text) as Record<string, unknown>) : {}
    },
  }
}
