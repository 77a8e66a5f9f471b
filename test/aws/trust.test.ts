// Addresses that a file of the working directory names: which count at once, which have to be agreed to.
import { describe, expect, it } from 'vitest'
import { addressesOf, doubtsOf } from '../../src/aws/endpoints.ts'
import type { Env } from '../../src/aws/env.ts'
import type { Profile } from '../../src/aws/profile.ts'
import { isTrusted, notAgreed, shownAddress, trustedIn } from '../../src/aws/trust.ts'

const none = new Set<string>()

describe('an address in a file of the working directory', () => {
  it.each([
    'http://127.0.0.1:4566',
    'http://localhost',
    'http://LOCALHOST:80/x',
    'http://[::1]:8000',
    'http://127.1',
    'http://0x7f000001',
  ])('%s is this computer', (url) => {
    expect(isTrusted(url, none)).toBe(true)
  })

  it.each([
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://evil.localhost',
    'http://127.0.0.1@evil.example',
    'http://0.0.0.0:4566',
    'http://[::ffff:7f00:1]',
    'https://sts.eu-central-1.amazonaws.com',
    'https://2147483648',
  ])('%s has to be agreed to', (url) => {
    expect(isTrusted(url, none)).toBe(false)
    expect(isTrusted(url, trustedIn([shownAddress(url)]))).toBe(true)
  })

  it.each([
    ['https://relay.corp', 'https://relay.corp/', true],
    ['https://Relay.corp:443/a/', 'https://relay.corp/a', true],
    ['https://relay.corp', 'https://relay.corp/a', false],
    ['https://relay.corp/a', 'https://relay.corp', false],
    ['https://relay.corp', 'http://relay.corp', false],
    ['https://relay.corp', 'https://relay.corp:8443', false],
    ['https://relay.corp', 'https://relay.corp.evil.example', false],
    ['https://relay.corp/a', 'https://relay.corp/a?to=b', false],
  ])('agreement to %s is agreement to %s: %s', (agreed, url, counts) => {
    expect(isTrusted(url, trustedIn([agreed]))).toBe(counts)
  })

  it.each(['relay.corp', '', 'ftp://relay.corp', 'https://'])('«%s» cannot be agreed to', (text) => {
    expect(() => trustedIn([text])).toThrow(expect.objectContaining({ code: 'ADDRESS_INVALID', exitCode: 3 }))
  })

  it('is shown without user and password, and as what may be repeated behind --trust', () => {
    const address = shownAddress('https://ana:s3cret@relay.corp/')
    const { message, next } = notAgreed({ address, from: 'A in .env', gets: 'signed requests to AWS' })
    expect(message).toBe('https://relay.corp would get signed requests to AWS')
    expect(next[1]).toContain('--trust https://relay.corp ')
  })
})

describe('what has to be agreed to before AWS is asked', () => {
  const dotenv = (own: Env, real: Env = {}) => addressesOf({ env: { ...own, ...real }, processEnv: real })
  const profile = (values: Profile['values']): Profile => ({
    name: 'lab',
    values,
    services: {},
    sso: undefined,
  })

  it('is every address of .env, AWS’s own among them, once each', () => {
    const addresses = dotenv({
      AWS_ENDPOINT_URL: 'https://evil.example',
      AWS_ENDPOINT_URL_STS: 'https://sts.eu-central-1.amazonaws.com',
    })
    expect(doubtsOf(addresses, none).map(({ address, from }) => [address, from])).toEqual([
      ['https://evil.example', 'AWS_ENDPOINT_URL in .env'],
      ['https://sts.eu-central-1.amazonaws.com', 'AWS_ENDPOINT_URL_STS in .env'],
    ])
  })

  it('is none of the environment, and none that the environment outranks', () => {
    const real = { AWS_ENDPOINT_URL: 'https://aws.corp' }
    expect(doubtsOf(dotenv({}, real), none)).toEqual([])
    expect(doubtsOf(dotenv({ AWS_ENDPOINT_URL: 'https://evil.example' }, real), none)).toEqual([])
  })

  it('is an address of a profile only where a file has chosen the profile and it is not AWS’s', () => {
    const asked = (url: string, profileFrom?: '.env' | 'whatsapp-otp.json') =>
      doubtsOf(addressesOf({ env: {}, files: profile({ endpoint_url: url }), profileFrom }), none).map(
        ({ from }) => from,
      )
    expect(asked('https://lab.corp')).toEqual([])
    expect(asked('https://lab.corp', 'whatsapp-otp.json')).toEqual(['profile lab in whatsapp-otp.json'])
    expect(asked('https://vpce-0a.ssm.eu-central-1.vpce.amazonaws.com', '.env')).toEqual([])
    expect(asked('http://localhost:4566', '.env')).toEqual([])
  })
})
