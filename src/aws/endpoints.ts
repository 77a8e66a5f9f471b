// Which address each AWS service is asked at, where that comes from, and which of them are not AWS's own.
import { partition } from '@aws-sdk/core/client'
import { usageError } from '../errors.ts'
import type { Env } from './env.ts'
import type { Profile } from './profile.ts'
import { isLoopback } from './proxies.ts'
import { type Doubt, type FolderFile, isAddress, isTrusted, shownAddress, type Trusted } from './trust.ts'

/** How AWS names the services that are called: in words, and as `AWS_ENDPOINT_URL_<SERVICE>` ends. */
export const services = {
  cognito: ['Cognito', 'COGNITO_IDENTITY_PROVIDER'],
  dynamodb: ['DynamoDB', 'DYNAMODB'],
  iam: ['IAM', 'IAM'],
  lambda: ['Lambda', 'LAMBDA'],
  cloudwatch: ['CloudWatch', 'CLOUDWATCH'],
  logs: ['CloudWatch Logs', 'CLOUDWATCH_LOGS'],
  sns: ['SNS', 'SNS'],
  sqs: ['SQS', 'SQS'],
  sso: ['SSO', 'SSO'],
  ssoOidc: ['SSO sign-in', 'SSO_OIDC'],
  ssm: ['SSM', 'SSM'],
  sts: ['STS', 'STS'],
} as const

export type Service = keyof typeof services

/** A variable, or the profile; `file` is the one of the working directory that named it, where one did. */
export type AddressOrigin = ({ variable: string } | { profile: string }) & { file?: FolderFile }

export interface Address {
  url: string
  from: AddressOrigin
}

/** Services that are not in it are asked at AWS's own addresses. */
export type Addresses = Partial<Record<Service, Address>>

export interface AddressSources {
  env: Env
  /** The process's own variables: those that only `env` has are of `.env`. `env` where absent. */
  processEnv?: Env | undefined
  files?: Profile | undefined
  /** The file that chose the profile, where one did. */
  profileFrom?: FolderFile | undefined
}

/**
 * In the order of the AWS CLI: the service's own variable, AWS_ENDPOINT_URL, the `services` section of the
 * profile, its `endpoint_url`. Throws ENDPOINT_INVALID for what is no address.
 */
export function addressesOf({ env, processEnv = env, files, profileFrom }: AddressSources): Addresses {
  const { name = '', values = {}, services: sections = {} } = files ?? {}
  const byVariable = (variable: string): AddressOrigin =>
    processEnv[variable] ? { variable } : { variable, file: '.env' }
  const byProfile: AddressOrigin = { profile: name, ...(profileFrom ? { file: profileFrom } : {}) }
  const isIgnored = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? values.ignore_configured_endpoint_urls
  if (isIgnored?.toLowerCase() === 'true') return {}
  const found: Addresses = {}
  for (const service of Object.keys(services) as Service[]) {
    const [, id] = services[service]
    const candidates: [string | undefined, AddressOrigin][] = [
      [env[`AWS_ENDPOINT_URL_${id}`], byVariable(`AWS_ENDPOINT_URL_${id}`)],
      [env.AWS_ENDPOINT_URL, byVariable('AWS_ENDPOINT_URL')],
      [sections[`${id.toLowerCase()}.endpoint_url`], byProfile],
      [values.endpoint_url, byProfile],
    ]
    const [url, from] = candidates.find(([value]) => value) ?? []
    if (!url || !from) continue
    if (!isAddress(url)) throw notAnAddress(from)
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
    const known = found.get(key) ?? { url: shownAddress(url), from, services: [] }
    found.set(key, { ...known, services: [...known.services, services[service][0]] })
  }
  const count = Object.keys(services).length
  return [...found.values()].map(({ services: asked, ...rest }) =>
    asked.length === count ? rest : { ...rest, services: asked },
  )
}

/** `STS is asked at http://127.0.0.1:4566 (AWS_ENDPOINT_URL_STS)`. */
export function foreignLine({ url, from, services: asked = ['AWS'] }: Foreign): string {
  return `${asked.join(', ')} ${asked.length > 1 ? 'are' : 'is'} asked at ${url} (${originWords(from)})`
}

/**
 * Addresses that the user has to agree to first. What a profile of the user's own files names is in doubt only
 * where it is not AWS's and a file of the working directory has chosen the profile.
 */
export function doubtsOf(addresses: Addresses, trusted: Trusted | undefined): Doubt[] {
  const all = Object.values(addresses).filter(
    ({ url, from }) => from.file && !isTrusted(url, trusted) && ('variable' in from || !isAws(new URL(url))),
  )
  const doubts = all.map(({ url, from }) => ({
    address: shownAddress(url),
    from: originWords(from),
    gets: 'signed requests to AWS',
  }))
  return doubts.filter(({ address }, at) => doubts.findIndex((one) => one.address === address) === at)
}

function originWords(from: AddressOrigin): string {
  const origin = 'variable' in from ? from.variable : `profile ${from.profile}`
  return from.file ? `${origin} in ${from.file}` : origin
}

/** All of AWS, played on this computer. */
export function isEmulator({ url, services: asked }: Foreign): boolean {
  return asked === undefined && isLoopback(new URL(url).hostname)
}

/** A part of AWS with accounts, addresses and ARNs of its own. */
export interface Partition {
  /** As in ARNs: `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc`, … */
  name: string
  /** What its addresses end with, as in `sts.eu-central-1.amazonaws.com`. */
  domain: string
  /** The same for those that are reached by IPv6 too. */
  dualStackDomain: string
  /** A region that each of its accounts has. */
  everybodys: string
}

/** The partition that a region belongs to, as the SDK knows them; `aws` for one that it does not. */
export function partitionOf(region: string): Partition {
  // Its types leave the region out, which its data has for each.
  const { name, dnsSuffix, dualStackDnsSuffix, implicitGlobalRegion } = partition(region) as ReturnType<
    typeof partition
  > & { implicitGlobalRegion: string }
  return {
    name,
    domain: dnsSuffix,
    dualStackDomain: dualStackDnsSuffix,
    everybodys: implicitGlobalRegion,
  }
}

/** One region of each partition. */
const regions = [
  ...['us-east-1', 'cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'],
  ...['us-iso-east-1', 'us-isob-east-1', 'eu-isoe-west-1', 'us-isof-south-1'],
]

/**
 * `[vpce-….]<service>[-fips].[<region>.][vpce.]<domain>`, for the services that are called: below the same domains
 * lie buckets, load balancers and API gateways, which are anybody's.
 */
const own = (() => {
  const service = String.raw`(?:cognito-idp|dynamodb|\d{12}\.ddb|iam|lambda|logs|monitoring|portal\.sso|oidc|sns|sqs|ssm|sts)(?:-fips)?`
  const region = String.raw`(?:(?<region>[a-z]{2,4}(?:-[a-z]+){1,2}-\d{1,2}|us-gov|global)\.)?`
  const domains = [...new Set(regions.flatMap((one) => domainsOf(partitionOf(one))))]
  const domain = `(?<domain>${domains.map((one) => one.replaceAll('.', String.raw`\.`)).join('|')})`
  return new RegExp(String.raw`^(?:vpce-[\w-]+\.)?${service}\.${region}(?:vpce\.)?${domain}$`)
})()

/** True for AWS's own addresses, those inside a VPC among them: each region below the domain of its partition. */
function isAws({ protocol, hostname }: URL): boolean {
  const { region = '', domain } = own.exec(hostname)?.groups ?? {}
  if (protocol !== 'https:' || !domain) return false
  return !/\d/.test(region) || domainsOf(partitionOf(region)).includes(domain)
}

function domainsOf({ domain, dualStackDomain }: Partition): string[] {
  return [domain, dualStackDomain]
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
