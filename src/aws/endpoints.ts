// Which address each AWS service is asked at, where that comes from, and which of them are not AWS's own.
import { usageError } from '../errors.ts'
import type { Env } from './env.ts'
import type { Profile } from './profile.ts'
import { isLoopback } from './proxies.ts'

/** How AWS names the services that are called: in words, and as `AWS_ENDPOINT_URL_<SERVICE>` ends. */
export const services = {
  cognito: ['Cognito', 'COGNITO_IDENTITY_PROVIDER'],
  dynamodb: ['DynamoDB', 'DYNAMODB'],
  iam: ['IAM', 'IAM'],
  lambda: ['Lambda', 'LAMBDA'],
  logs: ['CloudWatch Logs', 'CLOUDWATCH_LOGS'],
  sso: ['SSO', 'SSO'],
  ssoOidc: ['SSO sign-in', 'SSO_OIDC'],
  ssm: ['SSM', 'SSM'],
  sts: ['STS', 'STS'],
} as const

export type Service = keyof typeof services

/** A variable of the environment, or the profile. */
export type AddressOrigin = { variable: string } | { profile: string }

export interface Address {
  url: string
  from: AddressOrigin
}

/** Services that are not in it are asked at AWS's own addresses. */
export type Addresses = Partial<Record<Service, Address>>

/**
 * In the order of the AWS CLI: the service's own variable, AWS_ENDPOINT_URL, the `services` section of the
 * profile, its `endpoint_url`. Throws ENDPOINT_INVALID for what is no address.
 */
export function addressesOf(env: Env, files?: Profile): Addresses {
  const { name = '', values = {}, services: sections = {} } = files ?? {}
  const isIgnored = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? values.ignore_configured_endpoint_urls
  if (isIgnored?.toLowerCase() === 'true') return {}
  const found: Addresses = {}
  for (const service of Object.keys(services) as Service[]) {
    const [, id] = services[service]
    const candidates: [string | undefined, AddressOrigin][] = [
      [env[`AWS_ENDPOINT_URL_${id}`], { variable: `AWS_ENDPOINT_URL_${id}` }],
      [env.AWS_ENDPOINT_URL, { variable: 'AWS_ENDPOINT_URL' }],
      [sections[`${id.toLowerCase()}.endpoint_url`], { profile: name }],
      [values.endpoint_url, { profile: name }],
    ]
    const [url, from] = candidates.find(([value]) => value) ?? []
    if (!url || !from) continue
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw notAnAddress(from)
    found[service] = { url, from }
  }
  return found
}

/** Addresses that are not AWS's, each with the services that are asked there and where it was set. */
export interface Foreign {
  /** Without user and password. */
  url: string
  from: AddressOrigin
  /** In words; undefined where it is all of them. */
  services?: string[]
}

export function foreignOf(addresses: Addresses): Foreign[] {
  const all = Object.entries(addresses) as [Service, Address][]
  const found = new Map<string, Foreign & { services: string[] }>()
  for (const [service, { url, from }] of all) {
    if (isAws(new URL(url))) continue
    const key = JSON.stringify([url, from])
    const known = found.get(key) ?? { url: shown(url), from, services: [] }
    found.set(key, { ...known, services: [...known.services, services[service][0]] })
  }
  const count = Object.keys(services).length
  return [...found.values()].map(({ services: asked, ...rest }) =>
    asked.length === count ? rest : { ...rest, services: asked },
  )
}

/** `STS is asked at http://127.0.0.1:4566 (AWS_ENDPOINT_URL_STS)`. */
export function foreignLine({ url, from, services: asked = ['AWS'] }: Foreign): string {
  const origin = 'variable' in from ? from.variable : `profile ${from.profile}`
  return `${asked.join(', ')} ${asked.length > 1 ? 'are' : 'is'} asked at ${url} (${origin})`
}

/** All of AWS, played on this computer. */
export function isEmulator({ url, services: asked }: Foreign): boolean {
  return asked === undefined && isLoopback(new URL(url).hostname)
}

const domains = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'api.aws',
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
  'ic.gov',
  'sgov.gov',
  'api.aws.scloud',
  'adc-e.uk',
]

/** True for AWS's own addresses, those inside a VPC among them. */
function isAws({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' && domains.some((domain) => hostname.endsWith(`.${domain}`))
}

function shown(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}

function notAnAddress(from: AddressOrigin) {
  const [what, next] =
    'variable' in from
      ? [from.variable, `set ${from.variable} to an address`]
      : [`endpoint_url of profile ${from.profile}`, 'correct it in your AWS configuration']
  return usageError('ENDPOINT_INVALID', `${what} is not an address`, {
    why: 'it must begin with https:// or http://',
    next: [next],
  })
}
