// Writes a signed request to AWS instead of the SDK: kilobytes to load where the SDK loads megabytes.
import { sign } from 'aws4'
import type { Clock } from './clock.ts'

/** The services in use. The endpoint variables have the names that the AWS SDKs read. */
export const services = {
  dynamodb: { target: 'DynamoDB_20120810', json: '1.0', endpoint: 'AWS_ENDPOINT_URL_DYNAMODB' },
  ssm: { target: 'AmazonSSM', json: '1.1', endpoint: 'AWS_ENDPOINT_URL_SSM' },
  'cognito-idp': {
    target: 'AWSCognitoIdentityProviderService',
    json: '1.1',
    endpoint: 'AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER',
  },
  sqs: { target: 'AmazonSQS', json: '1.0', endpoint: 'AWS_ENDPOINT_URL_SQS' },
  sns: { target: '', json: '', endpoint: 'AWS_ENDPOINT_URL_SNS' },
  lambda: { target: '', json: '', endpoint: 'AWS_ENDPOINT_URL_LAMBDA' },
} as const

export type Service = keyof typeof services

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

export interface Unsigned {
  service: Service
  /** With its query, both encoded. */
  path?: string | undefined
  headers: Record<string, string>
  body: string
}

/** A POST as it goes out. */
export interface Signed {
  url: string
  headers: Record<string, string>
  body: string
}

export interface SignerOptions {
  clock: Pick<Clock, 'now'>
  env: Record<string, string | undefined>
}

/** Signs for the service, the region and the role that the environment names. */
export function createSigner({ clock, env }: SignerOptions): (request: Unsigned) => Signed {
  function endpointOf(service: Service): string {
    const region = env.AWS_REGION ?? ''
    const own = env[services[service].endpoint] ?? env.AWS_ENDPOINT_URL
    return own ?? `https://${service}.${region}.${domainOf(region)}`
  }

  return ({ service, path = '/', headers, body }) => {
    const url = new URL(path, endpointOf(service))
    // With Node's own cryptography, at once: that of browsers takes a detour for each of a signature's six hashes.
    const signed = sign(
      {
        ...{ host: url.host, path: url.pathname + url.search, method: 'POST' },
        ...{ service, region: env.AWS_REGION ?? '', body },
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
    return { url: url.href, headers: signed.headers as Record<string, string>, body }
  }
}
