// `--profile X` and what X says in the user's files: keys, region, address, roles with MFA, certificates, attempts, SSO.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/aws/account.ts'
import { createClients } from '../../src/aws/clients.ts'
import type { Env } from '../../src/aws/env.ts'
import { readProfile } from '../../src/aws/profile.ts'
import { toAppError } from '../../src/aws/words.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'

let sandbox: Sandbox
let folder: string
let env: Env
beforeEach(async () => {
  sandbox = await startSandbox()
  folder = mkdtempSync(join(tmpdir(), 'whatsapp-otp-profile-'))
  env = {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_MAX_ATTEMPTS: '1',
  }
})
afterEach(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true })
})

const write = (config: string, credentials = '') => {
  writeFileSync(join(folder, 'config'), config)
  writeFileSync(join(folder, 'credentials'), credentials)
}
const to = (profile: string | undefined, more: object = {}) =>
  connect({ env, profile, stage: 'dev', ...more })
const keys = () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = sandbox.env()
  return `aws_access_key_id = ${AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}\n`
}

describe('a profile', () => {
  it('gives keys, region and address, and goes before keys of the environment', async () => {
    write(`[profile dev]\nregion = eu-west-1\nendpoint_url = ${sandbox.endpoint}\n`, `[dev]\n${keys()}`)
    const wrong = { AWS_ACCESS_KEY_ID: 'AKIAOFNOBODY0000000', AWS_SECRET_ACCESS_KEY: 'wrong' }
    const aws = await to('dev', { env: { ...env, ...wrong } })
    expect([aws.place.account, aws.place.region, aws.endpoint]).toEqual([
      sandbox.account,
      'eu-west-1',
      sandbox.endpoint,
    ])
    expect(aws.addresses.sts).toEqual({ url: sandbox.endpoint, from: { profile: 'dev' } })
  })

  it('gives the address of single services; that of Cognito is the app’s', async () => {
    write(
      `[default]\nregion = us-east-1\nservices = local\n${keys()}
[services local]
sts =
  endpoint_url = ${sandbox.endpoint}
cognito_identity_provider =
  endpoint_url = http://127.0.0.1:9229
`,
    )
    const aws = await to(undefined)
    expect(Object.keys(aws.addresses).sort()).toEqual(['cognito', 'sts'])
    expect(aws.endpoint).toBe('http://127.0.0.1:9229')
    expect(await aws.lambda.config.endpoint?.()).toBeUndefined()
  })

  it('gives a role, assumed at its own address, with the code of the MFA device', async () => {
    write(
      `[profile base]\n${keys()}
[profile admin]
region = us-east-1
role_arn = arn:aws:iam::123456789012:role/admin
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/ana
endpoint_url = ${sandbox.endpoint}
`,
    )
    const asked: string[] = []
    const mfaCode = async (serial: string) => {
      asked.push(serial)
      return '123456'
    }
    // The sandbox assumes no roles: that it is asked to shows that the call goes there, and nowhere else.
    await to('admin', { mfaCode }).catch(() => {})
    expect([asked, sandbox.calls.map(({ operation }) => operation)]).toEqual([
      ['arn:aws:iam::123456789012:mfa/ana'],
      ['AssumeRole'],
    ])
  })

  it('says how often a call is tried, and the environment says it first', async () => {
    write(`[profile dev]\nmax_attempts = 3\nretry_mode = adaptive\n`)
    const files = await readProfile(env, 'dev')
    const attempts = (own: Env) =>
      createClients({ env: own, profile: 'dev', files, region: 'us-east-1' }).sts.config.maxAttempts()
    expect([await attempts({}), await attempts({ AWS_MAX_ATTEMPTS: '2' })]).toEqual([3, 2])
    expect(await createClients({ env: {}, region: 'us-east-1' }).sts.config.maxAttempts()).toBe(6)
    expect(() => createClients({ env: { AWS_MAX_ATTEMPTS: 'many' }, region: 'us-east-1' })).toThrow(
      expect.objectContaining({ code: 'SETTING_INVALID', exitCode: 3 }),
    )
    const { sts } = createClients({ env: {}, profile: 'dev', files, region: 'us-east-1' })
    expect((await sts.config.retryStrategy()).constructor.name).toBe('AdaptiveRetryStrategy')
  })

  it('names certificates; where they cannot be read that is said', async () => {
    write(`[profile dev]\nca_bundle = ${join(folder, 'not-there.pem')}\nregion = us-east-1\n`)
    await expect(to('dev')).rejects.toMatchObject({ code: 'CA_BUNDLE_UNREADABLE', exitCode: 3 })
  })

  it('that does not exist is named as that, with those that do', async () => {
    write('[profile one]\nregion = a\n[sso-session s]\n[services v]\n', '[two]\nregion = b\n')
    await expect(to('three')).rejects.toMatchObject({
      code: 'PROFILE_UNKNOWN',
      exitCode: 4,
      message: 'There is no AWS profile «three»',
      why: 'your AWS configuration has one, two',
    })
  })

  it('whose SSO session has expired says how to sign in again, also behind a role', async () => {
    write(
      `[profile sso]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-central-1
sso_account_id = 123456789012
sso_role_name = dev
region = us-east-1
[profile role]
region = us-east-1
role_arn = arn:aws:iam::123456789012:role/admin
source_profile = sso
`,
    )
    const expired = {
      code: 'NO_CREDENTIALS',
      exitCode: 4,
      why: 'the SSO session of this profile has expired or was never started',
      next: ['aws sso login --profile sso'],
    }
    await expect(to('sso')).rejects.toMatchObject(expired)
    await expect(to('role')).rejects.toMatchObject(expired)
  })
})

describe('a region', () => {
  /** STS as it answers where a region is not enabled, or where nobody knows the keys at all. */
  async function startSts(knownIn: (region: string) => boolean): Promise<Server> {
    const server = createServer(async (request, response) => {
      const [, region = ''] = /Credential=[^/]+\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '') ?? []
      const isKnown = knownIn(region)
      const asked = new URLSearchParams(await text(request)).get('Action')
      response.writeHead(isKnown ? 200 : 403, { 'content-type': 'text/xml' })
      response.end(
        isKnown
          ? `<${asked}Response><${asked}Result><Account>1</Account><Credentials><AccessKeyId>ASIAOFROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials></${asked}Result></${asked}Response>`
          : '<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>',
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return server
  }

  it.each([
    ['is told from wrong keys', 'ap-east-1', 'us-east-1', 'REGION_DISABLED', 3],
    ['is told from wrong keys in its partition', 'us-gov-east-1', 'us-gov-west-1', 'REGION_DISABLED', 3],
    ['is not seen where another partition knows the keys', 'cn-north-1', 'us-east-1', 'NO_CREDENTIALS', 4],
    ['is not seen in wrong keys', 'ap-east-1', '', 'NO_CREDENTIALS', 4],
  ])('that the account has not enabled %s', async (_name, region, knownIn, code, exitCode) => {
    const server = await startSts((one) => one === knownIn)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const own = { ...env, ...sandbox.env(), AWS_ENDPOINT_URL: url }
    await expect(to(undefined, { env: own, region })).rejects.toMatchObject({ code, exitCode })
    server.closeAllConnections()
    server.close()
  })

  it.each([
    ['us-east-1', 'REGION_DISABLED', 3],
    ['nowhere', 'NO_CREDENTIALS', 4],
  ])(
    'that is not enabled is told where a role is to be assumed in it, too: known in %s',
    async (knownIn, code, exitCode) => {
      const server = await startSts((one) => one === knownIn)
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      write(
        `[profile base]\n${keys()}
[profile admin]
region = ap-east-1
role_arn = arn:aws:iam::123456789012:role/admin
source_profile = base
endpoint_url = ${url}
`,
      )
      await expect(to('admin')).rejects.toMatchObject({ code, exitCode })
      server.closeAllConnections()
      server.close()
    },
  )

  it('that only another service than STS does not know is in doubt as well', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
      response.end('{"__type":"UnrecognizedClientException","message":"The security token is invalid."}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const own = { ...env, ...sandbox.env(), AWS_ENDPOINT_URL_SSM: url }
    const { ssm } = await to(undefined, { env: own, region: 'us-east-1' })
    const refused = await ssm.send(new GetParameterCommand({ Name: '/x' })).catch((error) => error)
    expect(refused.name).toBe('UnrecognizedClientException')
    expect(toAppError(refused, 'read the stage')).toMatchObject({
      code: 'NO_CREDENTIALS',
      why: 'SSM does not know these credentials, which STS knows: the account may not have enabled the region',
      next: expect.arrayContaining(['choose another region with --region']),
    })
    server.closeAllConnections()
    server.close()
  })

  it('that is no name of a host does not exist', async () => {
    const own = { ...env, ...sandbox.env() }
    await expect(to(undefined, { env: own, region: 'eu_central_1' })).rejects.toMatchObject({
      code: 'REGION_UNKNOWN',
    })
  })
})

it('no file is read where nobody has named a profile and all is to be given', async () => {
  write(`[default]\nendpoint_url = http://evil.example\nregion = eu-west-1\n${keys()}`)
  const own = { ...env, ...sandbox.env(), AWS_ENDPOINT_URL: sandbox.endpoint }
  const aws = await to(undefined, { env: own, region: 'us-east-1', sealed: 'all' })
  await aws.sts.send(new GetCallerIdentityCommand({}))
  expect(aws.place.region).toBe('us-east-1')
})
