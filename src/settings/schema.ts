// The table of settings: one row each, with its flag, its variable, its default and its check.
import * as z from 'zod'
import { alarmRows } from './alarm-rows.ts'
import {
  boundary,
  country,
  flag,
  list,
  listOrNone,
  noneOr,
  oneOf,
  retentionDays,
  signUpAttribute,
  wholeNumber,
} from './checks.ts'
import { poolRows } from './pool-rows.ts'
import { limit, providerRows, row, type Setting } from './rows.ts'

export const schema = {
  ...providerRows,
  whatsappFrom: row({
    env: 'WHATSAPP_FROM',
    flag: '--from <number>',
    help: "sender's number, as the SendZen account lists it",
    check: z
      .string()
      .transform((text) => text.replace(/[^\d]/g, ''))
      .pipe(z.string().regex(/^[1-9]\d{6,14}$/, 'must be an international phone number')),
  }),
  whatsappTemplateName: row({
    env: 'WHATSAPP_TEMPLATE_NAME',
    flag: '--template <name>',
    help: 'approved authentication template',
    check: z.string().regex(/^[a-z0-9_]{1,512}$/, 'must be lower-case letters, digits and underscores'),
  }),
  whatsappLanguages: row({
    env: 'WHATSAPP_LANG_CODE',
    flag: '--languages <codes>',
    default: ['en_US'],
    help: "template languages, the default first; the user's locale chooses",
    check: list(
      z.string().regex(/^[a-z]{2,3}(_[A-Z]{2})?$/, 'must be template languages such as en or pt_BR'),
      'language',
    ),
  }),
  allowedCountries: row({
    env: 'ALLOWED_COUNTRIES',
    flag: '--countries <codes>',
    help: 'countries whose numbers may sign in (ISO codes)',
    check: list(country, 'country'),
  }),
  otpLength: limit('OTP_LENGTH', '--otp-length <digits>', 'digits of a code'),
  otpExpiryMinutes: limit('OTP_EXPIRY_MINUTES', '--otp-expiry-minutes <n>', 'life of a code in minutes'),
  maxLoginAttempts: limit('MAX_LOGIN_ATTEMPTS', '--max-login-attempts <n>', 'tries for each code'),
  resendCooldownSeconds: limit(
    'RESEND_COOLDOWN_SECONDS',
    '--resend-cooldown-seconds <n>',
    'pause between two messages to a number in seconds',
  ),
  maxSendsPerHour: limit('MAX_SENDS_PER_HOUR', '--max-sends-per-hour <n>', 'messages to a number in an hour'),
  maxSendsPerDay: limit('MAX_SENDS_PER_DAY', '--max-sends-per-day <n>', 'messages to a number in a day'),
  maxChecksPerHour: limit(
    'MAX_CHECKS_PER_HOUR',
    '--max-checks-per-hour <n>',
    'answers evaluated for a number in an hour',
  ),
  maxChecksPerDay: limit(
    'MAX_CHECKS_PER_DAY',
    '--max-checks-per-day <n>',
    'answers evaluated for a number in a day',
  ),
  poolSendsPerHour: limit(
    'POOL_SENDS_PER_HOUR',
    '--pool-sends-per-hour <n>',
    'messages of the whole stage in an hour',
  ),
  poolSendsPerDay: limit(
    'POOL_SENDS_PER_DAY',
    '--pool-sends-per-day <n>',
    'messages of the whole stage in a day',
  ),
  blockSendsPerHour: limit(
    'BLOCK_SENDS_PER_HOUR',
    '--block-sends-per-hour <n>',
    'messages to unproven numbers alike but for four digits in an hour',
  ),
  blockSendsPerDay: limit(
    'BLOCK_SENDS_PER_DAY',
    '--block-sends-per-day <n>',
    'messages to unproven numbers alike but for four digits in a day',
  ),
  poolSignupsPerHour: limit(
    'POOL_SIGNUPS_PER_HOUR',
    '--pool-signups-per-hour <n>',
    'sign-ups of the whole stage in an hour',
  ),
  poolSignupsPerDay: limit(
    'POOL_SIGNUPS_PER_DAY',
    '--pool-signups-per-day <n>',
    'sign-ups of the whole stage in a day',
  ),
  signupAttributes: row({
    env: 'SIGNUP_ATTRIBUTES',
    flag: '--signup-attributes <names>',
    default: [] as string[],
    help: 'what a sign-up may give besides phone_number and locale; whoever signs a number up first writes it, and it outlives the proof of the owner',
    check: listOrNone(signUpAttribute, 'attribute'),
  }),
  maxSmsPerDay: limit('MAX_SMS_PER_DAY', '--max-sms-per-day <n>', 'SMS to a number in a day'),
  poolSmsPerHour: limit('POOL_SMS_PER_HOUR', '--pool-sms-per-hour <n>', 'SMS of the whole stage in an hour'),
  poolSmsPerDay: limit('POOL_SMS_PER_DAY', '--pool-sms-per-day <n>', 'SMS of the whole stage in a day'),
  lockAfterFailures: limit(
    'LOCK_AFTER_FAILURES',
    '--lock-after-failures <n>',
    'wrong answers in 90 days after which a number gets no more codes (0: codes grow longer instead)',
  ),
  smsFallback: row({
    env: 'SMS_FALLBACK',
    flag: '--sms-fallback <true|false>',
    default: false,
    help: 'send by SMS (Amazon SNS) where WhatsApp failed, where the user asks for it 30 s after a message, and with DELIVERY_WEBHOOK where a message does not arrive',
    check: flag,
  }),
  smsSenderId: row({
    env: 'SMS_SENDER_ID',
    flag: '--sms-sender-id <id>',
    default: 'none',
    help: 'name that SMS come from, where a country allows it and, in many, once it is registered',
    check: noneOr(
      /^(?=[a-z0-9]*[a-z])[a-z0-9]{3,11}$/i,
      'must be 3 to 11 letters and digits, one of them a letter',
    ),
  }),
  smsOriginationNumber: row({
    env: 'SMS_ORIGINATION_NUMBER',
    flag: '--sms-origination-number <number>',
    default: 'none',
    help: 'number or short code of the AWS account that SMS come from; needed for US and CA',
    check: noneOr(/^(\+[1-9]\d{6,14}|\d{5,6})$/, 'must be a number as +12065550100, or a short code'),
  }),
  smsIndiaEntityId: row({
    env: 'SMS_INDIA_ENTITY_ID',
    flag: '--sms-india-entity-id <id>',
    default: 'none',
    help: 'entity id of India’s DLT; needed for IN',
    check: noneOr(/^\d{1,50}$/, 'must be the digits that the DLT portal shows'),
  }),
  smsIndiaTemplateId: row({
    env: 'SMS_INDIA_TEMPLATE_ID',
    flag: '--sms-india-template-id <id>',
    default: 'none',
    help: 'template id of India’s DLT; needed for IN',
    check: noneOr(/^\d{1,50}$/, 'must be the digits that the DLT portal shows'),
  }),
  smsIndiaText: row({
    env: 'SMS_INDIA_TEXT',
    flag: '--sms-india-text <text>',
    default: 'none',
    help: 'wording as registered there, with {code} where the code stands; needed for IN',
    check: noneOr(
      /^(?=.{1,300}$)[^{}\p{C}]*\{code\}[^{}\p{C}]*$/u,
      'must be one line of at most 300 characters with {code} in it once',
    ),
  }),
  deliveryWebhook: row({
    env: 'DELIVERY_WEBHOOK',
    flag: '--delivery-webhook <true|false>',
    default: false,
    help: 'learn from SendZen what became of each message: a sixth function with a public address takes its reports',
    check: flag,
  }),
  ...poolRows,
  clientSecret: row({
    env: 'CLIENT_SECRET',
    flag: '--client-secret <true|false>',
    default: false,
    help: 'give the app clients a secret; fixed once they exist',
    check: flag,
  }),
  userPoolTier: row({
    env: 'USER_POOL_TIER',
    flag: '--user-pool-tier <tier>',
    default: 'LITE',
    help: 'Cognito feature plan: LITE, ESSENTIALS or PLUS',
    check: oneOf(['LITE', 'ESSENTIALS', 'PLUS']),
  }),
  logLevel: row({
    env: 'LOG_LEVEL',
    flag: '--log-level <level>',
    default: 'INFO',
    help: 'detail of the functions’ logs: DEBUG, INFO, WARN or ERROR',
    check: oneOf(['DEBUG', 'INFO', 'WARN', 'ERROR']),
  }),
  logRetentionDays: row({
    env: 'LOG_RETENTION_DAYS',
    flag: '--log-retention-days <n>',
    default: 30,
    help: 'days that log lines are kept',
    check: wholeNumber(1, 3653).refine(
      (days) => retentionDays.includes(days),
      `must be one of ${retentionDays.join(', ')}`,
    ),
  }),
  ...alarmRows,
  deletionProtection: row({
    env: 'DELETION_PROTECTION',
    flag: '--deletion-protection <true|false>',
    help: 'Cognito refuses to delete the pool; on by default for stages named prod…',
    check: flag,
  }),
  permissionsBoundary: row({
    env: 'PERMISSIONS_BOUNDARY',
    flag: '--permissions-boundary <arn>',
    default: 'none',
    help: 'managed policy that limits what the roles of the functions may ever do; none asks for no limit',
    check: boundary,
  }),
} satisfies Record<string, Setting<unknown>>

export type SettingKey = keyof typeof schema
export const settingKeys = Object.keys(schema) as SettingKey[]

export type SecretKey = {
  [K in SettingKey]: (typeof schema)[K] extends { secret: true } ? K : never
}[SettingKey]

export function isSecret(key: SettingKey): key is SecretKey {
  return 'secret' in schema[key]
}

export const secretKeys: readonly SecretKey[] = settingKeys.filter(isSecret)

type Value<K extends SettingKey> = z.output<(typeof schema)[K]['check']>

/** The settings of a stage, complete and checked. Secrets are kept apart: see Secrets. */
export type Settings = { [K in Exclude<SettingKey, SecretKey>]: Value<K> }

/** Secrets are undefined where the stage already has them and nobody gave new ones. */
export type Secrets = { [K in SecretKey]: Value<K> | undefined }

/** The text of a value, as it stands in a variable. */
export function textOf(value: Settings[keyof Settings]): string {
  return Array.isArray(value) ? value.join(',') || 'none' : String(value)
}

/** What a value must be, as its check says it. A union reports its branches inside; the last one is that for text. */
export function complaintOf({ issues }: Pick<z.ZodError, 'issues'>): string {
  const [issue] = issues
  if (!issue) return 'is not valid'
  const branch = issue.code === 'invalid_union' ? issue.errors.findLast((one) => one.length > 0) : undefined
  return branch ? complaintOf({ issues: branch }) : issue.message
}
