// Whose credentials a run uses: given ones, those of the environment, or those that a profile leads to.
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, type STSClient } from '@aws-sdk/client-sts'
import { fromNodeProviderChain } from '@aws-sdk/credential-providers'
import type { AwsCredentialIdentity, Provider } from '@smithy/types'
import { type CallBounds, type WaitEvent, withinBounds } from './calls.ts'
import type { Env } from './env.ts'
import { isWithoutCredentials } from './errors.ts'
import type { Profile } from './profile.ts'
import { noCredentials } from './words.ts'

export interface CredentialOptions {
  env: Env
  /** The process's own variables, which alone say where configuration files are. */
  processEnv: Env
  /** The profile that was asked for: it goes before keys in the environment, as with --profile of the AWS CLI. */
  profile?: string | undefined
  files?: Profile | undefined
  mfaCode?: ((serial: string) => Promise<string>) | undefined
  /** For what the SDK asks by itself, which is SSO. */
  clientConfig: object
  wait: CallBounds
  /** Builds the client that roles are assumed with. */
  sts(credentials?: AwsCredentialIdentity): STSClient
}

/** Throws NO_CREDENTIALS at the first use where there are none, or they have expired. */
export function credentialsOf(
  options: CredentialOptions,
): AwsCredentialIdentity | Provider<AwsCredentialIdentity> {
  const { env, processEnv, profile, files, mfaCode, clientConfig, wait, sts } = options
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env
  if (!profile && AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    }
  }
  const { AWS_CONFIG_FILE: configFilepath, AWS_SHARED_CREDENTIALS_FILE: filepath } = processEnv
  let isAsking = false
  const chain = fromNodeProviderChain({
    ...(profile ? { profile } : {}),
    ...(configFilepath ? { configFilepath } : {}),
    ...(filepath ? { filepath } : {}),
    clientConfig,
    logger: quiet,
    // The SDK's own would look for their address in another profile than the one that was asked for.
    roleAssumer: async (source, params) => identityOf(await sts(source).send(new AssumeRoleCommand(params))),
    roleAssumerWithWebIdentity: async (params) =>
      identityOf(await sts().send(new AssumeRoleWithWebIdentityCommand(params))),
    ...(mfaCode
      ? {
          mfaCodeProvider: async (serial: string) => {
            isAsking = true
            return mfaCode(serial).finally(() => {
              isAsking = false
            })
          },
        }
      : {}),
  })
  // Who is asked for a code knows what is waited for.
  const onWait = (event: WaitEvent) => {
    if (!isAsking) wait.onWait?.(event)
  }
  const name = profile ? `the credentials of profile ${profile}` : 'AWS credentials'
  return async (properties?: object) => {
    try {
      return await withinBounds({ name, isChange: false, bound: false }, { ...wait, onWait }, () =>
        chain(properties),
      )
    } catch (error) {
      throw isWithoutCredentials(error) ? noCredentials(error, files?.sso) : error
    }
  }
}

interface Answer {
  Credentials?:
    | {
        AccessKeyId: string | undefined
        SecretAccessKey: string | undefined
        SessionToken: string | undefined
        Expiration: Date | undefined
      }
    | undefined
}

function identityOf({ Credentials }: Answer): AwsCredentialIdentity {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken, Expiration } = Credentials ?? {}
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken ? { sessionToken: SessionToken } : {}),
    ...(Expiration ? { expiration: Expiration } : {}),
  }
}

/** The SDK warns on the screen where a profile and keys are both there; which of them counts is documented. */
const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }
