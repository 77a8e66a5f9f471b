// What is wrong is said in at most four lines, with a next step and its exit code, and nothing is changed.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { exitCodes } from '../../src/errors.ts'
import { names } from '../../src/names.ts'
import { documentOf, type Result, type RunOptions, Terminal } from './terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await Terminal.start()
})
afterAll(() => terminal.close())

/** The lines of the error: from its mark to the end. */
function errorOf({ stderr }: Result): string[] {
  const lines = terminal.still(stderr).split('\n').slice(0, -1)
  return lines.slice(lines.findLastIndex((line) => line.startsWith('✖ ')))
}

/** Runs a line that must fail, for people and for programs, and gives what people see. */
async function refused(line: string, options: RunOptions = {}): Promise<string> {
  const [result, json] = [await terminal.run(line, options), await terminal.run(`${line} --json`, options)]
  const lines = errorOf(result)
  expect(lines.length).toBeLessThanOrEqual(4)
  expect(lines.some((one) => one.startsWith('  Next  '))).toBe(true)
  expect(result.writes).toEqual([])
  expect(json.writes).toEqual([])
  const { error } = documentOf(json) as { error: { code: string; message: string; next: string[] } }
  expect(error.next.length).toBeGreaterThan(0)
  expect(json.code).toBe(result.code)
  return [`exit ${result.code} ${error.code}`, ...lines].join('\n')
}

const withoutKeys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }
/** Keeps the SDK from looking for credentials on this computer and in its network. */
const nowhere = {
  ...withoutKeys,
  AWS_PROFILE: 'not-there',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
}

describe('the command line', () => {
  it('does not know a command', async () => {
    expect(await refused('deplyo')).toMatchInlineSnapshot(`
      "exit 3 USAGE
      ✖ Unknown command 'deplyo' (Did you mean deploy?)
        Next  whatsapp-otp --help"
    `)
  })

  it('does not know a flag', async () => {
    expect(await refused('status --stge prod')).toMatchInlineSnapshot(`
      "exit 3 USAGE
      ✖ Unknown option '--stge' (Did you mean --stage?)
        Next  whatsapp-otp status --help"
    `)
  })

  it('takes the name of a stage that is also a command', async () => {
    const { code, stderr } = await terminal.run('--stage dev status')
    expect([code, stderr.includes('There is no stage «dev»')]).toEqual([1, true])
  })

  it('misses an argument', async () => {
    expect(await refused('login')).toMatchInlineSnapshot(`
      "exit 3 USAGE
      ✖ Missing required argument 'phone'
        Next  whatsapp-otp login --help"
    `)
  })

  it('has one argument too many', async () => {
    expect(await refused('status prod')).toMatchInlineSnapshot(`
      "exit 3 USAGE
      ✖ Too many arguments for 'status'. Expected 0 arguments but got 1.
        Next  whatsapp-otp status --help"
    `)
  })

  it('misses the value of a flag', async () => {
    expect(await refused('outputs --format')).toMatchInlineSnapshot(`
      "exit 3 USAGE
      ✖ Option '--format <format>' argument missing
        Next  whatsapp-otp outputs --help"
    `)
  })

  it('names a trigger, a format, a shell, an action or a port that is none', async () => {
    for (const line of [
      'deploy --function createChallenge',
      'logs createChallenge',
      'outputs --format yaml',
      'completion tcsh',
      'users remove +15550100001',
      'users show +15550100001 --since yesterday',
      'dev --port x',
      'test-send +15550100001 --timeout never',
      'logs --since yesterday',
    ]) {
      expect(await refused(line)).toMatch(/^exit 3 [A-Z_]+\n✖ /)
    }
  })
})

describe('the account', () => {
  it('has no credentials', async () => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
    const said = await refused('deploy', { env: { ...nowhere, AWS_PROFILE: undefined } })
    vi.unstubAllEnvs()
    expect(said).toMatchInlineSnapshot(`
      "exit 4 NO_CREDENTIALS
      ✖ There are no usable AWS credentials
        Why   Could not load credentials from any providers
        Next  set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
        More  no account yet? whatsapp-otp demo"
    `)
  })

  it('has no such profile', async () => {
    expect(await refused('deploy', { env: nowhere })).toMatchInlineSnapshot(`
      "exit 4 PROFILE_UNKNOWN
      ✖ There is no AWS profile «not-there»
        Why   your AWS configuration has none at all
        Next  choose another with --profile or AWS_PROFILE
        More  aws configure --profile not-there   makes it; with SSO: aws configure sso"
    `)
  })

  it('has no region', async () => {
    const env = { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined, AWS_CONFIG_FILE: '/dev/null' }
    expect(await refused('deploy', { env })).toMatchInlineSnapshot(`
      "exit 3 REGION_MISSING
      ✖ No AWS region is set
        Why   neither --region nor AWS_REGION nor the profile names one
        Next  whatsapp-otp <command> --region eu-central-1"
    `)
  })

  it('is not where the region says', async () => {
    const env = { AWS_ENDPOINT_URL: 'http://nowhere.invalid' }
    expect(await refused('deploy --region eu-nowhere-1', { env })).toMatchInlineSnapshot(`
      "exit 1 AWS_UNREACHABLE
      ✖ Could not find out which AWS account this is
        Why   the address of the AWS service was not found: the region may not exist, or there is no network
        Next  check --region and the network, then run the same command again"
    `)
  })

  it('does not allow what is needed', async () => {
    terminal.sandbox.setCallerPolicy({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['ssm:*', 'iam:*', 'cognito-idp:*', 'logs:*'], Resource: '*' }],
    })
    const said = await refused('deploy')
    terminal.sandbox.setCallerPolicy(undefined)
    expect(said).toMatchInlineSnapshot(`
      "exit 1 ACCESS_DENIED
      ✖ Could not read stage dev
        Why   these credentials may not call lambda:GetFunction
        Next  whatsapp-otp policy   prints the permissions that are needed"
    `)
  })

  it('is another one than the pinned one', async () => {
    terminal.write('whatsapp-otp.json', '{ "account": "999999999999" }')
    const said = await refused('deploy')
    terminal.write('whatsapp-otp.json', '{}')
    expect(said).toMatchInlineSnapshot(`
      "exit 3 ACCOUNT_MISMATCH
      ✖ This stage belongs to account 999999999999, not 123456789012
        Why   the account is pinned in whatsapp-otp.json
        Next  choose the right credentials with --profile or AWS_PROFILE"
    `)
  })
})

describe('the stage', () => {
  it('has a name that does not fit', async () => {
    expect(await refused('deploy --stage Production_1')).toMatchInlineSnapshot(`
      "exit 3 STAGE_NAME_INVALID
      ✖ «Production_1» cannot be a stage name
        Why   it must start with a lower-case letter and have at most 16 lower-case letters, digits and hyphens
        Next  whatsapp-otp <command> --stage dev"
    `)
  })

  it('does not exist', async () => {
    for (const line of [
      'destroy --stage nope --yes',
      'status --stage nope',
      'outputs --stage nope',
      'logs --stage nope',
      'users show +15550100001 --stage nope',
      'rotate-key --stage nope',
      'login +15550100001 --stage nope',
    ]) {
      expect(await refused(line)).toMatch(/^exit 1 STAGE_NOT_FOUND\n✖ /)
    }
    expect(await refused('destroy --stage nope --yes')).toMatchInlineSnapshot(`
      "exit 1 STAGE_NOT_FOUND
      ✖ There is nothing of stage «nope» to remove
        Why   account 123456789012 has none of its resources in us-east-1
        Next  another region or account? see --region and --profile"
    `)
  })

  it('is not named where destroy asks nothing', async () => {
    expect(await refused('destroy --yes')).toMatchInlineSnapshot(`
      "exit 3 STAGE_NOT_NAMED
      ✖ destroy --yes needs --stage
        Why   nothing is removed without a question unless its stage is named
        Next  whatsapp-otp destroy --yes --stage dev"
    `)
  })

  it('has a pool of its name that is somebody else’s', async () => {
    const { CreateUserPoolCommand } = await import('@aws-sdk/client-cognito-identity-provider')
    const { cognito } = createClients({ env: terminal.sandbox.env(), region: 'us-east-1' })
    await cognito.send(new CreateUserPoolCommand({ PoolName: names.pool('taken') }))
    expect(await refused('deploy --stage taken')).toMatchInlineSnapshot(`
      "exit 1 FOREIGN_RESOURCE
      ✖ user-pool WhatsApp-otp-auth-pool-taken stays as it is
        Why   a user pool of this name exists that whatsapp-otp did not make for this stage; the same goes for 2 more
        Next  choose another stage name, or remove that user-pool yourself
        More  whatsapp-otp deploy --stage taken --adopt   takes it over, after showing what that changes"
    `)
  })
})

describe('the settings', () => {
  it('are missing, and there is nobody to ask', async () => {
    const env = { ALLOWED_COUNTRIES: undefined, WHATSAPP_FROM: undefined, SENDZEN_API_KEY: undefined }
    expect(await refused('deploy', { env })).toMatchInlineSnapshot(`
      "exit 3 SETTINGS_MISSING
      ✖ Missing: SENDZEN_API_KEY, WHATSAPP_FROM, ALLOWED_COUNTRIES
        Why   they have no default, and there is nobody to ask
        Next  set SENDZEN_API_KEY, --from <number> (WHATSAPP_FROM), --countries <codes> (ALLOWED_COUNTRIES)
        More  or answer the questions of: whatsapp-otp init"
    `)
    expect(await refused('init --no-input', { env })).toMatch(/^exit 3 SETTINGS_MISSING/)
  })

  it('have a value that does not fit', async () => {
    expect(await refused('deploy --otp-expiry-minutes 60')).toMatchInlineSnapshot(`
      "exit 3 SETTING_INVALID
      ✖ OTP_EXPIRY_MINUTES must be at most 10 (it is «60»)
        Why   the value comes from: --otp-expiry-minutes
        Next  pass --otp-expiry-minutes <n> or set OTP_EXPIRY_MINUTES"
    `)
  })

  it('name a template that the account lacks', async () => {
    expect(await refused('deploy --template no_such')).toMatchInlineSnapshot(`
      "exit 3 TEMPLATE_UNKNOWN
      ✖ The SendZen account has no template no_such
        Why   those that can carry a code: otp_login
        Next  set --template (WHATSAPP_TEMPLATE_NAME) to one of the account
        More  whatsapp-otp init   offers to create one"
    `)
  })

  it('name a language in which the template is not approved', async () => {
    expect(await refused('deploy --languages en_US,fr')).toMatchInlineSnapshot(`
      "exit 1 TEMPLATE_UNUSABLE
      ✖ The template otp_login cannot be used
        Why   fr is missing
        Next  set --languages (WHATSAPP_LANG_CODE) to en,en_US,es,pt_BR, or add the missing ones"
    `)
  })

  it('name a sender that the account lacks', async () => {
    expect(await refused('deploy --from +49151123456')).toMatchInlineSnapshot(`
      "exit 3 SENDER_UNKNOWN
      ✖ The SendZen account has no sender 49151123456
        Why   it has 15550100900, 15550100901
        Next  set --from (WHATSAPP_FROM) to a number of the account
        More  https://app.sendzen.io lists them"
    `)
  })

  it('hold a key that SendZen refuses, which is shown nowhere', async () => {
    const said = await refused('deploy', { env: { SENDZEN_API_KEY: 'sz_live_of-nobody' } })
    expect(said).not.toContain('of-nobody')
    expect(said).toMatchInlineSnapshot(`
      "exit 1 SENDZEN_KEY_REFUSED
      ✖ SendZen refused the API key
        Why   it answered 401: the key is wrong, expired, or of another project
        Next  create a key at https://app.sendzen.io and set SENDZEN_API_KEY
        More  whatsapp-otp doctor"
    `)
  })

  it('hold a key in the file that is committed', async () => {
    terminal.write('whatsapp-otp.json', '{ "sendzenApiKey": "sz_live_x" }')
    const said = await refused('deploy')
    terminal.write('whatsapp-otp.json', '{}')
    expect(said).not.toContain('sz_live_x')
    expect(said).toMatchInlineSnapshot(`
      "exit 3 SECRET_IN_CONFIG_FILE
      ✖ whatsapp-otp.json must not hold sendzenApiKey
        Why   the file is meant to be committed
        Next  set SENDZEN_API_KEY in the environment or in .env"
    `)
  })
})

describe('a phone number', () => {
  it('is not E.164', async () => {
    expect(await refused('test-send 015112345678')).toMatchInlineSnapshot(`
      "exit 3 PHONE_NOT_E164
      ✖ That is not an international phone number
        Why   it needs a plus and the country code in front, as in +49 for Germany
        Next  run the same command with +<country code><number>"
    `)
    expect(await refused('login 4915112345678')).toMatch(/^exit 3 PHONE_NOT_E164/)
    expect(await refused('users show +49')).toMatch(/^exit 3 PHONE_NOT_E164/)
  })
})

describe('a warning stops nothing', () => {
  it('about an address of old guides, which is put right', async () => {
    const env = { SENDZEN_API_URL: 'https://api.sendzen.net/v1/messages' }
    const { stderr } = await terminal.run('plan', { env })
    expect(stderr).toContain('api.sendzen.io is used')
  })
})

it('knows the exit codes that it documents', () => {
  expect(exitCodes).toEqual({ done: 0, failed: 1, pending: 2, usage: 3, credentials: 4, cancelled: 130 })
})
