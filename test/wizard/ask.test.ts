import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { type NewTemplate, ProviderError } from '../../src/messaging/provider.ts'
import { account, approved, interview, type Script, usual } from './scripted.ts'

describe('the wizard', () => {
  it('takes everything from the account, and needs six answers', async () => {
    const { result, stdout, stderr } = await interview({ ...usual }, account())
    expect(result.settings).toMatchObject({
      whatsappFrom: '4915112345678',
      whatsappTemplateName: 'otp',
      whatsappLanguages: ['de', 'en_US'],
      allowedCountries: ['DE'],
      otpExpiryMinutes: 5,
    })
    expect(result.secrets.sendzenApiKey).toBe('the-key')
    expect(result.missing).toEqual([])
    expect(result.origins.whatsappFrom).toBe('answer')
    expect(stdout.all() + stderr.all()).not.toContain('the-key')
  })

  it('asks nothing that was given', async () => {
    const { result, asked, resolved } = await interview({ 'recommended limits': true }, account(), {
      SENDZEN_API_KEY: 'the-key',
      WHATSAPP_FROM: '+49 151 12345678',
      WHATSAPP_TEMPLATE_NAME: 'otp',
      WHATSAPP_LANG_CODE: 'de',
      ALLOWED_COUNTRIES: 'DE,AT',
      DELIVERY_WEBHOOK: 'false',
      ALARMS: 'false',
    })
    expect(asked).toEqual(['recommended limits'])
    expect(result.settings).toEqual(resolved.settings)
  })

  it('makes alarms where an address is given for them, and none where there is none', async () => {
    const ask = async (typed: unknown, env = {}) =>
      (await interview({ ...usual, 'Address that alarms': typed } as Script, account(), env)).result.settings
    expect(await ask(undefined)).toMatchObject({ alarms: false, alarmEmail: 'none' })
    expect(await ask(['then', 'nobody', 'ops@example.com'])).toMatchObject({
      alarms: true,
      alarmEmail: 'ops@example.com',
    })
    expect(await ask(undefined, { ALARM_EMAIL: 'ops@example.com' })).toMatchObject({ alarms: true })
    const ALARM_TOPIC_ARN = 'arn:aws:sns:us-east-1:123456789012:theirs'
    expect(await ask(['then'], { ALARMS: 'true', ALARM_TOPIC_ARN })).toMatchObject({ alarms: true })
  })

  it('asks again for a key that SendZen refuses, without showing it', async () => {
    const api = account()
    let calls = 0
    api.checkKey = async () => {
      if (calls++ === 0)
        throw new AppError('SENDZEN_KEY_REFUSED', 'SendZen refused the API key', { why: 'it answered 401' })
    }
    const { refused, result } = await interview({ ...usual, 'API key': ['then', 'bad-one', 'good-one'] }, api)
    expect(refused).toEqual(['SendZen refused the API key: it answered 401'])
    expect(result.secrets.sendzenApiKey).toBe('good-one')
  })

  it('stops at a given key that SendZen refuses', async () => {
    const refusal = new AppError('SENDZEN_KEY_REFUSED', 'SendZen refused the API key')
    const api = account({ checkKey: () => Promise.reject(refusal) })
    await expect(interview({}, api, { SENDZEN_API_KEY: 'bad' })).rejects.toBe(refusal)
  })

  it.each([
    ['a banned sender', { 'Which number': 'Old' }, 'it is banned'],
    ['a template for marketing', { 'Which template': 'promo' }, 'category is marketing'],
  ])('does not let anybody choose %s', async (_, script, reason) => {
    await expect(interview({ ...usual, ...script }, account())).rejects.toThrow(reason)
  })

  it('takes typed values, with a warning, while SendZen cannot be reached', async () => {
    const outage = new ProviderError('unreachable', 'SENDZEN_UNREACHABLE', 'x', {
      why: 'api.sendzen.io cannot be reached',
    })
    const { result, stderr } = await interview(
      {
        'API key': 'the-key',
        "Sender's number": '+1 555 010 0000',
        Countries: 'Canada, us',
        'recommended limits': true,
        'Name of the approved': 'my_otp',
        'Its languages': 'en_US,fr',
        'becomes of each message': true,
        'Address that alarms': undefined,
      },
      account({ checkKey: () => Promise.reject(outage) }),
    )
    expect(stderr.all()).toContain('not checked against the account')
    expect(result.settings).toMatchObject({
      whatsappFrom: '15550100000',
      allowedCountries: ['CA', 'US'],
      whatsappTemplateName: 'my_otp',
      whatsappLanguages: ['en_US', 'fr'],
      deliveryWebhook: true,
    })
  })

  it('asks the limits one by one only when the recommended ones are not wanted', async () => {
    const { result, refused } = await interview(
      {
        ...usual,
        'recommended limits': false,
        'life of a code': ['then', '99', '7'],
        'messages to a number in a day': ['then', '2', '12'],
        digits: undefined,
        tries: undefined,
        answers: undefined,
        pause: undefined,
        messages: undefined,
        'sign-ups': undefined,
      },
      account(),
    )
    expect(result.settings.otpExpiryMinutes).toBe(7)
    expect(result.settings.maxSendsPerDay).toBe(12)
    expect(refused).toEqual(['must be at most 10', 'must be at least 5, the limit of an hour'])
  })

  it('shows the limits of SMS where there are any', async () => {
    const shown = async (env: Record<string, string>) =>
      (await interview(usual, account(), env)).stderr.all().match(/\d+ {2}SMS.*/g)
    expect(await shown({})).toBeNull()
    expect(await shown({ SMS_FALLBACK: 'true' })).toEqual([
      '3  SMS to a number in a day',
      '20  SMS of the whole stage in an hour',
      '100  SMS of the whole stage in a day',
    ])
  })

  it('creates a template whose footer follows the expiry, and waits for Meta', async () => {
    const made: NewTemplate[] = []
    let rounds = 0
    const { result } = await interview(
      { ...usual, 'Which template': 'Create', 'Name of the new': 'otp_login', 'Its language': 'de' },
      account({
        createTemplate: async (wabaId, template) => {
          expect(wabaId).toBe('1')
          made.push(template)
          return { status: 'PENDING' }
        },
        listTemplates: async () =>
          made.length === 0
            ? []
            : [approved('otp_login', 'de', { status: rounds++ < 3 ? 'PENDING' : 'APPROVED' })],
      }),
      { OTP_EXPIRY_MINUTES: '8' },
    )
    expect(made).toEqual([{ name: 'otp_login', language: 'de', expiryMinutes: 8, lifeSeconds: 480 }])
    expect(result.settings).toMatchObject({ whatsappTemplateName: 'otp_login', whatsappLanguages: ['de'] })
  })

  it('goes back to the list when the account may not create templates', async () => {
    const refusal = new ProviderError('refused', 'SENDZEN_REFUSED', 'Could not create it', {
      why: 'young account',
      next: ['verify'],
    })
    const { result, stderr } = await interview(
      { ...usual, 'Which template': ['then', 'Create', 'otp'], 'Name of the new': 'x', 'Its language': 'de' },
      account({ createTemplate: () => Promise.reject(refusal) }),
    )
    expect(stderr.all()).toContain('young account')
    expect(result.settings.whatsappTemplateName).toBe('otp')
  })
})
