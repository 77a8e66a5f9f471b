// The environment of AWS users, over the built program: profiles, addresses, proxies, certificates.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { caFile, startProxy, startSecure } from '../aws/proxy.ts'
import { startWire, type Wire } from '../wire/wire.ts'

const program = resolve(import.meta.dirname, '../../bin/whatsapp-otp.js')
let sandbox: Sandbox
let folder: string
beforeAll(async () => {
  sandbox = await startSandbox()
  folder = mkdtempSync(join(tmpdir(), 'whatsapp-otp-environment-'))
  mkdirSync(join(folder, '.aws'))
  expect((await run('deploy --no-verify', sandbox.env())).code).toBe(0)
})
afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => writeFileSync(join(folder, '.env'), ''))

/** Runs the program with a home and an environment of its own. */
function run(
  line: string,
  env: Record<string, string | undefined>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, ...line.split(' ')], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1', CI: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  return new Promise((done) => child.on('close', (code) => done({ code, stdout, stderr })))
}

const configure = (text: string) => writeFileSync(join(folder, '.aws/config'), text)
const keys = () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = sandbox.env()
  return `aws_access_key_id = ${AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}`
}
const line = (stderr: string) => stderr.split('\n')[0]
const noTimes = (text: string) => text.replace(/\d+\.\d s/g, '<duration>').replace(/^… .*\n/gm, '')

describe('a profile', () => {
  it('is the same by --profile and by AWS_PROFILE: region, address, keys; and outputs name the app’s address', async () => {
    configure(`[profile dev]\nregion = us-east-1\nendpoint_url = ${sandbox.endpoint}\n${keys()}\n`)
    const byFlag = await run('outputs --profile dev', {})
    const byVariable = await run('outputs', { AWS_PROFILE: 'dev' })
    expect(noTimes(byFlag.stderr)).toBe(noTimes(byVariable.stderr))
    expect([byFlag.code, byFlag.stdout]).toEqual([byVariable.code, byVariable.stdout])
    expect([byFlag.code, line(byFlag.stderr)]).toEqual([
      0,
      `AWS is asked at ${sandbox.endpoint} (profile dev)`,
    ])
    expect(byFlag.stdout).toContain(`WHATSAPP_OTP_ENDPOINT=${sandbox.endpoint}\n`)
  })

  it('may send Cognito elsewhere: only its address is the app’s', async () => {
    configure(`[profile dev]
region = us-east-1
services = here
${keys()}
[services here]
ssm =
  endpoint_url = ${sandbox.endpoint}
sts =
  endpoint_url = ${sandbox.endpoint}
`)
    const { stdout, stderr } = await run('outputs --profile dev', {})
    expect(stdout).not.toContain('ENDPOINT')
    // Before anything is asked, and again with the account.
    expect(line(stderr)).toBe(`! SSM, STS are asked at ${sandbox.endpoint} (profile dev)`)
    expect(stderr).toContain(`· SSM, STS at ${sandbox.endpoint}\n`)
    const env = { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: 'http://127.0.0.1:9229' }
    expect((await run('outputs --profile dev', env)).stdout).toContain(
      'WHATSAPP_OTP_ENDPOINT=http://127.0.0.1:9229\n',
    )
  })

  it('whose SSO session is over says what to do', async () => {
    configure(`[profile dev]
region = us-east-1
sso_session = corp
sso_account_id = 123456789012
sso_role_name = dev
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
`)
    for (const [command, env] of [
      ['status --profile dev', {}],
      ['status', { AWS_PROFILE: 'dev' }],
    ] as const) {
      const { code, stderr } = await run(command, env)
      expect([code, stderr]).toEqual([4, expect.stringContaining('Next  aws sso login --profile dev\n')])
    }
  })
})

describe('an address in a file of the working directory', () => {
  // Passes everything on to the sandbox, and has none of the names of this computer.
  let relay: Wire
  beforeAll(async () => {
    relay = await startWire(sandbox.endpoint, { host: '0.0.0.0' })
  })
  afterAll(() => relay.close())
  const elsewhere = () => relay.url
  const corp = 'https://relay.example/v1/messages'

  it('gets nothing: neither signatures nor, with --yes, a key', async () => {
    const { AWS_ENDPOINT_URL, SENDZEN_API_URL, ...given } = sandbox.env()
    configure('')
    for (const [text, variables, commands] of [
      [`AWS_ENDPOINT_URL=${elsewhere()}`, given, ['status', 'stages', 'destroy --yes --stage dev', 'doctor']],
      [
        `SENDZEN_API_URL=${corp}`,
        { ...given, AWS_ENDPOINT_URL },
        ['deploy --yes', 'test-send +4915112345678', 'rotate-key', 'plan'],
      ],
    ] as const) {
      for (const command of commands) {
        writeFileSync(join(folder, '.env'), text)
        const before = sandbox.calls.length
        const { code, stdout, stderr } = await run(command, variables)
        const [variable, address] = text.split('=')
        expect([command, code, stdout + stderr]).toEqual([
          command,
          command === 'doctor' ? 1 : 3,
          expect.stringContaining(`${variable} in .env`),
        ])
        expect(stdout + stderr).toContain(`--trust ${address}`)
        const made = sandbox.calls.slice(before).map(({ operation }) => operation)
        expect(made.sort()).toEqual(text.startsWith('AWS') ? [] : ['GetCallerIdentity', 'GetParameter'])
      }
    }
  })

  it('is asked once it is agreed to: exactly that one', async () => {
    const { AWS_ENDPOINT_URL: _, ...given } = sandbox.env()
    writeFileSync(join(folder, '.env'), `AWS_ENDPOINT_URL=${elsewhere()}`)
    expect((await run('stages --trust http://0.0.0.0', given)).code).toBe(3)
    expect(relay.passed).toEqual([])
    const { code, stderr } = await run(`stages --trust https://other.example --trust ${elsewhere()}`, given)
    expect([code, line(stderr)]).toEqual([0, `! AWS is asked at ${elsewhere()} (AWS_ENDPOINT_URL in .env)`])
    expect(relay.passed.length).toBeGreaterThan(0)
  })

  it('of a profile that such a file has chosen gets nothing either', async () => {
    configure(`[profile lab]\nregion = us-east-1\nendpoint_url = ${elsewhere()}\n${keys()}\n`)
    writeFileSync(join(folder, '.env'), 'AWS_PROFILE=lab')
    const { code, stderr } = await run('stages', {})
    expect([code, stderr]).toEqual([3, expect.stringContaining('profile lab in .env')])
    const byUser = await run('stages', { AWS_PROFILE: 'lab' })
    expect(byUser.code, byUser.stderr).toBe(0)
  })

  it('leads nothing out of `dev`', async () => {
    const asked: string[] = []
    const server = createServer((request) => {
      asked.push(request.url ?? '')
      request.socket.destroy()
    }).listen(0)
    const { port } = server.address() as AddressInfo
    writeFileSync(
      join(folder, '.env'),
      `AWS_ENDPOINT_URL_STS=http://127.0.0.1:${port}\nSENDZEN_API_URL=${corp}\nOTP_LENGTH=7`,
    )
    configure('[default]\nignore_configured_endpoint_urls = true\n')
    const { code, stderr } = await run('dev --port 0 --exec true', {})
    server.close()
    expect([code, asked, stderr]).toEqual([0, [], expect.stringContaining('Deploy the stage')])
    expect((await run('demo', {})).code).toBe(0)
  })
})

describe('a proxy', () => {
  it('carries the calls to AWS, trusted by AWS_CA_BUNDLE, and those to SendZen', async () => {
    const secure = await startSecure(sandbox.endpoint)
    const proxy = await startProxy(() => secure.port)
    configure('')
    const { AWS_ENDPOINT_URL, SENDZEN_API_URL, ...given } = sandbox.env()
    const env = {
      ...given,
      HTTPS_PROXY: proxy.url,
      NO_PROXY: '127.0.0.1',
      AWS_CA_BUNDLE: caFile,
      // Node's own way, for what is not AWS.
      NODE_EXTRA_CA_CERTS: caFile,
      AWS_ENDPOINT_URL_STS: 'https://sts.us-east-1.amazonaws.com',
      AWS_ENDPOINT_URL,
    }
    const { stdout } = await run('doctor --json --stage other', env)
    const { checks } = JSON.parse(stdout)
    const verdictOf = (name: string) => checks.find((one: { id: string }) => one.id === name)?.verdict
    expect([verdictOf('account'), verdictOf('sendzen.key'), new Set(proxy.asked)]).toEqual([
      'pass',
      'pass',
      new Set(['sts.us-east-1.amazonaws.com:443', 'api.sendzen.io:443']),
    ])
    await Promise.all([proxy.close(), secure.close()])
  })

  it('that only a file of the working directory names is not used', async () => {
    const proxy = await startProxy(() => undefined)
    configure('')
    const { AWS_ENDPOINT_URL, ...given } = sandbox.env()
    writeFileSync(
      join(folder, '.env'),
      `HTTP_PROXY=${proxy.url}\nHTTPS_PROXY=${proxy.url}\nAWS_CA_BUNDLE=none\n`,
    )
    const env = {
      ...given,
      AWS_ENDPOINT_URL,
      AWS_ENDPOINT_URL_STS: 'https://localhost:1',
      AWS_MAX_ATTEMPTS: '1',
    }
    const { code, stderr } = await run('status', env)
    expect([code, proxy.asked, stderr]).toEqual([1, [], expect.stringContaining('(ECONNREFUSED)')])
    expect(stderr).toContain('! HTTPS_PROXY, HTTP_PROXY, AWS_CA_BUNDLE in .env: not used')
    await proxy.close()
  })
})
