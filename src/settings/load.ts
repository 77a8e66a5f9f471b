// Where each setting comes from: a program's own > flag > environment > `.env` > whatsapp-otp.json > stage record > default.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse as parseDotenv } from 'dotenv'
import type { Env } from '../aws/env.ts'
import { usageError } from '../errors.ts'
import { stagePattern } from '../names.ts'
import { type ConfigFile, configFileName, parseConfigFile, stageBlock } from './config-file.ts'
import {
  complaintOf,
  isSecret,
  type Secrets,
  type Setting,
  type SettingKey,
  type Settings,
  schema,
  secretKeys,
  settingKeys,
} from './schema.ts'
import { correctHost } from './sendzen-host.ts'

export type Origin =
  | 'flag'
  /** Handed over by a program. */
  | 'settings'
  | 'environment'
  | '.env'
  | 'whatsapp-otp.json'
  | 'stage record'
  | 'default'
  /** Typed or picked just now, in a wizard. */
  | 'answer'

/** What was given outside AWS. `env` has the process's variables over those of `.env`. */
export interface Sources {
  flags: Record<string, unknown>
  env: Env
  processEnv: Env
  file: ConfigFile
  /** By their keys, from a program; they go before everything else. */
  settings?: Record<string, unknown>
}

/** Where to work, known before AWS is asked. */
export interface Target {
  stage: string
  /** True when a flag, a variable or the file named the stage; destroying needs that. */
  stageIsExplicit: boolean
  region: string | undefined
  /** The only region that this stage may be in, from its own part of whatsapp-otp.json. */
  pinnedRegion?: string | undefined
  profile: string | undefined
  /** The only account that this stage may be deployed to, from whatsapp-otp.json. */
  account: string | undefined
}

/** What is known of the settings; `missing` has no value anywhere and no default. */
export interface Resolved {
  settings: Partial<Settings>
  secrets: Secrets
  origins: Partial<Record<SettingKey, Origin>>
  missing: SettingKey[]
  /** Things that were put right on the way and that the user should put right at their origin. */
  warnings: string[]
}

/** Reads `.env` and whatsapp-otp.json of `cwd`; either may be absent. No file is read without a folder. */
export async function readSources(
  flags: Record<string, unknown>,
  env: Env,
  cwd: string | undefined,
): Promise<Sources> {
  const names = cwd === undefined ? [] : ['.env', configFileName].map((name) => join(cwd, name))
  const [dotenv, file] = await Promise.all(names.map(readIfThere))
  return {
    flags,
    processEnv: env,
    env: { ...parseDotenv(dotenv ?? ''), ...withoutEmpty(env) },
    file: parseConfigFile(file),
  }
}

/** Stage, region, profile and pinned account. Throws a usage error for a stage name that does not fit. */
export function targetOf({ flags, env, file }: Sources): Target {
  const named = flags.stage ?? env.WHATSAPP_OTP_STAGE ?? file.stage
  const stage = String(named ?? 'dev')
  if (!stagePattern.test(stage)) {
    throw usageError('STAGE_NAME_INVALID', `«${stage}» cannot be a stage name`, {
      why: 'it must start with a lower-case letter and have at most 16 lower-case letters, digits and hyphens',
      next: ['whatsapp-otp <command> --stage dev'],
    })
  }
  const block = stageBlock(file, stage)
  const text = (value: unknown) => (value === undefined || value === '' ? undefined : String(value))
  return {
    stage,
    stageIsExplicit: named !== undefined,
    region: text(flags.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? block.region ?? file.region),
    pinnedRegion: text(block.region),
    profile: text(flags.profile ?? env.AWS_PROFILE ?? block.profile ?? file.profile),
    account: text(block.account ?? file.account),
  }
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
    warnings: [],
  }
  const block = stageBlock(sources.file, stage)
  for (const key of settingKeys) {
    const row: Setting<unknown> = schema[key]
    const found = firstOf([
      ['settings', sources.settings?.[key]],
      ['flag', row.flag && sources.flags[attributeOf(row.flag)]],
      ['environment', sources.processEnv[row.env] || undefined],
      ['.env', sources.env[row.env]],
      ['whatsapp-otp.json', block[key] ?? sources.file[key]],
      ['stage record', record?.[key]],
      ['default', key === 'deletionProtection' ? stage.startsWith('prod') : row.default],
    ])
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

/** The whole settings, or a usage error that names every flag and variable that has no answer. */
export function completeSettings(resolved: Resolved, options: { keyIsStored: boolean }): Settings {
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

/** The property under which commander keeps a flag: `--otp-length <digits>` -> otpLength. */
function attributeOf(flag: string): string {
  return flag
    .replace(/^--/, '')
    .replace(/ .*$/, '')
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function checkTogether({ settings }: Resolved): void {
  const pairs = [
    ['maxSendsPerHour', 'maxSendsPerDay'],
    ['maxChecksPerHour', 'maxChecksPerDay'],
    ['poolSendsPerHour', 'poolSendsPerDay'],
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

function withoutEmpty(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw usageError('FILE_UNREADABLE', `${path} cannot be read`, {
      why: (error as Error).message,
      cause: error,
    })
  }
}
