// The settings of an app client: defaults, ranges, and which sign-in flows they open.
import { invalid, membersOf, newerMembers, oneOf, within } from './model/input.ts'
import { grantable } from './model/schema.ts'
import type { Client, ClientSettings, Pool } from './model/store.ts'

const members = [
  'RefreshTokenValidity',
  'AccessTokenValidity',
  'IdTokenValidity',
  'TokenValidityUnits',
  'ReadAttributes',
  'WriteAttributes',
  'ExplicitAuthFlows',
  'SupportedIdentityProviders',
  'CallbackURLs',
  'LogoutURLs',
  'DefaultRedirectURI',
  'AllowedOAuthFlows',
  'AllowedOAuthScopes',
  'AllowedOAuthFlowsUserPoolClient',
  'AnalyticsConfiguration',
  'PreventUserExistenceErrors',
  'EnableTokenRevocation',
  'EnablePropagateAdditionalUserContextData',
  'AuthSessionValidity',
  'RefreshTokenRotation',
] as const satisfies (keyof ClientSettings)[]

/** What is no setting: how a client is named and made, and what is only read. */
const others =
  'UserPoolId ClientId ClientName GenerateSecret ClientSecret ClientSecretArn ClientType CreationDate LastModifiedDate'

const known: ReadonlySet<string> = new Set([...members, ...others.split(' ')])

/**
 * The settings that a create or an update leaves behind: each omitted member has its default again. What
 * the sandbox does not know is of a newer AWS: taken, given back and reset as it is.
 */
export function clientSettings(
  input: Record<string, unknown>,
  pool: Pool,
  doing: 'creating' | 'updating',
): ClientSettings {
  const given: ClientSettings = {
    ...membersOf<ClientSettings>(input, members),
    ...newerMembers(input, known),
  }
  const settings: ClientSettings = {
    RefreshTokenValidity: 30,
    TokenValidityUnits: {},
    PreventUserExistenceErrors: 'LEGACY',
    EnableTokenRevocation: true,
    EnablePropagateAdditionalUserContextData: false,
    AllowedOAuthFlowsUserPoolClient: false,
    AuthSessionValidity: 3,
    ...given,
    RefreshTokenRotation: { Feature: 'DISABLED', RetryGracePeriodSeconds: 0, ...given.RefreshTokenRotation },
  }
  checkFlows(settings)
  checkValidity(settings)
  checkAttributes(settings, pool, doing)
  oneOf(settings.PreventUserExistenceErrors, 'preventUserExistenceErrors', ['LEGACY', 'ENABLED'])
  within(settings.AuthSessionValidity, 'authSessionValidity', 3, 15)
  for (const provider of settings.SupportedIdentityProviders ?? []) {
    if (provider !== 'COGNITO' && !pool.providers.some(({ name }) => name === provider))
      throw invalid(`The provider ${provider} does not exist for User Pool ${pool.id}`)
  }
  return settings
}

const legacyFlows = ['ADMIN_NO_SRP_AUTH', 'CUSTOM_AUTH_FLOW_ONLY', 'USER_PASSWORD_AUTH']
const flows = [
  'ALLOW_ADMIN_USER_PASSWORD_AUTH',
  'ALLOW_CUSTOM_AUTH',
  'ALLOW_USER_PASSWORD_AUTH',
  'ALLOW_USER_SRP_AUTH',
  'ALLOW_REFRESH_TOKEN_AUTH',
  'ALLOW_USER_AUTH',
]

function checkFlows({ ExplicitAuthFlows: asked = [], RefreshTokenRotation: rotation }: ClientSettings): void {
  for (const flow of asked) oneOf(flow, 'explicitAuthFlows', [...legacyFlows, ...flows])
  oneOf(rotation?.Feature, 'refreshTokenRotation.feature', ['ENABLED', 'DISABLED'])
  within(rotation?.RetryGracePeriodSeconds, 'refreshTokenRotation.retryGracePeriodSeconds', 0, 60)
  const modern = asked.filter((flow) => flow.startsWith('ALLOW_'))
  // The API reference states the rules of these two; the wording is the sandbox's.
  if (modern.length && modern.length < asked.length) {
    throw invalid('ExplicitAuthFlows values with the ALLOW_ prefix cannot be mixed with legacy values.')
  }
  const rotates = rotation?.Feature === 'ENABLED'
  if (rotates && (!asked.length || modern.includes('ALLOW_REFRESH_TOKEN_AUTH'))) {
    throw invalid('REFRESH_TOKEN_AUTH cannot be allowed when refresh token rotation is enabled.')
  }
  if (modern.length && !rotates && !modern.includes('ALLOW_REFRESH_TOKEN_AUTH')) {
    throw invalid('REFRESH_TOKEN_AUTH should always be allowed.')
  }
}

const unitSeconds: Record<string, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 }

/** How long the client's tokens live, in seconds. */
export function tokenLifetimes(settings: ClientSettings): { access: number; id: number; refresh: number } {
  const units = settings.TokenValidityUnits ?? {}
  const of = (value: number | undefined, unit: string | undefined, usual: string, none: number) =>
    value ? value * (unitSeconds[unit ?? usual] ?? 1) : none
  return {
    access: of(settings.AccessTokenValidity, units.AccessToken, 'hours', 3600),
    id: of(settings.IdTokenValidity, units.IdToken, 'hours', 3600),
    refresh: of(settings.RefreshTokenValidity, units.RefreshToken, 'days', 30 * 86_400),
  }
}

function checkValidity(settings: ClientSettings): void {
  for (const [name, unit] of Object.entries(settings.TokenValidityUnits ?? {})) {
    const at = `tokenValidityUnits.${name.charAt(0).toLowerCase()}${name.slice(1)}`
    oneOf(unit, at, Object.keys(unitSeconds))
  }
  const { access, id, refresh } = tokenLifetimes(settings)
  const short = (value: number) => value >= 300 && value <= 86_400 && value < refresh
  if (!short(access) || !short(id) || refresh < 3600 || refresh > 3650 * 86_400) {
    throw invalid('Invalid range for token validity.')
  }
}

function checkAttributes(settings: ClientSettings, pool: Pool, doing: string): void {
  const { ReadAttributes: read = [], WriteAttributes: write = [] } = settings
  if (!read.every((name) => grantable(pool, name, 'read'))) {
    throw invalid(`Invalid read attributes specified while ${doing} a client`)
  }
  // An empty list counts as none given; a real one must hold what every new user has to have.
  const needed = pool.schema.filter((s) => s.Required && s.Name !== 'sub').map((s) => s.Name ?? '')
  const incomplete = write.length > 0 && !needed.every((name) => write.includes(name))
  if (incomplete || !write.every((name) => grantable(pool, name, 'write'))) {
    throw invalid(`Invalid write attributes specified while ${doing} a client`)
  }
}

/** A way to sign in, by its newest name. */
export type Flow =
  | 'CUSTOM_AUTH'
  | 'REFRESH_TOKEN_AUTH'
  | 'USER_SRP_AUTH'
  | 'USER_PASSWORD_AUTH'
  | 'ADMIN_USER_PASSWORD_AUTH'
  | 'USER_AUTH'

/** What is open without a list; lists of the old kind close only what `CUSTOM_AUTH_FLOW_ONLY` says. */
const always: readonly Flow[] = ['REFRESH_TOKEN_AUTH', 'USER_SRP_AUTH', 'CUSTOM_AUTH']

function openFlows(listed: readonly string[]): readonly string[] {
  if (!listed.length) return always
  if (listed.some((flow) => flow.startsWith('ALLOW_')))
    return listed.map((flow) => flow.slice('ALLOW_'.length))
  return [
    'REFRESH_TOKEN_AUTH',
    listed.includes('CUSTOM_AUTH_FLOW_ONLY') ? 'CUSTOM_AUTH' : 'USER_SRP_AUTH',
    ...listed.map((flow) => (flow === 'ADMIN_NO_SRP_AUTH' ? 'ADMIN_USER_PASSWORD_AUTH' : flow)),
  ]
}

/** Refuses a flow that the client does not open. */
export function requireFlow(client: Client, flow: Flow): void {
  if (openFlows(client.settings.ExplicitAuthFlows ?? []).includes(flow)) return
  const named = flow === 'ADMIN_USER_PASSWORD_AUTH' ? 'Auth' : flow
  throw invalid(`${named} flow not enabled for this client`)
}
