// Text messages: in the user's language, one part each, and with what countries ask for.
import { describe, expect, it } from 'vitest'
import { type SmsSender, smsAttributes, smsLanguageOf, smsText } from '../../../src/core/messaging/sms.ts'
import { smsLanguages, smsTexts } from '../../../src/core/messaging/sms-texts.ts'

/** GSM 03.38 without its extension. */
const gsm = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/

describe('the words', () => {
  it.each(smsLanguages)(
    'in %s fit into one part with the longest code, which stands there once',
    (language) => {
      const text = smsText({ to: '+4915112345678', code: '123456789012345', language }, {})
      expect(text.split('123456789012345')).toHaveLength(2)
      expect(text).not.toMatch(/[{}]/)
      expect(text.length).toBeLessThanOrEqual(gsm.test(text) ? 160 : 70)
    },
  )

  it('are there in the languages that WhatsApp templates use most', () => {
    const most = ['en', 'es', 'pt_BR', 'id', 'hi', 'ar', 'ru', 'fr', 'de', 'it', 'tr']
    expect(most.filter((language) => !(language in smsTexts))).toEqual([])
  })

  it.each([
    ['pt-BR', 'en_US', 'pt_BR'],
    ['pt-PT', 'en_US', 'pt_PT'],
    ['pt', 'en_US', 'pt_BR'],
    ['de-AT', 'en_US', 'de'],
    ['zh-TW', 'en_US', 'zh_TW'],
    ['xx', 'fr', 'fr'],
    [undefined, 'es_MX', 'es'],
    [undefined, 'xx', 'en'],
  ])('for the locale %s and templates in %s are in %s', (locale, preset, language) => {
    expect(smsLanguageOf(locale, preset)).toBe(language)
  })
})

describe('what goes along', () => {
  const india = { entityId: '1101', templateId: '1107', text: 'Dear user, {code} is your OTP. ACME' }
  const sender: SmsSender = { senderId: 'ACME', originationNumber: '+12065550100', india }
  const given = (to: string, of: SmsSender = sender) =>
    Object.fromEntries(smsAttributes(to, of).map(([name, , value]) => [name, value]))
  const always = { 'AWS.SNS.SMS.SMSType': 'Transactional', 'AWS.SNS.SMS.MaxPrice': '0.25' }

  it('is the kind and the price that none may be above', () => {
    expect(given('+4915112345678', {})).toEqual(always)
  })

  it('is the sender id, or the number where it is not shown or there is none', () => {
    expect(given('+4915112345678')).toEqual({ ...always, 'AWS.SNS.SMS.SenderID': 'ACME' })
    const number = { ...always, 'AWS.MM.SMS.OriginationNumber': '+12065550100' }
    expect(given('+12025550123')).toEqual(number)
    expect(given('+4915112345678', { originationNumber: '+12065550100' })).toEqual(number)
    expect(given('+12025550123', { senderId: 'ACME' })).toEqual(always)
  })

  it('is, to India and nowhere else, what its DLT wants, in the registered words', () => {
    expect(given('+919876543210')).toEqual({
      ...always,
      'AWS.SNS.SMS.SenderID': 'ACME',
      'AWS.MM.SMS.EntityId': '1101',
      'AWS.MM.SMS.TemplateId': '1107',
    })
    const message = { code: '123456', language: 'hi' } as const
    expect(smsText({ ...message, to: '+919876543210' }, sender)).toBe('Dear user, 123456 is your OTP. ACME')
    expect(smsText({ ...message, to: '+4915112345678' }, sender)).toContain('सत्यापन')
  })
})
