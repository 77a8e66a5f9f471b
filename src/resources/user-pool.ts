// The Cognito user pool: found by its recorded id or by name and tags, and only ever changed in place.
import {
  CreateUserPoolCommand,
  CreateUserPoolRequest$,
  DeleteUserPoolCommand,
  DescribeUserPoolCommand,
  TagResourceCommand,
  UpdateUserPoolCommand,
  type UpdateUserPoolCommandInput,
  UpdateUserPoolRequest$,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Aws } from '../aws/clients.ts'
import { hasDomain, ifFound, isConcurrentChange, isFunctionMissing, isPoolProtected } from '../aws/errors.ts'
import { once, UnclearOutcome } from '../aws/once.ts'
import { raw } from '../aws/raw.ts'
import { retryWhile, waitFor } from '../aws/wait.ts'
import { finish } from '../engine/refusal.ts'
import type { Change, Permission, Resource } from '../engine/resource.ts'
import { arns, isOurs, names, type Place, tagsOf } from '../names.ts'
import { addAttributes } from './user-pool/add-attributes.ts'
import { echoPool } from './user-pool/echo.ts'
import { dangersOfClients, findOtherClients } from './user-pool/other-clients.ts'
import { becomingOurs, explainTagging, stayingOurs } from './user-pool/owner.ts'
import { domainsOf, inWords, poolWithDomain, protectedPool } from './user-pool/refusals.ts'
import { describePool, findPool, madeAt, type UserPoolHave, whileNew } from './user-pool/search.ts'
import {
  attributeField,
  diffPool,
  diffTriggers,
  newPool,
  overlayPool,
  type PoolWant,
  requiredBy,
  wantedPool,
  withoutTriggers,
} from './user-pool/settings.ts'

export interface UserPoolOptions {
  /** Switches deletion protection off before the pool is removed; without it a protected pool is refused. */
  liftDeletionProtection?: boolean
}

export function userPool(place: Place, options: UserPoolOptions = {}): Resource<PoolWant, UserPoolHave> {
  const name = names.pool(place.stage)
  const what = `user pool ${name}`

  /**
   * Describes again each time, so that a change made by others meanwhile is not written over. The tags of a new
   * pool may not be shown yet, and would be taken away by leaving them out.
   */
  const write = (
    aws: Aws,
    { id, pool }: UserPoolHave,
    overlay: (pool: UserPoolType) => UpdateUserPoolCommandInput,
    mayPass: (error: unknown) => boolean = () => false,
  ) => {
    const { cognito, clock, signal } = aws
    const passes = (error: unknown) => isConcurrentChange(error) || mayPass(error)
    return whileNew(aws, madeAt(pool), () =>
      retryWhile(passes, { clock, signal, capMs: 30_000, what: 'the user pool' }, async () => {
        const now = (await cognito.send(raw(new DescribeUserPoolCommand({ UserPoolId: id })))).UserPool!
        const changed = overlay(now)
        const input = { ...changed, UserPoolTags: { ...tagsOf(place.stage), ...changed.UserPoolTags } }
        const { UserPoolTier: tier } = input
        const written = { what, schema: UpdateUserPoolRequest$, input, tier, tierNow: now.UserPoolTier }
        await inWords(place, written, cognito.send(raw(new UpdateUserPoolCommand(input))))
      }),
    )
  }

  /** What was just written to carries our tags, whether they are shown yet or not. */
  const readAgain = async (aws: Aws, have: UserPoolHave): Promise<UserPoolHave> => {
    const now = (await describePool(aws, have.id)) ?? have
    return {
      ...now,
      pool: { ...now.pool, UserPoolTags: { ...tagsOf(place.stage), ...now.pool.UserPoolTags } },
    }
  }

  const liftProtection = async (aws: Aws, have: UserPoolHave): Promise<void> => {
    const lift = (changed: (pool: UserPoolType) => Partial<UpdateUserPoolCommandInput>) =>
      write(aws, have, (pool) => {
        if (domainsOf(pool).length > 0) throw poolWithDomain(place, pool)
        return echoPool(pool, { DeletionProtection: 'INACTIVE', ...changed(pool) })
      })
    try {
      await lift(() => ({}))
    } catch (error) {
      if (!isFunctionMissing(error)) throw error
      // Somebody has removed functions already; the pool, which calls them, is the next to go.
      await lift((pool) => {
        const fields = new Set(diffTriggers(pool, place).map(({ field }) => field))
        return { LambdaConfig: withoutTriggers(pool, place, fields) }
      })
    }
  }

  const self: Resource<PoolWant, UserPoolHave> = {
    kind: 'user-pool',
    id: 'user-pool',
    name,
    needs: [],
    readAfter: ['record'],
    removeAfter: [],
    permissions: permissionsOf(place),

    want: (inputs, refs) => wantedPool(place, inputs, refs),

    async read(aws, { recorded }) {
      const id = recorded?.userPoolId
      // At once with the pool, which may turn out to be another one, or not to be ours.
      const early = id ? findOtherClients(aws, id, recorded).catch(() => undefined) : undefined
      const found = await findPool(aws, id)
      if (!found || !self.isOurs(found)) return found
      const late = () => findOtherClients(aws, found.id, recorded)
      const others = (found.id === id && (await early)) || (await whileNew(aws, madeAt(found.pool), late))
      return { ...found, ...(others?.clients.length ? { others } : {}) }
    },

    isOurs: (have) => isOurs(place.stage, have.pool.UserPoolTags),
    diff: (want, have) => [...diffPool(want, have.pool), ...diffNamesakes(have)],
    dangers: ({ id, others }) => (others ? dangersOfClients(place, id, others) : []),

    create(aws, want) {
      const { cognito, clock, signal } = aws
      const UserPoolTags = tagsOf(place.stage)
      const make = async (lambdas: PoolWant['lambdas']): Promise<UserPoolHave> => {
        const input = newPool(name, UserPoolTags, { ...want, lambdas })
        const written = { what, schema: CreateUserPoolRequest$, input, tier: want.tier }
        const sent = cognito.send(raw(once(new CreateUserPoolCommand(input)))).catch((error) => {
          throw explainTagging(error, place)
        })
        const made = await inWords(place, written, sent)
        return { id: made.UserPool!.Id!, pool: { ...made.UserPool!, UserPoolTags } }
      }
      const passes = (error: unknown) =>
        error instanceof UnclearOutcome || (want.areFunctionsThere && isFunctionMissing(error))
      return retryWhile(passes, { clock, signal, capMs: 30_000, what: 'Cognito' }, async () => {
        // CreateUserPool has no token: whoever lost its answer, or runs beside us, would leave a second one.
        const there = await findPool(aws)
        if (there) return finish(self, aws, want, there)
        try {
          return await make(want.lambdas)
        } catch (error) {
          if (want.areFunctionsThere || !isFunctionMissing(error)) throw error
          // The functions need ids of this pool's clients; the triggers are left for when they are there.
          return make({})
        }
      })
    },

    async update(aws, want, have, fields) {
      const missing = want.attributes.filter((attribute) => fields.has(attributeField(attribute)))
      if (missing.length > 0) await addAttributes(aws, have, missing)
      if (fields.size > missing.length) {
        const mayPass = (error: unknown) => want.areFunctionsThere && isFunctionMissing(error)
        try {
          await write(aws, have, (pool) => overlayPool(pool, want, fields), mayPass)
        } catch (error) {
          // All of it is left for when the functions are there.
          if (want.areFunctionsThere || !isFunctionMissing(error)) throw error
        }
      }
      return readAgain(aws, have)
    },

    async adopt({ cognito }, have) {
      const tags = tagsOf(place.stage)
      await cognito.send(new TagResourceCommand({ ResourceArn: arns.pool(place, have.id), Tags: tags }))
      return { ...have, pool: { ...have.pool, UserPoolTags: { ...have.pool.UserPoolTags, ...tags } } }
    },

    detach: {
      diff: ({ pool }) => diffTriggers(pool, place),
      async play(aws, have, fields) {
        await write(aws, have, (pool) =>
          echoPool(pool, { LambdaConfig: withoutTriggers(pool, place, fields) }),
        )
        return readAgain(aws, have)
      },
    },

    async remove(aws, have) {
      const { cognito, clock, signal } = aws
      if (have.pool.DeletionProtection === 'ACTIVE') {
        if (!options.liftDeletionProtection) throw protectedPool(place.stage)
        if (await describePool(aws, have.id)) await liftProtection(aws, have)
      }
      try {
        await whileNew(aws, madeAt(have.pool), () =>
          ifFound(cognito.send(new DeleteUserPoolCommand({ UserPoolId: have.id }))),
        )
      } catch (error) {
        if (isPoolProtected(error)) throw protectedPool(place.stage)
        if (hasDomain(error)) throw poolWithDomain(place, ((await describePool(aws, have.id)) ?? have).pool)
        throw error
      }
      await waitFor({ clock, signal, capMs: 60_000, what: 'the user pool to go' }, async () =>
        (await describePool(aws, have.id)) ? undefined : true,
      )
    },

    refs: (have) => {
      const since = madeAt(have.pool)
      return {
        userPoolId: have.id,
        requiredAttributes: requiredBy(have.pool),
        ...(since === undefined ? {} : { userPoolSince: since }),
      }
    },
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
      when: stayingOurs(place),
    },
  ]
}
