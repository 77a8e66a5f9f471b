// The Cognito user pool: found by its recorded id or by name and tags, and only ever changed in place.
import {
  AddCustomAttributesCommand,
  type CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolCommand,
  paginateListUserPools,
  TagResourceCommand,
  UpdateUserPoolCommand,
  type UpdateUserPoolCommandInput,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isConcurrentChange } from '../aws/errors.ts'
import { once, UnclearOutcome } from '../aws/once.ts'
import { retryWhile, waitFor } from '../aws/wait.ts'
import { finish } from '../engine/refusal.ts'
import type { Change, Permission, Resource } from '../engine/resource.ts'
import { AppError } from '../errors.ts'
import { arns, isOurs, names, type Place, tagsOf } from '../names.ts'
import { becomingOurs, explainTagging, poolOfOurs } from './user-pool-owner.ts'
import {
  attributeField,
  diffPool,
  diffTriggers,
  echoPool,
  newPool,
  overlayPool,
  type PoolWant,
  wantedPool,
  withoutTriggers,
} from './user-pool-settings.ts'

export interface UserPoolHave {
  id: string
  /** As DescribeUserPool gives it. */
  pool: UserPoolType
  /** Others of this name; looked for only where none of them is ours. */
  namesakes?: string[]
}

export interface UserPoolOptions {
  /** Switches deletion protection off before the pool is removed; without it a protected pool is refused. */
  liftDeletionProtection?: boolean
}

export function userPool(place: Place, options: UserPoolOptions = {}): Resource<PoolWant, UserPoolHave> {
  const name = names.pool(place.stage)

  const describe = async (
    cognito: CognitoIdentityProviderClient,
    id: string,
  ): Promise<UserPoolHave | undefined> => {
    const found = await ifFound(cognito.send(new DescribeUserPoolCommand({ UserPoolId: id })))
    return found?.UserPool && { id, pool: found.UserPool }
  }

  /** Names of pools are not unique, tags are the proof: ours if there is one, else one of somebody else's. */
  const find = async (cognito: CognitoIdentityProviderClient): Promise<UserPoolHave | undefined> => {
    const ids: string[] = []
    for await (const page of paginateListUserPools({ client: cognito }, { MaxResults: 60 })) {
      for (const pool of page.UserPools ?? []) if (pool.Name === name && pool.Id) ids.push(pool.Id)
    }
    const found = (await Promise.all(ids.map((id) => describe(cognito, id)))).filter(
      (have) => have !== undefined,
    )
    const ours = found.filter((have) => isOurs(place.stage, have.pool.UserPoolTags))
    if (ours.length > 1) throw severalPools(ours)
    if (ours[0]) return ours[0]
    const [first, ...others] = found
    return first && { ...first, namesakes: others.map((have) => have.id) }
  }

  const severalPools = (ours: UserPoolHave[]) =>
    new AppError('SEVERAL_POOLS', `Stage «${place.stage}» has ${ours.length} user pools`, {
      why: `${ours.map((have) => `${have.id} (${have.pool.EstimatedNumberOfUsers ?? 0} users)`).join(' and ')} carry its tags`,
      next: ours.map(
        ({ id }) =>
          `aws cognito-idp delete-user-pool --region ${place.region} --user-pool-id ${id}   if it is not the one in use`,
      ),
    })

  /** Describes again each time, so that a change made by others meanwhile is not written over. */
  const write = (
    { cognito, clock, signal }: Aws,
    id: string,
    overlay: (pool: UserPoolType) => UpdateUserPoolCommandInput,
  ) =>
    retryWhile(isConcurrentChange, { clock, signal, capMs: 30_000, what: 'the user pool' }, async () => {
      const now = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: id }))
      await cognito.send(new UpdateUserPoolCommand(overlay(now.UserPool!)))
    })

  const self: Resource<PoolWant, UserPoolHave> = {
    kind: 'user-pool',
    id: 'user-pool',
    name,
    needs: [],
    readAfter: ['record'],
    removeAfter: [],
    permissions: permissionsOf(place),

    want: ({ settings }) => wantedPool(place, settings),

    async read({ cognito }, { recorded }) {
      const known = recorded?.userPoolId ? await describe(cognito, recorded.userPoolId) : undefined
      return known && isOurs(place.stage, known.pool.UserPoolTags) ? known : find(cognito)
    },

    isOurs: (have) => isOurs(place.stage, have.pool.UserPoolTags),
    diff: (want, have) => [...diffPool(want, have.pool), ...diffNamesakes(have)],

    create(aws, want) {
      const { cognito, clock, signal } = aws
      const isUnclear = (error: unknown) => error instanceof UnclearOutcome
      return retryWhile(isUnclear, { clock, signal, capMs: 30_000, what: 'Cognito' }, async () => {
        // CreateUserPool has no token: whoever lost its answer, or runs beside us, would leave a second one.
        const there = await find(cognito)
        if (there) return finish(self, aws, want, there)
        const command = new CreateUserPoolCommand(newPool(name, tagsOf(place.stage), want))
        const made = await cognito.send(once(command)).catch((error) => {
          throw explainTagging(error, place)
        })
        return { id: made.UserPool!.Id!, pool: made.UserPool! }
      })
    },

    async update(aws, want, have, fields) {
      const missing = want.attributes.filter((attribute) => fields.has(attributeField(attribute)))
      if (missing.length > 0) await addAttributes(aws, have.id, missing)
      if (fields.size > missing.length) await write(aws, have.id, (pool) => overlayPool(pool, want, fields))
      return (await describe(aws.cognito, have.id)) ?? have
    },

    async adopt({ cognito }, have) {
      const tags = tagsOf(place.stage)
      await cognito.send(new TagResourceCommand({ ResourceArn: arns.pool(place, have.id), Tags: tags }))
      return { ...have, pool: { ...have.pool, UserPoolTags: { ...have.pool.UserPoolTags, ...tags } } }
    },

    detach: {
      diff: ({ pool }) => diffTriggers(pool, place),
      async play(aws, have, fields) {
        await write(aws, have.id, (pool) =>
          echoPool(pool, { LambdaConfig: withoutTriggers(pool, place, fields) }),
        )
        return (await describe(aws.cognito, have.id)) ?? have
      },
    },

    async remove(aws, have) {
      const { cognito, clock, signal } = aws
      if (have.pool.DeletionProtection === 'ACTIVE') {
        if (!options.liftDeletionProtection) throw protectedPool(place.stage, name)
        if (await describe(cognito, have.id)) {
          await write(aws, have.id, (pool) => echoPool(pool, { DeletionProtection: 'INACTIVE' }))
        }
      }
      await ifFound(cognito.send(new DeleteUserPoolCommand({ UserPoolId: have.id })))
      await waitFor({ clock, signal, capMs: 60_000, what: 'the user pool to go' }, async () =>
        (await describe(cognito, have.id)) ? undefined : true,
      )
    },

    refs: (have) => ({ userPoolId: have.id }),
  }
  return self
}

/** Which of several would be meant, nobody but their owner knows. */
function diffNamesakes({ namesakes = [] }: UserPoolHave): Change[] {
  if (namesakes.length === 0) return []
  const blocked = `there are ${namesakes.length + 1} pools of this name; delete or rename all but one`
  return [{ field: 'name', from: `also of ${namesakes.join(', ')}`, blocked }]
}

/** Only what carries our tags can be changed or tagged, so that nobody else's pool becomes ours by this. */
function permissionsOf(place: Place): Permission[] {
  const pools = [arns.pool(place, '*')]
  return [
    { actions: ['cognito-idp:ListUserPools'], on: ['*'] },
    { actions: ['cognito-idp:CreateUserPool'], on: ['*'], when: becomingOurs(place) },
    // Pools of the same name are told apart by their tags, which only this call gives: it shows settings, no secret.
    { actions: ['cognito-idp:DescribeUserPool'], on: pools },
    {
      actions: [
        'cognito-idp:UpdateUserPool',
        'cognito-idp:AddCustomAttributes',
        'cognito-idp:DeleteUserPool',
        // A new pool may count as one that has its tags already.
        'cognito-idp:TagResource',
      ],
      on: pools,
      when: poolOfOurs(place),
    },
  ]
}

async function addAttributes({ cognito }: Aws, UserPoolId: string, missing: string[]): Promise<void> {
  const CustomAttributes = missing.map((Name) => ({
    Name,
    AttributeDataType: 'String' as const,
    Mutable: true,
  }))
  try {
    await cognito.send(new AddCustomAttributesCommand({ UserPoolId, CustomAttributes }))
  } catch (error) {
    // Repeated after a lost answer, it is refused for having been done already.
    const now = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }))
    if (!missing.every((attribute) => hasAttribute(now.UserPool!, attribute))) throw error
  }
}

function hasAttribute(pool: UserPoolType, attribute: string): boolean {
  return (pool.SchemaAttributes ?? []).some((known) => known.Name === `custom:${attribute}`)
}

/** Thrown before anything is deleted. */
export function protectedPool(stage: string, name: string): AppError {
  return new AppError('DELETION_PROTECTED', `The user pool ${name} is protected against deletion`, {
    why: 'DELETION_PROTECTION is on for this stage, and its users would be lost',
    next: [
      `whatsapp-otp destroy --stage ${stage} --lift-protection   lifts it and goes on`,
      `whatsapp-otp destroy --stage ${stage} --keep-users`,
    ],
  })
}
