// Where each service is asked: the order of variables and profile, what is not AWS's, and how that is said.
import { describe, expect, it } from 'vitest'
import {
  addressesOf,
  foreignLine,
  foreignOf,
  isEmulator,
  partitionOf,
  type Service,
  services,
} from '../../src/aws/endpoints.ts'
import type { Env } from '../../src/aws/env.ts'
import type { Profile } from '../../src/aws/profile.ts'
import { domainOf } from '../../triggers/outside/aws-request.ts'

const profile = (values: Profile['values'], sections: Profile['services'] = {}): Profile => ({
  name: 'dev',
  values,
  services: sections,
  sso: undefined,
})
const everywhere = profile(
  { endpoint_url: 'http://profile' },
  { 'lambda.endpoint_url': 'http://section', 'cognito_identity_provider.endpoint_url': 'http://section' },
)

describe('the address of a service', () => {
  it.each<[string, Env, Profile | undefined, string | undefined, object | undefined]>([
    ['AWS’s own', {}, undefined, undefined, undefined],
    ['of a profile', {}, profile({ endpoint_url: 'http://profile' }), 'http://profile', { profile: 'dev' }],
    ['of its services section', {}, everywhere, 'http://section', { profile: 'dev' }],
    [
      'of AWS_ENDPOINT_URL',
      { AWS_ENDPOINT_URL: 'http://all' },
      everywhere,
      'http://all',
      { variable: 'AWS_ENDPOINT_URL' },
    ],
    [
      'of its own variable',
      { AWS_ENDPOINT_URL: 'http://all', AWS_ENDPOINT_URL_LAMBDA: 'http://own' },
      everywhere,
      'http://own',
      { variable: 'AWS_ENDPOINT_URL_LAMBDA' },
    ],
    ['an empty variable', { AWS_ENDPOINT_URL: '' }, undefined, undefined, undefined],
    [
      'ignored by a variable',
      { AWS_ENDPOINT_URL: 'http://all', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      everywhere,
      undefined,
      undefined,
    ],
    [
      'ignored by the profile',
      { AWS_ENDPOINT_URL: 'http://all' },
      profile({ ignore_configured_endpoint_urls: 'true' }),
      undefined,
      undefined,
    ],
    [
      'ignored by neither',
      { AWS_ENDPOINT_URL: 'http://all', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' },
      profile({ ignore_configured_endpoint_urls: 'true' }),
      'http://all',
      { variable: 'AWS_ENDPOINT_URL' },
    ],
  ])('%s', (_name, env, files, url, from) => {
    expect(addressesOf({ env, files }).lambda).toEqual(url === undefined ? undefined : { url, from })
  })

  it.each(Object.entries(services) as [Service, [string, string]][])(
    '%s has a variable',
    (service, [, id]) => {
      const variable = `AWS_ENDPOINT_URL_${id}`
      expect(addressesOf({ env: { [variable]: 'http://own' } })).toEqual({
        [service]: { url: 'http://own', from: { variable } },
      })
    },
  )

  it.each(['localhost:4566', 'ftp://aws.corp', 'https://', 'aws'])('cannot be %s', (url) => {
    expect(() => addressesOf({ env: { AWS_ENDPOINT_URL_SSM: url } })).toThrow(
      expect.objectContaining({ code: 'ENDPOINT_INVALID', exitCode: 3 }),
    )
  })
})

describe('a partition', () => {
  it.each([
    ['eu-central-1', 'aws', 'amazonaws.com', 'us-east-1'],
    ['ap-nowhere-9', 'aws', 'amazonaws.com', 'us-east-1'],
    ['cn-north-1', 'aws-cn', 'amazonaws.com.cn', 'cn-northwest-1'],
    ['us-gov-east-1', 'aws-us-gov', 'amazonaws.com', 'us-gov-west-1'],
    ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu', 'eusc-de-east-1'],
    ['us-iso-west-1', 'aws-iso', 'c2s.ic.gov', 'us-iso-east-1'],
    ['us-isob-east-1', 'aws-iso-b', 'sc2s.sgov.gov', 'us-isob-east-1'],
    ['eu-isoe-west-1', 'aws-iso-e', 'cloud.adc-e.uk', 'eu-isoe-west-1'],
    ['us-isof-east-1', 'aws-iso-f', 'csp.hci.ic.gov', 'us-isof-south-1'],
  ])('of %s has a name, a domain and a region of everybody', (region, name, domain, everybodys) => {
    expect(partitionOf(region)).toMatchObject({ name, domain, everybodys })
    // The functions have a table of their own.
    expect(domainOf(region)).toBe(domain)
  })
})

describe('what is shown', () => {
  const lines = (env: Env, files?: Profile) => foreignOf(addressesOf({ env, files })).map(foreignLine)

  it('is nothing of AWS’s own, those in a VPC among them', () => {
    expect(
      lines({
        AWS_ENDPOINT_URL_STS: 'https://sts.eu-central-1.amazonaws.com',
        AWS_ENDPOINT_URL_SSM: 'https://vpce-0a.ssm.eu-central-1.vpce.amazonaws.com',
        AWS_ENDPOINT_URL_LAMBDA: 'https://lambda.eu-central-1.api.aws',
        AWS_ENDPOINT_URL_IAM: 'https://iam.cn-north-1.amazonaws.com.cn',
        AWS_ENDPOINT_URL_DYNAMODB: 'https://123456789012.ddb.us-gov-west-1.amazonaws.com',
        AWS_ENDPOINT_URL_SSO: 'https://portal.sso.eu-central-1.amazonaws.com',
        AWS_ENDPOINT_URL_SSO_OIDC: 'https://oidc.eusc-de-east-1.amazonaws.eu',
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: 'https://cognito-idp-fips.us-east-1.amazonaws.com',
        AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'https://logs.us-iso-east-1.c2s.ic.gov',
      }),
    ).toEqual([])
  })

  it.each([
    'https://sts.eusc-de-east-1.amazonaws.eu',
    'https://sts.eusc-de-east-1.api.amazonwebservices.eu',
    'https://sts.us-isob-east-1.sc2s.sgov.gov',
    'https://sts.eu-isoe-west-1.api.cloud-aws.adc-e.uk',
    'https://sts.us-isof-south-1.api.aws.hci.ic.gov',
    'https://sts.us-gov-west-1.api.aws',
    'https://vpce-0a.sts.cn-north-1.vpce.amazonaws.com.cn',
    'https://iam.us-gov.amazonaws.com',
    'https://iam.global.api.amazonwebservices.com.cn',
    'https://iam.amazonaws.com',
  ])('is nothing of AWS’s own in any partition: %s', (url) => {
    expect(lines({ AWS_ENDPOINT_URL_STS: url })).toEqual([])
  })

  it.each([
    'https://sts.eusc-de-east-1.amazonaws.com',
    'https://sts.eu-central-1.amazonaws.eu',
    'https://sts.cn-north-1.api.aws',
    'https://sts.us-east-1.c2s.ic.gov',
  ])('is a region below the domain of another partition: %s', (url) => {
    expect(lines({ AWS_ENDPOINT_URL_STS: url })).toHaveLength(1)
  })

  it.each([
    'https://0a1b2c3d4e.execute-api.eu-central-1.amazonaws.com',
    'https://sts.s3.amazonaws.com',
    'https://sts.s3-us-west-2.amazonaws.com',
    'https://sts.s3.eu-central-1.amazonaws.com',
    'https://sts.eu-central-1.elb.amazonaws.com',
    'https://sts.evil.execute-api.eu-central-1.amazonaws.com',
  ])('is what anybody may own below AWS’s domains: %s', (url) => {
    expect(lines({ AWS_ENDPOINT_URL_STS: url })).toHaveLength(1)
  })

  it('is what only looks like it, or is not encrypted', () => {
    expect(
      lines({
        AWS_ENDPOINT_URL_STS: 'https://sts.amazonaws.com.evil.example',
        AWS_ENDPOINT_URL_SSM: 'https://evilamazonaws.com',
        AWS_ENDPOINT_URL_IAM: 'http://iam.amazonaws.com',
      }),
    ).toEqual([
      'IAM is asked at http://iam.amazonaws.com (AWS_ENDPOINT_URL_IAM)',
      'SSM is asked at https://evilamazonaws.com (AWS_ENDPOINT_URL_SSM)',
      'STS is asked at https://sts.amazonaws.com.evil.example (AWS_ENDPOINT_URL_STS)',
    ])
  })

  it('is each address once, with where it is set and for whom', () => {
    expect(lines({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566/' })).toEqual([
      'AWS is asked at http://127.0.0.1:4566 (AWS_ENDPOINT_URL)',
    ])
    expect(lines({ AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000' }, everywhere)).toEqual([
      'Cognito, Lambda are asked at http://section (profile dev)',
      'DynamoDB is asked at http://127.0.0.1:8000 (AWS_ENDPOINT_URL_DYNAMODB)',
      'IAM, CloudWatch, CloudWatch Logs, SNS, SQS, SSO, SSO sign-in, SSM, STS are asked at http://profile (profile dev)',
    ])
  })

  it('is no user and no password', () => {
    expect(lines({ AWS_ENDPOINT_URL: 'https://ana:s3cret@aws.corp/path' })).toEqual([
      'AWS is asked at https://aws.corp/path (AWS_ENDPOINT_URL)',
    ])
  })

  it('calls an emulator only what plays all of AWS on this computer', () => {
    const isPlayed = (env: Env) => foreignOf(addressesOf({ env })).map(isEmulator)
    expect(isPlayed({ AWS_ENDPOINT_URL: 'http://localhost:4566' })).toEqual([true])
    expect(isPlayed({ AWS_ENDPOINT_URL: 'http://aws.corp' })).toEqual([false])
    expect(isPlayed({ AWS_ENDPOINT_URL_STS: 'http://localhost:4566' })).toEqual([false])
  })
})
