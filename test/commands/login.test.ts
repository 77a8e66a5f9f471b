// A sign-in from the terminal, as the user of an app would do it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DescribeUserPoolCommand, UpdateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { People } from '../cli/people.ts'
import { signIn, startWithStage } from '../cli/scene.ts'
import { documentOf, Terminal } from '../cli/terminal.ts'

const phone = '+15550100007'

it('login takes a user through a wrong and the right code', async () => {
  const terminal = await startWithStage()
  const result = await signIn(terminal, phone)
  expect(result.code).toBe(0)
  expect(result.stdout).toContain('phone_number_verified true, custom:whatsapp_verified true')
  expect(result.stdout + result.stderr).not.toMatch(/eyJ/)
  expect(result.stderr).not.toContain('refresh')
  await terminal.close()
})

it.each([
  ['a public client', {}],
  ['a client with a secret', { CLIENT_SECRET: 'true' }],
])('login of %s refreshes once where the first tokens do not say what was proven', async (_name, env) => {
  const terminal = await Terminal.start({ world: { freshProof: 'missing' } })
  await terminal.run('deploy --no-verify', { env })
  const first = await signIn(terminal, phone, { env })
  expect(first.code).toBe(0)
  expect(first.stderr).toContain('The number is proven, but the tokens of this sign-in do not say so yet.')
  expect(first.stderr).toContain('After one refresh they do')
  expect(first.stdout).toContain('phone_number_verified true, custom:whatsapp_verified true')
  terminal.sandbox.clock.advance(61_000)
  const next = await signIn(terminal, phone, { env })
  expect(next.stderr).not.toContain('refresh')
  await terminal.close()
})

it('login is no failure where the tokens cannot be refreshed either', async () => {
  const terminal = await Terminal.start({ world: { freshProof: 'missing' } })
  await terminal.run('deploy --no-verify')
  terminal.sandbox.faults.add({ operation: 'InitiateAuth', kind: 'fail-before', nth: 2, times: 20 })
  const result = await signIn(terminal, phone)
  expect(result.code).toBe(0)
  expect(result.stderr).toContain('Could not refresh the tokens')
  expect(result.stderr).toContain('ask GetUser with the access token')
  expect(result.stdout).toContain('phone_number_verified false, custom:whatsapp_verified false')
  await terminal.close()
})

describe('login sends nothing', () => {
  let terminal: Terminal
  beforeAll(async () => {
    terminal = await startWithStage()
  })
  afterAll(() => terminal.close())

  /** What Cognito was asked for by the command. */
  const asked = async (line: string, options = {}) => {
    const before = terminal.sandbox.calls.length
    const result = await terminal.run(line, options)
    const calls = terminal.sandbox.calls.slice(before).map(({ operation }) => operation)
    return { ...result, signs: calls.filter((call) => /^(SignUp|InitiateAuth)$/.test(call)) }
  }

  it.each(['', '--json', '--no-input'])('where nobody can type the code %s', async (flag) => {
    const { code, stdout, stderr, signs } = await asked(`login +15550100171 ${flag}`)
    expect([code, signs]).toEqual([3, []])
    expect(stdout + stderr).toContain('--code-from -')
    expect(terminal.sandbox.inbox.list('+15550100171')).toEqual([])
  })

  it('to a country that is not allowed, and signs nobody up', async () => {
    const { code, stderr, signs } = await asked('login +4915112345678 --code-from -', { stdin: '' })
    expect([code, signs]).toEqual([3, []])
    expect(stderr).toContain('its country is not among ALLOWED_COUNTRIES')
  })

  it('to a number without an account, where none is to be made', async () => {
    const line = 'login +15550100172 --no-sign-up --code-from -'
    const { code, stderr, signs } = await asked(line, { stdin: '' })
    expect([code, signs]).toEqual([1, []])
    expect(stderr).toContain('has no user with that number, so nothing was sent')
  })

  it('through a pool that does not call its triggers, and signs nobody up', async () => {
    const { outputs } = documentOf(await terminal.run('outputs --json')) as {
      outputs: { userPoolId: string }
    }
    const { cognito } = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
    const UserPoolId = outputs.userPoolId
    const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }))
    await cognito.send(new UpdateUserPoolCommand({ UserPoolId, LambdaConfig: {} }))
    const { code, stderr, signs } = await asked('login +15550100173 --code-from -', { stdin: '' })
    await cognito.send(new UpdateUserPoolCommand({ UserPoolId, LambdaConfig: UserPool?.LambdaConfig ?? {} }))
    expect([code, signs]).toEqual([1, []])
    expect(stderr).toContain('the pool does not call preSignUp, defineAuthChallenge, createAuthChallenge')
  })
})

describe('login', () => {
  let terminal: Terminal
  beforeAll(async () => {
    terminal = await startWithStage()
  })
  afterAll(() => terminal.close())

  it('takes codes of a file, one a line, and says when none is left', async () => {
    const number = '+15550100181'
    writeFileSync(join(terminal.cwd, 'codes'), '000000\n')
    const none = await terminal.run(`login ${number} --code-from ${join(terminal.cwd, 'codes')}`)
    expect([none.code, none.stderr.includes('Not signed in: no code came')]).toEqual([3, true])
    const { code } = terminal.sandbox.inbox.list(number).at(-1)!
    const right = await terminal.run(`login ${number} --code-from - --json`, { stdin: `${code}\n` })
    expect([right.code, documentOf(right).signedIn]).toEqual([0, true])
  })

  it('takes them as Windows writes them, with a mark and its ends of lines', async () => {
    const number = '+15550100183'
    await terminal.run(`login ${number} --code-from -`, { stdin: '' })
    const { code } = terminal.sandbox.inbox.list(number).at(-1)!
    const right = await terminal.run(`login ${number} --code-from - --json`, { stdin: `\uFEFF${code}\r\n` })
    expect([right.code, documentOf(right).signedIn]).toEqual([0, true])
  })

  it('says until when a limit holds messages back', async () => {
    const number = '+15550100182'
    const people = await People.of(terminal)
    const now = terminal.clock.now()
    await people.prove(number, { sends: [now, now, now, now, now] })
    const { stderr } = await terminal.run(`login ${number} --code-from -`, { stdin: '' })
    expect(stderr.replace(/\s+/g, ' ')).toMatch(
      /No message until [\d-]+ [\d:]+ UTC \(.*\): the messages of an hour \(MAX_SENDS_PER_HOUR\); a code/,
    )
  })

  it('says that a sign-up was refused, and where the reason stands', async () => {
    const full = await Terminal.start()
    await full.run('deploy --no-verify --pool-signups-per-hour 1 --pool-signups-per-day 1')
    await full.run('login +15550100191 --code-from -', { stdin: '' })
    const { code, stderr } = await full.run('login +15550100192 --code-from -', { stdin: '' })
    await full.close()
    expect([code, stderr.includes('logs preSignUp')]).toEqual([1, true])
  })
})
