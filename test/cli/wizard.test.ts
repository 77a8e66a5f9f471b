// `init` as a person goes through it: what is asked, what is offered, and what is left when it is left early.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, bare, type RunOptions, Terminal } from './terminal.ts'

let terminal: Terminal
beforeEach(async () => {
  terminal = await Terminal.start()
})
afterEach(() => terminal.close())

const down = '\u001b[B'
const ctrlC = '\u0003'

const key = () => `${terminal.sandbox.env().SENDZEN_API_KEY}\r`

const upToPlan: Answer[] = [
  ['Name of the stage', 'shop\r'],
  ['SendZen API key', () => key()],
  ['Which number sends', '\r'],
  ['Countries whose numbers', 'United States\r'],
  ['recommended limits?', '\r'],
  ['Which template', '\r'],
  ['In which languages', '\r'],
  ['without a language of their own', '\r'],
  ['becomes of each message', '\r'],
  ['Address that alarms', '\r'],
]
const limits = [
  'tries for each code',
  'pause between',
  'messages to a number in an hour',
  'messages to a number in a day',
  'answers evaluated for a number in an hour',
  'answers evaluated for a number in a day',
  'messages of the whole stage in an hour',
  'messages of the whole stage in a day',
  'alike but for four digits in an hour',
  'alike but for four digits in a day',
  'sign-ups of the whole stage in an hour',
  'sign-ups of the whole stage in a day',
]

const init = (answers: Answer[], options: RunOptions = {}) =>
  terminal.run('init', { columns: 100, ...options, env: { ...bare, ...options.env }, answers })

describe('init', () => {
  it('asks for everything, shows the plan, deploys, and offers a test message', async () => {
    const { code, stdout, stderr } = await init([
      ...upToPlan,
      ['Do this?', '\r'],
      ['Send a test message now?', 'y\r'],
      ['To which number', '0151\r'],
      ['it needs a plus', '\u0015+15550100001\r'],
    ])
    expect(code).toBe(0)
    expect(stderr).toContain('Plan: 34 to create')
    expect(stderr).not.toContain(terminal.sandbox.env().SENDZEN_API_KEY)
    expect(stdout).toContain('delivered')
    expect(terminal.sandbox.inbox.list('+15550100001')).toHaveLength(1)
    expect((await terminal.run('status --stage shop', { env: bare })).code).toBe(0)
  })

  it('changes nothing when the plan is declined', async () => {
    const { code, writes } = await init([...upToPlan, ['Do this?', 'n\r']])
    expect([code, writes]).toEqual([3, []])
  })

  it('changes nothing when it is left with Ctrl-C in any question', async () => {
    for (let asked = 0; asked < upToPlan.length; asked++) {
      const [[text]] = upToPlan.slice(asked) as [Answer]
      const { code, writes, stderr } = await init([...upToPlan.slice(0, asked), [text, ctrlC]])
      expect([asked, code, writes]).toEqual([asked, 130, []])
      expect(stderr).toContain('Cancelled')
    }
  })

  it('refuses a name, a key and a country that do not fit, and asks again', async () => {
    const { code, stderr } = await init([
      ['Name of the stage', 'Shop 1\r'],
      ['lower-case letter', '\u0015shop\r'],
      ['SendZen API key', 'wrong\r'],
      ['SendZen refused the API key', () => `\u0015${key()}`],
      ['Which number sends', '\r'],
      ['Countries whose numbers', 'Narnia\r'],
      ['is no country', ctrlC],
    ])
    expect(code).toBe(130)
    expect(stderr).toContain('no country')
  })

  it('shows why a sender or a template cannot be taken', async () => {
    const { stderr } = await init([...upToPlan.slice(0, 5), ['Which template', ctrlC]])
    expect(stderr).toContain('still waits for approval')
    expect(stderr).toContain('category is marketing, not authentication')
  })

  it('creates a template that says how long a code lives', async () => {
    const { code } = await init([
      ...upToPlan.slice(0, 4),
      ['recommended limits?', 'n\r'],
      ['digits of a code', '\r'],
      ['life of a code', '\u00157\r'],
      ...limits.map((text): Answer => [text, '\r']),
      ['Which template', down, '\r'],
      ['Name of the new template', 'otp_seven\r'],
      ['Its language', '\r'],
      ['becomes of each message', '\r'],
      ['Address that alarms', '\r'],
      ['Do this?', 'n\r'],
    ])
    expect(code).toBe(3)
    const env = terminal.sandbox.env()
    const answer = await fetch(
      `${terminal.sandbox.endpoint}/v1/100000000000001/message_templates?name=otp_seven`,
      { headers: { authorization: `Bearer ${env.SENDZEN_API_KEY}` } },
    )
    const { data } = (await answer.json()) as { data: { data: { components: object[] }[] } }
    expect(data.data[0]?.components).toContainEqual({ type: 'FOOTER', code_expiration_minutes: 7 })
  })

  it('takes typed values with a warning while SendZen cannot be asked', async () => {
    terminal.sandbox.sendzen.outage = true
    const { code, stderr } = await init([
      ['Name of the stage', '\r'],
      ['SendZen API key', () => key()],
      ['number, with country code', '15550100900\r'],
      ['Countries whose numbers', 'us\r'],
      ['recommended limits?', '\r'],
      ['Name of the approved', 'otp_login\r'],
      ['Its languages', '\r'],
      ['becomes of each message', '\r'],
      ['Address that alarms', '\r'],
      ['Do this?', '\r'],
      ['Send a test message', 'n\r'],
    ])
    expect(code).toBe(0)
    expect(stderr).toContain('SendZen cannot be asked')
  })

  it('asks for the region where nobody named one', async () => {
    const env = { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined, AWS_CONFIG_FILE: '/dev/null' }
    const { code, stderr } = await init(
      [
        ['Name of the stage', '\r'],
        ['AWS region', '\u0015us-east-1\r'],
        ['SendZen API key', ctrlC],
      ],
      { env },
    )
    expect(code).toBe(130)
    expect(stderr).toContain('us-east-1 · stage dev')
  })

  it('asks nothing that is known, and checks it all the same', async () => {
    const { code } = await terminal.run('init --no-input --yes')
    expect(code).toBe(0)
    terminal.sandbox.calls.length = 0
    const again = await terminal.run('init --no-input --yes', { env: { SENDZEN_API_KEY: 'sz_live_old' } })
    expect([again.code, again.writes]).toEqual([1, []])
    expect(again.stderr).toContain('SendZen refused the API key')
  })
})
