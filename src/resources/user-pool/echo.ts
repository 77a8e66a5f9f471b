// What goes back to Cognito with an update of the pool: everything that was read, but what it does not take back.
import type { UpdateUserPoolCommandInput, UserPoolType } from '@aws-sdk/client-cognito-identity-provider'

/**
 * UpdateUserPool resets what is left out, so everything that was read goes back, fields that nobody here knows
 * included, except what it does not take or refuses to get back; only `changed` differs.
 */
export function echoPool(
  pool: UserPoolType,
  changed: Partial<UpdateUserPoolCommandInput> = {},
): UpdateUserPoolCommandInput {
  const {
    Id,
    Name,
    Arn: _arn,
    Status: _status,
    CreationDate: _created,
    LastModifiedDate: _modified,
    SchemaAttributes: _schema,
    EstimatedNumberOfUsers: _users,
    AliasAttributes: _aliases,
    UsernameAttributes: _usernames,
    UsernameConfiguration: _case,
    Domain: _domain,
    CustomDomain: _customDomain,
    SmsConfigurationFailure: _smsFailure,
    EmailConfigurationFailure: _emailFailure,
    AdminCreateUserConfig,
    UserPoolAddOns,
    SmsConfiguration,
    UserPoolTags,
    ...rest
  } = pool
  // Replaced by PasswordPolicy.TemporaryPasswordValidityDays; Cognito gives it but does not take it.
  const { UnusedAccountValidityDays: _unused, ...adminCreate } = AdminCreateUserConfig ?? {}
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([member, value]) => !isAsEver(member, value))),
    // AWS's own tags stay whatever is sent, and are refused from anybody else.
    ...(UserPoolTags ? { UserPoolTags: ownTags(UserPoolTags) } : {}),
    UserPoolId: Id,
    PoolName: Name,
    ...(AdminCreateUserConfig ? { AdminCreateUserConfig: adminCreate } : {}),
    ...(isEmpty(UserPoolAddOns) ? {} : { UserPoolAddOns }),
    ...(isEmpty(SmsConfiguration) ? {} : { SmsConfiguration }),
    ...changed,
  }
}

const ownTags = (tags: Record<string, string>) =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:')))

function isEmpty(value: object | undefined): boolean {
  return value === undefined || Object.keys(value).length === 0
}

/**
 * What a pool has of these where nobody has made any: Cognito may give it although it was never set, with the
 * defaults filled in, and then refuse it in the tier Lite, which does not have the feature. Left out, it stays
 * what it is, since it is the default. Where a member differs somebody has made it, and all of it goes back.
 */
const defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  AcrConfiguration: Object.fromEntries(
    [1, 2, 3, 4].map((level) => [`Level${level}`, { AcrValue: `urn:cognito:loa:${level}` }]),
  ),
  DcrConfiguration: {
    EnableStatus: 'Disabled',
    OpenDcrEnabled: false,
    AuthenticatedGrantTypes: ['client_credentials', 'code'],
    OpenDcrGrantTypes: ['code'],
    AllowedScopes: [],
  },
  KeyConfiguration: { KeyType: 'AWS_OWNED_KEY' },
  IssuerConfiguration: { Type: 'ORIGINAL' },
}

/** True for one of those that says nothing of its own. */
function isAsEver(member: string, value: unknown): boolean {
  const preset = Object.hasOwn(defaults, member) ? defaults[member] : undefined
  if (!preset) return false
  return Object.entries(value ?? {}).every(
    ([key, inner]) => Object.hasOwn(preset, key) && textOf(inner) === textOf(preset[key]),
  )
}

/** Lists compare as sets. */
const textOf = (value: unknown) => JSON.stringify(Array.isArray(value) ? [...value].sort() : value)
