// Where settings come from, in which order, and what is refused.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { completeSettings, resolveSettings } from '../../src/settings/resolve.ts'
import { textOf } from '../../src/settings/schema.ts'
import { readSources, type Sources, targetOf } from '../../src/settings/sources.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whatsapp-otp-settings-'))
})
afterEach(() => rm(folder, { recursive: true }))

const given = (
  flags: Record<string, unknown> = {},
  env: Record<string, string> = {},
  files: { env?: string; json?: object } = {},
): Promise<Sources> =>
  Promise.all([
    files.env === undefined ? undefined : writeFile(join(folder, '.env'), files.env),
    files.json === undefined
      ? undefined
      : writeFile(join(folder, 'whatsapp-otp.json'), JSON.stringify(files.json)),
  ]).then(() => readSources(flags, env, folder))

const problem = (act: () => unknown): AppError => {
  try {
    act()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('the origin of a setting', () => {
  it('is the flag, then the environment, .env, the file, the record and the default, in this order', async () => {
    const json = { otpLength: 6, stages: { dev: { otpExpiryMinutes: 4 } }, otpExpiryMinutes: 10 }
    const all = {
      flag: { otpExpiryMinutes: '1' },
      env: { OTP_EXPIRY_MINUTES: '2' },
      dotenv: 'OTP_EXPIRY_MINUTES=3',
    }
    const record = { otpExpiryMinutes: 6 }
    const seen: unknown[] = []
    const look = (sources: Sources, recorded?: object) => {
      const { settings, origins } = resolveSettings(sources, 'dev', recorded as Record<string, unknown>)
      seen.push([settings.otpExpiryMinutes, origins.otpExpiryMinutes])
    }
    look(await given(all.flag, all.env, { env: all.dotenv, json }), record)
    look(await given({}, all.env), record)
    look(await given(), record)
    look(await given({}, {}, { env: '' }), record)
    look(await given({}, {}, { json: { otpExpiryMinutes: 10 } }), record)
    look(await given({}, {}, { json: {} }), record)
    look(await given())
    expect(seen).toEqual([
      [1, 'flag'],
      [2, 'environment'],
      [3, '.env'],
      [4, 'whatsapp-otp.json'],
      [10, 'whatsapp-otp.json'],
      [6, 'stage record'],
      [5, 'default'],
    ])
  })

  it('skips an empty variable', async () => {
    const { origins } = resolveSettings(await given({}, { OTP_LENGTH: '' }, { env: 'OTP_LENGTH=8' }), 'dev')
    expect(origins.otpLength).toBe('.env')
  })

  it('turns deletion protection on for production stages only', async () => {
    const sources = await given()
    expect(resolveSettings(sources, 'prod-eu').settings.deletionProtection).toBe(true)
    expect(resolveSettings(sources, 'dev').settings.deletionProtection).toBe(false)
  })
})

describe('a value', () => {
  it('that is out of range is refused with its origin and the way to set it', async () => {
    const sources = await given({}, { OTP_EXPIRY_MINUTES: '11' })
    const error = problem(() => resolveSettings(sources, 'dev'))
    expect(error).toMatchObject({
      code: 'SETTING_INVALID',
      exitCode: 3,
      message: 'OTP_EXPIRY_MINUTES must be at most 10 (it is «11»)',
      why: 'the value comes from: environment',
    })
    expect(error.next[0]).toContain('--otp-expiry-minutes')
  })

  it('of a secret is never repeated', async () => {
    const sources = await given({}, { SENDZEN_API_KEY: 'two words' })
    const error = problem(() => resolveSettings(sources, 'dev'))
    expect(JSON.stringify([error.message, error.why, error.next])).not.toContain('two words')
  })

  it('may be written as people write it', async () => {
    const { settings } = resolveSettings(
      await given(
        {},
        {
          ALLOWED_COUNTRIES: 'de, AT,de',
          WHATSAPP_FROM: '+49 (30) 123-456',
          SMS_FALLBACK: 'YES',
          USER_POOL_TIER: 'essentials',
        },
      ),
      'dev',
    )
    expect(settings).toMatchObject({
      allowedCountries: ['DE', 'AT'],
      whatsappFrom: '4930123456',
      smsFallback: true,
      userPoolTier: 'ESSENTIALS',
    })
  })

  it.each([
    { MAX_SENDS_PER_HOUR: '20' },
    { MAX_CHECKS_PER_HOUR: '30' },
    { POOL_SENDS_PER_DAY: '100' },
    { BLOCK_SENDS_PER_HOUR: '21' },
    { POOL_SIGNUPS_PER_DAY: '99' },
    { POOL_SMS_PER_HOUR: '101' },
  ])('for an hour must not exceed that for a day: %j', async (env) => {
    const sources = await given({}, env as Record<string, string>)
    expect(problem(() => resolveSettings(sources, 'dev')).code).toBe('SETTINGS_CONFLICT')
  })

  it('that is newer than the version a stage was deployed by is the default', async () => {
    const record = { otpLength: 6, resendCooldownSeconds: 60 }
    const { settings, origins, missing } = resolveSettings(await given(), 'dev', record)
    expect(settings).toMatchObject({
      resendCooldownSeconds: 60,
      maxSmsPerDay: 3,
      poolSignupsPerHour: 100,
      signupAttributes: [],
      lockAfterFailures: 0,
    })
    expect([origins.resendCooldownSeconds, origins.signupAttributes]).toEqual(['stage record', 'default'])
    expect(missing).not.toContain('signupAttributes')
  })

  it('that is no country, no language or no retention of CloudWatch is refused', async () => {
    for (const env of [
      { ALLOWED_COUNTRIES: 'XX' },
      { WHATSAPP_LANG_CODE: 'English' },
      { LOG_RETENTION_DAYS: '31' },
    ]) {
      const sources = await given({}, env as Record<string, string>)
      expect(problem(() => resolveSettings(sources, 'dev')).code).toBe('SETTING_INVALID')
    }
  })

  it('that sends messages in clear text is refused, except on this machine', async () => {
    const far = await given({}, { SENDZEN_API_URL: 'http://api.sendzen.io/v1/messages' })
    const near = await given({}, { SENDZEN_API_URL: 'http://127.0.0.1:4580/v1/messages' })
    expect(problem(() => resolveSettings(far, 'dev')).code).toBe('SETTING_INVALID')
    expect(resolveSettings(near, 'dev').settings.sendzenApiUrl).toBe('http://127.0.0.1:4580/v1/messages')
  })

  it('with the host of an old guide is put right, with a warning', async () => {
    const sources = await given({}, {}, { env: 'SENDZEN_API_URL=https://api.sendzen.com/v1/messages' })
    const { settings, warnings } = resolveSettings(sources, 'dev')
    expect(settings.sendzenApiUrl).toBe('https://api.sendzen.io/v1/messages')
    expect(warnings).toHaveLength(1)
  })
})

describe('an address of the provider in a file of the working directory', () => {
  const own = 'https://api.sendzen.io/v1/messages'
  const relay = 'https://relay.corp/v1/messages'

  it.each<[string, Parameters<typeof given>, string]>([
    ['in .env', [{}, {}, { env: `SENDZEN_API_URL=${relay}` }], 'SENDZEN_API_URL in .env'],
    ['in the file', [{}, {}, { json: { sendzenApiUrl: relay } }], 'sendzenApiUrl in whatsapp-otp.json'],
    [
      'in the file for one stage',
      [{}, {}, { json: { stages: { dev: { sendzenApiUrl: relay } } } }],
      'sendzenApiUrl in whatsapp-otp.json',
    ],
  ])('%s does not count until it is agreed to', async (_name, [flags, env, files], from) => {
    const resolved = resolveSettings(await given(flags, env, files), 'dev')
    expect([resolved.settings.sendzenApiUrl, resolved.origins.sendzenApiUrl]).toEqual([own, 'default'])
    expect(resolved.doubts).toEqual([{ address: relay, from, gets: 'the SendZen key and every code' }])
    expect(problem(() => completeSettings(resolved, { keyIsStored: true })).code).toBe('ADDRESS_NOT_AGREED')

    const agreed = resolveSettings(await given({ ...flags, trust: [relay] }, env, files), 'dev')
    expect([agreed.settings.sendzenApiUrl, agreed.doubts]).toEqual([relay, []])
  })

  it.each<[string, Parameters<typeof given>, string, object?]>([
    ['on this computer', [{}, {}, { env: 'SENDZEN_API_URL=http://127.0.0.1:1/x' }], 'http://127.0.0.1:1/x'],
    [
      'of the provider itself',
      [{}, {}, { env: 'SENDZEN_API_URL=https://api.sendzen.io/v2' }],
      'https://api.sendzen.io/v2',
    ],
    ['that the stage has', [{}, {}, { env: `SENDZEN_API_URL=${relay}` }], relay, { sendzenApiUrl: relay }],
    ['below a flag', [{ sendzenUrl: own }, {}, { env: `SENDZEN_API_URL=${relay}` }], own],
    ['below the environment', [{}, { SENDZEN_API_URL: own }, { json: { sendzenApiUrl: relay } }], own],
  ])('counts, or stands back, without a question: %s', async (_name, sources, url, record) => {
    const resolved = resolveSettings(await given(...sources), 'dev', record as Record<string, unknown>)
    expect([resolved.settings.sendzenApiUrl, resolved.doubts]).toEqual([url, []])
  })

  it('counts from the environment and from a flag', async () => {
    for (const sources of [await given({ sendzenUrl: relay }), await given({}, { SENDZEN_API_URL: relay })])
      expect(resolveSettings(sources, 'dev')).toMatchObject({
        settings: { sendzenApiUrl: relay },
        doubts: [],
      })
  })

  it('does not give way to what the stage was deployed with before', async () => {
    const sources = await given({}, {}, { env: 'SENDZEN_API_URL=https://evil.example/v1/messages' })
    const { settings, doubts } = resolveSettings(sources, 'dev', { sendzenApiUrl: relay })
    expect([settings.sendzenApiUrl, doubts.length]).toEqual([relay, 1])
  })
})

describe('the profile', () => {
  it.each<[Parameters<typeof given>, string | undefined, string | undefined]>([
    [[{ profile: 'a' }, { AWS_PROFILE: 'b' }], 'a', undefined],
    [[{}, { AWS_PROFILE: 'b' }, { env: 'AWS_PROFILE=c' }], 'b', undefined],
    [[{}, {}, { env: 'AWS_PROFILE=c', json: { profile: 'd' } }], 'c', '.env'],
    [[{}, {}, { json: { profile: 'd' } }], 'd', 'whatsapp-otp.json'],
    [[{}, {}, { json: { stages: { dev: { profile: 'e' } } } }], 'e', 'whatsapp-otp.json'],
    [[{}, {}], undefined, undefined],
  ])('of %j is %s, chosen by %s', async (sources, profile, profileFrom) => {
    expect(targetOf(await given(...sources))).toMatchObject({
      profile,
      ...(profileFrom ? { profileFrom } : {}),
    })
    expect(targetOf(await given(...sources)).profileFrom).toBe(profileFrom)
  })
})

describe('what is missing', () => {
  it('is named all at once, with flag and variable', async () => {
    const resolved = resolveSettings(await given(), 'dev')
    const error = problem(() => completeSettings(resolved, { keyIsStored: false }))
    expect(error).toMatchObject({
      code: 'SETTINGS_MISSING',
      exitCode: 3,
      message: 'Missing: SENDZEN_API_KEY, WHATSAPP_FROM, WHATSAPP_TEMPLATE_NAME, ALLOWED_COUNTRIES',
    })
    expect(error.next[0]).toContain('--from <number> (WHATSAPP_FROM)')
  })

  it('is not the key where the stage has one', async () => {
    const resolved = resolveSettings(await given(), 'dev')
    const error = problem(() => completeSettings(resolved, { keyIsStored: true }))
    expect(error.message).not.toContain('SENDZEN_API_KEY')
  })
})

describe('the target', () => {
  it('is stage dev unless something names another', async () => {
    expect(targetOf(await given())).toMatchObject({ stage: 'dev', stageIsExplicit: false })
    expect(targetOf(await given({ stage: 'prod' }))).toMatchObject({ stage: 'prod', stageIsExplicit: true })
    expect(targetOf(await given({}, { WHATSAPP_OTP_STAGE: 'test' })).stage).toBe('test')
  })

  it('takes region, profile and account of its block in the file', async () => {
    const json = {
      region: 'us-east-1',
      stages: { prod: { region: 'eu-central-1', account: '123456789012' } },
    }
    const sources = await given({ stage: 'prod' }, {}, { json })
    expect(targetOf(sources)).toMatchObject({ region: 'eu-central-1', account: '123456789012' })
  })

  it.each(['Dev', '1dev', 'a_b', 'a-stage-name-too-long', ''])(
    'refuses the stage name «%s»',
    async (stage) => {
      const sources = await given({ stage })
      expect(problem(() => targetOf(sources))).toMatchObject({ code: 'STAGE_NAME_INVALID', exitCode: 3 })
    },
  )
})

describe('whatsapp-otp.json', () => {
  const reading = (json: object | string) =>
    writeFile(join(folder, 'whatsapp-otp.json'), typeof json === 'string' ? json : JSON.stringify(json)).then(
      () => readSources({}, {}, folder),
    )

  it('must not hold secrets', async () => {
    await expect(reading({ sendzenApiKey: 'x' })).rejects.toMatchObject({ code: 'SECRET_IN_CONFIG_FILE' })
    await expect(reading({ stages: { dev: { sendzenApiKey: 'x' } } })).rejects.toMatchObject({
      code: 'SECRET_IN_CONFIG_FILE',
    })
  })

  it.each([[{ otpLenght: 6 }], ['{'], [[]], [{ stages: 'dev' }], [{ stages: { dev: 1 } }]])(
    'is refused when it holds %j',
    async (json) => {
      await expect(reading(json)).rejects.toMatchObject({ code: 'CONFIG_FILE_INVALID', exitCode: 3 })
    },
  )
})

describe('what a sign-up may give', () => {
  const of = async (SIGNUP_ATTRIBUTES: string) =>
    resolveSettings(await given({}, { SIGNUP_ATTRIBUTES }), 'dev').settings.signupAttributes

  it('is nothing unless somebody says so, and a list can say nothing, too', async () => {
    expect(resolveSettings(await given(), 'dev').settings.signupAttributes).toEqual([])
    expect(await of('none')).toEqual([])
    const json = { signupAttributes: [] }
    expect(resolveSettings(await given({}, {}, { json }), 'dev').settings.signupAttributes).toEqual([])
    expect(await of('email, given_name email')).toEqual(['email', 'given_name'])
    expect([textOf([]), textOf(['email', 'name'])]).toEqual(['none', 'email,name'])
  })

  it.each(['phone_number', 'locale', 'sub', 'email_verified', 'custom:role', 'Email', 'none,email'])(
    'is not %s',
    async (text) => {
      await expect(of(text)).rejects.toMatchObject({
        code: 'SETTING_INVALID',
        message: expect.stringContaining('must be none, or of address, birthdate, email,'),
      })
    },
  )
})

describe('the permissions boundary', () => {
  const of = async (PERMISSIONS_BOUNDARY: string) =>
    resolveSettings(await given({}, { PERMISSIONS_BOUNDARY }), 'dev').settings.permissionsBoundary

  it.each([
    'none',
    'arn:aws:iam::123456789012:policy/limit',
    'arn:aws-cn:iam::123456789012:policy/team/limit',
    'arn:aws-us-gov:iam::aws:policy/PowerUserAccess',
    'arn:aws-iso-b:iam::123456789012:policy/limit',
  ])('is %s', async (text) => {
    expect(await of(text)).toBe(text)
  })

  it.each([
    'limit',
    'arn:aws:iam::123456789012:role/limit',
    'arn:aws:iam::*:policy/limit',
    'arn:aws:iam::123456789012:policy/*',
    'arn:aws:iam:us-east-1:123456789012:policy/limit',
    'arn:aws:iam::123456789012:policy/limit arn:aws:iam::123456789012:policy/other',
  ])('is not %s', async (text) => {
    await expect(of(text)).rejects.toMatchObject({ code: 'SETTING_INVALID' })
  })

  it('is none unless somebody says so', async () => {
    expect(resolveSettings(await given(), 'dev').settings.permissionsBoundary).toBe('none')
  })
})
