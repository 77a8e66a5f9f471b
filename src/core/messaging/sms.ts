// One text message as Amazon SNS takes it: its words, and the attributes that countries ask for.
import { findLanguage } from './language.ts'
import { type SmsLanguage, smsLanguages, smsTexts } from './sms-texts.ts'

/** US dollars for one message; SNS does not send a dearer one. Pumping lives on dear destinations. */
export const smsMaxPriceUsd = '0.25'

/** Each is undefined where the stage has none. */
export interface SmsSender {
  /** 3 to 11 letters and digits, shown as the sender where a country allows it. */
  senderId?: string | undefined
  /** A number of the account, E.164, or a short code. */
  originationNumber?: string | undefined
  /** As registered with India's DLT; `text` has `{code}` in it. */
  india?: { entityId: string; templateId: string; text: string } | undefined
}

export interface SmsMessage {
  /** E.164 with its plus. */
  to: string
  code: string
  language: SmsLanguage
}

/** The user's language, else the template's default, else English. */
export function smsLanguageOf(locale: string | undefined, preset: string | undefined): SmsLanguage {
  return findLanguage(smsLanguages, locale) ?? findLanguage(smsLanguages, preset) ?? 'en'
}

/** No other country's numbers begin so. */
const isIndian = (to: string) => to.startsWith('+91')
/** The United States, Canada and their neighbours: the first two show no sender id and take registered numbers. */
const isNorthAmerican = (to: string) => to.startsWith('+1')

/** Carriers in India take the registered wording and no other. */
export function smsText({ to, code, language }: SmsMessage, { india }: SmsSender): string {
  return (isIndian(to) && india ? india.text : smsTexts[language]).replace('{code}', code)
}

/** Name, type and value, as SNS's `MessageAttributes`. */
export function smsAttributes(
  to: string,
  { senderId, originationNumber, india }: SmsSender,
): [name: string, type: 'String' | 'Number', value: string][] {
  const id = isNorthAmerican(to) ? undefined : senderId
  // One of both: with two identities it is AWS that chooses.
  const number = id ? undefined : originationNumber
  const optional: [string, string | undefined][] = [
    ['AWS.SNS.SMS.SenderID', id],
    ['AWS.MM.SMS.OriginationNumber', number],
    ['AWS.MM.SMS.EntityId', isIndian(to) ? india?.entityId : undefined],
    ['AWS.MM.SMS.TemplateId', isIndian(to) ? india?.templateId : undefined],
  ]
  return [
    ['AWS.SNS.SMS.SMSType', 'String', 'Transactional'],
    ['AWS.SNS.SMS.MaxPrice', 'Number', smsMaxPriceUsd],
    ...optional.flatMap(([name, value]) =>
      value ? [[name, 'String', value] as [string, 'String', string]] : [],
    ),
  ]
}
