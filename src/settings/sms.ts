// What countries ask of text messages, by the settings of a stage: refused where it is missing, else warned of.
import { usageError } from '../errors.ts'
import type { Settings } from './schema.ts'

/** The word for a setting that has no value, since a variable cannot be empty. */
export const none = 'none'

type SmsSettings = Pick<
  Settings,
  | 'smsFallback'
  | 'allowedCountries'
  | 'smsSenderId'
  | 'smsOriginationNumber'
  | 'smsIndiaEntityId'
  | 'smsIndiaTemplateId'
  | 'smsIndiaText'
>

/**
 * Countries with a registration for sender ids, India apart, whose sender id is needed anyway. Source: AWS End User
 * Messaging SMS, User Guide, «Registration forms», as of November 2026. Where it is optional still, AWS advises it.
 */
const registering = 'AE AU BY EG FI GB ID IE JO KE KW KZ LK PH QA RU SA SG TH TR VN ZM'.split(' ')

/** Throws SMS_SETTINGS_MISSING where carriers of an allowed country take no message of this stage. */
export function checkSms(settings: SmsSettings): void {
  const { smsFallback, allowedCountries: countries } = settings
  if (!smsFallback) return
  const american = ['US', 'CA'].filter((country) => countries.includes(country))
  if (american.length > 0 && settings.smsOriginationNumber === none) {
    throw missing(
      american,
      ['SMS_ORIGINATION_NUMBER'],
      [
        'carriers there take text messages only from a number that is registered for it',
        'set --sms-origination-number (SMS_ORIGINATION_NUMBER) to a number of the account',
      ],
    )
  }
  const dlt = [
    ['SMS_SENDER_ID', settings.smsSenderId],
    ['SMS_INDIA_ENTITY_ID', settings.smsIndiaEntityId],
    ['SMS_INDIA_TEMPLATE_ID', settings.smsIndiaTemplateId],
    ['SMS_INDIA_TEXT', settings.smsIndiaText],
  ] as const
  const lacking = dlt.filter(([, value]) => value === none).map(([name]) => name)
  if (!countries.includes('IN') || lacking.length === 0) return
  throw missing(['IN'], lacking, [
    'carriers there take only wordings that are registered with the DLT, from a registered sender',
    `set ${lacking.join(', ')} as they are registered`,
  ])
}

function missing(countries: string[], names: string[], [why, next]: [string, string]) {
  const where = countries.join(' and ')
  return usageError('SMS_SETTINGS_MISSING', `SMS to ${where} needs ${names.join(', ')}`, {
    why,
    next: [next, `take ${where} out of ALLOWED_COUNTRIES, or set SMS_FALLBACK to false`],
  })
}

/** What may keep text messages away, though nothing here can tell. */
export function smsWarnings({ smsFallback, allowedCountries, smsSenderId }: SmsSettings): string[] {
  const countries = smsFallback ? allowedCountries.filter((country) => registering.includes(country)) : []
  if (countries.length === 0) return []
  const words =
    smsSenderId === none
      ? 'there a sender id has to be registered with AWS and set as SMS_SENDER_ID, or messages may not arrive'
      : `see that SMS_SENDER_ID ${smsSenderId} is registered there with AWS, or messages may not arrive`
  return [`SMS to ${countries.join(', ')}: ${words}`]
}
