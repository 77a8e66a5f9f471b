// What was given outside AWS: flags, variables, `.env`, whatsapp-otp.json; and the place that they name.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse as parseDotenv } from 'dotenv'
import type { Env } from '../aws/env.ts'
import { isLoopback } from '../aws/proxies.ts'
import { type FolderFile, trustedIn } from '../aws/trust.ts'
import { usageError } from '../errors.ts'
import { localStage, stagePattern } from '../names.ts'
import { type ConfigFile, configFileName, parseConfigFile, stageBlock } from './config-file.ts'
import { textOfFile } from './text-file.ts'

/** What was given outside AWS. `env` has the process's variables over those of `.env`. */
export interface Sources {
  flags: Record<string, unknown>
  env: Env
  processEnv: Env
  file: ConfigFile
  /** Addresses in files of the working directory that the user has agreed to; grows with each. */
  trusted: Set<string>
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
  /** The file of the working directory that chose the profile, where one did. */
  profileFrom?: FolderFile | undefined
  /** The only account that this stage may be deployed to, from whatsapp-otp.json. */
  account: string | undefined
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
    trusted: trustedIn((flags.trust ?? []) as string[]),
  }
}

/** Stage, region, profile and pinned account. Throws a usage error for a stage name that does not fit. */
export function targetOf({ flags, env, processEnv, file }: Sources): Target {
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
  const byUser = text(flags.profile ?? processEnv.AWS_PROFILE)
  const isLocal = stage === localStage && leadsToDev(processEnv)
  const profile = byUser ?? (isLocal ? undefined : text(env.AWS_PROFILE ?? block.profile ?? file.profile))
  return {
    stage,
    stageIsExplicit: named !== undefined,
    region: text(flags.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? block.region ?? file.region),
    pinnedRegion: text(block.region),
    profile,
    ...(profile && !byUser ? { profileFrom: env.AWS_PROFILE ? '.env' : configFileName } : {}),
    account: text(block.account ?? (isLocal ? undefined : file.account)),
  }
}

/** With what `dev` prints in the environment; what a project says of accounts is meant for AWS then, not for this. */
function leadsToDev({ AWS_ENDPOINT_URL: url = '', AWS_ACCESS_KEY_ID: key }: Env): boolean {
  return Boolean(key) && URL.canParse(url) && isLoopback(new URL(url).hostname)
}

/** What a connection to that place is told of both. */
export function connectionTo(
  { env, processEnv, trusted }: Sources,
  { stage, region, profile, profileFrom, account }: Target,
) {
  return { env, processEnv, trusted, stage, region, profile, profileFrom, account }
}

function withoutEmpty(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return textOfFile(await readFile(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw usageError('FILE_UNREADABLE', `${path} cannot be read`, {
      why: (error as Error).message,
      cause: error,
    })
  }
}
