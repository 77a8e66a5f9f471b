// Where each setting comes from: a program's own > flag > environment > `.env` > whatsapp-otp.json > stage record > default.
import {
  type Doubt,
  type FolderFile,
  isTrusted,
  notAgreed,
  shownAddress,
  type Trusted,
} from '../aws/trust.ts'
import { usageError } from '../errors.ts'
import { checkAlarms } from './alarms.ts'
import { borrowedPoolOf, checkPoolSettings } from './borrowed-pool.ts'
import { configFileName, stageBlock } from './config-file.ts'
import type { Setting } from './rows.ts'
import {
  complaintOf,
  isSecret,
  type Secrets,
  type SettingKey,
  type Settings,
  schema,
  secretKeys,
  settingKeys,
} from './schema.ts'
import { correctHost } from './sendzen-host.ts'
import type { Sources } from './sources.ts'

export type Origin =
  | 'flag'
  /** Handed over by a program. */
  | 'settings'
  | 'environment'
  | FolderFile
  | 'stage record'
  | 'default'
  /** Typed or picked just now, in a wizard. */
  | 'answer'

/** What is known of the settings; `missing` has no value anywhere and no default. */
export interface Resolved {
  settings: Partial<Settings>
  secrets: Secrets
  origins: Partial<Record<SettingKey, Origin>>
  missing: SettingKey[]
  /** Addresses that the user has not agreed to; the settings are as if nobody had named them. */
  doubts: Doubt[]
  /** Things that were put right on the way and that the user should put right at their origin. */
  warnings: string[]
}

/**
 * Resolves every setting and checks it. `record` holds the settings that the stage was deployed with.
 * Throws a usage error that names the setting, its origin and what it must be.
 */
export function resolveSettings(sources: Sources, stage: string, record?: Record<string, unknown>): Resolved {
  const resolved: Resolved = {
    settings: {},
    secrets: Object.fromEntries(secretKeys.map((key) => [key, undefined])) as Secrets,
    origins: {},
    missing: [],
    doubts: [],
    warnings: [],
  }
  const block = stageBlock(sources.file, stage)
  for (const key of settingKeys) {
    const row: Setting<unknown> = schema[key]
    const candidates: [Origin, unknown][] = [
      ['settings', sources.settings?.[key]],
      ['flag', row.flag && sources.flags[attributeOf(row.flag)]],
      ['environment', sources.processEnv[row.env] || undefined],
      ['.env', sources.env[row.env]],
      ['whatsapp-otp.json', block[key] ?? sources.file[key]],
      ['stage record', record?.[key]],
      ['default', presetOf(key, stage, resolved.settings)],
    ]
    const first = firstOf(candidates)
    const doubt = row.gets && first && doubtOf(key, row, first, record?.[key], sources.trusted)
    if (doubt) resolved.doubts.push(doubt)
    const found = doubt ? firstOf(candidates.filter(([origin]) => !isOfFolder(origin))) : first
    if (!found) {
      resolved.missing.push(key)
      continue
    }
    resolved.origins[key] = found.origin
    const value = checkSetting(key, found.value, found.origin)
    if (isSecret(key)) Object.assign(resolved.secrets, { [key]: value })
    else Object.assign(resolved.settings, { [key]: value })
  }
  checkTogether(resolved)
  const { url, warning } = correctHost(resolved.settings.sendzenApiUrl ?? '')
  if (warning) {
    resolved.settings.sendzenApiUrl = url
    resolved.warnings.push(warning)
  }
  return resolved
}

/** Defaults that go by the stage or by what stands before them in the table. */
function presetOf(key: SettingKey, stage: string, settings: Partial<Settings>): unknown {
  if (key === 'deletionProtection') return stage.startsWith('prod')
  if (key === 'signUp') return borrowedPoolOf(settings) === undefined
  const row: Setting<unknown> = schema[key]
  return row.default
}

const isOfFolder = (origin: Origin): origin is FolderFile => origin === '.env' || origin === configFileName

/** What a file of the working directory says counts where it is the provider's own address, or the stage's already. */
function doubtOf(
  key: SettingKey,
  { env, default: preset, gets = '' }: Setting<unknown>,
  { origin, value }: { origin: Origin; value: unknown },
  recorded: unknown,
  trusted: Trusted | undefined,
): Doubt | undefined {
  const { url } = correctHost(String(value))
  if (!isOfFolder(origin) || !URL.canParse(url) || isTrusted(url, trusted) || url === recorded)
    return undefined
  if (new URL(url).origin === new URL(String(preset)).origin) return undefined
  const name = origin === '.env' ? env : key
  return { address: shownAddress(url), from: `${name} in ${origin}`, gets }
}

/** Checks one value; throws a usage error that says what it must be. Secrets are not repeated. */
function checkSetting(key: SettingKey, value: unknown, origin: Origin): unknown {
  const row: Setting<unknown> = schema[key]
  const result = row.check.safeParse(value)
  if (result.success) return result.data
  const issue = complaintOf(result.error)
  const shown = isSecret(key) ? '' : ` (it is «${String(value)}»)`
  throw usageError('SETTING_INVALID', `${row.env} ${issue}${shown}`, {
    why: `the value comes from: ${origin === 'flag' ? row.flag?.split(' ')[0] : origin}`,
    next: [
      origin === 'settings'
        ? `set ${key}`
        : row.flag
          ? `pass ${row.flag} or set ${row.env}`
          : `set ${row.env}`,
    ],
  })
}

/**
 * The whole settings, or a usage error that names every flag and variable that has no answer, or an address that
 * the user has not agreed to.
 */
export function completeSettings(resolved: Resolved, options: { keyIsStored: boolean }): Settings {
  const [doubt] = resolved.doubts
  if (doubt) throw notAgreed(doubt)
  const missing = resolved.missing.filter((key) => !(isSecret(key) && options.keyIsStored))
  if (missing.length > 0) {
    const rows: Setting<unknown>[] = missing.map((key) => schema[key])
    throw usageError('SETTINGS_MISSING', `Missing: ${rows.map((row) => row.env).join(', ')}`, {
      why: 'they have no default, and there is nobody to ask',
      next: [
        `set ${rows.map((row) => (row.flag ? `${row.flag} (${row.env})` : row.env)).join(', ')}`,
        'or answer the questions of: whatsapp-otp init',
      ],
    })
  }
  return resolved.settings as Settings
}

/** The settings that somebody gives now, and no record or default. */
export function saidIn({ origins }: Resolved): Set<SettingKey> {
  return new Set(settingKeys.filter((key) => ![undefined, 'stage record', 'default'].includes(origins[key])))
}

/** The property under which commander keeps a flag: `--otp-length <digits>` -> otpLength. */
function attributeOf(flag: string): string {
  return flag
    .replace(/^--/, '')
    .replace(/ .*$/, '')
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function checkTogether({ settings, origins }: Resolved): void {
  checkAlarms(settings)
  checkPoolSettings(settings, origins)
  const pairs = [
    ['maxSendsPerHour', 'maxSendsPerDay'],
    ['maxChecksPerHour', 'maxChecksPerDay'],
    ['poolSendsPerHour', 'poolSendsPerDay'],
    ['blockSendsPerHour', 'blockSendsPerDay'],
    ['poolSignupsPerHour', 'poolSignupsPerDay'],
    ['poolSmsPerHour', 'poolSmsPerDay'],
  ] as const
  for (const [hour, day] of pairs) {
    if ((settings[hour] ?? 0) <= (settings[day] ?? Number.POSITIVE_INFINITY)) continue
    throw usageError('SETTINGS_CONFLICT', `${schema[hour].env} must not be above ${schema[day].env}`, {
      why: `an hour would allow ${settings[hour]}, a whole day only ${settings[day]}`,
      next: [`set ${schema[day].env} to ${settings[hour]} or more`],
    })
  }
}

function firstOf(candidates: [Origin, unknown][]): { origin: Origin; value: unknown } | undefined {
  const found = candidates.find(([, value]) => value !== undefined && value !== '')
  return found && { origin: found[0], value: found[1] }
}

/** Flags of a command that takes no settings: one of its own may bear the name of one, as `login --no-sign-up`. */
export function withoutSettings(flags: Record<string, unknown>): Record<string, unknown> {
  const names = settingKeys.flatMap((key) => {
    const row: Setting<unknown> = schema[key]
    return row.flag ? [attributeOf(row.flag)] : []
  })
  return Object.fromEntries(Object.entries(flags).filter(([name]) => !names.includes(name)))
}
