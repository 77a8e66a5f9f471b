// What stands in the way of borrowing a pool, each in words and with the next command. Pure.
import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import { AppError } from '../../../errors.ts'
import { arns, names, ownerTag, type Place, stageTag, type Trigger, triggers } from '../../../names.ts'
import { takesSignUps } from '../../../settings/borrowed-pool.ts'
import { triggersOf } from '../../../settings/parts.ts'
import { requiredBy } from '../settings.ts'
import type { Borrowed, BorrowedPoolHave } from './borrowed.ts'

export interface Obstacle {
  code: string
  /** In a few words, for a list of pools. */
  brief: string
  what: string
  why: string
  /** What ends it; the most likely first. */
  next: string[]
}

/** Empty for a pool that can be borrowed with these settings. */
export function obstaclesOf(borrowed: Borrowed, have: BorrowedPoolHave): Obstacle[] {
  return [
    ...ofStages(borrowed, have.pool),
    ...ofSignIn(borrowed, have),
    ...(takesSignUps(borrowed.settings) ? ofSignUp(borrowed, have.pool) : []),
    ...ofTriggers(borrowed, have.pool),
  ]
}

/** The first of them as the failure of what needs the pool; the others are named in it. */
export function cannotBorrow({ stage }: Pick<Place, 'stage'>, [first, ...others]: Obstacles): AppError {
  const more = others.map(({ what }) => what).join('; ')
  return new AppError(first.code, `Stage «${stage}» cannot use this pool: ${first.what}`, {
    why: more ? `${first.why}. Besides: ${more}` : first.why,
    next: first.next,
  })
}

type Obstacles = readonly [Obstacle, ...Obstacle[]]

/** One stage a pool: each would take the triggers of the other. */
function ofStages({ place, poolId }: Borrowed, { UserPoolTags = {} }: UserPoolType): Obstacle[] {
  const stage = UserPoolTags[ownerTag] === 'whatsapp-otp' ? UserPoolTags[stageTag] : undefined
  if (stage === undefined) return []
  return [
    {
      code: 'POOL_OF_STAGE',
      brief: `of the stage «${stage}»`,
      what: `the user pool ${poolId} was made by whatsapp-otp for its stage «${stage}»`,
      why: 'it has all of this already',
      next: [
        stage === place.stage
          ? `whatsapp-otp deploy --stage ${stage}   without --user-pool`
          : `whatsapp-otp status --stage ${stage}`,
      ],
    },
  ]
}

/** Another stage's function: its name is as ours would be there. */
export function stageOfFunction(arn: string): string | undefined {
  const [, stage] = /:function:whatsapp-otp-(.+)-([A-Za-z]+)(:[\w$-]+)?$/.exec(arn) ?? []
  return stage &&
    Object.keys(triggers).some((one) => arn.includes(`:${names.function(stage, one as Trigger)}`))
    ? stage
    : undefined
}

function ofSignIn({ place, poolId, settings }: Borrowed, have: BorrowedPoolHave): Obstacle[] {
  const { pool, others, hasNumbers } = have
  const aws = `--region ${place.region} --user-pool-id ${poolId}`
  const clients = others?.clients ?? []
  const isFederated =
    clients.length > 0 && others?.unseen === 0 && clients.every(({ isFederated }) => isFederated)
  const hasAttribute = (pool.SchemaAttributes ?? []).some(({ Name }) => Name === 'phone_number')
  const hasNobody = hasNumbers === false && (pool.EstimatedNumberOfUsers ?? 0) > 0
  return [
    ...(pool.MfaConfiguration === 'ON'
      ? [
          {
            code: 'POOL_REQUIRES_MFA',
            brief: 'requires MFA',
            what: `the user pool ${poolId} requires MFA of everybody`,
            why: 'what Cognito asks for after a code of ours is not known there, and nobody is to be let in or shut out by a guess',
            next: [`aws cognito-idp set-user-pool-mfa-config ${aws} --mfa-configuration OPTIONAL`],
          },
        ]
      : []),
    ...(isFederated
      ? [
          {
            code: 'POOL_FEDERATED',
            brief: 'other identity providers only',
            what: `the users of ${poolId} sign in at other identity providers only`,
            why: 'none of its app clients lets anybody in with an account of the pool, and a code belongs to such an account',
            next: [`aws cognito-idp list-identity-providers ${aws}   lists them`],
          },
        ]
      : []),
    ...(!hasAttribute || (hasNobody && !takesSignUps(settings))
      ? [
          {
            code: 'POOL_WITHOUT_NUMBERS',
            brief: 'without phone numbers',
            what: `no user of ${poolId} has a phone_number`,
            why: 'a code goes to the number of the account',
            next: [
              `aws cognito-idp admin-update-user-attributes ${aws} --username <user> --user-attributes Name=phone_number,Value=<number> Name=phone_number_verified,Value=true`,
            ],
          },
        ]
      : []),
  ]
}

/** Whoever signs up has to have everything that the pool asks for, and his number as its name for him. */
function ofSignUp({ poolId, settings, place }: Borrowed, pool: UserPoolType): Obstacle[] {
  const signInWith = pool.UsernameAttributes ?? []
  const given = ['phone_number', 'locale', ...(settings.signupAttributes ?? [])]
  const lacking = requiredBy(pool).filter((name) => !given.includes(name))
  const without = `whatsapp-otp deploy --stage ${place.stage} --user-pool ${poolId} --sign-up false   lets its users sign in`
  return [
    ...(signInWith.length > 0 && !signInWith.includes('phone_number')
      ? [
          {
            code: 'POOL_SIGNS_IN_BY_EMAIL',
            brief: `users are called by their ${signInWith.join(' or ')}`,
            what: `the users of ${poolId} are called by their ${signInWith.join(' or ')}`,
            why: 'Cognito fixes this when a pool is made, and a code proves a number and no address',
            next: [without],
          },
        ]
      : []),
    ...(pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly
      ? [
          {
            code: 'POOL_CLOSED',
            brief: 'only administrators make users',
            what: `only administrators make users in ${poolId}`,
            why: 'Cognito refuses every sign-up there, and a setting of the pool is not ours to change',
            next: [without],
          },
        ]
      : []),
    ...(lacking.length > 0
      ? [
          {
            code: 'POOL_REQUIRES_MORE',
            brief: `requires ${lacking.join(', ')}`,
            what: `the user pool ${poolId} requires ${lacking.join(', ')} of every user`,
            why: 'Cognito fixes this when a pool is made, and a sign-up gives the number alone',
            next: [`SIGNUP_ATTRIBUTES=${lacking.join(',')}   where the app asks for it`, without],
          },
        ]
      : []),
  ]
}

function ofTriggers({ place, poolId, settings }: Borrowed, { LambdaConfig = {} }: UserPoolType): Obstacle[] {
  const others = triggersOf(settings).flatMap((trigger) => {
    const arn = LambdaConfig[triggers[trigger]]
    return arn && arn !== arns.function(place, trigger) ? [{ key: triggers[trigger], arn }] : []
  })
  const taken = others.find(({ arn }) => ![undefined, place.stage].includes(stageOfFunction(arn)))
  if (taken) {
    const stage = stageOfFunction(taken.arn)
    return [
      {
        code: 'POOL_TAKEN',
        brief: `used by the stage «${stage}»`,
        what: `the user pool ${poolId} is used by the stage «${stage}»`,
        why: `its ${taken.key} is ${taken.arn}, and a pool has one function for each trigger`,
        next: [
          `whatsapp-otp status --stage ${stage}`,
          `whatsapp-otp destroy --stage ${stage}   gives the pool back`,
        ],
      },
    ]
  }
  return others.flatMap(({ key, arn }): Obstacle[] => {
    const [, , , region, account] = arn.split(':')
    if (region === place.region && account === place.account) return []
    return [
      {
        code: 'FORMER_FUNCTION_ELSEWHERE',
        brief: 'calls a function of another account or region',
        what: `${key} of ${poolId} is a function of another account or region: ${arn}`,
        why: 'ours would have to pass the calls of other app clients on to it, and may not call it there',
        next: ['give the pool a function of its own account first, which calls that one'],
      },
    ]
  })
}
