// Reads a function's environment once, at start, and refuses what it cannot work with.
import { type NumberName, numbers, type Variable } from '../../src/core/environment.ts'
import type { LogLevel } from '../../src/core/events.ts'
import type { Limits } from '../../src/core/ledger/limits.ts'
import {
  type Caps,
  limitsOf,
  type StageCaps,
  signUpCapsOf,
  smsCapsOf,
  stageCapsOf,
} from '../../src/core/limits.ts'
import { providerOf } from '../../src/core/messaging/providers.ts'
import type { SmsSender } from '../../src/core/messaging/sms.ts'
import type { Clients } from '../../src/core/subject.ts'
import type { BrakePlace } from './brake.ts'

/** A setting that is missing or out of range. The message names the variable, never the value of a secret. */
class ConfigError extends Error {
  override name = 'ConfigError'
}

export type Environment = Record<string, string | undefined>

export interface WhatsAppConfig {
  url: string
  /** Digits only, as the provider wants its sender. */
  from: string
  template: string
  /** Never empty; the first is the default. */
  languages: string[]
}

function text(env: Environment, name: Variable): string {
  const value = env[name]?.trim()
  if (!value) throw new ConfigError(`${name} is not set.`)
  return value
}

function number(env: Environment, name: NumberName & Variable): number {
  const raw = text(env, name)
  const { min, max } = numbers[name]
  const value = /^\d{1,9}$/.test(raw) ? Number(raw) : Number.NaN
  if (!(value >= min && value <= max)) {
    throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, not "${raw}".`)
  }
  return value
}

function list(env: Environment, name: Variable, pattern: RegExp, what: string): string[] {
  const items = text(env, name)
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
  if (items.length === 0) throw new ConfigError(`${name} is not set.`)
  const wrong = items.find((item) => !pattern.test(item))
  if (wrong !== undefined) throw new ConfigError(`${name} must list ${what}, not "${wrong}".`)
  return items
}

function flag(env: Environment, name: Variable): boolean {
  const raw = text(env, name).toLowerCase()
  if (['true', 'on', '1', 'yes'].includes(raw)) return true
  if (['false', 'off', '0', 'no'].includes(raw)) return false
  throw new ConfigError(`${name} must be true or false, not "${raw}".`)
}

export function readCommon(env: Environment): { stage: string; logLevel: LogLevel } {
  const level = text(env, 'LOG_LEVEL').toLowerCase()
  if (!['debug', 'info', 'warn', 'error'].includes(level)) {
    throw new ConfigError(`LOG_LEVEL must be debug, info, warn or error, not "${level}".`)
  }
  return { stage: text(env, 'STAGE'), logLevel: level as LogLevel }
}

export function readClients(env: Environment): Clients {
  return { signup: text(env, 'SIGNUP_CLIENT_ID'), login: text(env, 'LOGIN_CLIENT_ID') }
}

/** What is to be done in a pool of somebody else's. */
export interface BorrowedPool {
  trustsUnverified: boolean
  takesSignUps: boolean
}

/** Undefined where the pool is the stage's own. */
export function readBorrowedPool(env: Environment): BorrowedPool | undefined {
  if (!env.USER_POOL_ID) return undefined
  return {
    trustsUnverified: flag(env, 'TRUST_UNVERIFIED_NUMBERS'),
    takesSignUps: given(env, 'SIGNUP_CLIENT_ID') !== undefined,
  }
}

export function readSignupClient(env: Environment): string {
  return text(env, 'SIGNUP_CLIENT_ID')
}

export function readAttempts(env: Environment): number {
  return number(env, 'MAX_LOGIN_ATTEMPTS')
}

export function readLimits(env: Environment): Limits {
  return limitsOf((name) => number(env, name))
}

export function readTable(env: Environment): string {
  return text(env, 'TABLE_NAME')
}

/** Where the limits, the keys of codes and the findings are kept. */
export function readPlaces(env: Environment): { table: string; masterKey: string; findings: string } {
  return {
    table: readTable(env),
    masterKey: text(env, 'MASTER_KEY_PARAMETER'),
    findings: text(env, 'FINDINGS_PARAMETER'),
  }
}

export function readProviderKeyPlace(env: Environment): string {
  return text(env, 'PROVIDER_KEY_PARAMETER')
}

export function readWebhookSecretPlace(env: Environment): string {
  return text(env, 'WEBHOOK_SECRET_PARAMETER')
}

/** Where the stage can be paused. */
export function readBrakePlace(env: Environment): BrakePlace {
  return { brake: text(env, 'BRAKE_PARAMETER'), stage: text(env, 'STAGE') }
}

export function readStageCaps(env: Environment): StageCaps {
  return stageCapsOf((name) => number(env, name))
}

/** What the whole pool may send by SMS. */
export function readSmsCaps(env: Environment): Caps {
  return smsCapsOf((name) => number(env, name as NumberName & Variable))
}

/** SMS to one number in any 24 hours. */
export function readSmsPerDay(env: Environment): number {
  return number(env, 'MAX_SMS_PER_DAY')
}

export function readSignUpCaps(env: Environment): Caps {
  return signUpCapsOf((name) => number(env, name as NumberName & Variable))
}

/** What a sign-up may give besides its number and locale; usually nothing. */
export function readSignUpAttributes(env: Environment): ReadonlySet<string> {
  const names = list(env, 'SIGNUP_ATTRIBUTES', /^[a-z_]{1,32}$/, 'attributes, or none')
  return new Set(names.filter((name) => name !== 'none'))
}

/** ISO 3166 codes. Required: a list that is empty by mistake must not open the whole world. */
export function readCountries(env: Environment): ReadonlySet<string> {
  const codes = list(env, 'ALLOWED_COUNTRIES', /^[A-Za-z]{2}$/, 'two-letter country codes')
  return new Set(codes.map((code) => code.toUpperCase()))
}

export function readWhatsApp(env: Environment): WhatsAppConfig {
  const { variable } = providerOf(env).address
  const url = text(env, variable)
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ConfigError(`${variable} must be an http(s) address.`)
  }
  const from = text(env, 'WHATSAPP_FROM').replace(/\D/g, '')
  if (from.length < 7 || from.length > 15) throw new ConfigError('WHATSAPP_FROM must be a phone number.')
  return {
    url,
    from,
    template: text(env, 'WHATSAPP_TEMPLATE_NAME'),
    languages: list(env, 'WHATSAPP_LANG_CODE', /^[A-Za-z]{2,3}(_[A-Za-z]{2,4})?$/, 'language codes as en_US'),
  }
}

/** Undefined for `none`, since a variable cannot be empty. */
function given(env: Environment, name: Variable): string | undefined {
  const value = text(env, name)
  return value === 'none' ? undefined : value
}

/** The queue of messages that an SMS may have to follow; undefined where none does. */
export function readFallbackQueue(env: Environment): string | undefined {
  return given(env, 'FALLBACK_QUEUE_URL')
}

/** What text messages come from, and India's registered wording. */
export function readSmsSender(env: Environment): SmsSender {
  const entityId = given(env, 'SMS_INDIA_ENTITY_ID')
  const templateId = given(env, 'SMS_INDIA_TEMPLATE_ID')
  const wording = given(env, 'SMS_INDIA_TEXT')
  return {
    senderId: given(env, 'SMS_SENDER_ID'),
    originationNumber: given(env, 'SMS_ORIGINATION_NUMBER'),
    india: entityId && templateId && wording ? { entityId, templateId, text: wording } : undefined,
  }
}

export function readSmsFallback(env: Environment): boolean {
  return flag(env, 'SMS_FALLBACK')
}

/** Whether reports are taken of what becomes of messages. */
export function readDeliveryWebhook(env: Environment): boolean {
  return flag(env, 'DELIVERY_WEBHOOK')
}
