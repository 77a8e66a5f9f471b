// Numbers with a fixed code: added, listed, shown by status and doctor, removed, and never somebody's own.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isTestCode, testNumberOf } from '../../src/core/test-numbers.ts'
import { People } from '../cli/people.ts'
import { screen, startWithStage } from '../cli/scene.ts'
import { type Answer, documentOf, type Terminal } from '../cli/terminal.ts'

let terminal: Terminal
let people: People
beforeAll(async () => {
  terminal = await startWithStage()
  people = await People.of(terminal)
  await people.standIn('stable')
})
afterAll(() => terminal.close())

const day = 86_400_000
const phone = '+15550100042'
const env = { WHATSAPP_OTP_TEST_CODE: '927451' }

interface Shown {
  number: string
  phone: string
  daysLeft: number
  expired: boolean
}
const list = async () => documentOf(await terminal.run('test-numbers list --json')).testNumbers as Shown[]

/** The entry that the functions would go by. */
async function entryOf(number: string) {
  const keys = await people.keys()
  const hash = (await people.pk(number)).slice(2)
  return { keys, entry: testNumberOf(keys.testNumbers, hash, terminal.clock.now()) }
}

async function isCode(number: string, code: string): Promise<boolean> {
  const { keys, entry } = await entryOf(number)
  const { outputs } = documentOf(await terminal.run('outputs --json')) as { outputs: { userPoolId: string } }
  return entry !== undefined && isTestCode(keys.idKey, outputs.userPoolId, entry, code)
}

async function removeAll(): Promise<void> {
  for (const number of [phone, ...Array.from({ length: 12 }, (_, n) => numbered(n))]) {
    await terminal.run(`test-numbers remove ${number} --yes`)
  }
}
const numbered = (n: number) => `+155501005${String(n).padStart(2, '0')}`

describe('test-numbers add', () => {
  beforeEach(removeAll)

  it('keeps a keyed hash of the code, after a question, and notes who did it', async () => {
    const answers: [string, string][] = [['sign in with this number until', 'y\r']]
    const result = await terminal.run(`test-numbers add ${phone} --days 14`, { env, answers })
    expect(result.code).toBe(0)
    expect(result.writes.filter((write) => !write.startsWith('dynamodb:'))).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'ssm:PutParameter',
    ])
    expect(result.stdout + result.stderr).not.toContain('927451')
    expect(result.stderr).toContain('within 10 minutes')
    expect(result.stderr).toContain('Its code comes from WHATSAPP_OTP_TEST_CODE.')
    expect([await isCode(phone, '927451'), await isCode(phone, '927452')]).toEqual([true, false])
    const stored = JSON.stringify(await people.secrets())
    expect(stored).not.toContain('927451')
    expect(stored).not.toContain('5550100042')
    const { stdout } = await terminal.run('logs verify --filter test_number_added --since 1h')
    expect(stdout).toContain('by=user/developer')
    expect(stdout).toContain('phone=+*********42')
    expect(stdout).not.toMatch(/927451|5550100042/)
  })

  it('makes a code where nobody gives one, and shows it once', async () => {
    const document = documentOf(await terminal.run(`test-numbers add ${phone} --yes --json`))
    expect(document.code).toMatch(/^\d{6,8}$/)
    expect(await isCode(phone, String(document.code))).toBe(true)
    expect(document.testNumber).toMatchObject({ phone: '+*********42', daysLeft: 30, expired: false })
  })

  it('takes the code from standard input, and replaces a former one', async () => {
    await terminal.run(`test-numbers add ${phone} --yes`, { env })
    const line = `test-numbers add ${phone} --yes --stdin --until ${dateIn(3)}`
    expect((await terminal.run(line, { stdin: '618304\n' })).code).toBe(0)
    expect([await isCode(phone, '927451'), await isCode(phone, '618304')]).toEqual([false, true])
    expect((await list()).map(({ daysLeft }) => daysLeft)).toEqual([4])
  })

  it.each([
    '000000',
    '123456',
    '654321',
    '121212',
    '112233',
    '123123',
    '100042',
    '12345',
    'abcdef',
    '9274511',
  ])('refuses %s as a code without saying it', async (code) => {
    const result = await terminal.run(`test-numbers add ${phone} --yes`, {
      env: { WHATSAPP_OTP_TEST_CODE: code },
    })
    expect(result.code).toBe(3)
    expect(result.writes).toEqual([])
    expect(result.stderr).toMatch(/The code (must be|would be guessed first)/)
    expect(result.stderr.replace(/AWS is asked.*\n|account \d+.*\n/g, '')).not.toContain(code)
  })

  it.each(['--days 0', '--days 91', '--days x', '--until 2020-01-01', '--until 2026-02-30', '--until soon'])(
    'refuses %s',
    async (flags) => {
      const result = await terminal.run(`test-numbers add ${phone} --yes ${flags}`, { env })
      expect([result.code, result.writes]).toEqual([3, []])
    },
  )

  it('refuses an eleventh, but not another end for one of the ten', async () => {
    for (let n = 0; n < 10; n += 1) await terminal.run(`test-numbers add ${numbered(n)} --yes`)
    const result = await terminal.run(`test-numbers add ${numbered(10)} --yes`)
    expect([result.code, result.writes]).toEqual([1, []])
    expect(result.stderr).toContain('has 10 already')
    expect((await terminal.run(`test-numbers add ${numbered(9)} --yes --days 2`)).code).toBe(0)
    expect(await list()).toHaveLength(10)
    for (let n = 0; n < 10; n += 1) await terminal.run('rotate-key --master')
    expect(JSON.stringify(await people.secrets()).length).toBeLessThan(4096)
  })

  it('refuses a number of another country', async () => {
    const result = await terminal.run('test-numbers add +4915112345678 --yes', { env })
    expect([result.code, result.writes]).toEqual([3, []])
    expect(result.stderr).toContain('ALLOWED_COUNTRIES')
  })

  it('refuses a number that somebody has proven, whoever holds it now', async () => {
    const marked = '+15550100043'
    const username = await people.prove(marked, { owner: undefined } as object)
    const refused = async (number: string) => {
      const { code, writes, stderr } = await terminal.run(`test-numbers add ${number} --yes`, { env })
      expect([code, writes]).toEqual([1, []])
      expect(stderr).toContain('somebody has proven it')
    }
    await refused(marked)
    const owned = '+15550100044'
    await people.prove(owned)
    await people.write((await people.account(owned)).username, { phone_number: '+15550100045' })
    await refused(owned)
    // What was proven by a fixed code alone is nobody's; neither is what a client has written.
    expect((await terminal.run('test-numbers add +15550100045 --yes', { env })).code).toBe(0)
    await terminal.run('test-numbers remove +15550100045 --yes')
    await people.write(username, { phone_number: '+15550100046', phone_number_verified: 'true' })
    await people.putLedger('+15550100046', { provenByTest: true })
    expect((await terminal.run('test-numbers add +15550100046 --yes', { env })).code).toBe(0)
    await terminal.run('test-numbers remove +15550100046 --yes')
  })

  it('refuses a number that somebody proves while the question stands', async () => {
    const answer = async () => {
      await people.prove('+15550100047')
      return 'y\r'
    }
    const answers: Answer[] = [['sign in with this number until', answer]]
    const { code, writes, stderr } = await terminal.run('test-numbers add +15550100047', { env, answers })
    expect([code, stderr]).toEqual([1, expect.stringContaining('somebody has proven it')])
    expect(writes).not.toContain('ssm:PutParameter')
    expect(await list()).toEqual([])
  })

  it('adds nothing where the note cannot be written', async () => {
    terminal.sandbox.faults.add({ service: 'logs', operation: 'PutLogEvents', kind: 'fail-before', times: 9 })
    const result = await terminal.run(`test-numbers add ${phone} --yes`, { env })
    terminal.sandbox.faults.clear()
    expect(result.code).toBe(1)
    expect(await list()).toEqual([])
  })

  it('wants two digits more where no code may show what happened to a number', async () => {
    await people.standIn('changing')
    const short = await terminal.run(`test-numbers add ${phone} --yes`, { env })
    const WHATSAPP_OTP_TEST_CODE = '92745183'
    const long = await terminal.run(`test-numbers add ${phone} --yes`, { env: { WHATSAPP_OTP_TEST_CODE } })
    await people.standIn('stable')
    expect([short.code, long.code]).toEqual([3, 0])
    expect(short.stderr).toContain('must be 8 digits')
  })

  it('takes a code from a person who types it unseen, and makes one for who presses Enter', async () => {
    const answers: [string, string][] = [
      ['Its code, 6 digits', '927451\r'],
      ['sign in with this number until', 'y\r'],
    ]
    const typed = await terminal.run(`test-numbers add ${phone}`, { answers })
    expect(typed.code).toBe(0)
    expect(typed.stdout + typed.stderr).not.toContain('927451')
    expect(await isCode(phone, '927451')).toBe(true)
    answers[0] = ['Its code, 6 digits', '\r']
    const made = await terminal.run(`test-numbers add ${phone}`, { answers })
    const [, code = ''] = /signs in with (\d{6}) until/.exec(made.stdout) ?? []
    expect(await isCode(phone, code)).toBe(true)
  })

  it('asks, and does nothing without an answer', async () => {
    const { code, writes, stderr } = await terminal.run(`test-numbers add ${phone}`, { env })
    expect([code, writes]).toEqual([3, []])
    expect(stderr).toContain('--yes')
  })

  it('is kept when the master key is replaced', async () => {
    await terminal.run(`test-numbers add ${phone} --yes`, { env })
    for (const _ of [1, 2]) expect((await terminal.run('rotate-key --master')).code).toBe(0)
    expect(await isCode(phone, '927451')).toBe(true)
  })
})

describe('test-numbers', () => {
  it('are shown by list, status and doctor until they have ended', async () => {
    await removeAll()
    expect((await terminal.run('status')).stdout).not.toContain('test numbers')
    await terminal.run(`test-numbers add ${phone} --yes --days 30`, { env })
    expect(await screen(terminal, 'test-numbers list')).toMatch(
      /number\s+in the logs\s+digits\s+until \(UTC\)\s+left\n\+\*{9}42\s+[0-9a-f]{12}\s+\d\s+\S+ \S+\s+30 days/,
    )
    const said = async () => ({
      status: (await terminal.run('status')).stdout,
      doctor: (await terminal.run('doctor')).stdout,
    })
    const first = await said()
    for (const text of Object.values(first)) {
      expect(text).toContain('1 number with a fixed code that signs in: +*********42 until')
      expect(text).not.toContain('in the last week')
    }
    expect(documentOf(await terminal.run('status --json')).testNumbers).toMatchObject([{ daysLeft: 30 }])
    terminal.sandbox.clock.advance(24 * day)
    for (const text of Object.values(await said())) expect(text).toContain('in the last week: +*********42')
    terminal.sandbox.clock.advance(7 * day)
    for (const text of Object.values(await said())) {
      expect(text).toContain('expired: +*********42; whatsapp-otp test-numbers remove')
      expect(text).not.toContain('that signs in')
    }
    expect(await list()).toMatchObject([{ expired: true, daysLeft: 0 }])
    // The next write drops it.
    await terminal.run(`test-numbers add ${numbered(0)} --yes`)
    expect((await list()).map(({ expired }) => expired)).toEqual([false])
  })

  it('end with remove, which is noted', async () => {
    await removeAll()
    await terminal.run(`test-numbers add ${phone} --yes`, { env })
    const result = await terminal.run(`test-numbers remove ${phone}`, {
      answers: [['End the fixed code', 'y\r']],
    })
    expect(result.code).toBe(0)
    expect((await people.secrets()).testNumbers).toBeUndefined()
    const { stdout } = await terminal.run('logs verify --filter test_number_removed --since 1h')
    expect(stdout).toContain('by=user/developer')
    await terminal.run(`test-numbers add ${phone} --yes`, { env })
    const hash = (await list())[0]?.number ?? ''
    expect((await terminal.run(`test-numbers remove ${hash} --yes`)).code).toBe(0)
    expect(await list()).toEqual([])
    const unknown = await terminal.run(`test-numbers remove ${phone} --yes`)
    expect([unknown.code, unknown.writes]).toEqual([1, []])
    expect(unknown.stderr).toContain('That is not a test number')
  })
})

const dateIn = (days: number) => new Date(terminal.clock.now() + days * day).toISOString().slice(0, 10)
