// What the user's own AWS configuration files say of the profile that this run goes by.
import { loadSharedConfigFiles } from '@smithy/core/config'
import { AppError, exitCodes } from '../errors.ts'
import type { Env } from './env.ts'

type Section = Record<string, string | undefined>

export interface Profile {
  name: string
  /** Its lines by name: `region`, `endpoint_url`, `ca_bundle`, … */
  values: Section
  /** The `services` section that it names: `lambda.endpoint_url`, … */
  services: Section
  /** The profile that `aws sso login` has to be told: this one, or the one it gets its credentials from. */
  sso: string | undefined
}

/** Who asks, and with what. */
export interface Asked {
  env: Env
  /** The process's own variables, which alone say where the files are; `env` where absent. */
  processEnv?: Env | undefined
  profile?: string | undefined
  /** Nothing is looked for in files that nobody has named. */
  sealed?: string | undefined
}

/** What the files say, as `readProfile` reads it; undefined where they are not to be looked into. */
export async function filesOf({
  env,
  processEnv = env,
  profile,
  sealed,
}: Asked): Promise<Profile | undefined> {
  return sealed && !profile ? undefined : readProfile(processEnv, profile)
}

/**
 * Reads ~/.aws/config and ~/.aws/credentials, or what AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name.
 * Neither need exist. Throws PROFILE_UNKNOWN (exit 4) for a profile that was asked for and is in none of them.
 * @param env the process's own variables
 */
export async function readProfile(env: Env, asked: string | undefined): Promise<Profile> {
  const { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials } = env
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    ...(config ? { configFilepath: config } : {}),
    ...(credentials ? { filepath: credentials } : {}),
    ignoreCache: true,
  })
  const sectionOf = (name: string): Section | undefined =>
    configFile[name] || credentialsFile[name] ? { ...configFile[name], ...credentialsFile[name] } : undefined
  const name = asked ?? 'default'
  const values = sectionOf(name)
  if (asked !== undefined && !values) {
    const names = [...Object.keys(configFile), ...Object.keys(credentialsFile)]
    throw unknown(asked, [...new Set(names)].filter((one) => !/^(sso-session|services)\./.test(one)).sort())
  }
  return {
    name,
    values: values ?? {},
    services: configFile[`services.${values?.services}`] ?? {},
    sso: ssoOf(name, sectionOf),
  }
}

/** Follows `source_profile`, a few at most: whoever writes a circle hears of it from the SDK. */
function ssoOf(name: string, sectionOf: (name: string) => Section | undefined): string | undefined {
  let at: string | undefined = name
  for (let hops = 0; at !== undefined && hops < 5; hops++) {
    const section: Section | undefined = sectionOf(at)
    if (section?.sso_session ?? section?.sso_start_url) return at
    at = section?.source_profile
  }
  return undefined
}

function unknown(asked: string, names: string[]): AppError {
  const shown = names.slice(0, 8).join(', ')
  return new AppError('PROFILE_UNKNOWN', `There is no AWS profile «${asked}»`, {
    why:
      names.length > 0
        ? `your AWS configuration has ${shown}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`
        : 'your AWS configuration has none at all',
    next: [
      'choose another with --profile or AWS_PROFILE',
      `aws configure --profile ${asked}   makes it; with SSO: aws configure sso`,
    ],
    exitCode: exitCodes.credentials,
  })
}
