// Other ways through `init`: back, left and taken up again, a stage that exists, several profiles.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, bare, type RunOptions, Terminal } from './terminal.ts'

let terminal: Terminal
beforeEach(async () => {
  terminal = await Terminal.start()
})
afterEach(() => terminal.close())

const [down, escape_, ctrlC, clear] = ['\u001b[B', '\u001b', '\u0003', '\u0015']

/** The sandbox's number for SMS would be one more thing that is set. */
const withoutSms = { ...bare, SMS_ORIGINATION_NUMBER: undefined }
const key = () => `${terminal.sandbox.env().SENDZEN_API_KEY}\r`
const init = (answers: Answer[], options: RunOptions = {}) =>
  terminal.run('init', { columns: 100, ...options, env: { ...withoutSms, ...options.env }, answers })
const kept = () => join(terminal.cwd, '.state', 'whatsapp-otp', 'init.json')

const upToPlan: Answer[] = [
  ['Name of the stage', 'shop\r'],
  ['SendZen API key', () => key()],
  ['Which number sends', '\r'],
  ['Countries whose numbers', 'Deutschland +43\r'],
  ['recommended limits?', '\r'],
  ['Which template', '\r'],
  ['In which languages', '\r'],
  ['without a language of their own', down, '\r'],
  ['becomes of each message', '\r'],
  ['Address that alarms', '\r'],
]
const enterAll: Answer[] = [
  ['Which number sends', '\r'],
  ['Countries whose numbers', '\r'],
  ['recommended limits?', '\r'],
  ['Which template', '\r'],
  ['In which languages', '\r'],
  ['without a language of their own', '\r'],
  ['becomes of each message', '\r'],
  ['Address that alarms', '\r'],
]

async function settingsOf(stage: string): Promise<Record<string, string>> {
  const { stdout } = await terminal.run(`settings --stage ${stage} --json`, { env: withoutSms })
  const { settings } = JSON.parse(stdout) as { settings: { key: string; value: string }[] }
  return Object.fromEntries(settings.map(({ key, value }) => [key, value]))
}

describe('Escape', () => {
  it('goes back from each kind of question, as far as the first, with the answers that were given', async () => {
    const { code, stderr } = await init([
      ...upToPlan,
      ['Do this?', escape_],
      ['Address that alarms', escape_],
      ['becomes of each message', escape_],
      ['without a language of their own', escape_],
      ['In which languages', escape_],
      ['Which template', escape_],
      ['recommended limits?', escape_],
      ['Countries whose numbers', escape_],
      ['Which number sends', escape_],
      ['Enter: the one you gave', escape_],
      ['Name of the stage (shop)', '\r'],
      ['Enter: the one you gave', '\r'],
      ...enterAll,
      ['Do this?', '\r'],
      ['Send a test message now?', 'n\r'],
    ])
    expect(code).toBe(0)
    expect(stderr).toContain('Esc: one question back')
    expect(stderr).toContain('Germany (DE), Austria (AT)')
    expect(await settingsOf('shop')).toMatchObject({
      allowedCountries: 'DE,AT',
      whatsappLanguages: 'en_US,en,es,pt_BR',
    })
  })

  it('lets an answer be another one', async () => {
    const { code } = await init([
      ...upToPlan.slice(0, 4),
      ['recommended limits?', escape_],
      ['Countries whose numbers', 'fr\r'],
      ...upToPlan.slice(4),
      ['Do this?', '\r'],
      ['Send a test message now?', 'n\r'],
    ])
    expect(code).toBe(0)
    expect((await settingsOf('shop')).allowedCountries).toBe('FR')
  })

  it('leads from the questions about a new template to the list of templates', async () => {
    const { code, writes } = await init([
      ...upToPlan.slice(0, 5),
      ['Which template', down, '\r'],
      ['Name of the new template', 'other\r'],
      ['Its language', escape_],
      ['Name of the new template', escape_],
      ['Which template', ctrlC],
    ])
    expect([code, writes]).toEqual([130, []])
  })
})

describe('an init that was left', () => {
  it('says that nothing was made, and offers the answers again, but for the key', async () => {
    const left = await init([...upToPlan.slice(0, 9), ['Address that alarms', ctrlC]])
    expect([left.code, left.writes]).toEqual([130, []])
    expect(left.stderr).toContain('nothing was made in AWS; your answers are kept, the key is not')
    expect(readFileSync(kept(), 'utf8')).not.toContain('sz_')

    terminal.sandbox.clock.advance(300_000)
    const { code, stderr } = await init([
      ['Name of the stage (shop)', '\r'],
      ['Your answers of 5 min ago are still here', ''],
      ['SendZen API key', () => key()],
      ...enterAll,
      ['Do this?', '\r'],
      ['Send a test message now?', 'n\r'],
    ])
    expect(code).toBe(0)
    expect(stderr).toContain('Countries whose numbers may sign in (DE,AT)')
    expect(await settingsOf('shop')).toMatchObject({
      allowedCountries: 'DE,AT',
      whatsappLanguages: 'en_US,en,es,pt_BR',
    })
    expect(existsSync(kept())).toBe(false)
  })

  it('before its place is known has kept nothing, and says so', async () => {
    const { stderr } = await init([['Name of the stage', ctrlC]])
    expect(stderr).toMatch(/nothing was made in AWS\n/)
    expect(existsSync(kept())).toBe(false)
  })

  it('says so too where a call was under way', async () => {
    const operation = 'GetCallerIdentity'
    terminal.sandbox.faults.add({ operation, kind: 'slow', ms: 600_000, times: 1_000 })
    const { code, stderr } = await init([['Name of the stage', 'shop\r']], {
      during: async ({ signals }) => {
        while (!terminal.sandbox.calls.some((call) => call.operation === operation)) await setImmediate()
        signals.emit('SIGINT')
      },
    })
    expect(code).toBe(130)
    expect(stderr).toContain('nothing was made in AWS')
  })

  it('keeps nothing where there is nobody to ask', async () => {
    expect((await terminal.run('init --no-input --yes --stage shop')).code).toBe(0)
    expect(existsSync(kept())).toBe(false)
  })
})

describe('countries', () => {
  it('are all of them only after a warning and a second yes', async () => {
    const { stderr } = await init([
      ...upToPlan.slice(0, 3),
      ['Countries whose numbers', 'Narnia\r'],
      ['«Narnia» is no country', `${clear}all\r`],
      ['All 245 countries: an attacker', ''],
      ['sign in all the same?', '\r'],
      ['Countries whose numbers', 'all\r'],
      ['sign in all the same?', 'y\r'],
      ['recommended limits?', ctrlC],
    ])
    expect(stderr).toContain('1,000 messages a day')
    const { drafts } = JSON.parse(readFileSync(kept(), 'utf8'))
    expect(drafts[0].answers.allowedCountries).toBe('all')
  })
})

describe('a sender that is not connected', () => {
  it('is shown with its reason, and cannot be taken', async () => {
    const { stderr } = await init([
      ...upToPlan.slice(0, 2),
      ['its state is pending, not connected', down, '\r'],
      ['disabled', ctrlC],
    ])
    expect(stderr).toContain('- +15550100901')
  })
})

describe('a stage that exists', () => {
  beforeEach(async () => {
    expect((await terminal.run('deploy --no-verify --stage shop')).code).toBe(0)
  })

  it('is changed in what the user picks, and nothing else is asked', async () => {
    const { code, stderr, writes } = await init(
      [
        ['The stage exists since', ''],
        [
          'Which settings are to change?',
          ...Array.from({ length: 4 }, () => down),
          ' ',
          down,
          down,
          ' ',
          '\r',
        ],
        ['Countries whose numbers may sign in (US)', 'US, Kanada\r'],
        ['life of a code', '7\r'],
        ['Plan: 0 to create', ''],
        ['Do this?', '\r'],
        ['Send a test message now?', 'n\r'],
      ],
      { env: { WHATSAPP_OTP_STAGE: 'shop' } },
    )
    expect(code).toBe(0)
    expect(writes.filter((one) => one.startsWith('iam:'))).toEqual([])
    expect(stderr).toContain('otp expiry minutes       5')
    expect(await settingsOf('shop')).toMatchObject({ allowedCountries: 'US,CA', otpExpiryMinutes: '7' })
  })

  it('is as it was where nothing is picked', async () => {
    await terminal.run('deploy --stage shop')
    const { code, stderr, writes } = await init([
      ['Name of the stage', 'shop\r'],
      ['Which settings are to change?', '\r'],
      ['Send a test message now?', 'n\r'],
    ])
    expect([code, writes]).toEqual([0, []])
    expect(stderr).toContain('Nothing to change')
  })

  it('shows what the environment says, and that it is changed there', async () => {
    const { stderr } = await init([['Which settings are to change?', ctrlC]], {
      env: { WHATSAPP_OTP_STAGE: 'shop', ALLOWED_COUNTRIES: 'US' },
      columns: 200,
    })
    expect(stderr).not.toContain('countries                US')
  })
})

it('says once what is amiss with the template', async () => {
  const { stderr } = await init([...upToPlan, ['Do this?', 'n\r']], { env: { OTP_EXPIRY_MINUTES: '7' } })
  expect(stderr.match(/! Template otp_login: its footer says 5 min/g)).toHaveLength(1)
})

describe('profiles', () => {
  const files = (config: string) => {
    terminal.write('config', config)
    terminal.write('credentials', '')
    return {
      AWS_CONFIG_FILE: join(terminal.cwd, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(terminal.cwd, 'credentials'),
    }
  }
  const keys = () => {
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = terminal.sandbox.env()
    return `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`
  }
  const none = {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_REGION: undefined,
    AWS_DEFAULT_REGION: undefined,
    WHATSAPP_OTP_STAGE: 'dev',
  }

  it('are picked where there are several, and named to the commands that follow', async () => {
    const config = [
      `[default]\nregion = eu-west-1\n${keys()}`,
      `[profile ana]\nregion = us-east-1\n${keys()}`,
      '[profile corp]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n',
      '[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n',
      '[profile ops]\nrole_arn = arn:aws:iam::111122223333:role/Deployer\nsource_profile = ana\n',
    ].join('\n')
    const { code, stderr } = await init(
      [
        ['Which AWS profile?', down, '\r'],
        ['us-east-1 · stage dev', ''],
        ['SendZen API key', escape_],
        ['Which AWS profile?', '\r'],
        ['SendZen API key', () => key()],
        ...upToPlan.slice(2),
        ['Do this?', '\r'],
        ['Send a test message now?', 'n\r'],
      ],
      { env: { ...none, ...files(config) } },
    )
    expect(code).toBe(0)
    expect(stderr).toContain('default  eu-west-1 · keys')
    expect(stderr).toContain('corp     account 111122223333 · SSO corp Admin')
    expect(stderr).toContain('ops      account 111122223333 · role Deployer from ana')
    expect(stderr).toContain('outputs --stage dev --profile ana --format env')
    expect(stderr).not.toContain(terminal.sandbox.env().AWS_SECRET_ACCESS_KEY)
  })

  it('are no question where there is one, nor where credentials are said', async () => {
    const one = files(`[profile ana]\nregion = us-east-1\n${keys()}`)
    const alone = await init([['SendZen API key', ctrlC]], { env: { ...none, ...one } })
    expect(alone.stderr).toContain('us-east-1 · stage dev')
    const two = files('[default]\nregion = eu-west-1\n\n[profile ana]\nregion = us-east-1\n')
    const said = await init([['SendZen API key', ctrlC]], {
      env: { ...two, WHATSAPP_OTP_STAGE: 'dev' },
    })
    expect(said.stderr).not.toContain('Which AWS profile?')
  })
})
