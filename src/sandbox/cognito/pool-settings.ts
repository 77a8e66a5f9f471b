// The settings of a user pool: which there are, their defaults, and what Cognito refuses.
import type { World } from '../account/world.ts'
import { invalid, matching, membersOf, newerMembers, oneOf, within } from './model/input.ts'
import type { Pool, PoolSettings } from './model/store.ts'

/** What an update sets to its default where it says nothing of it. */
const members = [
  'LambdaConfig',
  'AutoVerifiedAttributes',
  'SmsVerificationMessage',
  'EmailVerificationMessage',
  'EmailVerificationSubject',
  'VerificationMessageTemplate',
  'SmsAuthenticationMessage',
  'UserAttributeUpdateSettings',
  'DeviceConfiguration',
  'AdminCreateUserConfig',
  'UserPoolAddOns',
  'AcrConfiguration',
  'DcrConfiguration',
] as const satisfies (keyof PoolSettings)[]

/** What was seen to stay, or is believed to. */
const keptIfOmitted = [
  'Policies',
  'DeletionProtection',
  'MfaConfiguration',
  'EmailConfiguration',
  'SmsConfiguration',
  'AccountRecoverySetting',
  'KeyConfiguration',
  'IssuerConfiguration',
  'UserPoolTier',
] as const satisfies (keyof PoolSettings)[]

/** What is no setting: how a pool is named and made, and what is only read. */
const others =
  'UserPoolId PoolName UserPoolTags Schema UsernameAttributes AliasAttributes UsernameConfiguration Id Name Arn Status CreationDate LastModifiedDate SchemaAttributes EstimatedNumberOfUsers Domain CustomDomain SmsConfigurationFailure EmailConfigurationFailure'

const known: ReadonlySet<string> = new Set([...members, ...keptIfOmitted, ...others.split(' ')])

const looseUnlessAsked = {
  MinimumLength: 8,
  RequireUppercase: false,
  RequireLowercase: false,
  RequireNumbers: false,
  RequireSymbols: false,
  TemporaryPasswordValidityDays: 7,
}
const strict = {
  ...looseUnlessAsked,
  RequireUppercase: true,
  RequireLowercase: true,
  RequireNumbers: true,
  RequireSymbols: true,
}

/**
 * The settings that a create or an update leaves behind. UpdateUserPool documents that each omitted
 * parameter is set to its default; some were seen to stay. Settings that the sandbox does not know are
 * those of a newer AWS: taken, given back and reset as they are.
 */
export function poolSettings(
  input: Record<string, unknown>,
  { unsettled }: World,
  pool?: Pool,
): PoolSettings {
  const given: PoolSettings = {
    ...membersOf<PoolSettings>(input, [...members, ...keptIfOmitted]),
    ...newerMembers(input, known),
  }
  const before = unsettled.omittedPoolFields === 'kept' ? { ...pool?.settings } : {}
  const asked = given.Policies?.PasswordPolicy
  const Policies = {
    ...given.Policies,
    PasswordPolicy: asked ? { ...looseUnlessAsked, ...asked } : strict,
    SignInPolicy: given.Policies?.SignInPolicy ?? { AllowedFirstAuthFactors: ['PASSWORD' as const] },
  }
  const settings: PoolSettings = {
    DeletionProtection: 'INACTIVE',
    LambdaConfig: {},
    VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
    MfaConfiguration: 'OFF',
    EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
    UserPoolTier: 'ESSENTIALS',
    Policies,
    ...membersOf<PoolSettings>(before, keptIfOmitted),
    ...given,
    ...(given.Policies && { Policies }),
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, ...given.AdminCreateUserConfig },
  }
  if (given.LambdaConfig) settings.LambdaConfig = triggersOf(given.LambdaConfig)
  check(settings, pool)
  return settings
}

/** The triggers as Cognito keeps them: the one of tokens has two names, and both are told. */
function triggersOf(given: NonNullable<PoolSettings['LambdaConfig']>) {
  const { PreTokenGeneration: plain, PreTokenGenerationConfig: config } = given
  const arn = config?.LambdaArn ?? plain
  // That the two must agree is documented; the words are the sandbox's.
  if (plain && config?.LambdaArn && plain !== config.LambdaArn) {
    throw invalid('PreTokenGeneration and PreTokenGenerationConfig must name the same function.')
  }
  if (!given.KMSKeyID && (given.CustomSMSSender || given.CustomEmailSender)) {
    throw invalid('KMSKeyID is required for custom senders.')
  }
  if (!arn) return given
  const LambdaVersion = config?.LambdaVersion ?? ('V1_0' as const)
  return { ...given, PreTokenGeneration: arn, PreTokenGenerationConfig: { LambdaArn: arn, LambdaVersion } }
}

/** What a pool is said to be set to where nobody set it, if AWS says so at all. */
const unset = {
  AcrConfiguration: Object.fromEntries(
    [1, 2, 3, 4].map((level) => [`Level${level}`, { AcrValue: `urn:cognito:loa:${level}` }]),
  ),
  DcrConfiguration: { EnableStatus: 'Disabled', OpenDcrEnabled: false },
  KeyConfiguration: { KeyType: 'AWS_OWNED_KEY' },
  IssuerConfiguration: { Type: 'ORIGINAL' },
} satisfies PoolSettings

/** The settings as they are read. Cognito reports a retired member too, and refuses it when it is sent back. */
export function readBack(settings: PoolSettings, { unsettled }: World): PoolSettings {
  const UnusedAccountValidityDays = settings.Policies?.PasswordPolicy?.TemporaryPasswordValidityDays
  return {
    ...(unsettled.poolReadBack === 'merged' && unset),
    ...settings,
    ...(unsettled.poolReadBack === 'merged' && {
      AcrConfiguration: { ...unset.AcrConfiguration, ...settings.AcrConfiguration },
    }),
    AdminCreateUserConfig: {
      ...settings.AdminCreateUserConfig,
      ...(UnusedAccountValidityDays !== undefined && { UnusedAccountValidityDays }),
    },
  }
}

// The model's pattern of an ARN.
const arn =
  /^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$/

function check(given: PoolSettings, pool: Pool | undefined): void {
  oneOf(given.DeletionProtection, 'deletionProtection', ['ACTIVE', 'INACTIVE'])
  oneOf(given.UserPoolTier, 'userPoolTier', ['PLUS', 'LITE', 'ESSENTIALS'])
  oneOf(given.MfaConfiguration, 'mfaConfiguration', ['OPTIONAL', 'OFF', 'ON'])
  within(given.Policies?.PasswordPolicy?.MinimumLength, 'policies.passwordPolicy.minimumLength', 6, 99)
  within(
    given.Policies?.PasswordPolicy?.TemporaryPasswordValidityDays,
    'policies.passwordPolicy.temporaryPasswordValidityDays',
    0,
    365,
  )
  for (const [trigger, value] of Object.entries(given.LambdaConfig ?? {})) {
    const at = `lambdaConfig.${trigger.charAt(0).toLowerCase()}${trigger.slice(1)}`
    if (typeof value === 'string') matching(value, at, arn)
  }
  const verified = given.AutoVerifiedAttributes ?? []
  for (const name of verified) oneOf(name, 'autoVerifiedAttributes', ['phone_number', 'email'])
  if (verified.includes('phone_number') && !given.SmsConfiguration?.SnsCallerArn) {
    throw invalid('SMS configuration is required when phone_number is selected for auto verification')
  }
  const guarded = given.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? []
  if (guarded.some((name) => !verified.includes(name))) {
    throw invalid(
      'All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes',
    )
  }
  if (given.AdminCreateUserConfig?.UnusedAccountValidityDays !== undefined) {
    throw invalid(
      'Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays in AdminCreateUserConfig',
    )
  }
  const recovery = given.AccountRecoverySetting?.RecoveryMechanisms ?? []
  if (recovery.length > 1 && recovery.some((r) => r.Name === 'admin_only')) {
    throw invalid(
      'Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms.',
    )
  }
  // Whatever is asked for, one of the factors must be on by then.
  const hasFactor = given.SmsConfiguration?.SnsCallerArn || pool?.totp?.Enabled
  if (given.MfaConfiguration !== 'OFF' && !hasFactor) {
    throw invalid(
      "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.",
    )
  }
}
