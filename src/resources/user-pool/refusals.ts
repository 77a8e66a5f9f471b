// What Cognito refuses about a pool or an app client, in the user's words and with the next command.
import type { UserPoolTierType, UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import type { SchemaRef } from '@smithy/types'
import { isFieldRefused, isFunctionMissing, isTierRefused, read } from '../../aws/errors.ts'
import { unknownIn } from '../../aws/raw.ts'
import { AppError } from '../../errors.ts'
import { names, type Place } from '../../names.ts'

/** From the cheapest to the dearest: each has what those before it have. */
export const tiers: readonly UserPoolTierType[] = ['LITE', 'ESSENTIALS', 'PLUS']

export interface Written {
  /** As in `user pool WhatsApp-otp-auth-pool-dev`. */
  what: string
  /** The SDK's own schema of the request, and what was sent. */
  schema: SchemaRef
  input: object
  /** The tier that the pool would have, and the one that it has. */
  tier?: UserPoolTierType | undefined
  tierNow?: UserPoolTierType | undefined
  /** The pool is somebody else's: its tier is not ours to change. */
  isBorrowed?: boolean
}

/** Sends settings. Throws TIER_REFUSED and FIELD_REFUSED where that is what Cognito says, else what it throws. */
export async function inWords<T>(place: Place, written: Written, sending: Promise<T>): Promise<T> {
  try {
    return await sending
  } catch (error) {
    if (isTierRefused(error)) throw tierRefused(place, written, error)
    if (isFunctionMissing(error)) throw error
    throw fieldRefused(written, error) ?? error
  }
}

/** Cognito's names of what a tier may lack, by ours. */
const features: readonly [RegExp, string][] = [
  [/custom.?auth|define.?auth|challenge|trigger/i, 'custom authentication, by which users sign in'],
  [/passwordless/i, 'passwordless sign-in (passkeys, codes by email or SMS)'],
  [/threat|advanced security/i, 'threat protection'],
  [/rotation/i, 'rotation of refresh tokens'],
  [/managed login|branding/i, 'managed login'],
  [/token (customi|generation)|customi\w* .*token|pre.?token/i, 'customised access tokens'],
  [/\bacr\b|authentication context/i, 'names of authentication levels (ACR)'],
  [/\bdcr\b|client registration/i, 'dynamic client registration'],
]

export function tierRefused(
  place: Place,
  { what, tier, tierNow, isBorrowed = false }: Partial<Written>,
  error: unknown,
): AppError {
  const { message } = read(error)
  const asked = tier ?? tiers.find((one) => new RegExp(`\\b${one}\\b`, 'i').test(message)) ?? 'LITE'
  // In Cognito's words: «The following features need to be disabled for the LITE pricing tier configured: …».
  const named = /configured: *(.+)$/s.exec(message)?.[1] ?? message
  const known = features.filter(([pattern]) => pattern.test(named)).map(([, words]) => words)
  const lacking = known.length > 0 ? known.join('; ') : named.replace(/\.$/, '')
  const isLowered = tierNow !== undefined && tiers.indexOf(tierNow) > tiers.indexOf(asked)
  const above = /threat/.test(lacking) ? 'PLUS' : (tiers[tiers.indexOf(asked) + 1] ?? 'PLUS')
  const enough = isLowered ? tierNow : above
  return new AppError('TIER_REFUSED', `The tier ${asked} is not enough for the ${what ?? 'user pool'}`, {
    why: `${asked} does not have: ${lacking}`,
    next: [
      isBorrowed
        ? `give the pool the tier ${enough} where it is looked after, then: whatsapp-otp deploy --stage ${place.stage}`
        : `whatsapp-otp deploy --stage ${place.stage} --user-pool-tier ${enough}   or set USER_POOL_TIER=${enough}`,
      ...(isLowered ? ['or switch that off for the pool in the AWS console, and run the same again'] : []),
    ],
    cause: error,
  })
}

/** A field that is newer than this tool may be one that Cognito gives and does not take. */
function fieldRefused({ what, schema, input }: Written, error: unknown): AppError | undefined {
  if (!isFieldRefused(error)) return undefined
  const { message } = read(error)
  const unknown = unknownIn(schema, input)
  const named = unknown.filter((path) => {
    const last = path.slice(path.lastIndexOf('.') + 1)
    return message.toLowerCase().includes(last.toLowerCase())
  })
  const refused =
    named.length > 0 ? named : /unknown|unexpected|unrecogni|not supported/i.test(message) ? unknown : []
  if (refused.length === 0) return undefined
  return new AppError('FIELD_REFUSED', `Cognito does not take ${refused.join(', ')} of the ${what} back`, {
    why: `this version of whatsapp-otp does not know it, and leaving it out would reset it; nothing of it was changed (${message.replace(/\.$/, '')})`,
    next: [
      'npm install -g whatsapp-otp@latest   may know it',
      'or make the changes that the plan shows in the AWS console, and run the same again',
    ],
    cause: error,
  })
}

/** Thrown before anything is deleted. */
export function protectedPool(stage: string): AppError {
  return new AppError(
    'DELETION_PROTECTED',
    `The user pool ${names.pool(stage)} is protected against deletion`,
    {
      why: 'DELETION_PROTECTION is on for this stage, and its users would be lost',
      next: [
        `whatsapp-otp destroy --stage ${stage} --lift-protection   lifts it and goes on`,
        `whatsapp-otp destroy --stage ${stage} --keep-users`,
      ],
    },
  )
}

/** The domains of a pool, which Cognito does not delete while it has one. */
export function domainsOf({ Domain, CustomDomain }: UserPoolType): string[] {
  return [Domain, CustomDomain].filter((domain) => domain !== undefined)
}

/** Thrown before anything is deleted: whoever set a domain up has apps that sign in there. */
export function poolWithDomain({ stage, region }: Place, pool: UserPoolType): AppError {
  const domains = domainsOf(pool)
  return new AppError('POOL_HAS_DOMAIN', `The user pool ${pool.Name} has a domain`, {
    why: `Cognito deletes no pool that has one, and ${domains.join(' and ')} was not made by whatsapp-otp; nothing was removed`,
    next: [
      ...domains.map(
        (domain) =>
          `aws cognito-idp delete-user-pool-domain --domain ${domain} --user-pool-id ${pool.Id} --region ${region}`,
      ),
      `whatsapp-otp destroy --stage ${stage}`,
    ],
  })
}
