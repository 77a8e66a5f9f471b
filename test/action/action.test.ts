// The GitHub Action on a runner of its own, with the built CLI against the sandbox.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { version } from '../../src/version.ts'
import { Runner } from './runner.ts'

const root = join(import.meta.dirname, '../..')
const program = `${process.execPath} ${join(root, 'bin/whatsapp-otp.js')}`
const onPullRequest = { name: 'pull_request', pull_request: { number: 7 } }

let sandbox: Sandbox
let runner: Runner
beforeAll(async () => {
  sandbox = await startSandbox()
  runner = await Runner.start()
})
afterAll(() => Promise.all([sandbox.close(), runner.close()]))

const env = (more: Record<string, string> = {}) => ({ ...sandbox.env(), ...more })

describe('on a pull request it', () => {
  it('writes what would change, once for each stage, and changes nothing', async () => {
    const first = await runner.run({ stage: 'dev', program }, env(), onPullRequest)
    expect([first.code, first.outputs.changes]).toEqual([0, 'true'])
    expect(runner.comments).toHaveLength(1)
    const [{ id, body }] = runner.comments as [{ id: number; body: string }]
    expect(body).toContain('<!-- whatsapp-otp: dev -->')
    expect(body).toContain('| + create | user-pool | `WhatsApp-otp-auth-pool-dev` |')
    expect(first.summary).toContain('| + create | user-pool |')

    await runner.run({ stage: 'dev', program }, env({ OTP_LENGTH: '7' }), onPullRequest)
    expect(runner.comments.map((one) => one.id)).toEqual([id])
    expect(sandbox.inventory()).toEqual([])
    const bearers = new Set(runner.asked.map((line) => line.split(' ').slice(2).join(' ')))
    expect(bearers).toEqual(new Set(['Bearer token-of-the-job']))
  })

  it('says in the same place why there is no plan, and fails', async () => {
    const { code, stdout } = await runner.run(
      { stage: 'dev', program },
      env({ OTP_LENGTH: '99' }),
      onPullRequest,
    )
    expect(code).toBe(1)
    expect(stdout).toMatch(/^::error title=SETTING_INVALID::OTP_LENGTH must be at most 11/m)
    expect(runner.comments.at(-1)?.body).toContain('no plan')
  })

  it('goes on with a warning where it may not write, as for a fork', async () => {
    runner.mayWrite = false
    const { code, stdout } = await runner.run({ stage: 'dev', program }, env(), onPullRequest)
    runner.mayWrite = true
    expect(code).toBe(0)
    expect(stdout).toMatch(/^::warning title=No comment::.*HTTP 403/m)
  })

  it('deploys nothing where a stranger’s code would run with this repository’s rights', async () => {
    const event = { ...onPullRequest, name: 'pull_request_target' }
    const { code, stdout } = await runner.run({ stage: 'dev', program, deploy: 'true' }, env(), event)
    expect([code, sandbox.inventory()]).toEqual([1, []])
    expect(stdout).toContain('pull_request_target')
  })
})

it('deploys on a push, gives the ids, and finds nothing to change the next time', async () => {
  const asked = runner.asked.length
  const { code, outputs, summary } = await runner.run({ stage: 'dev', program, deploy: 'true' }, env())
  expect([code, outputs.changes, runner.asked.length]).toEqual([0, 'true', asked])
  expect(outputs['user-pool-id']).toMatch(/^us-east-1_/)
  expect(outputs['signup-client-id']).toMatch(/^[a-z0-9]{26}$/)
  expect(outputs['login-client-id']).toMatch(/^[a-z0-9]{26}$/)
  expect(summary).toMatch(/deployed\n\nstage `dev`: \d+ changed/)
  const again = await runner.run({ stage: 'dev', program }, env())
  expect(again.outputs.changes).toBe('false')
  expect(again.summary).toContain('nothing to change')
})

describe('the program that it runs', () => {
  const seen = () => JSON.parse(readFileSync(join(runner.folder, 'seen.json'), 'utf8'))
  const spy = () => {
    const file = join(runner.folder, 'spy.mjs')
    writeFileSync(
      file,
      `import { readFileSync, writeFileSync } from 'node:fs'
       const { AWS_WEB_IDENTITY_TOKEN_FILE: file } = process.env
       const token = file && readFileSync(file, 'utf8')
       writeFileSync(${JSON.stringify(join(runner.folder, 'seen.json'))}, JSON.stringify({ env: process.env, token, words: process.argv.slice(2) }))
       process.stdout.write(JSON.stringify({ steps: [], outputs: {}, ms: 0 }))`,
    )
    return `${process.execPath} ${file}`
  }
  const asking = () => ({
    ACTIONS_ID_TOKEN_REQUEST_URL: `${runner.url}/identity?api=1`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'may-ask',
  })
  const role = 'arn:aws:iam::123456789012:role/deploy'

  it('takes the role by the job’s own identity, which is hidden and does not stay', async () => {
    const inputs = { stage: 'prod', program: spy(), 'role-to-assume': role, 'aws-region': 'eu-central-1' }
    const { code, stdout } = await runner.run(inputs, { ...asking(), AWS_ACCESS_KEY_ID: 'AKIA' })
    expect(code).toBe(0)
    const { env: given, token } = seen()
    expect(token).toBe('token for sts.amazonaws.com')
    expect(given).toMatchObject({ AWS_ROLE_ARN: role, AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: '' })
    expect(stdout).toContain('::add-mask::token for sts.amazonaws.com')
    expect(existsSync(given.AWS_WEB_IDENTITY_TOKEN_FILE)).toBe(false)
  })

  it('sees nothing that is GitHub’s', async () => {
    await runner.run({ stage: 'prod', program: spy() }, asking())
    const { env: given, words } = seen()
    expect(Object.keys(given).filter((name) => /^(INPUT_|ACTIONS_|GITHUB_TOKEN)/.test(name))).toEqual([])
    expect(JSON.stringify(given)).not.toContain('token-of-the-job')
    expect(words).toEqual(['plan', '--detailed-exitcode', '--stage', 'prod', '--json', '--no-input'])
  })

  it.each([
    ['a role without the permission to ask', { 'role-to-assume': role }, 'id-token: write'],
    ['a stage that is a command line', { stage: 'dev; env' }, 'cannot be a stage name'],
    ['a version that is a range', { version: 'latest' }, 'is not one whole version'],
  ])('is not run for %s', async (_, inputs, says) => {
    const { code, stdout } = await runner.run({ stage: 'prod', program: spy(), ...inputs })
    expect(code).toBe(1)
    expect(stdout).toContain(says)
  })
})

it('action.yml has every input that is read, and pins this version', () => {
  const { inputs, outputs, runs } = parse(readFileSync(join(root, 'action.yml'), 'utf8'))
  const sources = readdirSync(join(root, 'action')).map((name) =>
    readFileSync(join(root, 'action', name), 'utf8'),
  )
  const names = (of: RegExp) => [
    ...new Set(sources.flatMap((text) => [...text.matchAll(of)].map(([, one]) => one))),
  ]
  expect(names(/\binput\('([\w-]+)'\)/g).sort()).toEqual(Object.keys(inputs).sort())
  expect(names(/\bsetOutput\('([\w-]+)'/g).sort()).toEqual(Object.keys(outputs).sort())
  expect(existsSync(join(root, runs.main))).toBe(true)
  expect(inputs.version.default).toBe(version())
})
