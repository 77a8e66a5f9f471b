// `dev --persist`: users, sign-ins and limits over restarts and crashes, and the folders that it refuses.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { eventually } from '../eventually.ts'
import { Desk, type Started } from './program.ts'
import { codeFor, refresh, signIn } from './sign-in.ts'

const phone = '+15550100001'
let desk: Desk
let file: string
beforeEach(() => {
  desk = new Desk()
  file = join(desk.cwd, 'kept', 'account.json')
})
afterEach(() => desk.clear())

const start = (...more: string[]) => desk.dev(['--port', '0', '--persist', 'kept', ...more])

async function stop(dev: Started): Promise<void> {
  dev.kill('SIGTERM')
  expect((await dev.ended).code).toBe(0)
}

/** The sub of who has this access token, as Cognito tells it. */
async function subOf(env: Record<string, string>, AccessToken: string | undefined) {
  const { cognito } = createClients({ env, region: env.AWS_REGION! })
  const { UserAttributes } = await cognito.send(new GetUserCommand({ AccessToken }))
  return UserAttributes?.find(({ Name }) => Name === 'sub')?.Value
}

describe('after a restart', () => {
  it('who has signed in stays so, and the limits of the number go on', async () => {
    const first = await start()
    const tokens = await signIn(first.env, phone)
    const sub = await subOf(first.env, tokens.AccessToken)
    await stop(first)
    const second = await start()
    expect(await subOf(second.env, tokens.AccessToken)).toBe(sub)
    const again = await refresh(second.env, tokens)
    expect(await subOf(second.env, again.AccessToken)).toBe(sub)
    const { stdout } = await desk.run(['users', 'show', phone], second.env)
    expect(stdout).toContain(sub)
    expect(stdout).toMatch(/^Messages {2}1 of 5 in the last hour/m)
    expect(stdout).toMatch(/^Proven .*custom:whatsapp_verified yes/m)
  })

  it('the deploy brings what is kept up to changed settings', async () => {
    const first = await start()
    await signIn(first.env, phone)
    await stop(first)
    const second = await start('--otp-length', '8')
    expect((await desk.run(['users', 'show', phone], second.env)).stdout).toContain('CONFIRMED, enabled')
    expect(await codeFor(second.env, '+15550100002')).toMatch(/^\d{8}$/)
    expect((await desk.run(['plan', '--detailed-exitcode'], second.env)).code).toBe(0)
  })

  it('what was there a second before it was killed is there, and its lock counts for nothing', async () => {
    const first = await start()
    const tokens = await signIn(first.env, phone)
    await eventually(() => expect(readFileSync(file, 'utf8')).toContain('"refresh":[{"hash"'))
    first.kill('SIGKILL')
    await first.ended
    expect(existsSync(join(desk.cwd, 'kept', 'lock'))).toBe(true)
    expect((await refresh((await start()).env, tokens)).AccessToken).toBeDefined()
  })
})

it('the file is for its owner only, is not committed, and holds neither token nor code', async () => {
  const dev = await start()
  const tokens = await signIn(dev.env, phone)
  const code = await codeFor(dev.env, '+15550100002')
  await stop(dev)
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(phone)
  const secrets = [tokens.AccessToken, tokens.IdToken, tokens.RefreshToken, `"${code}"`]
  expect(secrets.filter((one) => text.includes(one!))).toEqual([])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(desk.cwd, 'kept', '.gitignore'), 'utf8')).toBe('*\n')
})

describe('a folder', () => {
  const persist = async (...more: string[]) => {
    const { code, stderr } = await desk.run(['dev', '--port', '0', '--persist', 'kept', ...more])
    return [code, stderr]
  }
  /** The text of the file; dev is asked to begin with it, and must leave it as it is. */
  const refused = async (text: string, words: string) => {
    mkdirSync(join(desk.cwd, 'kept'), { recursive: true })
    writeFileSync(file, text)
    expect(await persist('--exec', 'true')).toEqual([1, expect.stringContaining(words)])
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect(existsSync(join(desk.cwd, 'kept', 'lock'))).toBe(false)
  }
  const document = (version: number, account: unknown) =>
    JSON.stringify({ format: 'whatsapp-otp dev account', version, writtenBy: '9.9.9', account })

  it('serves one dev at a time', async () => {
    const first = await start()
    expect(await persist('--exec', 'true')).toEqual([
      1,
      expect.stringMatching(new RegExp(`Another dev keeps its account in .*\\n.*it is process ${first.pid}`)),
    ])
  })

  it('with something else in it is left alone', async () => {
    mkdirSync(join(desk.cwd, 'kept'))
    writeFileSync(join(desk.cwd, 'kept', 'thesis.txt'), 'mine')
    expect(await persist()).toEqual([3, expect.stringContaining('it holds thesis.txt')])
    expect(existsSync(join(desk.cwd, 'kept', '.gitignore'))).toBe(false)
  })

  it('whose file is broken, strange or newer is told with the way on, and not changed', async () => {
    const moved = `mv ${file} ${file}.old`
    await refused('{ "format": "whatsapp-otp dev acc', moved)
    await refused('[1]', 'it is not what dev writes')
    await refused(document(1, { ahead: 0, services: { ssm: 7 } }), moved)
    await refused(document(2, {}), 'it was written by 9.9.9')
  })

  it('that cannot be read is told', async () => {
    mkdirSync(file, { recursive: true })
    expect(await persist()).toEqual([3, expect.stringContaining('cannot be used')])
  })

  it('is nothing for an empty account', async () => {
    expect(await persist('--empty')).toEqual([
      3,
      expect.stringContaining('--persist cannot be used with --empty'),
    ])
    expect(existsSync(join(desk.cwd, 'kept'))).toBe(false)
  })

  it('stays as it was where the port is taken', async () => {
    await stop(await start())
    const hash = () => createHash('sha256').update(readFileSync(file)).digest('hex')
    const [other, before] = [await desk.dev(['--empty', '--port', '0']), hash()]
    const port = new URL(other.env.AWS_ENDPOINT_URL!).port
    const { code } = await desk.run(['dev', '--port', port, '--persist', 'kept'])
    expect([code, hash()]).toEqual([1, before])
  })
})
