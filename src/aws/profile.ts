// What the user's own AWS configuration files say: of the profile that this run goes by, and which there are.
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
  const { configFile, credentialsFile } = await loadFiles(env)
  const sectionOf = (name: string): Section | undefined =>
    configFile[name] || credentialsFile[name] ? { ...configFile[name], ...credentialsFile[name] } : undefined
  const name = asked ?? 'default'
  const values = sectionOf(name)
  if (asked !== undefined && !values) {
    throw unknown(asked, namesOf(configFile, credentialsFile))
  }
  return {
    name,
    values: values ?? {},
    services: configFile[`services.${values?.services}`] ?? {},
    sso: ssoOf(name, sectionOf),
  }
}

/** Every section of both files; of a file that is not there none. */
function loadFiles({ AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials }: Env) {
  return loadSharedConfigFiles({
    ...(config ? { configFilepath: config } : {}),
    ...(credentials ? { filepath: credentials } : {}),
    ignoreCache: true,
  })
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

/** Those of a profile each, by the alphabet. */
function namesOf(...files: object[]): string[] {
  const names = files.flatMap((file) => Object.keys(file))
  return [...new Set(names)].filter((one) => !/^(sso-session|services)\./.test(one)).sort()
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

export interface ListedProfile {
  name: string
  /** Region, account and where its credentials come from, as far as the files say; no secrets. */
  hints: string[]
}

/** `default` first, then by the alphabet; none where the files cannot be read. @param env the process's own variables */
export async function listProfiles(env: Env): Promise<ListedProfile[]> {
  const { configFile, credentialsFile } = await loadFiles(env)
  return namesOf(configFile, credentialsFile)
    .sort((a, b) => Number(b === 'default') - Number(a === 'default'))
    .map((name) => ({ name, hints: hintsOf({ ...configFile[name], ...credentialsFile[name] }) }))
}

function hintsOf(values: Record<string, string | undefined>): string[] {
  const [, , , , account = values.sso_account_id, role] = (values.role_arn ?? '').split(':')
  const hints = [values.region, account && `account ${account}`, sourceOf(values, role?.split('/').at(-1))]
  return hints.filter((hint): hint is string => Boolean(hint))
}

function sourceOf(values: Record<string, string | undefined>, role: string | undefined): string | undefined {
  const { sso_session, sso_start_url, sso_role_name, source_profile, credential_process } = values
  if (role) return `role ${role}${source_profile ? ` from ${source_profile}` : ''}`
  if (sso_session ?? sso_start_url) return ['SSO', sso_session, sso_role_name].filter(Boolean).join(' ')
  if (credential_process) return 'a command'
  return values.aws_access_key_id ? 'keys' : undefined
}
