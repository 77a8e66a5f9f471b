// The settings of a user pool: which there are, their defaults, and what Cognito refuses.
import type { PasswordPolicyType } from '@aws-sdk/client-cognito-identity-provider'
import { AwsFault } from '../account/aws-fault.ts'
import { invalid, matching, oneOf, within } from './input.ts'
import type { PoolSettings } from './store.ts'

const members = [
  'Policies',
  'DeletionProtection',
  'LambdaConfig',
  'AutoVerifiedAttributes',
  'SmsVerificationMessage',
  'EmailVerificationMessage',
  'EmailVerificationSubject',
  'VerificationMessageTemplate',
  'SmsAuthenticationMessage',
  'UserAttributeUpdateSettings',
  'MfaConfiguration',
  'DeviceConfiguration',
  'EmailConfiguration',
  'SmsConfiguration',
  'AdminCreateUserConfig',
  'UserPoolAddOns',
  'AccountRecoverySetting',
  'UserPoolTier',
] as const satisfies (keyof PoolSettings)[]

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
 * parameter is set to its default; the tier is the one that it documents as kept.
 */
export function poolSettings(
  input: Record<string, unknown>,
  keptTier: PoolSettings['UserPoolTier'],
): PoolSettings {
  const given = Object.fromEntries(
    members.filter((m) => input[m] !== undefined && input[m] !== null).map((m) => [m, input[m]]),
  ) as PoolSettings
  check(given)
  const asked = given.Policies?.PasswordPolicy
  return {
    DeletionProtection: 'INACTIVE',
    LambdaConfig: {},
    VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
    MfaConfiguration: 'OFF',
    EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
    UserPoolTier: keptTier,
    ...given,
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, ...given.AdminCreateUserConfig },
    Policies: {
      PasswordPolicy: asked ? { ...looseUnlessAsked, ...asked } : strict,
      SignInPolicy: given.Policies?.SignInPolicy ?? { AllowedFirstAuthFactors: ['PASSWORD'] },
    },
  }
}

// The model's pattern of an ARN. Whether the function exists is not looked at.
const arn =
  /^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$/

function check(given: PoolSettings): void {
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
  if (given.MfaConfiguration && given.MfaConfiguration !== 'OFF' && !given.SmsConfiguration?.SnsCallerArn) {
    throw invalid(
      "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.",
    )
  }
}

/** Refuses a password that the pool's policy does not allow. */
export function checkPassword(policy: PasswordPolicyType | undefined, password: string): void {
  const { MinimumLength = 8, ...must } = policy ?? strict
  const refuse = (why: string) => {
    const message = `Password did not conform with policy: ${why}`
    return new AwsFault('InvalidPasswordException', message)
  }
  if (password.length < MinimumLength) throw refuse('Password not long enough')
  if (password.length > 256) throw refuse('Password must not be longer than 256 characters')
  if (must.RequireUppercase && !/[A-Z]/.test(password))
    throw refuse('Password must have uppercase characters')
  if (must.RequireLowercase && !/[a-z]/.test(password))
    throw refuse('Password must have lowercase characters')
  if (must.RequireNumbers && !/\d/.test(password)) throw refuse('Password must have numeric characters')
  if (must.RequireSymbols && !/[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/.test(password)) {
    throw refuse('Password must have symbol characters')
  }
}
