// People of a pool that is somebody else's: told as they are, let in by a code, and never changed by a command.
import { AdminUpdateUserAttributesCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Borrowed, startOnBorrowedPool } from '../cli/borrowed.ts'
import { signIn } from '../cli/scene.ts'
import { documentOf } from '../cli/terminal.ts'

let stage: Borrowed
beforeAll(async () => {
  stage = await startOnBorrowedPool()
})
afterAll(() => stage.terminal.close())

let last = 5_550_100_800
const newPhone = () => `+1${last++}`
const run = (line: string, options = {}) => stage.terminal.run(line, options)
const show = async (line: string) => documentOf(await run(`users show ${line} --json`))
const words = (text: string) => text.replace(/\s+/g, ' ')
/** Changing calls to Cognito. */
const toCognito = (writes: readonly string[]) => writes.filter((one) => one.startsWith('cognito-idp:'))

describe('login', () => {
  it('finds by the number what the pool calls the user, and says where the proof is kept', async () => {
    const phone = newPhone()
    const name = await stage.makeUser('ana@example.com', phone)
    const before = await stage.look(name)
    const { code, stdout } = await signIn(stage.terminal, phone)
    expect([code, words(stdout)]).toEqual([
      0,
      expect.stringContaining('phone_number_verified true, proven by a code (the stage’s table') as unknown,
    ])
    expect(stdout).not.toContain('custom:whatsapp_verified')
    expect(await stage.look(name)).toEqual(before)
    const { user } = await show(phone)
    expect(user).toMatchObject({ pool: 'borrowed', whatsappVerified: true, owns: true, owner: 'self' })
    const { stdout: shown } = await run(`users show ${phone}`)
    expect(shown).toContain('by a code yes (the stage’s table remembers it)')
    expect(shown).toContain('the account’s own')
  })

  it('sends nothing where nobody has the number, and offers no sign-up', async () => {
    const { code, stderr } = await run(`login ${newPhone()} --code-from -`, { stdin: '' })
    expect(code).toBe(1)
    expect(words(stderr)).toContain('no account of the pool has it as its phone_number')
    expect(stderr).not.toContain('--no-sign-up')
  })

  it('asks which account is meant where several have the number', async () => {
    const phone = newPhone()
    await stage.makeUser('cy@example.com', phone)
    const dee = await stage.makeUser('dee@example.com', phone)
    const { code, stderr } = await run(`login ${phone} --code-from -`, { stdin: '' })
    expect([code, stderr]).toEqual([3, expect.stringContaining('2 accounts of the pool') as unknown])
    expect(stage.terminal.sandbox.inbox.list(phone)).toEqual([])
    await run(`login ${phone} --user dee@example.com --code-from -`, { stdin: '' })
    const code2 = stage.terminal.sandbox.inbox.list(phone).at(-1)?.code
    const line = `login ${phone} --user dee@example.com --code-from - --json`
    const signedIn = await run(line, { stdin: `${code2}\n` })
    expect(documentOf(signedIn)).toMatchObject({ signedIn: true, sub: dee, provenIn: 'table' })
  })
})

describe('users', () => {
  it('says why a number that nobody has verified gets no code, and how it gets one', async () => {
    const phone = newPhone()
    const name = await stage.makeUser('bob@example.com', phone, false)
    const { stdout } = await run(`users show ${phone}`)
    expect(words(stdout)).toContain('Cognito does not call the number verified')
    expect(stdout).toContain('not verified, so that it counts for nothing')
    expect(words(stdout)).toContain(`--username ${name} --user-attributes`)
    expect((await show(phone)).user).toMatchObject({ decoy: 'unverified', owns: false })
  })

  it('says of a number without an account what would let it in', async () => {
    const { stdout } = await run(`users show ${newPhone()}`)
    expect(stdout).toContain('gets no code: no account of the pool has it')
    expect(words(stdout)).toContain('Next aws cognito-idp admin-update-user-attributes')
    expect(stdout).not.toContain('sign up')
  })

  it('does not change a number', async () => {
    const phone = newPhone()
    await stage.makeUser('eve@example.com', phone)
    const { code, writes, stdout } = await run(`users change-number ${phone} ${newPhone()} --yes --json`)
    expect([code, writes]).toEqual([3, []])
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'POOL_NOT_OURS' } })
  })

  it('deletes what the stage remembers, and nothing of the account', async () => {
    const phone = newPhone()
    const name = await stage.makeUser('fay@example.com', phone)
    expect((await signIn(stage.terminal, phone)).code).toBe(0)
    const before = await stage.look(name)
    const { code, writes, stderr } = await run(`users delete ${phone} --yes --stage dev`)
    expect([code, toCognito(writes)]).toEqual([0, []])
    expect(words(stderr)).toContain(`the account ${name} stays`)
    expect(stderr).toContain('Deleted: 2 table items.')
    expect(await stage.look(name)).toEqual(before)
    expect((await show(phone)).user).toMatchObject({ whatsappVerified: false, owner: 'unknown' })
  })

  it('resets and forgets devices in the table alone', async () => {
    const phone = newPhone()
    await stage.makeUser('gus@example.com', phone)
    expect((await signIn(stage.terminal, phone)).code).toBe(0)
    for (const action of ['reset', 'forget-devices']) {
      const { code, writes } = await run(`users ${action} ${phone} --yes`)
      expect([code, toCognito(writes)]).toEqual([0, []])
    }
    expect((await show(phone)).user).toMatchObject({ counters: { sendsLastDay: 0 } })
  })

  it('exports the groups that the stage has', async () => {
    const { stdout } = await run(`users export ${newPhone()}`)
    const { kept } = JSON.parse(stdout) as { kept: { logs: { groups: string[] } } }
    expect(kept.logs.groups).toHaveLength(3)
  })
})

describe('test-numbers', () => {
  it('say which accounts the code opens', async () => {
    const phone = newPhone()
    const name = await stage.makeUser('hal@example.com', phone)
    const held = await run(`test-numbers add ${phone} --yes`)
    expect([held.code, words(held.stderr)]).toEqual([0, expect.stringContaining(name) as unknown])
    const free = await run(`test-numbers add ${newPhone()} --yes`)
    expect(words(free.stderr)).toContain('that its code opens: none has it yet')
  })

  it('are none that a code has proven', async () => {
    const phone = newPhone()
    await stage.makeUser('ida@example.com', phone)
    expect((await signIn(stage.terminal, phone)).code).toBe(0)
    expect((await run(`test-numbers add ${phone} --yes`)).stderr).toContain('cannot become a test number')
  })
})

describe('where unverified numbers are trusted', () => {
  it('counts only the number that the account has proven, once it has', async () => {
    const trusting = await startOnBorrowedPool('--trust-unverified-numbers true')
    const phone = newPhone()
    const name = await trusting.makeUser('joe@example.com', phone, false)
    const shown = async (number: string) =>
      documentOf(await trusting.terminal.run(`users show ${number} --json`)).user
    expect(await shown(phone)).toMatchObject({ mark: 'none', owns: false })
    expect((await signIn(trusting.terminal, phone)).code).toBe(0)
    expect(await shown(phone)).toMatchObject({ mark: 'proven', owns: true, whatsappVerified: true })
    const other = newPhone()
    const UserAttributes = [{ Name: 'phone_number', Value: other }]
    await trusting.aws.cognito.send(
      new AdminUpdateUserAttributesCommand({ UserPoolId: trusting.poolId, Username: name, UserAttributes }),
    )
    expect(await shown(other)).toMatchObject({ decoy: 'unverified', whatsappVerified: false })
    await trusting.terminal.close()
  })
})
