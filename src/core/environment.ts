// What each function is told: the names of its environment variables, and the bounds of the numeric ones.
// Data only and free of side effects, so that whoever deploys the functions reads the same table they do.
import { type Provider, providers } from './messaging/providers.ts'

/** Bounds and defaults of the numeric settings; a value outside is refused at start, never clamped. */
export const numbers = {
  /** Codes grow by up to four digits under attack; a template takes 15. */
  OTP_LENGTH: { min: 6, max: 11, default: 6 },
  OTP_EXPIRY_MINUTES: { min: 1, max: 10, default: 5 },
  /** Answers to one code. */
  MAX_LOGIN_ATTEMPTS: { min: 1, max: 10, default: 3 },
  RESEND_COOLDOWN_SECONDS: { min: 1, max: 3600, default: 45 },
  /** Codes sent to one number in any 60 minutes, in any 24 hours. */
  MAX_SENDS_PER_HOUR: { min: 1, max: 100, default: 5 },
  MAX_SENDS_PER_DAY: { min: 1, max: 200, default: 10 },
  /** Answers judged for one number, right or wrong, in any 60 minutes, in any 24 hours. */
  MAX_CHECKS_PER_HOUR: { min: 1, max: 100, default: 10 },
  MAX_CHECKS_PER_DAY: { min: 1, max: 200, default: 20 },
  /** Wrong answers within 90 days after which a number gets no more codes; 0 makes codes longer instead. */
  LOCK_AFTER_FAILURES: { min: 0, max: 100, default: 0 },
  /** SMS to one number in any 24 hours. */
  MAX_SMS_PER_DAY: { min: 1, max: 100, default: 3 },
  /** Codes sent by the whole pool in one hour, in one day (UTC). */
  POOL_SENDS_PER_HOUR: { min: 1, max: 1_000_000, default: 200 },
  POOL_SENDS_PER_DAY: { min: 1, max: 10_000_000, default: 1000 },
  /** Of these by SMS. */
  POOL_SMS_PER_HOUR: { min: 1, max: 1_000_000, default: 20 },
  POOL_SMS_PER_DAY: { min: 1, max: 10_000_000, default: 100 },
  /** Codes sent to numbers that were never proven and differ in their last four digits only. */
  BLOCK_SENDS_PER_HOUR: { min: 1, max: 10_000, default: 10 },
  BLOCK_SENDS_PER_DAY: { min: 1, max: 100_000, default: 20 },
  /** Sign-ups of the whole pool in one hour, in one day (UTC). Cognito bills each as an active user. */
  POOL_SIGNUPS_PER_HOUR: { min: 1, max: 1_000_000, default: 100 },
  POOL_SIGNUPS_PER_DAY: { min: 1, max: 10_000_000, default: 500 },
} as const

export type NumberName = keyof typeof numbers

const common = ['STAGE', 'LOG_LEVEL'] as const
const limits = [
  'OTP_LENGTH',
  'OTP_EXPIRY_MINUTES',
  'MAX_LOGIN_ATTEMPTS',
  'RESEND_COOLDOWN_SECONDS',
  'MAX_SENDS_PER_HOUR',
  'MAX_SENDS_PER_DAY',
  'MAX_CHECKS_PER_HOUR',
  'MAX_CHECKS_PER_DAY',
  'MAX_SMS_PER_DAY',
  'LOCK_AFTER_FAILURES',
] as const
const guarded = [
  ...common,
  'TABLE_NAME',
  'MASTER_KEY_PARAMETER',
  'FINDINGS_PARAMETER',
  'SIGNUP_CLIENT_ID',
  'LOGIN_CLIENT_ID',
  ...limits,
] as const

const smsSender = [
  'SMS_SENDER_ID',
  'SMS_ORIGINATION_NUMBER',
  'SMS_INDIA_ENTITY_ID',
  'SMS_INDIA_TEMPLATE_ID',
  'SMS_INDIA_TEXT',
] as const

type Address = Provider['address']['variable']

/** The variables that each function needs; every one of them must be set, and no function is given more. */
export const environment = /* @__PURE__ */ listVariables()

/** A call, because a function's bundle can leave out what a call makes, and a list with a spread it cannot. */
function listVariables() {
  // Each address has a default: one that the stage's own provider does not need is set as well.
  const addresses: readonly Address[] = Object.values(providers).map(({ address }) => address.variable)
  return {
    preSignUp: [
      ...common,
      'TABLE_NAME',
      'BRAKE_PARAMETER',
      'SIGNUP_CLIENT_ID',
      'ALLOWED_COUNTRIES',
      'SIGNUP_ATTRIBUTES',
      'POOL_SIGNUPS_PER_HOUR',
      'POOL_SIGNUPS_PER_DAY',
    ],
    defineAuthChallenge: [...common, 'MAX_LOGIN_ATTEMPTS'],
    createAuthChallenge: [
      ...guarded,
      'PROVIDER_KEY_PARAMETER',
      'BRAKE_PARAMETER',
      ...addresses,
      'WHATSAPP_FROM',
      'WHATSAPP_TEMPLATE_NAME',
      'WHATSAPP_LANG_CODE',
      'POOL_SENDS_PER_HOUR',
      'POOL_SENDS_PER_DAY',
      'POOL_SMS_PER_HOUR',
      'POOL_SMS_PER_DAY',
      'BLOCK_SENDS_PER_HOUR',
      'BLOCK_SENDS_PER_DAY',
      'ALLOWED_COUNTRIES',
      'SMS_FALLBACK',
      ...smsSender,
      'DELIVERY_WEBHOOK',
      'FALLBACK_QUEUE_URL',
    ],
    verifyAuthChallenge: [...guarded, 'SIGNUP_ATTRIBUTES'],
    postConfirmation: common,
    deliveryStatus: [...common, 'TABLE_NAME', 'WEBHOOK_SECRET_PARAMETER', 'FALLBACK_QUEUE_URL'],
    smsFallback: [
      ...common,
      'TABLE_NAME',
      'MASTER_KEY_PARAMETER',
      'FINDINGS_PARAMETER',
      'BRAKE_PARAMETER',
      'MAX_SMS_PER_DAY',
      'POOL_SMS_PER_HOUR',
      'POOL_SMS_PER_DAY',
      ...smsSender,
    ],
  } as const
}

/**
 * What each function that Cognito calls is told besides where the pool is somebody else's. `FORMER_FUNCTION` is the ARN
 * that Cognito called before, or `none`; a client id is `none` where the stage has no such client.
 */
export const ofBorrowedPool = [
  'USER_POOL_ID',
  'FORMER_FUNCTION',
  'TRUST_UNVERIFIED_NUMBERS',
  'SIGNUP_CLIENT_ID',
  'LOGIN_CLIENT_ID',
] as const

export type Variable =
  | (typeof environment)[keyof typeof environment][number]
  | (typeof ofBorrowedPool)[number]
