// The features that take a higher tier: Lite and Essentials refuse them by name, and are refused while they are used.
import { AwsFault } from '../account/aws-fault.ts'
import type { World } from '../account/world.ts'
import type { Client, ClientSettings, Domain, Pool, PoolSettings } from './model/store.ts'

type Tier = NonNullable<PoolSettings['UserPoolTier']>

const ranks: Record<Tier, number> = { LITE: 0, ESSENTIALS: 1, PLUS: 2 }

/** A feature by Cognito's name for it, and the first tier that has it. */
interface Feature {
  name: string
  tier: Tier
}

const feature = (used: boolean | undefined, name: string, tier: Tier = 'ESSENTIALS'): Feature[] =>
  used ? [{ name, tier }] : []

/** What the settings of a pool use; the names of the last three are the sandbox's. */
function ofPool({ unsettled }: World, settings: PoolSettings): Feature[] {
  const { LambdaConfig: triggers = {}, UserPoolAddOns: addOns } = settings
  const factors = settings.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? []
  const version = triggers.PreTokenGenerationConfig?.LambdaVersion ?? 'V1_0'
  const threats = addOns?.AdvancedSecurityAdditionalFlows?.CustomAuthMode ?? 'OFF'
  const isCustom =
    triggers.DefineAuthChallenge ?? triggers.CreateAuthChallenge ?? triggers.VerifyAuthChallengeResponse
  const merged = unsettled.poolReadBack === 'merged'
  return [
    ...feature(
      factors.some((factor) => factor !== 'PASSWORD'),
      'Passwordless Sign-In',
    ),
    ...feature(version !== 'V1_0', `Token Customization with Pre-Token Generation Lambda ${version}`),
    ...feature(
      (addOns?.AdvancedSecurityMode ?? 'OFF') !== 'OFF' || threats !== 'OFF',
      'Threat Protection',
      'PLUS',
    ),
    ...feature(unsettled.liteTriggers === 'refused' && isCustom !== undefined, 'Custom Authentication'),
    ...feature(merged && settings.AcrConfiguration !== undefined, 'Authentication Context Class References'),
    ...feature(merged && settings.DcrConfiguration !== undefined, 'Dynamic Client Registration'),
  ]
}

/** What the settings of a client use. */
const ofClient = ({ RefreshTokenRotation }: ClientSettings): Feature[] =>
  feature(RefreshTokenRotation?.Feature === 'ENABLED', 'Refresh Token Rotation')

/** What a domain uses: the first version of its pages is the classic hosted UI. */
const ofDomain = ({ version }: Pick<Domain, 'version'>): Feature[] => feature(version > 1, 'Managed Login')

function refuse(code: string, tier: Tier = 'ESSENTIALS', features: Feature[]): void {
  const above = features.filter((one) => ranks[one.tier] > ranks[tier]).map(({ name }) => name)
  if (above.length === 0) return
  const names = [...new Set(above)].join(', ')
  throw new AwsFault(
    code,
    `The following features need to be disabled for the ${tier} pricing tier configured: ${names}`,
  )
}

const unavailable = 'FeatureUnavailableInTierException'

/** Refuses settings of a pool that its tier does not have. */
export function checkPoolTier(world: World, settings: PoolSettings): void {
  refuse(unavailable, settings.UserPoolTier, ofPool(world, settings))
}

/** Refuses settings of a client that its pool's tier does not have. */
export function checkClientTier({ UserPoolTier }: PoolSettings, settings: ClientSettings): void {
  refuse(unavailable, UserPoolTier, ofClient(settings))
}

/** Refuses a domain that its pool's tier does not have. */
export function checkDomainTier({ UserPoolTier }: PoolSettings, domain: Pick<Domain, 'version'>): void {
  refuse(unavailable, UserPoolTier, ofDomain(domain))
}

/** Refuses a lower tier while clients or a domain of the pool use what only the higher one has. */
export function checkTierChange(
  tier: PoolSettings['UserPoolTier'],
  { domains }: Pool,
  clients: readonly Client[],
): void {
  const used = [
    ...clients.flatMap(({ settings }) => ofClient(settings)),
    ...Object.values(domains).flatMap(ofDomain),
  ]
  refuse('TierChangeNotAllowedException', tier, used)
}
