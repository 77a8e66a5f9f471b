// Reads and checks the members of a Cognito request; the messages are those of Cognito's own validation.
import * as z from 'zod'
import { AwsFault } from '../../account/aws-fault.ts'

type Input = Record<string, unknown>

const named = <T extends z.ZodType>(kind: T, names: string) =>
  Object.fromEntries(names.split(' ').map((name) => [name, kind.optional()]))
const texts = z.array(z.string())
const textMap = z.record(z.string(), z.string())
const members = (of: Record<string, z.ZodType>) => z.looseObject(of)
const attributes = z.array(
  members({
    ...named(z.string(), 'Name AttributeDataType'),
    ...named(z.boolean(), 'Mutable Required DeveloperOnlyAttribute'),
    ...named(textMap, 'StringAttributeConstraints NumberAttributeConstraints'),
  }),
)

/** The kinds of the members of all operations, which have one name for one thing. */
const kinds = members({
  ...named(
    z.string(),
    'UserPoolId ProviderName ProviderType PoolName ClientId ClientName ClientSecret Username Password TemporaryPassword SecretHash AccessToken RefreshToken Token Session AuthFlow ChallengeName ConfirmationCode PreviousPassword ProposedPassword MessageAction Filter NextToken PaginationToken ResourceArn Domain MfaConfiguration DeletionProtection UserPoolTier SmsVerificationMessage EmailVerificationMessage EmailVerificationSubject SmsAuthenticationMessage DefaultRedirectURI PreventUserExistenceErrors',
  ),
  ...named(
    z.boolean(),
    'GenerateSecret Permanent ForceAliasCreation AllowedOAuthFlowsUserPoolClient EnableTokenRevocation EnablePropagateAdditionalUserContextData',
  ),
  ...named(
    z.number(),
    'RefreshTokenValidity AccessTokenValidity IdTokenValidity AuthSessionValidity MaxResults Limit ManagedLoginVersion',
  ),
  ...named(
    texts,
    'DesiredDeliveryMediums AutoVerifiedAttributes UsernameAttributes AliasAttributes ExplicitAuthFlows ReadAttributes WriteAttributes SupportedIdentityProviders CallbackURLs LogoutURLs AllowedOAuthFlows AllowedOAuthScopes TagKeys AttributesToGet UserAttributeNames',
  ),
  ...named(
    textMap,
    'AuthParameters ProviderDetails AttributeMapping ChallengeResponses ClientMetadata UserPoolTags Tags',
  ),
  ...named(members(named(z.string(), 'AccessToken IdToken RefreshToken')), 'TokenValidityUnits'),
  ...named(members(named(z.string(), 'Type')), 'IssuerConfiguration'),
  ...named(members(named(z.string(), 'CertificateArn')), 'CustomDomainConfig'),
  ...named(members(named(z.string(), 'SnsCallerArn')), 'SmsConfiguration'),
  ...named(z.array(members(named(z.string(), 'Name Value'))), 'UserAttributes ValidationData'),
  ...named(attributes, 'Schema CustomAttributes'),
  ...named(
    members({}),
    'DeviceConfiguration EmailConfiguration VerificationMessageTemplate KeyConfiguration DcrConfiguration AnalyticsConfiguration SmsMfaConfiguration',
  ),
  ...named(z.record(z.string(), members(named(z.string(), 'AcrValue'))), 'AcrConfiguration'),
  ...named(members(named(z.boolean(), 'CaseSensitive')), 'UsernameConfiguration'),
  ...named(members(named(z.boolean(), 'Enabled')), 'SoftwareTokenMfaConfiguration'),
  ...named(
    members({
      PasswordPolicy: members({
        ...named(z.number(), 'MinimumLength TemporaryPasswordValidityDays PasswordHistorySize'),
        ...named(z.boolean(), 'RequireUppercase RequireLowercase RequireNumbers RequireSymbols'),
      }).optional(),
      SignInPolicy: members(named(texts, 'AllowedFirstAuthFactors')).optional(),
    }),
    'Policies',
  ),
  ...named(
    z.record(z.string(), z.union([z.string(), members(named(z.string(), 'LambdaArn LambdaVersion'))])),
    'LambdaConfig',
  ),
  ...named(members(named(texts, 'AttributesRequireVerificationBeforeUpdate')), 'UserAttributeUpdateSettings'),
  ...named(
    members({
      ...named(z.boolean(), 'AllowAdminCreateUserOnly'),
      ...named(z.number(), 'UnusedAccountValidityDays'),
    }),
    'AdminCreateUserConfig',
  ),
  ...named(
    members({
      ...named(z.string(), 'AdvancedSecurityMode'),
      ...named(members(named(z.string(), 'CustomAuthMode')), 'AdvancedSecurityAdditionalFlows'),
    }),
    'UserPoolAddOns',
  ),
  ...named(
    members({
      RecoveryMechanisms: z
        .array(members({ ...named(z.string(), 'Name'), ...named(z.number(), 'Priority') }))
        .optional(),
    }),
    'AccountRecoverySetting',
  ),
  ...named(
    members({ ...named(z.string(), 'Feature'), ...named(z.number(), 'RetryGracePeriodSeconds') }),
    'RefreshTokenRotation',
  ),
})

const unreadable = (message: string) => new AwsFault('SerializationException', message)

/** Null is as good as nothing, however deep; the depth itself has an end. */
function withoutNulls(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > 32) throw unreadable('The request is nested too deeply.')
  if (Array.isArray(value)) return value.map((one) => withoutNulls(one, depth + 1))
  const given = Object.entries(value).filter(([, one]) => one !== null && one !== undefined)
  return Object.fromEntries(given.map(([name, one]) => [name, withoutNulls(one, depth + 1)]))
}

/** A request whose members are of the kinds that they have on AWS; what AWS may have newer is of any kind. */
export function readInput(sent: object): Input {
  const input = withoutNulls(sent) as Input
  const { error } = kinds.safeParse(input)
  if (error) {
    const { path, message } = error.issues[0] as z.core.$ZodIssue
    throw unreadable(`${path.join('.')}: ${message}`)
  }
  return input
}

/** Cognito's answer to a value that it does not accept. */
export const invalid = (message: string) => new AwsFault('InvalidParameterException', message)

/** Cognito's answer to a sign-in or a token that it does not accept. */
export const notAuthorized = (message: string) => new AwsFault('NotAuthorizedException', message)

/** The form in which the service reports a member that breaks the model. `at` is the member's path. */
export function unmet(value: unknown, at: string, constraint: string): AwsFault {
  const shown = value === undefined ? 'null' : `'${String(value)}'`
  return invalid(
    `1 validation error detected: Value ${shown} at '${at}' failed to satisfy constraint: ${constraint}`,
  )
}

const memberPath = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

/** A required string member. */
export function text(input: Input, name: string): string {
  const value = input[name]
  if (value === undefined) throw unmet(undefined, memberPath(name), 'Member must not be null')
  if (!value) throw unmet(value, memberPath(name), 'Member must have length greater than or equal to 1')
  return String(value)
}

export function optionalText(input: Input, name: string): string | undefined {
  return input[name] === undefined ? undefined : text(input, name)
}

/** A list of `{ Name, Value }`, as attributes and validation data are sent; the last of two wins. */
export function pairs(input: Input, name: string): Record<string, string> {
  const list = (input[name] ?? []) as Input[]
  return Object.fromEntries(list.map((pair) => [text(pair, 'Name'), String(pair.Value ?? '')]))
}

/** A map of strings, or undefined when it was not sent. */
export function stringMap(input: Input, name: string): Record<string, string> | undefined {
  return input[name] as Record<string, string> | undefined
}

/** Those of the named members that were sent. */
export function membersOf<T extends object>(input: object, names: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(input).filter(([name]) => names.includes(name))) as Partial<T>
}

/** Members that are not known here, named as AWS names its own: those of an AWS newer than the sandbox. */
export function newerMembers(input: Input, known: ReadonlySet<string>): Input {
  const names = Object.keys(input).filter((name) => /^[A-Z]\w*$/.test(name) && !known.has(name))
  return membersOf<Input>(input, names) as Input
}

export function isStringMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((v) => typeof v === 'string')
  )
}

/** Refuses a number outside its range; undefined passes. */
export function within(value: number | undefined, at: string, least: number, most: number): void {
  if (value === undefined) return
  if (value < least) throw unmet(value, at, `Member must have value greater than or equal to ${least}`)
  if (value > most) throw unmet(value, at, `Member must have value less than or equal to ${most}`)
}

/** Refuses a value outside its enumeration; undefined passes. */
export function oneOf(value: string | undefined, at: string, values: readonly string[]): void {
  if (value === undefined || values.includes(value)) return
  throw unmet(value, at, `Member must satisfy enum value set: [${values.join(', ')}]`)
}

/** Refuses a string that does not match; undefined passes. */
export function matching(value: string | undefined, at: string, pattern: RegExp): void {
  if (value === undefined || pattern.test(value)) return
  const shown = pattern.source.replace(/^\^/, '').replace(/\$$/, '')
  throw unmet(value, at, `Member must satisfy regular expression pattern: ${shown}`)
}

/**
 * One page of a list. The token names the last item of the page before, so that a deletion between two
 * pages neither repeats nor skips an item; `seq` grows with each item that is made.
 */
export function pageOf<T extends { seq: number }>(items: T[], token: string | undefined, size: number) {
  const after = token === undefined ? -1 : Number(Buffer.from(token, 'base64url').toString())
  if (Number.isNaN(after)) throw invalid('Invalid pagination token')
  const rest = items.filter((item) => item.seq > after)
  const page = rest.slice(0, size)
  const last = page.at(-1)
  const next =
    last && rest.length > page.length ? Buffer.from(String(last.seq)).toString('base64url') : undefined
  return { page, next }
}
