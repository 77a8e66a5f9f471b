// What a user pool is set to: the fields we own, how they differ, and how they are laid over what is there.
import type {
  CreateUserPoolCommandInput,
  DeletionProtectionType,
  LambdaConfigType,
  UpdateUserPoolCommandInput,
  UserPoolTierType,
  UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider'
import { type Change, change, type Inputs, pickFields, type Refs } from '../../engine/resource.ts'
import { arns, type Place, triggerNames, triggers } from '../../names.ts'
import { echoPool } from './echo.ts'
import { tiers } from './refusals.ts'

export interface PoolWant {
  lambdas: LambdaConfigType
  /** False while this run does not know of all of these functions. */
  areFunctionsThere: boolean
  tier: UserPoolTierType
  /** Only where the user says which tier it is to be: a higher one was somebody's decision, and has users' features. */
  mayLowerTier: boolean
  deletionProtection: DeletionProtectionType
  /** Custom attributes, without Cognito's `custom:`. */
  attributes: readonly string[]
}

/**
 * Users never type a password: apps sign up with a random one and forget it, and no client may sign in with one. So
 * the rule is Cognito's own, which every kit and sample meets; and for a new pool only, from then on it is the team's.
 */
const passwordPolicy = {
  MinimumLength: 8,
  RequireLowercase: true,
  RequireUppercase: true,
  RequireNumbers: true,
  RequireSymbols: true,
}

export function wantedPool(
  place: Place,
  { settings, said }: Pick<Inputs, 'settings' | 'said'>,
  refs: Refs,
): PoolWant {
  return {
    // The ARNs follow from the names, so the pool need not wait for its functions.
    lambdas: Object.fromEntries(
      triggerNames.map((trigger) => [triggers[trigger], arns.function(place, trigger)]),
    ),
    areFunctionsThere: triggerNames.every((trigger) => refs[`functionArn:${trigger}`]),
    tier: settings.userPoolTier as UserPoolTierType,
    mayLowerTier: said.has('userPoolTier'),
    deletionProtection: settings.deletionProtection ? 'ACTIVE' : 'INACTIVE',
    attributes: ['whatsapp_verified', 'auth_purpose'],
  }
}

/**
 * The fields we own that differ. Everything else in the pool belongs to whoever set it; whether capital letters count
 * in a user's name says nothing where every name is a number.
 */
export function diffPool(want: PoolWant, pool: UserPoolType): Change[] {
  const users = pool.EstimatedNumberOfUsers ?? 0
  const lost = `Cognito fixes this when a pool is created; another pool would start without the users of this one (about ${users})`
  const schema = pool.SchemaAttributes ?? []
  return [
    ...change('signInWith', pool.UsernameAttributes ?? [], ['phone_number'], lost),
    ...want.attributes.flatMap((attribute) => {
      const known = schema.find((candidate) => candidate.Name === `custom:${attribute}`)
      const field = attributeField(attribute)
      if (!known) return change(field, undefined, 'String')
      return [
        ...change(field, known.AttributeDataType, 'String', lost),
        ...change(`${field}.mutable`, known.Mutable ?? true, true, lost),
      ]
    }),
    ...Object.entries(want.lambdas).flatMap(([key, arn]) =>
      change(triggerField(key), pool.LambdaConfig?.[key as keyof LambdaConfigType], arn),
    ),
    ...change('tier', pool.UserPoolTier, tierFor(want, pool)),
    ...change('deletionProtection', pool.DeletionProtection ?? 'INACTIVE', want.deletionProtection),
    ...change('mfa', pool.MfaConfiguration ?? 'OFF', 'OFF'),
    ...change('selfSignUp', !pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly, true),
    ...change(
      'accountRecovery',
      pool.AccountRecoverySetting?.RecoveryMechanisms?.map((way) => way.Name),
      ['admin_only'],
    ),
  ]
}

function tierFor({ tier, mayLowerTier }: PoolWant, { UserPoolTier = tier }: UserPoolType): UserPoolTierType {
  return !mayLowerTier && tiers.indexOf(UserPoolTier) > tiers.indexOf(tier) ? UserPoolTier : tier
}

/**
 * What a pool is created with. No SMS settings, and nothing verified automatically: that is our own work. Cognito's
 * guard of a changed number (AttributesRequireVerificationBeforeUpdate) takes both, and so stays as a team has it.
 */
export function newPool(
  name: string,
  tags: Record<string, string>,
  want: PoolWant,
): CreateUserPoolCommandInput {
  return {
    PoolName: name,
    UserPoolTags: tags,
    UsernameAttributes: ['phone_number'],
    UsernameConfiguration: { CaseSensitive: false },
    Schema: want.attributes.map((Name) => ({ Name, AttributeDataType: 'String', Mutable: true })),
    LambdaConfig: want.lambdas,
    ...owned(want),
    Policies: { PasswordPolicy: passwordPolicy },
  }
}

function owned(want: PoolWant) {
  return {
    UserPoolTier: want.tier,
    DeletionProtection: want.deletionProtection,
    MfaConfiguration: 'OFF' as const,
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
    // A forgotten-password message would be a way around WhatsApp, and would cost money.
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only' as const, Priority: 1 }] },
  }
}

/** The fields that change, laid over what is there. */
export function overlayPool(
  pool: UserPoolType,
  want: PoolWant,
  fields: ReadonlySet<string>,
): UpdateUserPoolCommandInput {
  const echo = echoPool(pool)
  const { AdminCreateUserConfig, ...wanted } = owned({ ...want, tier: tierFor(want, pool) })
  const lambdas = Object.entries(want.lambdas).filter(([key]) => fields.has(triggerField(key)))
  return {
    ...echo,
    ...pickFields(
      { ...wanted, AdminCreateUserConfig: { ...echo.AdminCreateUserConfig, ...AdminCreateUserConfig } },
      {
        UserPoolTier: 'tier',
        DeletionProtection: 'deletionProtection',
        MfaConfiguration: 'mfa',
        AdminCreateUserConfig: 'selfSignUp',
        AccountRecoverySetting: 'accountRecovery',
      },
      fields,
    ),
    LambdaConfig: { ...pool.LambdaConfig, ...Object.fromEntries(lambdas) },
  }
}

/** What no user can be without, but for the id that Cognito gives: every app client may write it, whatever it is set to. */
export const requiredBy = ({ SchemaAttributes = [] }: UserPoolType): string[] =>
  SchemaAttributes.flatMap(({ Name, Required }) => (Required && Name && Name !== 'sub' ? [Name] : []))

export const attributeField = (attribute: string) => `attributes.custom:${attribute}`
const triggerField = (key: string) => `triggers.${key}`

/** The calls to our functions, as what tying the pool to the stage consists of. */
export function diffTriggers({ LambdaConfig = {} }: UserPoolType, place: Place): Change[] {
  const ours = new Set<unknown>(triggerNames.map((trigger) => arns.function(place, trigger)))
  return Object.entries(LambdaConfig).flatMap(([key, called]) =>
    ours.has(called) ? change(triggerField(key), called, '(none)') : [],
  )
}

/** What is there without those calls to our functions that `fields` name; calls to others' stay. */
export function withoutTriggers(
  pool: UserPoolType,
  place: Place,
  fields: ReadonlySet<string>,
): LambdaConfigType {
  const ours = new Set(diffTriggers(pool, place).map(({ field }) => field))
  const goes = (key: string) => fields.has(triggerField(key)) && ours.has(triggerField(key))
  return Object.fromEntries(Object.entries(pool.LambdaConfig ?? {}).filter(([key]) => !goes(key)))
}
